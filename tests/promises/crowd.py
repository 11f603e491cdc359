"""A crowd on one PostgreSQL: routers, visitors and listeners, each process with connections of its
own, while those connections are ended from outside; and what the database saw of it.

One clock for all, which the routers move on as they sweep: offers lapse and leases are lost after so
many sweeps, however busy the machine is.
"""

from __future__ import annotations

import gc
import multiprocessing
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import select, text, update

from helpline.actions import entering, furnishing, listening, offering, planning
from helpline.domain import routing
from helpline.domain.access import Who
from helpline.domain.chat import Closing
from helpline.domain.urgency import Level
from helpline.store import chats, engines, offers
from helpline.store.engines import open_engine
from helpline.store.secrets import new_id
from helpline.store.shifts import patterns
from helpline.store.tables import Chat, Offer, Presence
from helpline.store.transaction import Store, Transaction
from helpline.store.vault import Vault
from tests.cast import Cast
from tests.postgres import plain
from tests.promises import racing

BEGINS = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)  # a whole day of one shift lies ahead
A_SWEEP = 4.0  # seconds of that clock, until every router has swept once
HIGH = 0.06  # of the chats, beside those that are critical
PAUSE = 0.2  # seconds at most between two looks; of a router, so much for each router there is
LETS_IN_BELOW = 1.5  # chats in line for each listener: routers always have a choice to make
LOST = 0.001  # each time somebody says that they are there
AWAY_FOR = timedelta(seconds=100)  # longer than a lease and the grace after it
ACCEPT, DECLINE = 0.85, 0.1  # the rest of the offers lapse
ENDS_WITHIN = 60  # seconds for everybody to go home

# What a process meets when its connection is ended, and what a listener who comes late is told.
MET = {"OperationalError", "InterfaceError", "DBAPIError", "TryAgain"}
TOLD = {"OfferTaken", "OfferGone", "Stale", "ChatClosed"}


@dataclass(frozen=True)
class Size:
    """`cuts` are connections to end; the chats wait until all of them have been."""

    routers: int
    desks: int  # processes that play the listeners
    listeners: int
    chats: int
    cuts: int
    within: float  # seconds; then it ends as it is
    critical: float = 0.04  # of the chats


@dataclass(frozen=True)
class Shared:
    """What every process of the crowd has."""

    url: str
    keys: Path
    faults: Sequence[str]
    clock: Any  # seconds since it began
    over: Any
    said: Any  # what each has met, at its end

    def now(self) -> datetime:
        return BEGINS + timedelta(seconds=self.clock.value)

    def passes(self, seconds: float) -> None:
        with self.clock.get_lock():
            self.clock.value += seconds

    def store(self) -> Store:
        plant(self.faults)
        return Store(open_engine(self.url), Vault(self.keys))


@dataclass
class Evidence:
    """What the database holds in the end, and what it noted at each commit."""

    size: Size
    opened: int = 0
    cuts: Counter[str] = field(default_factory=Counter)  # by what the connection was doing
    never_offered: int = 0
    unfinished: int = 0
    doubled: int = 0
    over_the_seats: int = 0
    offers: Counter[str] = field(default_factory=Counter)  # by what became of them
    met: Counter[str] = field(default_factory=Counter)
    took: float = 0.0  # seconds


def violations(seen: Evidence) -> list[str]:
    """What is not as promised. Nobody is lost either: who was let in is there in the end."""
    counted = {
        "chats that two people had": seen.doubled,
        "chats that nobody was ever asked about": seen.never_offered,
        "times that somebody had more than their seats": seen.over_the_seats,
        "chats that never came to an end": seen.unfinished,
        "chats that were not opened": seen.size.chats - seen.opened,
        "connections that were not ended": seen.size.cuts - seen.cuts.total(),
    }
    strange = [f"{count} {kind}" for kind, count in seen.met.items() if kind not in MET | TOLD]
    return [f"{count} {what}" for what, count in counted.items() if count] + strange


# -- the whole of it ------------------------------------------------------------------------------


