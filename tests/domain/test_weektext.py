"""Opening hours as somebody types them."""

from __future__ import annotations

from datetime import time

import pytest

from helpline.domain import errors, schedules, weektext

ZONE = "Europe/Dublin"


@pytest.mark.parametrize(
    ("text", "days", "opens", "closes"),
    [
        ("Mo-Fr 09:00-17:00", range(5), time(9), time(17)),
        ("mo,we 09:00 - 17:00", [0, 2], time(9), time(17)),
        ("Fr-Mo 20:00-02:00", [0, 4, 5, 6], time(20), time(2)),
        ("Sa 18:00-24:00", [5], time(18), time(0)),
        ("Su 00:00-24:00", [6], time(0), time(0)),
    ],
)
def test_hours_are_read_as_they_are_typed(text, days, opens, closes):
    assert weektext.read(text, ZONE) == (schedules.weekly(ZONE, days, opens, closes),)


@pytest.mark.parametrize("text", ["Mo-Fr 09:00-17:00", "Mo-We,Fr 09:00-12:30\nSa 18:00-24:00", "always"])  # fmt: skip
def test_what_is_shown_is_what_is_read(text):
    assert weektext.words(weektext.read(text, ZONE)) == text


@pytest.mark.parametrize(
    "text",
    ["", "Mo-Fr", "Mo-Fr 9-17", "Xx 09:00-17:00", "Mo 25:00-26:00", "Mo 09:00-09:00", "Mo 09:00-17:00 always"],
)  # fmt: skip
def test_what_is_no_hours_is_refused(text):
    with pytest.raises(errors.BadRequest) as refused:
        weektext.read(text, ZONE)

    assert refused.value.field == "hours"


def test_hours_of_more_than_a_week_have_no_such_words():
    monthly = schedules.Schedule(ZONE, time(9), time(17), freq="MONTHLY", byday=("1SA",))

    assert weektext.words([monthly]) is None
