"""Which crisis resources fit this person, and which are open now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from . import walltime


@dataclass(frozen=True, slots=True)
class Way:
    """How to reach a resource: call, text or web; `word` is what a text has to say."""

    kind: str
    value: str
    word: str | None = None


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Open on `days` (Monday 0) between two local wall times of `zone`."""

    zone: str
    days: frozenset[int]
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Resource:
    """A crisis line or emergency number. No hours means day and night."""

    id: str
    name: str
    country: str
    languages: frozenset[str]
    ways: tuple[Way, ...]
    emergency: bool = False
    hours: tuple[OpeningHours, ...] = ()
    note: str = ""
    topics: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Shown:
    """A resource with what is true of it at one instant."""

    resource: Resource
    open_now: bool
    opens_at: datetime | None


def shown(resource: Resource, now: datetime) -> Shown:
    is_open = is_open_at(resource, now)
    return Shown(resource, is_open, None if is_open else opens_next(resource, now))


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
    if not resource.hours:
        return True
    return any(start <= now < end for start, end in _openings(resource.hours, now))


def opens_next(resource: Resource, now: datetime) -> datetime | None:
    starts = [start for start, _ in _openings(resource.hours, now) if start > now]
    return min(starts, default=None)


def _openings(hours: Sequence[OpeningHours], now: datetime) -> Iterable[tuple[datetime, datetime]]:
    """The openings from yesterday to a week ahead, as UTC instants."""
    for each in hours:
        today = walltime.local(each.zone, now).date()
        for offset in range(-1, 8):
            day = today + timedelta(days=offset)
            if day.weekday() in each.days:
                yield _opening(each, day)


def _opening(hours: OpeningHours, day: date) -> tuple[datetime, datetime]:
    last = day + timedelta(days=1) if hours.closes <= hours.opens else day
    return (
        walltime.first_instant(hours.zone, datetime.combine(day, hours.opens)),
        walltime.last_instant(hours.zone, datetime.combine(last, hours.closes)),
    )
