"""Two tabs of one visitor are one chat: the same words, in the same order, without holes."""

from __future__ import annotations

import pytest

from tests.faces.strangers import Floor, Payload, Person, eventually, some_id

pytestmark = pytest.mark.sockets


def second_tab(floor: Floor, opened: Payload) -> tuple[Person, Payload]:
    """Another connection with the same token."""
    tab = floor.visitor()
    answer = tab.ask("resume", token=opened["token"], after=0)
    assert answer["ok"], answer
    return tab, answer


def seqs(tab: Person, chat: str) -> list[int]:
    return [each["seq"] for each in tab.messages(chat)]


def test_both_see_everything_in_order_and_without_holes(floor: Floor):
    first, opened, leo, _ = floor.talk("hello")
    chat = opened["chat"]["id"]
    second, resumed = second_tab(floor, opened)
    before = resumed["chat"]["seq"]

    first.ask("say", client_id=some_id(), text="from the first")
    second.ask("say", client_id=some_id(), text="from the second")
    leo.ask("say", chat=chat, client_id=some_id(), text="I hear you")
    first.ask("say", client_id=some_id(), text="thank you")

    whole = floor.visitor().ask("resume", token=opened["token"], after=0)["messages"]
    assert [each["seq"] for each in whole] == list(range(1, before + 5))
    assert [each["text"] for each in whole[-4:]] == [
        "from the first",
        "from the second",
        "I hear you",
        "thank you",
    ]
    # What a tab said itself comes with its ack, all else by itself.
    eventually(lambda: seqs(second, chat) == [before + 1, before + 3, before + 4])
    eventually(
        lambda: [each for each in seqs(first, chat) if each > before] == [before + 2, before + 3]
    )


def test_a_word_said_in_both_at_once_is_stored_once(floor: Floor):
    first, opened = floor.opened("hello")
    second, _ = second_tab(floor, opened)
    words = {"client_id": some_id(), "text": "once"}

    one, other = first.ask("say", words), second.ask("say", words)

    assert one["seq"] == other["seq"]
    assert floor.count("messages", "chat_id = :id", id=opened["chat"]["id"]) == 2


def test_starting_twice_with_one_press_is_one_chat(floor: Floor):
    """A double click: the page sends the same opening again, from another connection."""
    opening = {"client_id": some_id(), "text": "hello"}

    first = floor.visitor().ask("open", opening)
    second = floor.visitor().ask("open", opening)

    assert first["chat"]["id"] == second["chat"]["id"]
    assert floor.count("messages", "chat_id = :id", id=first["chat"]["id"]) == 1


def test_one_tab_that_goes_leaves_the_visitor_here(floor: Floor):
    _, opened, leo, _ = floor.talk("hello")
    second, _ = second_tab(floor, opened)

    second.close()

    board = leo.ask("sync")["board"]
    assert next(each for each in board["chats"] if each["id"] == opened["chat"]["id"])["here"]


def test_the_page_is_out_of_sight_only_when_both_are(floor: Floor):
    first, opened, _, _ = floor.talk("hello")
    chat = opened["chat"]["id"]
    second, _ = second_tab(floor, opened)

    def is_away() -> bool:
        return floor.count("chats", "id = :id AND away_since IS NOT NULL", id=chat) == 1

    assert first.ask("page", hidden=True) == {"ok": True}
    assert not is_away()
    assert second.ask("page", hidden=True)["ok"]
    assert is_away()
    assert second.ask("page", hidden=False)["ok"]
    assert not is_away()


def test_leaving_in_one_ends_it_in_both(floor: Floor):
    first, opened, _, _ = floor.talk("hello")
    second, _ = second_tab(floor, opened)

    assert first.ask("leave")["ok"]

    second.wait_for("chat", lambda data: data["state"] == "closed")
