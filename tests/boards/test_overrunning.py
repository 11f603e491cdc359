"""Who is past the end of their shift with open chats: shown to those who answer for the line."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from helpline.boards import coordinator, listener
from helpline.domain.access import Who
from helpline.store.transaction import Store
from tests.actions.evening import Evening
from tests.cast import Cast


@pytest.fixture
def evening(store: Store, cast: Cast, now: datetime) -> Evening:
    """Kit, who is on today's shift only, talks; it is a quarter to midnight."""
    made = Evening(store, cast, now.replace(hour=23, minute=45))
    made.kit = made.hires("kit")  # type: ignore[attr-defined]
    made.hold_open()
    made.ready(made.kit)  # type: ignore[attr-defined]
    made.talks(made.kit)  # type: ignore[attr-defined]
    return made


def to_coordinator(evening: Evening) -> dict[str, dict]:  # type: ignore[type-arg]
    people = coordinator.board(evening.store, evening.cast.cora, evening.now)["people"]
    return {each["name"]: each for each in people}


def to(evening: Evening, who: Who) -> list[dict]:  # type: ignore[type-arg]
    return listener.board(evening.store, who, evening.now)["overrunning"]  # type: ignore[no-any-return]


def test_nobody_overruns_before_the_end(evening) -> None:
    assert to(evening, evening.cast.sol) == []
    assert not to_coordinator(evening)["Kit"]["overrunning"]


def test_the_coordinator_sees_who_is_past_the_end_of_their_shift(evening) -> None:
    evening.now += timedelta(minutes=20)

    kit = to_coordinator(evening)["Kit"]

    assert kit["overrunning"]
    assert "shift over since" in kit["words"]
    assert "00:00" in kit["words"]
    assert "still in 1 chat" in kit["words"]
    assert next(iter(to_coordinator(evening))) == "Kit"


def test_leads_see_it_and_they_themselves_but_no_other_listener(evening) -> None:
    evening.now += timedelta(minutes=20)

    shown = {
        "id": evening.kit.id, "name": "Kit", "chats": 1, "ended_at": "2026-11-19T00:00:00.000Z",
    }  # fmt: skip
    assert to(evening, evening.cast.sol) == [shown]
    assert to(evening, evening.kit) == [shown]
    assert to(evening, evening.cast.leo) == []


def test_it_is_over_with_the_chat_and_nobody_is_cut_off(evening) -> None:
    evening.now += timedelta(minutes=20)
    evening.sweep("shift_ends")
    (chat,) = listener.board(evening.store, evening.kit, evening.now)["chats"]
    assert chat["state"] == "active"

    evening.closes(evening.kit, chat["id"])

    assert to(evening, evening.cast.sol) == []
    assert "Kit" not in to_coordinator(evening)
