"""Checks that end: warned of in time, each step once, and no more once they are renewed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from helpline.actions import asking, forgetting, qualifying, serving, welcoming
from helpline.domain import eligibility, errors, retention
from helpline.store import eligible, people
from helpline.store.shift_tables import (
    Availability,
    Blackout,
    Notice,
    Qualification,
    ShiftRequest,
)

DAY = timedelta(days=1)
END = date(2027, 3, 1)


def at(days: int) -> datetime:
    return datetime.fromisoformat(f"{END - days * DAY}T12:00:00+00:00")


def notices(store, *, waiting=False):
    with store.reading() as tx:
        query = select(Notice).order_by(Notice.made_at, Notice.kind)
        if waiting:
            query = query.where(Notice.given_up_at.is_(None))
        return [(each.kind, each.detail["number"]) for each in tx.session.scalars(query)]


@pytest.fixture
def police(store, cast, now):
    return qualifying.keep(store, cast.cora, cast.leo.id, "Police", now.date(), END, now=now)


def test_each_step_is_told_once_to_the_person_and_the_coordinator(store, cast, police):
    for days in (90, 61, 60, 60, 45, 30, 29, 7, 3, 0, -1, -9):
        qualifying.warn(store, now=at(days))

    assert notices(store) == [
        (kind, step) for step in (60, 30, 7) for kind in ("check_ends", "check_of_other_ends")
    ]


def test_after_a_long_silence_only_what_is_true_now_is_told(store, police):
    qualifying.warn(store, now=at(5))

    assert notices(store) == [("check_ends", 7), ("check_of_other_ends", 7)]
    with store.reading() as tx:
        until = {each.valid_until for each in tx.session.scalars(select(Notice))}
    assert until == {at(-1).replace(hour=0)}


def test_what_is_renewed_is_warned_of_no_more_and_later_anew(store, cast, now, police):
    qualifying.warn(store, now=at(30))
    qualifying.keep(store, cast.cora, cast.leo.id, " police ", END, END + 365 * DAY, now=at(29))

    assert notices(store, waiting=True) == []
    assert qualifying.warn(store, now=at(28)) == 0
    assert qualifying.warn(store, now=at(30 - 365)) == 2


def test_a_check_that_ended_takes_the_shift_of_that_day_away(store, cast, now, police):
    qualifying.require_checks(store, cast.cora, ["police"], now=now)

    with store.reading() as tx:
        crew = eligible.crew(tx, now)
    assert crew.rules.checks == ("police",)
    assert crew.people[cast.leo.id].checks == {"police": END}
    assert crew.people[cast.lin.id].checks == {}
    qualifying.drop(store, cast.cora, police, now=now)
    with pytest.raises(errors.NotFound):
        qualifying.drop(store, cast.cora, police, now=now)
    with store.reading() as tx:
        assert eligible.crew(tx, now).people[cast.leo.id].checks == {}


def test_who_learns_still_is_marked(store, cast, now):
    qualifying.set_training(store, cast.cora, cast.leo.id, True, now=now)

    with store.reading() as tx:
        assert people.person(tx, cast.leo.id).in_training
        crew = eligible.crew(tx, now)
    assert crew.people[cast.leo.id].in_training
    assert eligibility.is_new(crew.people[cast.leo.id], now) is False


def test_requests_and_free_days_are_forgotten_in_time_and_what_the_gone_said_at_once(
    store, cast, now, police
):
    soon = now.date() + DAY
    serving.say_when(store, cast.leo, [0], 8, 12, "gladly", now=now)
    serving.say_when(store, cast.lin, [0], 8, 12, "gladly", now=now)
    serving.keep_free(store, cast.lin, soon, soon, now=now)
    asking.ask_time_off(store, cast.lin, soon, soon, now=now)
    welcoming.let_go(store, cast.cora, cast.leo.id, now=now)

    def kept(moment):
        forgetting.forget_due(store, now=moment)
        with store.reading() as tx:
            return [
                len(list(tx.session.scalars(select(each))))
                for each in (Availability, Qualification, Blackout, ShiftRequest)
            ]

    assert kept(now) == [1, 0, 1, 1]
    assert kept(now + (1 + retention.KEEP_DAYS) * DAY) == [1, 0, 1, 1]
    assert kept(now + (2 + retention.KEEP_DAYS) * DAY) == [1, 0, 0, 0]
