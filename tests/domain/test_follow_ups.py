"""The window of a check-in, also on nights when clocks change; its reminders; when it is late."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.domain import errors, follow_ups
from helpline.domain.follow_ups import LAWFUL, TO_WRITE, State

DUBLIN = "Europe/Dublin"
NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
HALF, HOUR, DAY = timedelta(minutes=30), timedelta(hours=1), timedelta(days=1)


def require(starts: timedelta, lasts: timedelta, days: int = 7) -> None:
    follow_ups.require_window(NOW + starts, NOW + starts + lasts, NOW, days=days)


@pytest.mark.parametrize(
    ("starts", "lasts"),
    [(HALF, HALF), (HALF, DAY), (DAY, 2 * HOUR), (7 * DAY - HALF, HALF)],
)
def test_a_window_that_people_can_keep(starts: timedelta, lasts: timedelta):
    require(starts, lasts)


@pytest.mark.parametrize(
    ("starts", "lasts", "refused", "field"),
    [
        (HALF, HALF - timedelta(seconds=1), follow_ups.NotAWindow, "until"),
        (HALF, DAY + timedelta(seconds=1), follow_ups.NotAWindow, "until"),
        (HALF - timedelta(seconds=1), HOUR, follow_ups.TooSoon, "from"),
        (-HOUR, 3 * HOUR, follow_ups.TooSoon, "from"),
        (7 * DAY, HALF, follow_ups.TooFar, "day"),
    ],
)
def test_a_window_that_nobody_could_keep_is_refused_by_its_field(starts, lasts, refused, field):
    with pytest.raises(refused) as found:
        require(starts, lasts)

    assert (found.value.code, found.value.field) == ("bad_request", field)


def test_no_window_ends_when_the_words_of_its_chat_may_be_gone():
    assert follow_ups.days_ahead({}, keep_days=30) == 7
    assert follow_ups.days_ahead({"follow_up_days": 30}, keep_days=10) == 9
    assert follow_ups.days_ahead({}, keep_days=1) == 1


@pytest.mark.parametrize(
    ("day", "since", "until", "lasts"),
    [
        (date(2026, 11, 26), time(18), time(20), 2 * HOUR),
        (date(2026, 11, 26), time(22), time(1), 3 * HOUR),
        (date(2026, 11, 26), time(18), time(18), DAY),
        (date(2026, 10, 25), time(1, 15), time(1, 45), 90 * timedelta(minutes=1)),  # shown twice
        (date(2026, 10, 24), time(23), time(3), 5 * HOUR),
        (date(2026, 3, 28), time(23), time(3), 3 * HOUR),
        (date(2026, 3, 29), time(0, 30), time(1, 30), 30 * timedelta(minutes=1)),  # 1:30 is none
    ],
)
def test_a_window_on_the_wall_is_one_in_time(day, since, until, lasts):
    starts_at, ends_at = follow_ups.window(DUBLIN, day, since, until)

    assert ends_at - starts_at == lasts


@given(
    day=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    since=st.times(),
    until=st.times(),
    zone=st.sampled_from([DUBLIN, "America/New_York", "Australia/Lord_Howe", "UTC"]),
)
def test_a_window_never_runs_backwards_and_is_told_as_it_was_kept(day, since, until, zone):
    since, until = since.replace(second=0, microsecond=0), until.replace(second=0, microsecond=0)

    starts_at, ends_at = follow_ups.window(zone, day, since, until)

    assert timedelta(0) <= ends_at - starts_at <= DAY + HOUR
    kept = follow_ups.as_said(zone, starts_at, ends_at)
    assert follow_ups.said(kept) == (starts_at, ends_at, zone)


@given(ahead=st.timedeltas(timedelta(minutes=1), 30 * DAY))
def test_one_early_reminder_at_most_and_never_in_the_past_or_after_the_start(ahead: timedelta):
    early = follow_ups.early_at(NOW, NOW + ahead)

    assert early is None or NOW < early < NOW + ahead
    assert (early is None) == (ahead <= 2 * HOUR)
    assert (early == NOW + ahead - DAY) == (ahead > DAY)


@given(lasts=st.timedeltas(HALF, DAY), past=st.timedeltas(-DAY, 3 * DAY))
def test_who_must_know_only_grows_with_time(lasts: timedelta, past: timedelta):
    starts_at, ends_at, now = NOW, NOW + lasts, NOW + past
    with_one = follow_ups.leads_told_at(starts_at, ends_at, somebody_has_it=True)
    with_none = follow_ups.leads_told_at(starts_at, ends_at, somebody_has_it=False)

    assert starts_at == with_none < with_one < ends_at
    steps = (
        follow_ups.is_due(starts_at, now),
        now >= with_one,
        follow_ups.is_late(ends_at, now),
        follow_ups.is_missed(ends_at, now),
    )
    assert list(steps) == sorted(steps, reverse=True)


def test_nothing_is_written_without_a_yes_and_what_was_taken_back_stays_so():
    leads_to_writing = {old for old, news in LAWFUL.items() if State.WRITTEN in news}

    assert leads_to_writing == TO_WRITE
    for over in (State.DECLINED, State.LAPSED, State.CANCELLED, State.WITHDRAWN, State.WRITTEN):
        for new in State:
            with pytest.raises(errors.OfferGone):
                follow_ups.require_move(over, new)
    with pytest.raises(errors.OfferGone):
        follow_ups.require_move(State.ASKED, State.WRITTEN)


def test_the_page_opens_long_enough_to_read_what_came_late():
    ends_at = NOW

    assert follow_ups.page_opens_until(ends_at, None) == NOW + 7 * DAY
    assert follow_ups.page_opens_until(ends_at, NOW - HOUR) == NOW + 7 * DAY
    assert follow_ups.page_opens_until(ends_at, NOW + 3 * DAY) == NOW + 10 * DAY