def gather(url: str, keys: Path, cast: Cast, size: Size, faults: Sequence[str] = ()) -> Evidence:
    """Everybody works on the database at `url`, which has the cast in it, until every chat has
    ended, the database has noted what must not be, or `size.within` has passed."""
    store = Store(open_engine(url), Vault(keys))
    people = furnish(store, cast, size.listeners)
    if "no_index" in faults:
        racing.drop_index(store)
    store.engine.dispose()  # what is open now would be shared by everybody
    own = multiprocessing.get_context("fork")  # another beginning would take two seconds for each
    shared = Shared(url, keys, tuple(faults), own.Value("d", 0.0), own.Event(), own.SimpleQueue())
    workers = [
        own.Process(target=route, args=(shared, seed, size.routers)) for seed in range(size.routers)
    ]
    workers += [
        own.Process(target=attend, args=(shared, seed, people[seed :: size.desks]))
        for seed in range(size.desks)
    ]
    seen, began = Evidence(size), time.monotonic()
    let_in = threading.Thread(target=_let_in, args=(store, shared, seen, len(people)))
    gc.freeze()  # what was opened before them is not theirs to close
    for each in (*workers, let_in):  # the thread last, so that they know nothing of it
        each.start()
    try:
        _cut_until_done(url, seen, began)
    finally:
        shared.over.set()
        let_in.join(ENDS_WITHIN)
        for _ in workers:
            seen.met += shared.said.get()
        for each in workers:
            each.join(ENDS_WITHIN)
    seen.took = time.monotonic() - began
    _look(store, seen)
    store.engine.dispose()
    return seen


def furnish(store: Store, cast: Cast, count: int) -> list[Who]:
    """So many listeners with two seats, one of four a beginner with one, all booked and ready."""
    furnishing.set_care(store, "critical_per_shift", 0, now=BEGINS)
    with store.reading() as tx:
        today = [each.id for each in patterns(tx) if each.weekday == BEGINS.weekday()]
    people = []
    for number in range(count):
        made = entering.add_person(
            store, email=f"l{number}@example.org", name=f"L{number}", roles=["listener"],
            languages=["en"], skills=["minors", "abuse"], seats=1 if number % 4 == 0 else 2,
            password=None, now=BEGINS,
        )  # fmt: skip
        who = Who(made.id, made.name, frozenset(made.roles))
        for each in today:
            planning.book(store, cast.cora, each, who.id, "listener", BEGINS.date(), now=BEGINS)
        listening.get_ready(store, who, now=BEGINS)
        people.append(who)
    with store.transaction() as tx:
        tx.session.execute(text(WITNESS))
    return people


# The database itself looks at the end of each transaction that adds an offer or a holder. It sees
# what was committed before, and what is about to be.
WITNESS = """
CREATE TABLE noted (what text);
CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM chats WHERE state = 'active' AND holder_id = NEW.person_id)
        + (SELECT count(*) FROM offers WHERE state = 'pending' AND person_id = NEW.person_id)
        > (SELECT seats FROM people WHERE id = NEW.person_id)
    THEN INSERT INTO noted VALUES ('over_the_seats'); END IF;
    IF (SELECT count(*) FROM holdings WHERE chat_id = NEW.chat_id AND until IS NULL) > 1
    THEN INSERT INTO noted VALUES ('doubled'); END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER looks_at_offers AFTER INSERT ON offers
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION look();
CREATE CONSTRAINT TRIGGER looks_at_holdings AFTER INSERT ON holdings
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION look();
"""
LEFT_OVER = {
    "never_offered": "SELECT count(*) FROM chats WHERE first_offered_at IS NULL",
    "unfinished": "SELECT count(*) FROM chats WHERE accepted_at IS NULL OR ended_at IS NULL",
    "over_the_seats": "SELECT count(*) FROM noted WHERE what = 'over_the_seats'",
    "doubled": "SELECT (SELECT count(*) FROM noted WHERE what = 'doubled') + (SELECT count(*) FROM "
    "(SELECT 1 FROM holdings GROUP BY chat_id, epoch HAVING count(*) > 1) twice)",
}


def _look(store: Store, seen: Evidence) -> None:
    with store.reading() as tx:
        for name, question in LEFT_OVER.items():
            setattr(seen, name, tx.session.scalar(text(question)))
        seen.offers = Counter(tx.session.scalars(select(Offer.state)))
        assert seen.opened == tx.session.scalar(text("SELECT count(*) FROM chats"))


