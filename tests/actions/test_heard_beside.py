"""Who hears what of a chat that a lead is beside: the one voice on the wire, with every room open."""

from __future__ import annotations

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from helpline.actions import attending, listening, visiting
from helpline.boards import visitor as visitor_board
from helpline.live import LISTENER, VISITOR, Live, person_room, visitor_room
from helpline.store import notes
from tests import makers
from tests.actions.evening import HIGH, Evening

WORD = "heronfeather"


class Ears:
    """Somebody is connected in every room; what each heard."""

    def __init__(self, evening: Evening, chat_id: str) -> None:
        self.evening, self.chat_id = evening, chat_id
        people = [each.id for each in (evening.cast.leo, evening.cast.lin, evening.cast.sol)]
        rooms = {
            VISITOR: {visitor_room(chat_id): {}},
            LISTENER: {person_room(each): {} for each in people},
        }
        self.manager = SimpleNamespace(rooms=rooms)
        self.heard: list[tuple[str, str, str, Any]] = []
        self._told: list[Any] = []
        self.live = Live(lambda: evening.now)
        self.live._store, self.live._server = evening.store, self
        evening.store.tell = self._told.extend

    def emit(self, event: str, data: Any, *, to: str, namespace: str, skip_sid: str | None) -> None:
        self.heard.append((namespace, to, event, data))

    def listen(self) -> None:
        """Tells what happened, as the one loop does."""
        while self._told:
            self.live._tell_one(self._told.pop(0))

    def by(self, who: Any, *events: str) -> list[Any]:
        """What this person heard since they were last asked; of these kinds, if any are named."""
        self.listen()
        room = person_room(who.id)
        found = [each for each in self.heard if each[1] == room]
        self.heard = [each for each in self.heard if each[1] != room]
        return [data for _, _, event, data in found if not events or event in events]

    def of_visitor(self) -> str:
        self.listen()
        return json.dumps([data for space, _, _, data in self.heard if space == VISITOR])


@pytest.fixture
def talk(quiet_evening: Evening) -> visiting.Opened:
    quiet_evening.ready(quiet_evening.cast.leo, quiet_evening.cast.sol)
    return quiet_evening.talks(quiet_evening.cast.leo)


@pytest.fixture
def ears(quiet_evening: Evening, talk: visiting.Opened) -> Ears:
    return Ears(quiet_evening, talk.chat_id)


def watch(evening: Evening, talk: visiting.Opened) -> None:
    attending.watch(evening.store, evening.cast.sol, talk.chat_id, WORD, now=evening.now)


def test_a_lead_hears_the_chat_while_they_read_along_and_nobody_else_does(
    quiet_evening, talk, ears
):
    leo, lin, sol = (getattr(quiet_evening.cast, each) for each in ("leo", "lin", "sol"))
    quiet_evening.says(talk, "before")
    assert ears.by(sol, "message") == []

    watch(quiet_evening, talk)
    (seen,) = ears.by(leo, "chat")
    assert [each["name"] for each in seen["beside"]] == ["Sol"]
    quiet_evening.says(talk, HIGH)

    assert [each["text"] for each in ears.by(sol, "message")] == [HIGH]
    assert [each["text"] for each in ears.by(leo, "message")] == [HIGH]
    assert ears.by(lin) == []


@pytest.mark.parametrize("how", ["unwatch", "lease", "time", "away"])
def test_an_ended_watch_hears_nothing_any_more(quiet_evening, talk, ears, how):
    """Also before any sweep has noticed that it is at an end."""
    evening, sol = quiet_evening, quiet_evening.cast.sol
    watch(evening, talk)
    ears.by(sol)

    if how == "unwatch":
        attending.unwatch(evening.store, sol, talk.chat_id, now=evening.now)
    elif how == "away":
        listening.go_away(evening.store, sol, now=evening.now)
    else:
        evening.now += timedelta(seconds=31) if how == "lease" else timedelta(minutes=30)
        evening.here = {evening.cast.leo} if how == "lease" else {evening.cast.leo, sol}
        evening.beat()
    evening.says(talk, f"{WORD} after")
    listening.say(
        evening.store, evening.cast.leo, talk.chat_id, makers.client_id(), WORD, now=evening.now
    )

    heard = ears.by(sol, "message", "chat", "whisper")
    assert WORD not in json.dumps(heard)
    assert all(each["along"] is None for each in heard)
    assert [each["text"] for each in ears.by(evening.cast.leo, "message")] == [
        f"{WORD} after", WORD,
    ]  # fmt: skip


