"""Every action, for every role and relation, does exactly what the permission table says."""

from __future__ import annotations

import pytest

from helpline.actions import listening
from helpline.domain import access, errors
from helpline.domain.access import TABLE, Who
from helpline.store.engines import open_engine
from helpline.store.transaction import Store
from helpline.store.vault import Vault
from tests.conftest import NOW
from tests.promises import deeds
from tests.promises.deeds import DEEDS, EACH

NAMES = [f"{verb}-{number}" for verb, number in EACH]


@pytest.fixture(scope="module")
def template(templates, tmp_path_factory, lexicon):
    """One furnished world, to be copied."""
    made = templates("sqlite")
    url, cast = made.settled
    home = tmp_path_factory.mktemp("world")
    engine = open_engine(made.databases.copy(url, home))
    store = Store(engine, Vault(home / "keys"), packs=lexicon)
    ids = deeds.furnish(store, cast, NOW)
    store.engine.dispose()
    return home, ids


@pytest.fixture
def worlds(template, tmp_path, now):
    home, ids = template
    made = deeds.Worlds(tmp_path, home, ids, now)
    yield made
    made.close()


def test_every_verb_of_the_table_is_tried():
    assert set(DEEDS) | deeds.AT_THE_DOOR == set(TABLE)


def test_every_action_that_somebody_does_is_tried():
    assert deeds.named_above() == deeds.done_with_a_name()


@pytest.mark.parametrize("verb, number", EACH, ids=NAMES)
def test_an_action_does_what_the_table_says(worlds, verb, number):
    assert list(deeds.differences(worlds, verb, number)) == []


@pytest.mark.parametrize("verb, number", EACH, ids=NAMES)
def test_an_action_that_does_not_ask_the_table_is_found_out(worlds, verb, number, monkeypatch):
    monkeypatch.setattr(access, "require", lambda *_: None)

    assert next(deeds.differences(worlds, verb, number), None)


def test_who_held_a_chat_before_is_told_that_it_moved_on(worlds):
    world = worlds.another()
    leo = Who(world.leo, "Leo", frozenset({"listener"}))
    lin = Who(world.lin, "Lin", frozenset({"listener"}))
    listening.accept(world.store, lin, world.offer, now=world.now)

    with pytest.raises(errors.Stale):
        listening.read_on(world.store, leo, world.chat, 0, now=world.now)
    with pytest.raises(errors.Stale):
        listening.say(world.store, leo, world.chat, "late-words", "hi", now=world.now)
