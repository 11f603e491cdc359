"""State is the truth and a nudge only makes it sooner: the sweep alone comes to the same end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpline import jobs
from helpline.actions import listening
from helpline.domain import events
from helpline.store import people
from tests.actions.evening import CRITICAL, HIGH, ROUTINE, Evening

STEP = 2  # seconds: how often the routing sweep runs


def test_a_busy_evening_ends_the_same_by_sweeps_alone(evening: Evening) -> None:
    """Runs once with nudges and once without; both have to come to this very end."""
    leo, lin, sol = evening.cast.leo, evening.cast.lin, evening.cast.sol

    def then() -> None:
        evening.passes(STEP, every=STEP)

    evening.ready(leo)
    a = evening.opens(ROUTINE)
    then()
    evening.accepts(leo)
    evening.ready(lin)
    then()
    b = evening.opens(HIGH)
    then()
    evening.declines(lin)
    then()
    evening.accepts(leo)
    then()
    c = evening.opens(ROUTINE)
    evening.passes(170)
    evening.accepts(lin)
    d = evening.opens(CRITICAL)
    then()
    evening.accepts(lin)
    e = evening.opens(ROUTINE)
    then()
    evening.closes(leo, a.chat_id)
    evening.ready(leo)
    then()
    evening.accepts(leo)
    evening.loses(lin)
    evening.passes(100)
    evening.ready(sol)
    then()
    evening.accepts(sol)
    evening.closes(leo, b.chat_id, anyway="is with a friend now")
    evening.ready(leo)
    then()
    evening.accepts(leo)
    then()

    chats = {"a": a, "b": b, "c": c, "d": d, "e": e}
    assert {name: ledger(evening, each.chat_id) for name, each in chats.items()} == {
        "a": (["Leo accepted"], "closed", None),
        "b": (["Lin declined", "Leo accepted"], "closed", None),
        "c": (["Lin lapsed", "Lin accepted", "Leo accepted"], "active", "Leo"),
        "d": (["Lin accepted", "Sol accepted"], "active", "Sol"),
        "e": (["Leo accepted"], "active", "Leo"),
    }
    assert all(evening.chat(each).arrived_at == each.sent_at for each in chats.values())


def ledger(evening: Evening, chat_id: str) -> tuple[list[str], str, str | None]:
    """Who was asked and what became of it; how the chat stands; who holds it while it goes on."""
    with evening.store.reading() as tx:
        names = people.names(tx)
    chat = evening.chat(chat_id)
    asked = [f"{names[each.person_id]} {each.state}" for each in evening.offers_of(chat_id)]
    holder = names.get(chat.holder_id or "") if chat.state == "active" else None
    return asked, chat.state, holder


def test_a_nudge_makes_it_sooner(evening: Evening, pushed_by: str) -> None:
    evening.ready(evening.cast.leo)

    opened = evening.opens()

    assert evening.asked(opened.chat_id) == (["Leo"] if pushed_by == "nudges" else [])
    evening.sweep()
    assert evening.asked(opened.chat_id) == ["Leo"]


def test_many_sweeps_do_no_more_than_one(evening: Evening) -> None:
    evening.ready(evening.cast.leo)
    opened = evening.opens()

    for _ in range(3):
        evening.look()

    assert len(evening.offers_of(opened.chat_id)) == 1


def test_a_sweep_that_comes_hours_late_still_does_right(quiet_evening: Evening) -> None:
    """As after a night in which the server was down."""
    evening, leo = quiet_evening, quiet_evening.cast.leo
    evening.ready(leo)
    held, waiting = evening.talks(leo), evening.opens(CRITICAL)
    evening.sweep()

    evening.now += timedelta(minutes=50)
    listening.be_here(evening.store, evening.cast.lin, now=evening.now)
    evening.ready(evening.cast.lin)
    evening.sweep()

    assert evening.chat(held).returned
    assert evening.asked(waiting.chat_id) == ["Lin"]
    assert not evening.presence(leo).ready


@pytest.mark.parametrize(
    "happened",
    [
        events.ChatArrived,
        events.UrgencyRaised,
        events.OfferEnded,
        events.ChatReleased,
        events.ChatEnded,
        events.PresenceChanged,
        events.RosterChanged,
        events.LineChanged,
    ],
)
def test_what_brings_a_chat_or_a_seat_nudges_the_routing(happened: type[events.Event]) -> None:
    assert "routing" in jobs.NUDGES[happened]


def test_every_nudge_names_a_sweep_there_is() -> None:
    named = {name for names in jobs.NUDGES.values() for name in names}

    assert named <= {each.name for each in jobs.SWEEPS}