def test_a_whisper_goes_to_the_listener_and_their_answer_to_who_reads_along(
    quiet_evening, talk, ears
):
    evening, leo, sol = quiet_evening, quiet_evening.cast.leo, quiet_evening.cast.sol
    watch(evening, talk)
    ears.by(leo), ears.by(sol)

    attending.whisper(evening.store, sol, talk.chat_id, "slowly", now=evening.now)
    attending.whisper(evening.store, leo, talk.chat_id, "thanks", now=evening.now)

    told = ears.by(leo, "whisper")
    assert [(each["by"], each["text"], each["own"]) for each in told] == [
        ("Sol", "slowly", False), ("Leo", "thanks", True),
    ]  # fmt: skip
    assert [each["text"] for each in ears.by(sol, "whisper")] == ["slowly", "thanks"]
    assert ears.by(evening.cast.lin) == []


def everything_beside(evening: Evening, talk: visiting.Opened) -> None:
    """All that a lead and a listener do beside a chat, each with a word that must stay there."""
    leo, sol, now = evening.cast.leo, evening.cast.sol, evening.now
    watch(evening, talk)
    attending.whisper(evening.store, sol, talk.chat_id, f"{WORD} slowly", now=now)
    attending.whisper(evening.store, leo, talk.chat_id, f"{WORD} thanks", now=now)
    attending.join(evening.store, sol, talk.chat_id, now=now)
    listening.say(evening.store, sol, talk.chat_id, makers.client_id(), "I am Sol.", now=now)
    attending.unwatch(evening.store, sol, talk.chat_id, now=now)
    attending.take_over(evening.store, sol, talk.chat_id, now=now)
    evening.says(talk, "thank you both")


def test_a_visitor_hears_names_and_never_a_whisper_a_reason_or_an_id(quiet_evening, talk, ears):
    everything_beside(quiet_evening, talk)

    heard = ears.of_visitor()

    for said in ("Sol, who leads this shift, has joined", "I am Sol.", "is here for you now"):
        assert said in heard
    assert WORD not in heard
    for who in (quiet_evening.cast.leo, quiet_evening.cast.sol):
        assert who.id not in heard


def test_a_house_that_shows_visitors_their_notes_is_found_out(
    quiet_evening, talk, ears, monkeypatch
):
    """Planted: the same ears hear it when it is there to be heard."""
    shown = visitor_board.snapshot

    def with_notes(tx, chat, now, shared=None):
        written = [each.text for each in notes.of_chat(tx, chat.id)]
        return shown(tx, chat, now, shared) | {"notes": written}

    monkeypatch.setattr(visitor_board, "snapshot", with_notes)
    everything_beside(quiet_evening, talk)

    assert WORD in ears.of_visitor()


def test_who_held_the_chat_sees_it_go_and_hears_no_more(quiet_evening, talk, ears):
    evening, leo, sol = quiet_evening, quiet_evening.cast.leo, quiet_evening.cast.sol

    attending.take_over(evening.store, sol, talk.chat_id, now=evening.now)
    last = ears.by(leo, "chat")[-1]
    evening.says(talk, "hello Sol")

    assert (last["listener"]["name"], last["flags"], last["notes"]) == ("Sol", [], [])
    assert ears.by(leo, "message") == []
    assert [each["text"] for each in ears.by(sol, "message")][-1] == "hello Sol"
