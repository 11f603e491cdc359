"""An evening on the line: a clock moved by hand, the beats of whoever is there, and the sweeps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from helpline import jobs
from helpline.actions import (
    directing,
    entering,
    furnishing,
    listening,
    offering,
    planning,
    visiting,
)
from helpline.domain import events
from helpline.domain.access import Role, Who
from helpline.domain.chat import Closing
from helpline.store import alerts, chats, people
from helpline.store.shifts import patterns
from helpline.store.tables import Alert, Chat, Offer, Page, Presence
from helpline.store.transaction import Store
from tests import makers
from tests.cast import Cast

# What a visitor writes, by the level that it raises.
ROUTINE = "boring day"
ELEVATED = "I feel hopeless"
HIGH = "I keep thinking about suicide"
CRITICAL = "I took all my pills"

BEAT = 10  # seconds
SWEEPS = {each.name: each.action for each in jobs.SWEEPS}


class Evening:
    """`here` are the listeners whose console beats, `connected` the chats whose visitor does."""

    def __init__(self, store: Store, cast: Cast, now: datetime) -> None:
        self.store, self.cast, self.now = store, cast, now
        self.here: set[Who] = set()
        self.connected: set[str] = set()

    # -- time -----------------------------------------------------------------------------------

    def passes(
        self, seconds: float, *, every: float = BEAT, sweeps: Sequence[str] = ("routing",)
    ) -> None:
        """Time goes by, with a beat and these sweeps every so many seconds and at the end."""
        until = self.now + timedelta(seconds=seconds)
        while self.now < until:
            self.now = min(until, self.now + timedelta(seconds=every))
            self.beat()
            self.sweep(*sweeps)

    def beat(self) -> None:
        visiting.still_here(self.store, sorted(self.connected), now=self.now)
        for who in self.here:
            listening.be_here(self.store, who, now=self.now)

    def sweep(self, *names: str) -> None:
        for name in names or ("routing",):
            SWEEPS[name](self.store, now=self.now)

    def look(self) -> None:
        """Every sweep there is, once."""
        self.sweep(*SWEEPS)

    def hold_open(self) -> None:
        """Open by hand: visitors come in, whoever is there."""
        directing.set_line(self.store, self.cast.cora, is_open=True, reason="", now=self.now)

    # -- listeners ------------------------------------------------------------------------------

    def ready(self, *who: Who) -> None:
        for each in who:
            listening.get_ready(self.store, each, now=self.now)
            self.here.add(each)

    def loses(self, who: Who) -> None:
        """No goodbye: the beats of this listener just stop."""
        self.here.discard(who)

    def hires(
        self,
        name: str,
        *,
        seats: int = 2,
        languages: Sequence[str] = ("en",),
        skills: Sequence[str] = ("minors", "abuse"),
        lead: bool = False,
        booked: bool = True,
    ) -> Who:
        """One more volunteer, on today's shifts unless `booked` is false."""
        roles = [Role.LISTENER, Role.LEAD] if lead else [Role.LISTENER]
        made = entering.add_person(
            self.store,
            email=f"{name}@example.org",
            name=name.title(),
            roles=[str(role) for role in roles],
            languages=list(languages),
            skills=list(skills),
            seats=seats,
            password=None,
            now=self.now,
        )
        if booked:
            role, today = ("lead" if lead else "listener"), self.now.date()
            with self.store.reading() as tx:
                of_today = [each.id for each in patterns(tx) if each.weekday == today.weekday()]
            for each in of_today:
                planning.book(self.store, self.cast.cora, each, made.id, role, today, now=self.now)
        return Who(made.id, made.name, frozenset(made.roles))

    def offered(self, who: Who) -> list[str]:
        """The chats this person is being asked about."""
        return [each.chat_id for each in makers.offered_to(self.store, who)]

    def asked(self, chat_id: str) -> list[str]:
        """The names of those who are being asked about this chat."""
        with self.store.reading() as tx:
            names = people.names(tx)
        return sorted(names[each.person_id] for each in makers.pending(self.store, chat_id))

    def accepts(self, who: Who) -> str:
        """Takes what this person was offered first; the chat's id."""
        offer = makers.offered_to(self.store, who)[0]
        listening.accept(self.store, who, offer.id, now=self.now)
        return offer.chat_id

    def declines(self, who: Who) -> None:
        offer = makers.offered_to(self.store, who)[0]
        listening.decline(self.store, who, offer.id, now=self.now)

    def closes(self, who: Who, chat_id: str, **how: Any) -> None:
        closing = Closing(how.pop("outcome", "felt_heard"), how.pop("anyway", None))
        listening.close(self.store, who, chat_id, closing, how.pop("note", None), now=self.now)

    # -- visitors -------------------------------------------------------------------------------

    def opens(self, text: str | None = ROUTINE, **wish: Any) -> visiting.Opened:
        """A visitor comes in and stays connected."""
        wish.setdefault("client_id", makers.client_id())
        opened = visiting.open_chat(self.store, visiting.Opening(text=text, **wish), now=self.now)
        self.connected.add(opened.chat_id)
        return opened

    def disconnects(self, opened: visiting.Opened) -> None:
        self.connected.discard(opened.chat_id)
        visiting.gone(self.store, opened.chat_id, seen_at=self.now, now=self.now)

    def says(self, opened: visiting.Opened, text: str) -> visiting.Kept:
        return visiting.say(self.store, opened.token, makers.client_id(), text, now=self.now)

    def talks(self, who: Who, text: str | None = ROUTINE, **wish: Any) -> visiting.Opened:
        """A chat that `who` has accepted, with nobody else asked about it."""
        opened = self.opens(text, **wish)
        self.sweep()
        if opened.chat_id not in self.offered(who):
            offering.assign(self.store, self.cast.sol, opened.chat_id, who.id, now=self.now)
        offer = next(
            each for each in makers.offered_to(self.store, who) if each.chat_id == opened.chat_id
        )
        listening.accept(self.store, who, offer.id, now=self.now)
        return opened

    # -- what stands in the database --------------------------------------------------------------

    def chat(self, opened: visiting.Opened | str) -> Chat:
        return makers.chat_row(self.store, opened if isinstance(opened, str) else opened.chat_id)

    def in_line(self) -> set[str]:
        with self.store.reading() as tx:
            return {each.id for each in chats.in_line(tx)}

    def presence(self, who: Who) -> Presence:
        with self.store.reading() as tx:
            return people.presences(tx)[who.id]

    def alerts(self) -> dict[str, Alert]:
        """What is open, by its matter without the subject."""
        with self.store.reading() as tx:
            return {each.kind: each for each in alerts.still_open(tx)}

    def paged(self, kind: str) -> list[str]:
        """The names of those a page of this kind is due to go or has gone to."""
        with self.store.reading() as tx:
            names = people.names(tx)
            query = (
                select(Page.person_id)
                .join(Alert, Alert.id == Page.alert_id)
                .where(Alert.kind == kind)
            )
            return sorted(names[each] for each in tx.session.scalars(query))

    def offers_of(self, chat_id: str) -> list[Offer]:
        """Every offer of this chat, whatever became of it, in order."""
        with self.store.reading() as tx:
            query = select(Offer).where(Offer.chat_id == chat_id).order_by(Offer.offered_at)
            return list(tx.session.scalars(query))


