"""What of the directory visitors see, by what was verified, hidden and how long ago."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from helpline.domain import errors, verifying
from helpline.domain.verifying import HIDE, LIMIT

TODAY = date(2026, 11, 23)
FRESH, OLD = TODAY - timedelta(days=180), TODAY - timedelta(days=181)


@pytest.mark.parametrize(
    ("verified_on", "hidden", "emergency", "policies", "shown"),
    [
        (None, False, False, {}, False),
        (None, False, True, {}, False),
        (FRESH, False, False, {}, True),
        (FRESH, True, False, {}, False),
        (OLD, True, True, {}, False),
        (OLD, False, False, {}, True),
        (FRESH, False, False, {HIDE: 1}, True),
        (OLD, False, False, {HIDE: 1}, False),
        (OLD, False, True, {HIDE: 1}, True),
        (OLD, False, False, {HIDE: 1, LIMIT: 200}, True),
    ],
)
def test_visitors_see_what_was_verified_here(verified_on, hidden, emergency, policies, shown):
    assert (
        verifying.is_shown(
            verified_on, hidden=hidden, emergency=emergency, policies=policies, today=TODAY
        )
        is shown
    )


@pytest.mark.parametrize("day, stale", [(None, True), (OLD, True), (FRESH, False), (TODAY, False)])
def test_what_was_not_verified_within_the_limit_is_stale(day, stale):
    assert verifying.is_stale(day, {}, TODAY) is stale


def test_who_is_told_is_told_once_a_week():
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    keys = {verifying.notice_key("cora", monday + timedelta(days=day)) for day in range(7)}

    assert len(keys) == 1
    assert verifying.notice_key("cora", monday + timedelta(days=7)) not in keys
    assert verifying.notice_key("sol", monday) not in keys


def test_what_lacks_something_is_refused_by_its_name():
    verifying.require_whole([])
    with pytest.raises(errors.BadRequest) as refused:
        verifying.require_whole(["way", "hours"])

    assert refused.value.field == "way"
