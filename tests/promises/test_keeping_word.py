"""Each promise about words is kept, and each seeded fault is found by the question it breaks."""

from __future__ import annotations

import pytest

from tests.cast import make_ready
from tests.databases import BOTH
from tests.promises import keeping_word as word
from tests.promises.keeping_word import Place


@pytest.fixture(params=BOTH)
def on(request):
    return request.param


@pytest.fixture
def place(store, open_again, cast, now):
    make_ready(store, cast.leo, now=now)
    return Place(store, open_again(), cast, now)


ASKED = {
    "lost": (word.lost_if_it_died_now, word.ack_before_commit, ["acknowledged and not on disk"]),
    "twice": (word.said_twice, word.no_dedup_key, ["there twice"]),
    "early": (word.told_of_nothing, word.emit_before_commit, ["told before it was there"]),
    "late": (word.written_late, word.no_epoch, list(word.WRITES)),
    "let in": (word.let_in_twice, word.no_unique_index, ["holder", "place", "client id"]),
}


@pytest.mark.parametrize("kind", ASKED)
def test_the_promise_is_kept(place, kind):
    asked, _, _ = ASKED[kind]

    assert asked(place) == []


@pytest.mark.parametrize("kind", ASKED)
def test_the_seeded_fault_is_found(place, kind, monkeypatch):
    asked, plant, consequences = ASKED[kind]
    plant(place, monkeypatch.setattr)

    found = asked(place)

    assert set(consequences) <= set(found)


@pytest.mark.parametrize("on", ["postgresql"])
def test_a_lease_goes_by_the_databases_clock(place, monkeypatch):
    assert word.leases_of_a_fast_clock(place, monkeypatch.setattr) == []


@pytest.mark.parametrize("on", ["postgresql"])
def test_a_lease_on_the_local_clock_is_found(place, monkeypatch):
    word.lease_on_the_local_clock(place, monkeypatch.setattr)

    assert word.leases_of_a_fast_clock(place, monkeypatch.setattr) != []
