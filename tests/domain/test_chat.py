"""A chat's states: each lawful move, and each of the others refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from helpline.domain import chat, errors
from helpline.domain.chat import ChatState, Closing
from helpline.domain.urgency import Level, level_that_counts

NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)

# from -> to; every pair that is not here is refused
LAWFUL = {
    "waiting": "offered active left closed",
    "offered": "waiting active left closed",
    "active": "waiting wrapping_up closed",
    "wrapping_up": "active waiting closed",
    "closed": "active waiting",
    "left": "waiting closed",
    "canary": "closed",
}
MOVES = [
    (old, new, new.value in LAWFUL[old.value].split()) for old in ChatState for new in ChatState
]


@pytest.mark.parametrize("old, new, lawful", MOVES)
def test_every_move_is_lawful_or_refused(old: ChatState, new: ChatState, lawful: bool) -> None:
    if lawful:
        chat.require_move(old, new)
        return
    with pytest.raises(errors.ChatClosed):
        chat.require_move(old, new)


def test_no_state_is_a_dead_end_and_none_leads_to_itself() -> None:
    assert all(chat.LAWFUL[state] for state in ChatState)
    assert not any(state in chat.LAWFUL[state] for state in ChatState)


@pytest.mark.parametrize(
    "state, seen",
    [
        (ChatState.WAITING, "waiting"),
        (ChatState.OFFERED, "waiting"),
        (ChatState.ACTIVE, "active"),
        (ChatState.WRAPPING_UP, "closed"),
        (ChatState.CLOSED, "closed"),
        (ChatState.LEFT, "left"),
        (ChatState.CANARY, "waiting"),
    ],
)
def test_a_visitor_knows_four_states(state: ChatState, seen: str) -> None:
    assert chat.seen_by_visitor(state) == seen


@pytest.mark.parametrize(
    "level, minutes",
    [(Level.ROUTINE, 10), (Level.ELEVATED, 10), (Level.HIGH, 60), (Level.CRITICAL, 60)],
)
def test_how_long_a_lost_connection_changes_nothing(level: Level, minutes: int) -> None:
    assert chat.grace(level) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "level, assessed, anyway, refusal",
    [
        (Level.ROUTINE, False, None, None),
        (Level.ELEVATED, False, None, None),
        (Level.HIGH, False, None, errors.NotAllowed),
        (Level.CRITICAL, False, None, errors.NotAllowed),
        (Level.HIGH, False, "", errors.NotAllowed),
        (Level.HIGH, True, None, None),
        (Level.CRITICAL, True, None, None),
        (Level.CRITICAL, False, "is in hospital", None),
    ],
)
def test_a_grave_chat_ends_after_a_judgement_or_with_a_reason(
    level: Level, assessed: bool, anyway: str | None, refusal: type[errors.Refused] | None
) -> None:
    closing = Closing("felt_heard", anyway)

    if refusal is None:
        chat.require_closing(closing, level, was_assessed=assessed)
        return
    with pytest.raises(refusal) as refused:
        chat.require_closing(closing, level, was_assessed=assessed)
    assert refused.value.field == "anyway"


def test_an_ending_has_an_outcome_of_the_list() -> None:
    for outcome in chat.OUTCOMES:
        chat.require_closing(Closing(outcome), Level.ROUTINE, was_assessed=False)
    with pytest.raises(errors.BadRequest):
        chat.require_closing(Closing("bored", "anyway"), Level.ROUTINE, was_assessed=True)


@pytest.mark.parametrize(
    "closed_at, may",
    [
        (None, False),
        (NOW, True),
        (NOW - timedelta(minutes=14, seconds=59), True),
        (NOW - timedelta(minutes=15), False),
    ],
)
def test_an_ending_is_taken_back_for_a_quarter_of_an_hour(
    closed_at: datetime | None, may: bool
) -> None:
    assert chat.may_reopen(closed_at, NOW) == may


# -- levels -------------------------------------------------------------------------------------

ROUTINE, ELEVATED, HIGH, CRITICAL = Level


@pytest.mark.parametrize(
    "urgency, assessed, heard_since, counts",
    [
        (HIGH, None, ROUTINE, HIGH),
        (HIGH, None, CRITICAL, HIGH),  # without a judgement only the urgency counts
        (CRITICAL, ROUTINE, ROUTINE, ROUTINE),
        (CRITICAL, ELEVATED, ELEVATED, ELEVATED),
        (CRITICAL, ELEVATED, HIGH, HIGH),
        (ROUTINE, CRITICAL, ROUTINE, CRITICAL),
        (ROUTINE, CRITICAL, HIGH, CRITICAL),
    ],
)
def test_a_judgement_counts_unless_graver_words_came_since(
    urgency: Level, assessed: Level | None, heard_since: Level, counts: Level
) -> None:
    assert level_that_counts(urgency, assessed, heard_since) == counts


def test_levels_go_by_their_words() -> None:
    assert [Level.from_word(word) for word in ("routine", "elevated", "high", "critical")] == list(
        Level
    )
    assert [level.word for level in Level] == ["routine", "elevated", "high", "critical"]
    for word in ("HIGH", "", "urgent"):
        with pytest.raises(ValueError):
            Level.from_word(word)