# -- who comes ------------------------------------------------------------------------------------


def _let_in(store: Store, shared: Shared, seen: Evidence, listeners: int) -> None:
    """Chats come into the line as others are answered, their visitors always there. They bring no
    words: what is asked here is what becomes of them."""
    chance = random.Random(seen.size.chats)
    while not shared.over.is_set():
        try:
            with store.transaction() as tx:
                here = [each.id for each in chats.in_line(tx)]
                chats.mark_here(tx, here, shared.now())
                room = int(LETS_IN_BELOW * listeners) - len(here)
                more = max(0, min(room, seen.size.chats - seen.opened))
                come = [_chat(_level(chance, seen.size), shared.now()) for _ in range(more)]
                tx.session.add_all(come)
            seen.opened += len(come)
        except Exception as why:
            seen.met[type(why).__name__] += 1
        time.sleep(PAUSE)


def _level(chance: random.Random, size: Size) -> Level:
    drawn = chance.random() - size.critical
    return Level.CRITICAL if drawn < 0 else Level.HIGH if drawn < HIGH else Level.ROUTINE


def _chat(level: Level, at: datetime) -> Chat:
    return Chat(
        id=new_id(), state="waiting", language="en", country="IE", open_client_id=new_id(),
        arrived_at=at, visitor_seen_at=at, visitor_here=True, level=level, urgency=level,
        assessed=level,  # so that it may be ended without a word
        critical_since=at if level is Level.CRITICAL else None,
    )  # fmt: skip


def route(shared: Shared, seed: int, routers: int) -> None:
    """A process that sweeps, whatever others do: no lease keeps them apart here."""
    store, chance, met = shared.store(), random.Random(seed), Counter[str]()
    offering.log.disabled = True  # it would tell of each connection that was ended
    while not shared.over.is_set():
        try:
            offering.sweep(store, now=shared.now())
        except Exception as why:
            met[type(why).__name__] += 1
        shared.passes(A_SWEEP / routers)
        time.sleep(chance.uniform(0, PAUSE * routers))
    _goes_home(store, shared, met)


def attend(shared: Shared, seed: int, people: Sequence[Who]) -> None:
    """Listeners who take a chat, pass, do not answer, are lost and come back, and end their chats."""
    store, chance, met = shared.store(), random.Random(seed), Counter[str]()
    desk = Desk(store, {each.id: each for each in people}, chance)
    while not shared.over.is_set():
        for deed in desk.deeds(shared.now()):
            try:
                deed()
            except Exception as why:
                met[type(why).__name__] += 1
        time.sleep(chance.uniform(0, PAUSE))
    _goes_home(store, shared, met)


def _goes_home(store: Store, shared: Shared, met: Counter[str]) -> None:
    store.engine.dispose()
    shared.said.put(met)


RESTED = {
    "ready": True, "paused": False, "missed": 0, "resting_until": None, "recovers_from": None,
}  # fmt: skip


@dataclass
class Desk:
    store: Store
    people: dict[str, Who]
    chance: random.Random
    away_until: dict[str, datetime] = field(default_factory=dict)
    left_alone: set[str] = field(default_factory=set)  # offers that are not answered

    def deeds(self, at: datetime) -> list[Callable[[], object]]:
        """What these people do now, one after the other."""
        try:
            with self.store.reading() as tx:
                asked = [each for each in offers.pending(tx) if self._is_here(each.person_id, at)]
                held = [each for each in chats.active(tx) if self._is_here(each.holder_id, at)]
        except Exception as why:
            return [lambda why=why: _again(why)]
        return [
            lambda: self._beat(at),
            *(lambda each=each: self._answer(each, at) for each in asked),
            *(lambda each=each: self._end(each, at) for each in held),
        ]

    def _is_here(self, person_id: str | None, at: datetime) -> bool:
        return person_id in self.people and self.away_until.get(person_id, at) <= at

    def _beat(self, at: datetime) -> None:
        """They are there and ready, all at once and not one by one as sockets do it, and nobody
        rests here after a chat. Somebody's connection is lost."""
        if self.chance.random() < LOST * len(self.people):
            self.away_until[self.chance.choice(list(self.people))] = at + AWAY_FOR
        here = [each for each in self.people if self._is_here(each, at)]
        with self.store.transaction() as tx:
            tx.session.execute(
                update(Presence)
                .where(Presence.person_id.in_(here))
                .values(lease_until=at + routing.LEASE_LASTS, **RESTED)
            )

    def _answer(self, offer: Offer, at: datetime) -> None:
        who, what = self.people[offer.person_id], self.chance.random()
        if offer.id in self.left_alone:
            return
        if what < ACCEPT:
            listening.accept(self.store, who, offer.id, now=at)
        elif what < ACCEPT + DECLINE:
            listening.decline(self.store, who, offer.id, now=at)
        else:
            self.left_alone.add(offer.id)

    def _end(self, chat: Chat, at: datetime) -> None:
        if self.chance.random() < 0.5:
            closing = Closing("felt_heard")
            who = self.people[chat.holder_id or ""]
            listening.close(self.store, who, chat.id, closing, None, now=at)


