"""Searching the directory, on both databases: forgiving, filtered, and in step with the rows."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace
from datetime import date, time
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from helpline.actions import furnishing
from helpline.domain import resources as rules
from helpline.domain import schedules, search
from helpline.domain.directory import Wish, standing
from helpline.domain.resources import Resource, Way
from helpline.store import packs, resources, searching
from helpline.store.tables import ResourceKey, ResourceRow

SEEDS = sorted((Path(__file__).resolve().parents[2] / "seed_data" / "resources").glob("*.yaml"))
NIGHTS = (schedules.weekly("Europe/Dublin", range(7), time(22), time(6)),)
DAYS = (schedules.weekly("Europe/Dublin", range(7), time(8), time(12)),)


def helps(id: str, name: str, country: str = "IE", languages: str = "en", **more) -> Resource:
    more["topics"] = frozenset(more.get("topics", "crisis").split())
    ways = tuple(Way(kind, "116 123") for kind in more.pop("ways", "call").split())
    return Resource(
        id, name, country, frozenset(languages.split()), ways, source="https://a.example",
        assured_on=date(2026, 11, 1), **more,
    )  # fmt: skip


KNOWN = [
    helps("112", "112", topics="emergency", emergency=True),
    helps("sam", "Samaritans", organisation="Samaritans of Ireland", hours=NIGHTS),
    helps("aid", "Women's Aid", topics="abuse", verified_on=date(2026, 11, 2), place="Cork"),
    helps("accueil", "Télé-Accueil", "BE", "fr", description="Écoute pour familles"),
    helps("inochi", "いのちの電話", "JP", "ja", hours=DAYS),
    helps("child", "Childline", youngest=5, oldest=17, ways="chat call", cost="free"),
    helps("hidden", "Hidden Harbour", shown=False),
]


@pytest.fixture
def known(store):
    with store.transaction() as tx:
        for each in KNOWN:
            resources.put(tx, each)
    return store


def fill(store, some) -> None:
    """What `resources.put` writes one by one, at once."""
    places, rows = count(), []
    for each in some:
        place = sum(flag << at for flag, at in zip(standing(each), resources.PLACES, strict=True))
        said = [*search.found_by(each, resources.countries(each))]
        row = {"standing": place + next(places), "found_by": " ".join(said)}
        rows.append(resources.as_row(each).model_dump() | row)
    words = {word for row in rows for word in row["found_by"].split() if search.is_listed(word)}
    keys = [{"key": key, "word": word} for word in words for key in search.keys(word)]
    with store.transaction() as tx:
        tx.session.execute(sa.insert(ResourceRow), rows)
        tx.session.execute(sa.insert(ResourceKey), keys)


def look(store, now, query=None, **wish) -> tuple[str, str]:
    with store.reading() as tx:
        found = searching.find(tx, Wish(query=query, **wish), now)
    return " ".join(each.resource.id for each in found.shown), " ".join(found.widened)


@pytest.mark.parametrize(
    "query, expected",
    [
        ("samaritans", "sam"),
        ("SAMARITAN", "sam"),
        ("samar", "sam"),  # while it is being typed
        ("samaritns", "sam"),  # one letter less
        ("samaritaans", "sam"),
        ("samaretans", "sam"),
        ("samartians", "sam"),
        ("tele accueil", "accueil"),
        ("télé", "accueil"),
        ("ecoute famille", "accueil"),
        ("belgium", "accueil"),  # where it is, in English
        ("belgique", "accueil"),  # and in its own language
        ("womens aid cork", "aid"),
        ("women abuse", "aid"),
        ("電話", "inochi"),
        ("116123 childline", "child"),
    ],
)
def test_what_is_found(known, now, query, expected):
    assert look(known, now, query) == (expected, "")


def test_what_is_not_shown_is_no_answer_even_where_there_is_no_other(store, now):
    """An emergency number that was imported, and that nobody here has verified."""
    imported = helps("imported", "112", emergency=True, shown=False)
    with store.transaction() as tx:
        resources.put(tx, imported)
    assert look(store, now, "xyzzy")[0] == look(store, now, country="FI")[0] == ""

    with store.transaction() as tx:
        resources.put(tx, helps("sam", "Samaritans"))

    assert look(store, now, "xyzzy")[0] == look(store, now, country="FI")[0] == "sam"
    with store.reading() as tx:
        near = [searching.near(tx, country, "en") for country in ("IE", "FI")]
    assert [[each.id for each in found] for found in near] == [["sam"], ["sam"]]


@pytest.mark.parametrize(
    "wish, expected, widened",
    [
        ({"country": "IE"}, "112 aid child sam", ""),
        ({"country": "IE", "open_now": True}, "112 aid child", ""),
        ({"query": "ireland", "topic": "abuse"}, "aid", ""),
        ({"way": "chat"}, "child", ""),
        ({"cost": "free", "language": "en"}, "child", ""),
        ({"country": "IE", "age": 40, "topic": "crisis"}, "sam", ""),
        ({"country": "IE", "age": 4}, "112 aid sam", ""),
        ({"query": "samaritans", "way": "visit"}, "sam", "way"),
        ({"query": "samaritans", "country": "BE"}, "accueil", "query"),
        ({"query": "harbour"}, "112", "query"),  # not shown, so not found
        ({"query": "xyzzy qwert"}, "112", "query"),
        ({"query": "\"' * :* & | ! ( AND"}, "112", "query"),
        ({"country": "FI", "language": "fi"}, "112", "language country"),
    ],
)
def test_filters_and_what_is_let_go(known, now, wish, expected, widened):
    assert look(known, now, **wish) == (expected, widened)


def test_the_index_moves_with_the_row_and_not_before_the_commit(known, now):
    sam = next(each for each in KNOWN if each.id == "sam")

    with suppress(RuntimeError), known.transaction() as tx:
        resources.put(tx, replace(sam, name="Lantern"))
        tx.session.flush()
        raise RuntimeError("in the middle")
    assert look(known, now, "lantern") == ("112", "query")
    assert look(known, now, "samaritans")[0] == "sam"

    with known.transaction() as tx:
        moved = replace(sam, name="Lantern", organisation="", verified_on=date(2026, 11, 3))
        resources.put(tx, moved)
    assert look(known, now, "lantern") == ("sam", "")
    assert look(known, now, "samaritans") == ("112", "query")
    assert look(known, now, country="IE")[0] == "112 aid sam child"  # verified comes first

    with known.transaction() as tx:  # also by somebody who knows nothing of the index
        tx.session.execute(sa.delete(ResourceRow).where(ResourceRow.id == "sam"))
    assert look(known, now, "lantern") == ("112", "query")

    with known.transaction() as tx:
        tx.session.execute(sa.update(ResourceRow).values(shown=True))
    assert look(known, now, "harbour") == ("hidden", "")


def test_a_word_that_is_there_may_still_be_a_slip(known, now):
    with known.transaction() as tx:
        resources.put(tx, helps("form", "Form and paper"))
        resources.put(tx, helps("from", "Away from home"))

    assert look(known, now, "from")[0] == "from"
    assert look(known, now, "form home") == ("from", "")


def test_what_was_never_indexed_is_indexed_once_and_is_an_answer_before(known, now):
    with known.transaction() as tx:
        tx.session.execute(sa.update(ResourceRow).values(standing=None, found_by=""))
    assert look(known, now, "samaritans") == ("112", "query")

    resources.index(known)

    assert look(known, now, "samaritans") == ("sam", "")


def test_looking_for_what_is_open_looks_on_past_what_is_shut(store, now):
    with store.transaction() as tx:
        for each in range(40):
            resources.put(tx, helps(f"shut-{each:02}", f"Shut {each}", hours=DAYS))
        resources.put(tx, helps("late", "Late", hours=(replace(NIGHTS[0], opens=time(18)),)))

    assert look(store, now, country="IE", open_now=True) == ("late", "")


def test_nothing_that_was_looked_for_is_logged(known, now, caplog):
    caplog.set_level(logging.DEBUG)

    look(known, now, "my husband hits me")
    look(known, now, "samaritns")

    assert "husband" not in caplog.text
    assert "samaritn" not in caplog.text


def test_of_a_country_with_thousands_the_first_are_read(known, monkeypatch):
    monkeypatch.setattr(resources, "MOST_NEAR", 2)

    with known.reading() as tx:
        of_ireland = [each.id for each in searching.near(tx, "IE", "en")]

    assert of_ireland == ["112", "aid"]  # the emergency number, then what was verified


def test_where_a_country_has_nothing_the_rest_is_not_read(many):
    with many.reading() as tx:
        speaking = searching.near(tx, "FI", "en")
        whatever = searching.near(tx, "FI", "fi")

    assert len(speaking) == len(whatever) == resources.MOST_NEAR


def test_asked_of_the_database_the_seeded_directory_answers_the_same(store, now):
    entries = [each for path in SEEDS for each in packs.parsed(path.read_text(encoding="utf-8"))]
    fill(store, [furnishing._resource(each) for each in entries])
    countries = {each["country"] for each in entries} | {"AR", "XX"}

    with store.reading() as tx:
        everything = resources.all_resources(tx)
        for country in sorted(countries):
            known_here = any(each.country == country for each in everything)
            for language in ("en",) if known_here else ("en", "es", "fr", "ja", "zz"):
                near = searching.near(tx, country, language)
                asked = {"country": country, "language": language, "now": now}
                assert rules.fitting(near, **asked) == rules.fitting(everything, **asked)
        assert set(searching.countries(tx)) == countries - {"AR", "XX"}
        assert {"en", "es", "ja"} <= set(searching.languages(tx))
        assert searching.regions(tx) == []


def test_the_regions_of_a_country_are_those_of_its_services(store):
    with store.transaction() as tx:
        for id, country, regions in (
            ("west", "US", {"US-CA", "US-OR"}), ("all", "US", set()), ("scot", "GB", {"GB-SCT"}),
        ):  # fmt: skip
            resources.put(tx, helps(id, id, country, regions=frozenset(regions)))

    with store.reading() as tx:
        assert searching.regions(tx, "US") == ["US-CA", "US-OR"]
        assert searching.regions(tx, "AL") == []
        assert searching.regions(tx) == ["GB-SCT", "US-CA", "US-OR"]


@pytest.fixture
def many(store):
    """A thousand services: a common word, two that never meet, and now and then a rare one."""
    some = []
    for at in range(1000):
        name = (
            f"{at:03} Helpline {'left' if at % 2 else 'right'}{' kestrel' if at % 100 == 7 else ''}"
        )
        some.append(helps(f"r{at:03}", name, shown=at != 0, oldest=17 if at < 5 else None))
    fill(store, some)
    return store


def ids(*numbers: int) -> str:
    return " ".join(f"r{at:03}" for at in numbers)


@pytest.mark.parametrize("counted", [False, True])  # whether PostgreSQL has its statistics
def test_common_and_rare_words_are_found_in_their_order(many, now, counted):
    if counted:
        with many.transaction() as tx:
            tx.session.execute(sa.text("ANALYZE"))

    for _ in range(7):  # it plans anew for the first questions, and then for any
        assert look(many, now, "helpline") == (ids(*range(1, 11)), "")
        assert look(many, now, "helplin left", age=40)[0] == ids(*range(5, 25, 2))
        assert look(many, now, "kestrel")[0] == ids(*range(7, 1000, 100))
        assert look(many, now, "kestril helpline")[0] == ids(*range(7, 1000, 100))
        assert look(many, now, "left right", country="IE") == (ids(*range(1, 11)), "query")


def test_what_is_shut_is_passed_over_page_by_page(many, now):
    with many.transaction() as tx:
        hours = [{"zone": "Europe/Dublin", "opens": "08:00", "closes": "12:00"}]
        shut = sa.update(ResourceRow).where(ResourceRow.id < "r500")
        tx.session.execute(shut.values(hours=hours))

    assert look(many, now, "helpline", open_now=True)[0] == ids(*range(500, 510))
    assert look(many, now, country="IE", open_now=True)[0] == ids(*range(500, 510))


def test_a_beginning_of_more_words_than_are_named_is_found_as_well(known, now, monkeypatch):
    monkeypatch.setattr(searching, "BEGUN", 1)
    searching._vocabulary.cache_clear()

    assert look(known, now, "samar") == ("sam", "")  # Samaritans alone
    assert look(known, now, "ch") == ("child", "")
    assert look(known, now, "a", country="BE") == ("accueil", "")

    searching._vocabulary.cache_clear()