def load_directory(store: Store, now: datetime) -> list[str]:
    """Two resources of the line's country, the emergency number first; their ids."""
    entry = {
        "country": "IE",
        "languages": ["en"],
        "hours": "always",
        "source": "https://example.org",
        "seen": date(2026, 11, 1),
        "verified": True,
    }
    call = {"kind": "call", "value": "112"}
    write = {"kind": "text", "value": "50808", "word": "HELLO"}
    entries: list[dict[str, Any]] = [
        entry | {"id": "ie-112", "name": "Emergency", "emergency": True, "ways": [call]},
        entry | {"id": "ie-ear", "name": "An open ear", "ways": [write]},
    ]
    furnishing.load_resources(store, entries, now=now)
    return [each["id"] for each in entries]


class Nudged:
    """Runs the sweeps that a nudge names at once, each after the one before: a queue in line."""

    def __init__(self, evening: Evening) -> None:
        self._evening = evening
        self._jobs = jobs.Jobs(evening.store)
        self._jobs._nudged = self  # the queue that `nudge` puts names into
        self._names: list[str] = []
        self._busy = False
        self.ran: list[str] = []

    def hear(self, happened: Sequence[events.Event]) -> None:
        self._jobs.nudge(happened)

    def put(self, name: str) -> None:
        self._names.append(name)
        if self._busy:
            return
        self._busy = True
        try:
            while self._names:
                each = self._names.pop(0)
                self._jobs._waiting.discard(each)
                self._evening.sweep(each)
                self.ran.append(each)
        finally:
            self._busy = False