def _again(why: Exception) -> None:
    raise why


# -- connections that end -------------------------------------------------------------------------

# Of the crowd's connections one at a time, and as often as not whoever has the turn to write.
BUSY = """
SELECT pid, CASE WHEN granted THEN 'writing' WHEN granted IS FALSE THEN 'waiting its turn'
    ELSE state END AS doing
FROM pg_stat_activity LEFT JOIN pg_locks USING (pid)
WHERE datname = current_database() AND application_name = 'helpline'
    AND (locktype = 'advisory' OR locktype IS NULL OR locktype = 'virtualxid')
ORDER BY (granted IS TRUE AND locktype = 'advisory' AND random() < 0.5) DESC, random() LIMIT 1
"""
DONE = """
SELECT (SELECT count(*) FROM chats WHERE ended_at IS NOT NULL), (SELECT count(*) FROM noted)
"""


def _cut_until_done(url: str, seen: Evidence, began: float) -> None:
    """Ends connections evenly over the whole, as chats come to their end."""
    size = seen.size
    with psycopg.connect(plain(url), autocommit=True) as outside:
        while time.monotonic() < began + size.within:
            done, noted = outside.execute(DONE).fetchone() or (0, 0)
            if noted or (done >= size.chats and seen.cuts.total() >= size.cuts):
                return
            if seen.cuts.total() < size.cuts * (done + 1) / size.chats:
                _cut(outside, seen)
            time.sleep(0.05)


def _cut(outside: psycopg.Connection[Any], seen: Evidence) -> None:
    found = outside.execute(BUSY).fetchone()
    if found is None:
        return
    (ended,) = outside.execute("SELECT pg_terminate_backend(%s)", [found[0]]).fetchone() or (False,)
    seen.cuts[found[1]] += ended


# -- faults ---------------------------------------------------------------------------------------


def _writers_side_by_side() -> None:
    """Nobody waits for a turn to write: what a rule has read grows old before it is kept."""
    engines._begin_postgresql = lambda _: None


def _seats_counted_before() -> None:
    """Whoever had a seat when it was planned is asked, without another look inside."""

    def offer(tx: Transaction, chat_id: str, at: datetime, *, asking: Any) -> None:
        chat = chats.chat(tx, chat_id)
        if chat.state == "waiting":
            for person_id in asking.person_ids:
                offering.make_offer(tx, chat, asking, person_id, now=at)

    offering._offer = offer


def _looked_at_once() -> None:
    """Routing by edges: who found nobody, or whose connection ended, is not looked at again."""
    real, looked_at = chats.waiting, set[str]()

    def waiting(tx: Transaction) -> list[Any]:
        new = [each for each in real(tx) if each.id not in looked_at]
        looked_at.update(each.id for each in new)
        return new

    chats.waiting = waiting


FAULTS = {
    "writers_side_by_side": _writers_side_by_side,
    "seats_counted_before": _seats_counted_before,
    "looked_at_once": _looked_at_once,
}


def plant(faults: Sequence[str]) -> None:
    """Those of `racing`, and these."""
    racing.plant(faults, setattr)
    for each in faults:
        FAULTS.get(each, lambda: None)()
