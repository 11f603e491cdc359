"""Searching 100,000 made-up services beside looking one up by its id, on both databases."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import perf_counter

from sqlalchemy import insert, text

from helpline.boards import resources as board
from helpline.domain import directory, schedules, search
from helpline.domain.directory import Wish
from helpline.domain.resources import Resource, Way
from helpline.store import migrations, resources, searching
from helpline.store.engines import open_engine
from helpline.store.tables import ResourceKey, ResourceRow
from helpline.store.transaction import Store
from helpline.store.vault import Vault
from tests.postgres import running

SERVICES = 100_000
ASKED = 2_000
ROUNDS = 5  # a p95 of each, and the median of them: the machine does other things too
NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
PLACES = 4_000  # towns, streets and names that are made up of syllables
TOPICS = "suicide crisis children abuse lgbt listening grief addiction housing debt".split()
KINDS = "Helpline Counselling Centre Shelter Advice Support Listening Foundation".split()
COUNTRIES = "US GB IE FR DE ES AU IN".split()
SYLLABLES = "ba be da do fa ga ha jo ka la li ma mi na no pa ra ri sa so ta to va wi ze".split()


def run(services: int = SERVICES, asked: int = ASKED) -> None:
    with tempfile.TemporaryDirectory() as place, closing(running()) as postgres:
        folder = Path(place)
        for url in (f"sqlite:///{folder}/bench.db", next(postgres).database()):
            store = Store(open_engine(url), Vault(folder / "keys"))
            _compare(store, _fill(store, services), asked)
            store.engine.dispose()


def _compare(store: Store, known: list[Resource], asked: int) -> None:
    """Each question in turn with a look-up by id: each a transaction of its own through the same
    door, to cards as the page has them, with nothing kept between two questions but what the
    server keeps as well."""
    chance = Random(7)
    name = store.engine.dialect.name
    times: dict[str, list[float]] = {}
    searches: list[float] = []
    gc.collect()
    gc.freeze()
    for at in range(-50, asked):  # some to warm up
        one = chance.choice(known)
        of, wish = _question(chance, one)
        some = [one.id, *(chance.choice(known).id for _ in range(directory.PAGE - 1))]
        taken = {
            "by id": _timed(lambda one=one: _by_id(store, one.id)),
            of: _timed(lambda wish=wish: _found(store, wish)),
            "ten by id": _timed(lambda some=some: [_by_id(store, each) for each in some]),
        }
        for what, seconds in taken.items() if at >= 0 else ():
            times.setdefault(what, []).append(seconds)
            if what == of:
                searches.append(seconds)
    every = {"one card by id": times.pop("by id"), "ten cards by id": times.pop("ten by id")}
    every |= {"a search": searches, **dict(sorted(times.items()))}
    print(f"{name}, {len(known)} services, {asked} searches; ms")
    for what, them in every.items():
        said = (f"p{at} {_percent(them, at) * 1e3:7.2f}" for at in (10, 50, 95))
        print(f"  {what:34} {'   '.join(said)}")
    ones = every["one card by id"]
    rounds = [
        _p95(searches[at : at + asked // ROUNDS]) / _p95(ones[at : at + asked // ROUNDS])
        for at in range(0, asked, asked // ROUNDS)
    ]
    for at in (10, 50, 95):  # what else runs on the machine touches the fastest tenth least
        ratio = _percent(searches, at) / _percent(ones, at)
        print(f"  p{at} of a search / p{at} of one card by id  {ratio:5.2f}")
    said = " ".join(f"{each:.2f}" for each in sorted(rounds))
    print(f"  the last in {ROUNDS} parts: {said}, median {median(rounds):.2f}", flush=True)


def _by_id(store: Store, id: str) -> board.Card | None:
    with store.reading() as tx:
        return board.card(resources.find(tx, id), "en", NOW)


def _found(store: Store, wish: Wish) -> list[board.Card]:
    with store.reading() as tx:
        return [board.as_dict(each, "en") for each in searching.find(tx, wish, NOW).shown]


def _question(chance: Random, one: Resource) -> tuple[str, Wish]:
    """What somebody asks who looks for this one, or for one like it."""
    name, place = one.name.split()[0], one.place
    topic = min(one.topics)
    slip = chance.randrange(1, len(name) - 1)
    asked = [
        ("its name", Wish(name)),
        ("the beginning of its name", Wish(name[:4])),
        ("its name with a slip", Wish(name[:slip] + "x" + name[slip + 1 :])),
        ("two words", Wish(f"{topic} {place}")),
        ("a word that thousands have", Wish(f"{chance.choice(KINDS)} {topic}")),
        ("a word, a country, a language", Wish(place, country=one.country, language="en")),
        ("filters alone", Wish(country=one.country, topic=topic, way="call", open_now=True)),
        ("words that nothing has", Wish("qqqqxxxx zzzz", country=one.country)),
    ]
    return chance.choice(asked)


def _timed(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def _percent(some: list[float], at: int) -> float:
    return quantiles(some, n=100)[at - 1]


def _p95(some: list[float]) -> float:
    return _percent(some, 95)


def _fill(store: Store, services: int) -> list[Resource]:
    """The services, written with the rows and keys that `resources.put` writes one by one."""
    migrations.upgrade(store.engine)
    known = list(_services(services))
    keys: set[tuple[str, str]] = set()
    rows = []
    standings = [0] * 8
    for each in known:
        said = search.found_by(each, resources.countries(each))
        keys |= {
            (key, word) for word in said if search.is_listed(word) for key in search.keys(word)
        }
        row = resources.as_row(each).model_dump()
        place = sum(
            flag << at for at, flag in zip((2, 1, 0), directory.standing(each), strict=True)
        )
        standings[place] += 1
        rows.append(
            row | {"standing": (place << 40) + standings[place], "found_by": " ".join(said)}
        )
    with store.transaction() as tx:
        if store.engine.dialect.name == "postgresql":
            tx.session.execute(text("SET LOCAL statement_timeout = 0"))
        for at in range(0, len(rows), 1000):
            tx.session.execute(insert(ResourceRow), rows[at : at + 1000])
        pairs = [{"key": key, "word": word} for key, word in sorted(keys)]
        for at in range(0, len(pairs), 1000):
            tx.session.execute(insert(ResourceKey), pairs[at : at + 1000])
    with store.engine.connect() as connection:  # as both do by themselves in a while
        connection.execute(text("ANALYZE"))
        connection.commit()
    return known


def _services(count: int) -> Iterator[Resource]:
    chance = Random(1)
    towns = ["".join(chance.choices(SYLLABLES, k=4)).title() for _ in range(PLACES)]
    week = schedules.weekly("Europe/Dublin", range(5), time(9), time(17))
    evenings = replace(week, opens=time(18), closes=time(23))
    for at in range(count):
        topics = frozenset(chance.choices(TOPICS, weights=range(10, 0, -1), k=2))
        town = chance.choice(towns)
        yield Resource(
            f"r{at}",
            f"{chance.choice(towns)} {chance.choice(KINDS)}",
            chance.choice(COUNTRIES),
            frozenset(["en"] if chance.random() < 0.7 else ["fr", "es"]),
            (Way("call", f"0800 {at:06}"), Way("web", f"https://r{at}.example")),
            emergency=at % 5000 == 0,
            hours=chance.choice([(), (week,), (week, evenings)]),
            note="Somebody listens, and you need not give a name.",
            topics=topics,
            organisation=f"{chance.choice(towns)} {chance.choice(KINDS)} Trust",
            cost=chance.choice(["free", "unknown", "paid"]),
            place=town,
            description=f"For people in {town} and around: {' and '.join(sorted(topics))}.",
            source="https://a.example",
            assured_on=date(2026, 11, 1),
            verified_on=date(2026, 11, 2) if chance.random() < 0.2 else None,
        )
