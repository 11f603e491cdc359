"""A person's shifts as an iCalendar file (RFC 5545): times in UTC, so right in every zone; titles
that tell nobody what kind of shift it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from icalendar import Calendar, Event

from helpline.boards.wording import N_, say
from helpline.domain import changes, feed
from helpline.domain.feed import Entry
from helpline.domain.roster import DAY
from helpline.store import feeds, line
from helpline.store import shifts as rota
from helpline.store.secrets import digest
from helpline.store.tables import Person
from helpline.store.transaction import Store, Transaction

BEHIND, AHEAD = 30 * DAY, 180 * DAY
READ_AGAIN_AFTER = timedelta(hours=1)
TITLE = N_("Shift")
TITLE_OF_ALL = N_("Shifts")


def calendar(store: Store, secret: str, now: datetime) -> bytes | None:
    """The file behind this secret, or nothing. The same all day while the plan stays."""
    with store.reading() as tx:
        person = feeds.whose(tx, secret)
        return None if person is None else _calendar(tx, person, now)


def since(store: Store, person_id: str) -> datetime | None:
    with store.reading() as tx:
        return feeds.since(tx, person_id)


def _calendar(tx: Transaction, person: Person, now: datetime) -> bytes:
    plan, roots = rota.plan(tx), rota.roots(tx)
    today = changes.today(plan, now)
    entries = feed.entries(plan, person.id, today - BEHIND, today + AHEAD)
    ids = [
        uid(roots.get(each.pattern_id, each.pattern_id), each.date, person.id) for each in entries
    ]
    version = line.line(tx).roster_version
    return write(entries, ids, person.language, version, now)


def write(
    entries: Sequence[Entry], ids: Sequence[str], language: str, version: int, now: datetime
) -> bytes:
    """The file with these entries, each under its id; `version` rises with every change."""
    made = Calendar()
    made.add("prodid", "-//shifts//shifts//EN")  # in sight of whoever sees the calendar
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", say(language, TITLE_OF_ALL))
    made.add("refresh-interval", READ_AGAIN_AFTER)
    made.add("x-published-ttl", "PT1H")
    for each, stays in zip(entries, ids, strict=True):
        made.add_component(_event(each, stays, language, version, now))
    return bytes(made.to_ical())


def uid(root: str, day: date, person_id: str) -> str:
    """The same for one occurrence whatever becomes of it, and nobody else's."""
    return f"{day:%Y%m%d}-{digest(f'{root}:{person_id}')[:20]}@shifts.invalid"


def _event(entry: Entry, uid_: str, language: str, version: int, now: datetime) -> Event:
    event = Event()
    event.add("uid", uid_)
    event.add("sequence", version)  # rises with every change of the plan
    event.add("dtstamp", datetime.combine(now.astimezone(UTC).date(), time.min, tzinfo=UTC))
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.ends_at.astimezone(UTC))
    event.add("summary", say(language, TITLE))
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if entry.cancelled else "OPAQUE")
    event.add("class", "PRIVATE")
    return event
