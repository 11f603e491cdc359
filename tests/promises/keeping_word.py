"""What is promised about every word, asked of a store in this process: what was not kept, by name.

Each question stands beside the fault that it must find. `put` plants by setting an attribute.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from helpline import bootstrap, clock
from helpline.actions import ending, handing, judging, listening, visiting
from helpline.domain import errors, events, routing
from helpline.domain.chat import Closing
from helpline.domain.urgency import Level
from helpline.store import chats, engines, people, transaction, writer
from helpline.store.secrets import new_id
from helpline.store.tables import Holding, Message
from helpline.store.transaction import Store
from tests import makers
from tests.cast import Cast
from tests.promises import planted

SAYS = 3
FAST = timedelta(minutes=5)
MEASURED_WITHIN = timedelta(seconds=5)

Put = Callable[[Any, str, Any], None]


@dataclass
class Place:
    """A line with its cast; `beside` is another server's store on the same database."""

    store: Store
    beside: Store
    cast: Cast
    now: datetime

    def url(self) -> str:
        return self.store.engine.url.render_as_string(hide_password=False)

    def holds(self) -> str:
        """Leo has a chat; its id."""
        makers.open_chat(self.store, now=self.now)
        return makers.take_next(self.store, self.cast.leo, now=self.now)


# -- an ack is a promise ----------------------------------------------------------------------


def lost_if_it_died_now(place: Place) -> list[str]:
    """After each ack: is it there for another process, as after a kill?"""
    opened = makers.open_chat(place.store, now=place.now)
    kept = writer.Writer(place.store)
    kept.start()
    place.store.writer = kept
    found = []
    for _ in range(SAYS):
        id = makers.client_id()
        visiting.say(place.store, opened.token, id, "hello", now=place.now)
        with place.beside.reading() as tx:
            if chats.said_with(tx, opened.chat_id, id) is None:
                found.append("acknowledged and not on disk")
    with place.store.transaction():  # after the last commit, however late it is
        return found


def ack_before_commit(place: Place, put: Put) -> None:
    put(writer.Writer, "_write", writer.Writer._write)  # given back afterwards
    planted.ack_before_commit()


# -- once --------------------------------------------------------------------------------------


def said_twice(place: Place) -> list[str]:
    """The same id and words again: the same answer, and one message."""
    opened = makers.open_chat(place.store, now=place.now)
    id, found = makers.client_id(), []
    answers = [
        visiting.say(place.store, opened.token, id, "hello", now=place.now).seq for _ in range(2)
    ]
    if answers[0] != answers[1]:
        found.append("answered otherwise")
    if makers.transcript(place.store, opened.chat_id).count("hello") != 2:  # and the first word
        found.append("there twice")
    return found


def no_dedup_key(place: Place, put: Put) -> None:
    put(chats, "said_with", lambda tx, chat_id, client_id: None)
    planted.drop_unique(place.url(), "messages", "one_message_per_client_id")


# -- told after ---------------------------------------------------------------------------------


def told_of_nothing(place: Place) -> list[str]:
    """Whoever hears of a message finds it."""
    found = []

    def tell(happened: Any) -> None:
        for each in happened:
            if isinstance(each, events.MessageSaid):
                with place.beside.reading() as tx:
                    said, _ = chats.messages_after(tx, each.chat_id, each.seq - 1)
                    found.extend([] if said else ["told before it was there"])

    place.store.tell = tell
    opened = makers.open_chat(place.store, None, now=place.now)
    visiting.say(place.store, opened.token, makers.client_id(), "hello", now=place.now)
    return found


def emit_before_commit(place: Place, put: Put) -> None:
    put(transaction.Transaction, "announce", lambda tx, *happened: place.store.tell(happened))


# -- not late ----------------------------------------------------------------------------------

