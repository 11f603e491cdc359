"""Which crisis resources fit this person, and which are open now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from . import schedules
from .schedules import Schedule

WAYS = ("call", "text", "chat", "web", "visit")
COSTS = ("free", "local", "paid", "unknown")


@dataclass(frozen=True, slots=True)
class Way:
    """How to reach a resource: call and text by number, chat and web by address on the web, visit
    where it stands. `word` is what a text has to say."""

    kind: str
    value: str
    word: str | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """A crisis line, a service or an emergency number. No hours means day and night.

    `regions` (ISO 3166-2) empty is the whole country, ages None are any (in years, both
    included), `place` the town or address in words. `note` says what happens when you call, in
    English, `notes` the same in other languages; `description` is for who wants more. `source` is
    where it was read and `assured_on` when; `verified_on` when this organisation itself verified
    it, and `shown` whether its visitors see it.
    """

    id: str
    name: str
    country: str
    languages: frozenset[str]
    ways: tuple[Way, ...]
    emergency: bool = False
    hours: tuple[Schedule, ...] = ()
    note: str = ""
    topics: frozenset[str] = frozenset()
    organisation: str = ""
    regions: frozenset[str] = frozenset()
    youngest: int | None = None
    oldest: int | None = None
    cost: str = "unknown"
    place: str = ""
    description: str = ""
    notes: Mapping[str, str] = field(default_factory=dict, hash=False)
    source: str = ""
    assured_on: date | None = None
    verified_on: date | None = None
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Shown:
    """A resource with what is true of it at one instant, `at`.

    `open_until` is None for day and night, or where no end is near; `opens_at` while it is open.
    """

    resource: Resource
    open_now: bool
    opens_at: datetime | None
    open_until: datetime | None
    at: datetime


def shown(resource: Resource, now: datetime) -> Shown:
    if is_open_at(resource, now):
        return Shown(resource, True, None, schedules.open_until(resource.hours, now), now)
    return Shown(resource, False, opens_next(resource, now), None, now)


def fitting(
    resources: Iterable[Resource], *, country: str, language: str, now: datetime
) -> list[Shown]:
    """Those of the country, the emergency number first, then what is open and understood.

    Never empty while any resource is known: with none for the country, every emergency number
    and the lines in the person's language are shown, and with none of these all there are.
    """
    everything = list(resources)
    near = [each for each in everything if each.country == country]
    if not near:
        near = [each for each in everything if each.emergency or language in each.languages]
    near = near or everything

    def rank(each: Shown) -> tuple[bool, bool, bool, bool, str]:
        return (
            not each.resource.emergency,
            not each.open_now,
            language not in each.resource.languages,
            bool(each.resource.hours),
            each.resource.name,
        )

    return sorted((shown(each, now) for each in near), key=rank)


def open_ones(some: Sequence[Shown]) -> list[Shown]:
    """Those that answer now; all of them when only emergency numbers do."""
    found = [each for each in some if each.open_now]
    return found if any(not each.resource.emergency for each in found) else list(some)


def is_open_at(resource: Resource, now: datetime) -> bool:
    return not resource.hours or schedules.is_open_at(resource.hours, now)


def opens_next(resource: Resource, now: datetime) -> datetime | None:
    return schedules.opens_next(resource.hours, now)
