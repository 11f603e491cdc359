"""Two sweeps see one need: one call-out, and nobody is asked twice. Asked of both databases."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

from sqlalchemy import select

from helpline.actions import calling
from helpline.store import callouts
from helpline.store.tables import CallOut
from helpline.store.transaction import Store
from tests.actions.evening import CRITICAL
from tests.actions.short import Short


def test_two_sweeps_at_once_start_one_and_ask_each_once(short: Short, open_again: Any) -> None:
    short.home("ada", "ben", "cleo", "dev", "eve", "finn")
    short.opens(CRITICAL)
    before = short.running()
    stores: list[Store] = [open_again() for _ in range(2)]
    for minute in range(2):
        together = Barrier(2)

        def look(store: Store, together: Barrier = together) -> None:
            together.wait()
            calling.look(store, now=short.now)

        threads = [Thread(target=look, args=(each,)) for each in stores]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        if minute == 0:
            assert {wave: len(asked) for wave, asked in short.waves().items()} == {1: 3}
            short.now += timedelta(minutes=5)
            short.connected.clear()

    assert before is None or before.id == short.running().id  # type: ignore[union-attr]
    with short.store.reading() as tx:
        assert len(list(tx.session.scalars(select(CallOut)))) == 1
    assert {wave: len(asked) for wave, asked in short.waves().items()} == {1: 3, 2: 3}
    assert len({each.person_id for each in short.asks()}) == 6


def test_a_wave_is_claimed_once(short: Short) -> None:
    short.starts()
    it = short.running()
    assert it is not None

    with short.store.transaction() as tx:
        assert callouts.claim_wave(tx, it.id, it.wave, short.now)
        assert not callouts.claim_wave(tx, it.id, it.wave, short.now)


def test_an_ask_is_sent_by_one_process(short: Short) -> None:
    short.home("ada")
    short.starts()
    (ask,) = short.asks()
    later = short.now + timedelta(minutes=1)

    with short.store.transaction() as tx:
        assert callouts.claim(tx, ask.id, short.now, later)
        assert not callouts.claim(tx, ask.id, short.now, later)
        assert callouts.due(tx, short.now) == []
        assert callouts.claim(tx, ask.id, later + timedelta(seconds=1), later)
