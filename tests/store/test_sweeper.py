"""Of several processes one sweeps; who lost the turn keeps nothing any more."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from helpline.store import journal, sweeper
from helpline.store.sweeper import LASTS, NotTheSweeper
from helpline.store.tables import Moment

SECOND = timedelta(seconds=1)


def test_a_second_process_is_refused_while_the_first_renews(store, open_again, now):
    beside = open_again()

    first = sweeper.take_turn(store, "a", now=now)

    assert first == 1
    for moment in (now, now + LASTS - SECOND):
        assert sweeper.take_turn(beside, "b", now=moment) is None
    assert sweeper.take_turn(store, "a", now=now + LASTS - SECOND) == first
    assert sweeper.take_turn(beside, "b", now=now + LASTS) is None


def test_a_process_that_died_is_followed_by_another_under_a_new_number(store, now):
    first = sweeper.take_turn(store, "a", now=now)

    second = sweeper.take_turn(store, "b", now=now + LASTS)

    assert first is not None
    assert second == first + 1
    assert sweeper.take_turn(store, "a", now=now + LASTS + SECOND) is None


def test_who_comes_late_and_was_followed_by_nobody_goes_on_under_its_number(store, now):
    first = sweeper.take_turn(store, "a", now=now)

    assert sweeper.take_turn(store, "a", now=now + timedelta(minutes=5)) == first


def test_who_ends_politely_is_followed_at_once(store, now):
    sweeper.take_turn(store, "a", now=now)

    sweeper.give_up(store, "b", now=now)  # who has no turn gives nothing up
    assert sweeper.take_turn(store, "b", now=now) is None
    sweeper.give_up(store, "a", now=now)

    assert sweeper.take_turn(store, "b", now=now) == 2


def test_who_wakes_up_after_another_took_the_turn_keeps_nothing(store, now):
    fence = sweeper.take_turn(store, "a", now=now)
    guarded = store.guarded_by(partial(sweeper.require, fence=fence))
    with guarded.transaction() as tx:
        journal.write(tx, "in time", now=now)

    sweeper.take_turn(store, "b", now=now + LASTS)
    with pytest.raises(NotTheSweeper), guarded.transaction() as tx:
        journal.write(tx, "too late", now=now)
    with pytest.raises(NotTheSweeper):
        guarded.keep(lambda tx: journal.write(tx, "too late", now=now))

    with store.transaction() as tx:
        assert [row.kind for row in tx.session.scalars(select(Moment))] == ["in time"]
