"""Order, resuming and offsets: what lets a client show every word once, in its place."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from helpline.actions import visiting
from helpline.faces.house import House
from helpline.faces.visitor.socket import VisitorNamespace
from helpline.store import chats
from tests import makers
from tests.cast import Cast
from tests.faces.strangers import Floor, eventually, some_id

pytestmark = pytest.mark.sockets

URGENT = "I want to kill myself"


def test_messages_arrive_ascending_on_every_socket_while_both_sides_write(floor: Floor):
    visitor, opened, leo, _ = floor.talk()
    chat = opened["chat"]["id"]
    tab, console = floor.visitor(), floor.staff("leo")
    tab.ask("resume", token=opened["token"], after=2)
    acked: list[int] = []

    def write(say, **more) -> None:
        for number in range(20):
            answer = say("say", client_id=some_id(), text=f"{number}", **more)
            acked.append(answer["seq"])

    sides = [
        threading.Thread(target=write, args=(visitor.ask,)),
        threading.Thread(target=write, args=(leo.ask,), kwargs={"chat": chat}),
    ]
    for side in sides:
        side.start()
    for side in sides:
        side.join()

    assert sorted(acked) == list(range(3, 43))
    for listening in (tab, console):
        eventually(lambda each=listening: len(each.messages(chat)) >= 40)
        heard = [each["seq"] for each in listening.messages(chat)]
        assert [seq for seq in heard if seq > 2] == list(range(3, 43))
    for sender, own in ((visitor, "visitor"), (leo, "listener")):
        heard = sender.messages(chat)
        assert [each["seq"] for each in heard] == sorted(each["seq"] for each in heard)
        assert own not in {each["from"] for each in heard if each["seq"] > 2}


def test_on_the_sending_socket_the_ack_comes_first(floor: Floor):
    raw = floor.raw()
    raw.send('42/visitor,1["open",{"client_id":"' + some_id() + '","text":"hello"}]')
    heard = []
    while not (heard and heard[-1].startswith("43/visitor,1")):
        heard.append(raw.hear() or "")
    for number in range(2, 12):
        raw.send(f'42/visitor,{number}["say",{{"client_id":"c{number}","text":"{number}"}}]')
    while not heard[-1].startswith("43/visitor,11"):
        heard.append(raw.hear() or "")

    acks = [each for each in heard if each.startswith("43")]
    seqs = [json.loads(each[each.index("[") :])[0]["seq"] for each in acks]

    assert seqs == list(range(1, 12))
    assert not [each for each in heard if each.startswith('42/visitor,["message"')]


def test_resume_pages_by_200_and_says_whether_there_is_more(floor: Floor):
    _, opened, leo, _ = floor.talk()
    chat, now = opened["chat"]["id"], datetime.now(UTC)
    with floor.store.transaction() as tx:
        for number in range(448):
            chats.add_message(
                tx, chat, author="visitor", client_id=f"many-{number}", text=f"{number}", now=now
            )
    other = floor.visitor()

    pages = [other.ask("resume", token=opened["token"], after=after) for after in (0, 200, 400)]
    listeners = [leo.ask("resume", chat=chat, after=after) for after in (0, 200, 400)]

    for each in (pages, listeners):
        assert [(len(page["messages"]), page["more"]) for page in each] == [
            (200, True),
            (200, True),
            (50, False),
        ]
        seqs = [message["seq"] for page in each for message in page["messages"]]
        assert seqs == list(range(1, 451))
    assert set(pages[0]) == {"ok", "chat", "messages", "more"}
    assert set(listeners[0]) == {"ok", "messages", "more"}
    assert other.ask("resume", token=opened["token"], after=10_000)["messages"] == []


def test_what_was_missed_while_away_comes_with_resume(floor: Floor):
    visitor, opened, leo, _ = floor.talk()
    visitor.close()
    said = leo.ask("say", chat=opened["chat"]["id"], client_id=some_id(), text="are you there?")

    back = floor.visitor()
    answer = back.ask("resume", token=opened["token"], after=2)
    leo.ask("say", chat=opened["chat"]["id"], client_id=some_id(), text="good to see you")

    assert [each["seq"] for each in answer["messages"]] == [said["seq"]]
    back.wait_for("message", lambda data: data["text"] == "good to see you")
    leo.wait_for("chat", lambda data: data["here"] is True)


def test_a_resuming_connection_listens_before_it_reads(
    house: House, cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
):
    """Else what is said between the two would wait for the next beat."""
    order: list[str] = []
    namespace = VisitorNamespace(house)
    namespace.enter("sid", {}, None, now)
    monkeypatch.setattr(namespace, "enter_room", lambda *_: order.append("listens"))
    read = visiting.come_back

    def come_back(*args: Any, **kwargs: Any) -> Any:
        order.append("reads")
        return read(*args, **kwargs)

    monkeypatch.setattr(visiting, "come_back", come_back)
    opened = makers.open_chat(house.store, "I want to die", now=now)

    namespace.on_resume("sid", {"token": opened.token}, now)

    assert order == ["listens", "reads"]


@pytest.mark.parametrize(
    "before",
    [
        "",
        "🙂🙂 ",
        "👩‍👩‍👧‍👦 ",
        "e\u0301e\u0301\u0323 ",
        "\u202eabc\u202c ",
        "zero\u200bwidth ",
        "سلام ",
        "line one\r\nline two\rline three\n",
        "bell\x07 and nul\x00 ",
        "lone \ud83d surrogate ",
    ],
)
def test_offsets_count_code_points_of_the_text_as_it_is_sent_out(floor: Floor, before: str):
    leo = floor.ready("leo")
    _, opened = floor.opened(before + URGENT)
    accepted = floor.take(leo, opened["chat"]["id"])

    text = accepted["messages"][0]["text"]
    flags = [each for each in accepted["chat"]["flags"] if each["rule"] != "not_analysed"]
    marked = [text[each["start"] : each["end"]] for each in flags]

    assert marked
    assert all("kill myself" in words for words in marked), marked
    assert all(URGENT.endswith(words) or words in URGENT for words in marked)


def test_text_is_cleaned_as_the_contract_says_and_no_further(floor: Floor):
    visitor, opened = floor.opened("hello")
    raw = "a\r\nb\rc\td\x00\x07\x1b\x7f\x9f e\ud83d \u202e\u200b end"
    visitor.ask("say", client_id=some_id(), text=raw)

    said = visitor.ask("resume", token=opened["token"], after=1)["messages"][0]["text"]

    assert said == "a\nb\nc\td e\ufffd \u202e\u200b end"
