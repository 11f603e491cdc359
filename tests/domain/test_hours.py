"""Hours given: real ones, hard ones weighed, an even share; and checks that end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from helpline.domain import checks, errors, hours, walltime
from helpline.domain.access import Role
from helpline.domain.hours import Given
from helpline.domain.shifts import Booked, Span

BERLIN = "Europe/Berlin"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOBODY_MISSED: frozenset = frozenset()


def at(wall: str) -> datetime:
    return walltime.first_instant(BERLIN, datetime.fromisoformat(wall))


def shift(starts: str, ends: str, *people: str) -> Span:
    booked = tuple(Booked(each, Role.LISTENER) for each in people)
    return Span("late", date.fromisoformat(starts[:10]), "Late", at(starts), at(ends), booked)


def served(*spans: Span, missed=NOBODY_MISSED, start="2027-01-01 00:00", end="2028-01-01 00:00"):
    return hours.served(BERLIN, spans, missed, at(start), at(end))


@pytest.mark.parametrize(
    "starts, ends, real, weighed",
    [
        ("2027-01-13 18:00", "2027-01-13 22:00", 4, 4.0),  # a Wednesday evening
        ("2027-01-13 20:00", "2027-01-14 02:00", 6, 2 + 4 * 1.5),
        ("2027-01-16 10:00", "2027-01-16 12:00", 2, 2 * 1.25),
        ("2027-01-17 22:00", "2027-01-18 02:00", 4, 2 * 1.5 * 1.25 + 2 * 1.5),
        ("2027-03-28 00:00", "2027-03-28 06:00", 5, 5 * 1.5 * 1.25),  # one hour was skipped
        ("2027-10-31 00:00", "2027-10-31 06:00", 7, 7 * 1.5 * 1.25),  # and one came twice
    ],
)
def test_hours_are_real_and_hard_ones_weigh_more(starts, ends, real, weighed):
    given = served(shift(starts, ends, "leo"))["leo"]

    assert given == Given(real * HOUR, weighed * HOUR, 1)


def test_nobody_serves_twice_at_once_and_who_missed_it_did_not_serve():
    evening = shift("2027-01-13 18:00", "2027-01-13 22:00", "leo", "lin")
    late = Span("other", evening.date, "", at("2027-01-13 20:00"), at("2027-01-13 23:00"),
                evening.people)  # fmt: skip
    missed = frozenset({("late", evening.date, "lin")})

    given = served(evening, late, missed=missed)

    assert given["leo"].time == 5 * HOUR
    assert given["lin"] == Given(3 * HOUR, (2 + 1.5) * HOUR, 1)


def test_of_a_shift_that_runs_counts_what_is_over():
    evening = shift("2027-01-13 18:00", "2027-01-13 22:00", "leo")

    assert served(evening, end="2027-01-13 19:30")["leo"].time == 1.5 * HOUR
    assert served(evening, end="2027-01-13 18:00") == {}


def test_a_balance_is_the_distance_from_an_even_share():
    given = {"leo": Given(6 * HOUR, 9 * HOUR, 2), "gone": Given(5 * HOUR, 5 * HOUR, 1)}

    assert hours.balance(given, ["leo", "lin", "sol"]) == {
        "leo": 6 * HOUR, "lin": -3 * HOUR, "sol": -3 * HOUR,
    }  # fmt: skip
    assert hours.balance(given, []) == {}


# -- checks that end -------------------------------------------------------------------------------


def days_before(end: date, days: int) -> datetime:
    return datetime.combine(end - days * DAY, datetime.min.time(), UTC) + 12 * HOUR


@pytest.mark.parametrize(
    "days, step, until_days",
    [
        (61, None, None),
        (60, 60, 30),
        (31, 60, 30),
        (30, 30, 7),
        (8, 30, 7),
        (7, 7, -1),
        (0, 7, -1),
        (-1, None, None),
    ],
)
def test_only_the_nearest_warning_is_true_and_until_the_next(days, step, until_days):
    end = date(2027, 6, 30)

    due = checks.due("UTC", end, days_before(end, days))

    if step is None:
        assert due is None
    else:
        assert due == checks.Due(step, days_before(end, until_days) - 12 * HOUR)


def test_days_are_the_lines_own():
    end = date(2027, 6, 30)

    assert checks.due("Pacific/Auckland", end, datetime(2027, 5, 30, 12, 0, tzinfo=UTC)).days == 30
    assert checks.due("UTC", end, datetime(2027, 5, 30, 12, 0, tzinfo=UTC)).days == 60


def test_names_are_kept_alike_and_days_in_order():
    assert checks.clean_names([" Police  check", "police check", "", "First aid"]) == [
        "police check", "first aid",
    ]  # fmt: skip
    with pytest.raises(errors.BadRequest):
        checks.clean_names([str(n) for n in range(11)])
    with pytest.raises(checks.EndsBeforeItBegins):
        checks.require_days(date(2027, 1, 2), date(2027, 1, 1))
