"""Keeping the word rules: what works is never replaced by what does not."""

from __future__ import annotations

import pytest

from helpline.actions import keeping
from helpline.bootstrap import LEXICON
from helpline.domain import errors
from helpline.domain.urgency import Level
from helpline.store import published
from tests import makers
from tests.cast import make_ready

ROWS = [
    {"text": "I want to die", "lang": "en", "label": "high", "must": "flag"},
    {"text": "I took all my pills", "lang": "en", "label": "critical", "must": "flag"},
    {"text": "this homework is killing me", "lang": "en", "label": "routine", "must": "noflag"},
    {"text": "boring day", "lang": "en", "label": "routine", "must": "noflag"},
]

NEW = {
    "id": "en.zorblax",
    "level": "high",
    "category": "ideation",
    "patterns": ["zorblax tonight"],
    "why": "a word that only this test knows",
    "hit": ["i will zorblax tonight", "zorblax tonight, i mean it"],
    "miss": ["zorblax", "tonight"],
    "added_by": "Cora",
    "date": "2026-11-18",
}


@pytest.fixture
def kept(store, cast, now):
    keeping.take_in(store, LEXICON, now=now)
    make_ready(store, cast.leo, now=now)
    return store


def level_of(store, text, now) -> Level:
    opened = makers.open_chat(store, text, now=now)
    return Level(makers.chat_row(store, opened.chat_id).level)


def publish(store, cast, entry, now, rows=ROWS) -> None:
    version = keeping.propose_entry(store, cast.cora, "en", entry, "heard twice", now=now)
    trial = keeping.weigh(rows, *keeping.packs_with(store, cast.cora, version))
    keeping.publish(store, cast.cora, version, trial, now=now)


def test_a_published_entry_reads_the_next_message(kept, cast, now):
    assert level_of(kept, "i will zorblax tonight", now) < Level.HIGH

    publish(kept, cast, NEW, now)

    assert level_of(kept, "i will zorblax tonight", now) == Level.HIGH


def test_a_proposal_alone_changes_nothing(kept, cast, now):
    keeping.propose_entry(kept, cast.cora, "en", NEW, "", now=now)

    assert level_of(kept, "i will zorblax tonight", now) < Level.HIGH


def test_rolling_back_brings_the_version_before(kept, cast, now):
    publish(kept, cast, NEW, now)

    keeping.roll_back(kept, cast.cora, "en", now=now)

    assert level_of(kept, "i will zorblax tonight", now) < Level.HIGH
    assert level_of(kept, "I took all my pills", now) == Level.CRITICAL


@pytest.mark.parametrize(
    "change",
    [
        {"patterns": ["(unclosed"]},
        {"level": "apocalyptic"},
        {"category": "no such thing"},
        {"hit": ["nothing of the kind", "nor this"]},
        {"miss": ["i will zorblax tonight", "boring"]},
        {"hit": []},
    ],
)
def test_a_bad_entry_is_refused_with_its_problems_and_changes_nothing(kept, cast, now, change):
    with pytest.raises(errors.PackRefused) as refused:
        keeping.propose_entry(kept, cast.cora, "en", NEW | change, "", now=now)

    assert refused.value.extra["problems"]
    with kept.reading() as tx:
        assert [row.state for row in published.history(tx, "en")] == ["published"]


def test_a_pack_that_would_cry_wolf_cannot_be_published(kept, cast, now):
    wolf = NEW | {
        "patterns": ["boring day"],
        "hit": ["boring day", "a boring day"],
        "miss": ["day", "boring"],
    }

    with pytest.raises(errors.PackRefused) as refused:
        publish(kept, cast, wolf, now)

    assert "False flags" in refused.value.extra["problems"][0]
    assert level_of(kept, "boring day", now) == Level.ROUTINE


def test_a_pack_that_would_see_less_cannot_be_published(kept, cast, now):
    publish(kept, cast, NEW, now)
    only_seen_so = {"text": NEW["hit"][0], "lang": "en", "label": "critical", "must": "flag"}
    blind = NEW | {"patterns": ["quuxly now"], "hit": ["quuxly now", "so quuxly now"]}

    with pytest.raises(errors.PackRefused) as refused:
        publish(kept, cast, blind, now, rows=[*ROWS, only_seen_so])

    assert "critical message would no longer be seen" in refused.value.extra["problems"][0]
    assert level_of(kept, NEW["hit"][0], now) == Level.HIGH


def test_a_published_pack_that_became_unreadable_leaves_the_one_of_the_software(
    kept, cast, now, open_again
):
    publish(kept, cast, NEW, now)
    with kept.transaction() as tx:
        row = published.speaking(tx, "en")
        row.text = "language: en\nentries: [broken"
        tx.session.add(row)

    again = open_again()  # a process that starts later remembers nothing

    assert level_of(again, "I took all my pills", now) == Level.CRITICAL


def test_a_new_version_of_the_software_only_proposes_where_people_have_published(kept, cast, now):
    publish(kept, cast, NEW, now)
    with kept.transaction() as tx:
        for row in published.history(tx, "en"):
            if row.made_by is None:
                row.label = "en@older"
                tx.session.add(row)

    keeping.take_in(kept, LEXICON, now=now)

    with kept.reading() as tx:
        states = sorted(row.state for row in published.history(tx, "en"))
        assert states == ["proposed", "published", "retired"]
    assert level_of(kept, "i will zorblax tonight", now) == Level.HIGH


def test_only_coordinators_keep_packs(kept, cast, now):
    with pytest.raises(errors.NotAllowed):
        keeping.propose_entry(kept, cast.leo, "en", NEW, "", now=now)
    with pytest.raises(errors.NotAllowed):
        keeping.try_text(kept, cast.sol, "hello")


def test_trying_a_message_keeps_nothing(kept, cast, told):
    del told[:]

    found = keeping.try_text(kept, cast.cora, "I want to die")

    assert found.level == Level.HIGH
    assert told == []
