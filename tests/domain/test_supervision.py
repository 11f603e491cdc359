"""When a lead may be beside a chat, and what is recorded as the reason."""

from __future__ import annotations

import pytest

from helpline.domain import errors, supervision
from helpline.domain.urgency import Level

OPEN, CLOSED = {}, {"supervised": False}

# (policies, level, asked for help, words given, joins) -> what is recorded, or the refusal
CASES = [
    (OPEN, Level.ROUTINE, False, True, False, "said"),
    (OPEN, Level.ROUTINE, False, False, False, errors.BadRequest),
    (OPEN, Level.ELEVATED, False, False, False, errors.BadRequest),
    (OPEN, Level.ELEVATED, True, False, False, "asked"),
    (OPEN, Level.ROUTINE, False, False, True, "joined"),
    (OPEN, Level.HIGH, False, False, False, "high_risk"),
    (OPEN, Level.CRITICAL, True, False, False, "high_risk"),
    (OPEN, Level.CRITICAL, False, True, False, "said"),
    (CLOSED, Level.ROUTINE, False, True, False, errors.NotUnasked),
    (CLOSED, Level.ELEVATED, False, True, True, errors.NotUnasked),
    (CLOSED, Level.ROUTINE, True, True, False, "said"),
    (CLOSED, Level.ROUTINE, True, False, False, "asked"),
    (CLOSED, Level.HIGH, False, False, False, "high_risk"),
    (CLOSED, Level.CRITICAL, False, False, True, "high_risk"),
]


@pytest.mark.parametrize("policies, level, asked, said, joins, expected", CASES)
def test_who_may_be_beside_a_chat_and_why(policies, level, asked, said, joins, expected) -> None:
    def why() -> str:
        return supervision.require_reason(
            level, said=said, joins=joins, asked=asked, policies=policies
        )

    if isinstance(expected, str):
        assert why() == expected
        return
    with pytest.raises(expected):
        why()


def test_what_the_line_says_about_it_follows_the_same_setting() -> None:
    assert supervision.unasked({})
    assert supervision.unasked({"supervised": True})
    assert not supervision.unasked({"supervised": False})
    assert not supervision.unasked({"supervised": 0})
