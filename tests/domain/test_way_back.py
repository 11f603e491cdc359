"""A return code is the same however somebody writes it down, and nothing else reads as one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from helpline.domain import retention, way_back
from helpline.domain.routing import Candidate, Listener
from helpline.domain.urgency import Level
from helpline.domain.way_back import Wish

WORDS = frozenset({"abacus", "tshirt", "yoyo", "moon", "otter", "zebra", "river"})
CODE = "abacus t-shirt yo-yo moon otter zebra"
NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        CODE,
        "ABACUS T-Shirt Yo-Yo Moon Otter Zebra",
        "abacus-t-shirt-yo-yo-moon-otter-zebra",
        "  abacus\tt shirt\nyo yo  moon   otter zebra. ",
        "1. abacus 2. tshirt 3. yoyo 4. moon 5. otter 6. zebra",
        "abacus\u00a0t\u2011shirt\u200b yo\u2013yo moon otter zébra",
        "\uff41bacus t-shirt yo-yo moon otter zebra",  # a full-width a
        "abacustshirtyoyomoonotterzebra",
    ],
)
def test_case_blanks_hyphens_and_accents_make_no_difference(written):
    assert way_back.plain(written) == way_back.plain(CODE)
    assert way_back.reads_as_code(written, WORDS)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "hello",
        "abacus t-shirt yo-yo moon otter",
        CODE + " river",
        "abacus t-shirt yo-yo moon otter zebras",
        "the abacus t-shirt yo-yo moon otter",
        "I saw the moon over the river",
        "\u6708" * 6,
        CODE + " " * 128,
    ],
)
def test_nothing_else_reads_as_a_code(written):
    assert not way_back.reads_as_code(written, WORDS)


@pytest.mark.parametrize(
    "client_id, later, still",
    [
        ("mine", timedelta(0), True),
        ("mine", retention.OPEN_REPEATS_WITHIN, True),
        ("mine", retention.OPEN_REPEATS_WITHIN + timedelta(seconds=1), False),
        ("another", timedelta(0), False),
    ],
)
def test_a_used_code_repeats_its_answer_to_the_same_try_only(client_id, later, still):
    assert way_back.repeats(NOW, "mine", client_id, NOW + later) is still


# -- the same listener --------------------------------------------------------------------------

ON = {"same_listener": 1}
LEO, LIN, SOL = (
    Listener(name, on_shift=True, ready=True, here=True, seats=2, used=0, leads=name == "sol")
    for name in ("leo", "lin", "sol")
)
WISH, OF_MINOR = Wish("leo", of_minor=False), Wish("leo", of_minor=True)


def came(level: Level = Level.ROUTINE, *, ago: timedelta = timedelta(0), **more: Any) -> Candidate:
    return Candidate("c", level, "en", NOW - ago, **more)


@pytest.mark.parametrize(
    "policies, met, of_minor, lead, may",
    [
        ({}, 1, False, True, False),  # off until the organisation wants it
        (ON, 1, False, False, True),
        (ON, 2, False, False, True),
        (ON, 3, False, True, False),
        ({**ON, "same_listener_most": 4}, 3, False, False, True),
        (ON, 1, True, False, False),
        (ON, 1, True, True, True),
    ],
)
def test_the_same_listener_may_be_asked_for(policies, met, of_minor, lead, may):
    found = way_back.may_ask_same(policies, met, of_minor=of_minor, lead_on_shift=lead)

    assert found is may


@pytest.mark.parametrize(
    "chat, wish, listeners",
    [
        (came(), WISH, [LEO, LIN]),
        (came(ago=timedelta(seconds=119)), WISH, [LEO, LIN]),
        (came(Level.ELEVATED), WISH, [LEO, LIN]),
        (came(), WISH, [replace(LEO, used=2), LIN]),  # about, and may be free in a moment
        (came(), OF_MINOR, [LEO, LIN, SOL]),
    ],
)
def test_for_a_short_time_nobody_else_is_asked(chat, wish, listeners):
    narrowed = way_back.narrowed(chat, wish, listeners, NOW)

    assert narrowed.not_for == {each.id for each in listeners} - {"leo"}


@pytest.mark.parametrize(
    "chat, wish, listeners",
    [
        (came(ago=timedelta(minutes=2)), WISH, [LEO, LIN]),
        (came(Level.ELEVATED, ago=timedelta(minutes=1)), WISH, [LEO, LIN]),
        (came(Level.HIGH), WISH, [LEO, LIN]),
        (came(Level.CRITICAL), WISH, [LEO, LIN]),
        (came(), WISH, [LIN]),
        (came(), WISH, [replace(LEO, ready=False), LIN]),
        (came(), WISH, [replace(LEO, here=False), LIN]),
        (came(), WISH, [replace(LEO, on_shift=False), LIN]),
        (came(), WISH, [replace(LEO, paused=True), LIN]),
        (came(), WISH, [replace(LEO, draining=True), LIN]),
        (came(asked={"leo": NOW}), WISH, [LEO, LIN]),
        (came(not_for=frozenset({"leo"})), WISH, [LEO, LIN]),
        (came(), OF_MINOR, [LEO, LIN]),
        (came(), OF_MINOR, [LEO, LIN, replace(SOL, here=False)]),
        (came(topics=frozenset({"minors"})), WISH, [LEO, LIN]),
    ],
)
def test_then_and_at_risk_at_once_anybody_is_asked(chat, wish, listeners):
    assert way_back.narrowed(chat, wish, listeners, NOW) == chat