WRITES: dict[str, Callable[[Store, Any, str, dict[str, Any]], object]] = {
    "say": lambda store, who, chat, how: listening.say(
        store, who, chat, makers.client_id(), "late", **how
    ),
    "send_resource": lambda store, who, chat, how: listening.send_resource(
        store, who, chat, "none", makers.client_id(), **how
    ),
    "assess": lambda store, who, chat, how: judging.assess(
        store, who, chat, Level.ELEVATED, "late", **how
    ),
    "note": lambda store, who, chat, how: judging.write_note(store, who, chat, "late", **how),
    "hand_off": lambda store, who, chat, how: handing.hand_off(
        store, who, chat, kind="listener", to_id=None, words=None, **how
    ),
    "close": lambda store, who, chat, how: listening.close(
        store, who, chat, Closing("other", None), None, **how
    ),
}


def written_late(place: Place) -> list[str]:
    """Leo loses the chat and has it again: what he wrote under the first is refused."""
    chat, leo = place.holds(), place.cast.leo
    with place.store.transaction() as tx:
        held = chats.chat(tx, chat)
        before = held.epoch
        ending.release(tx, held, why="lost", now=place.now)
        assert chats.claim(tx, chat, leo.id, place.now)
    found = []
    for verb, write in WRITES.items():
        try:
            write(place.store, leo, chat, {"epoch": before, "now": place.now})
        except errors.Stale:
            continue
        except errors.Refused:
            pass  # let through to another question
        found.append(verb)
    return found


def no_epoch(place: Place, put: Put) -> None:
    real = listening.holding

    def holding(tx: Any, who: Any, chat_id: str, verb: str, epoch: int | None = None) -> Any:
        return real(tx, who, chat_id, verb)

    for module in (listening, judging, handing):
        put(module, "holding", holding)


# -- the second lock ---------------------------------------------------------------------------


def let_in_twice(place: Place) -> list[str]:
    """What the database itself would keep twice, if every question before it had failed."""
    chat, leo = place.holds(), place.cast.leo
    row = {"chat_id": chat, "author": "visitor", "sent_at": place.now}
    twice: dict[str, SQLModel] = {
        "holder": Holding(
            id=new_id(), chat_id=chat, person_id=place.cast.lin.id, epoch=9, since=place.now
        ),
        "place": Message(id=new_id(), seq=1, client_id="another", **row),
        "client id": Message(id=new_id(), seq=99, client_id="the same", **row),
    }
    with place.store.transaction() as tx:
        chats.add_message(
            tx, chat, author="listener", person_id=leo.id, client_id="the same", now=place.now
        )
    found = []
    for name, each in twice.items():
        try:
            with place.store.transaction() as tx:
                tx.session.add(each)
        except IntegrityError:
            continue
        found.append(name)
    return found


def no_unique_index(place: Place, put: Put) -> None:
    with place.store.transaction() as tx:
        tx.session.execute(text("DROP INDEX one_holder_per_chat"))
    for constraint in ("one_message_per_place", "one_message_per_client_id"):
        planted.drop_unique(place.url(), "messages", constraint)


# -- one clock ---------------------------------------------------------------------------------


def leases_of_a_fast_clock(place: Place, put: Put) -> list[str]:
    """A server whose clock is five minutes fast keeps a lease as long as any other does."""

    class Fast(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) + FAST

    put(clock, "_offset", clock.offset())
    put(clock, "datetime", Fast)
    bootstrap.keep_time(place.store)
    listening.be_here(place.store, place.cast.leo, now=clock.now())
    with place.beside.reading() as tx:
        until = people.presence(tx, place.cast.leo.id, place.now).lease_until
    really = engines.clock_of(place.beside.engine)
    assert until is not None
    assert really is not None
    lasts = until - really
    is_right = abs(lasts - routing.LEASE_LASTS) < MEASURED_WITHIN
    return [] if is_right else [f"the lease lasts {lasts}"]


def lease_on_the_local_clock(place: Place, put: Put) -> None:
    put(bootstrap, "keep_time", lambda store: None)
