"""The right one now: what somebody looks for in the directory, in which order, and never nothing.

A wish that nothing fits is widened step by step, and says what it let go; at the very end stands
the widest answer there is, the emergency numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from .resources import Resource, Shown, shown

PAGE = 10  # cards on one page: as many as a tired person reads
QUERY_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for; None or False asks for nothing. `age` in years."""

    query: str | None = None
    country: str | None = None
    region: str | None = None
    language: str | None = None
    topic: str | None = None
    age: int | None = None
    way: str | None = None
    cost: str | None = None
    open_now: bool = False
    emergency: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, the best first; `widened` names what of the wish was let go for it."""

    shown: tuple[Shown, ...]
    widened: tuple[str, ...] = ()


Look = Callable[[Wish], Iterable[Shown]]  # those that fit the wish, the best first

# What is let go when nothing fits, the least first: where somebody is and what they need last.
LET_GO = (
    "cost", "way", "region", "topic", "age", "language", "open_now", "query", "country",
)  # fmt: skip
NOTHING = Wish()
EMERGENCY = Wish(emergency=True)


def find(look: Look, wish: Wish) -> Found:
    """The best that fits; empty only where the directory is.

    With all let go, only emergency numbers are the answer, and without any whatever there is.
    """
    for widened, wider in steps(wish):
        found = tuple(look(wider))
        if found:
            return Found(found[:PAGE], widened)
    everything = tuple(each for each in LET_GO if getattr(wish, each))
    found = tuple(look(EMERGENCY)) or tuple(look(NOTHING))
    return Found(found[:PAGE], everything)


def steps(wish: Wish) -> Iterator[tuple[tuple[str, ...], Wish]]:
    """The wish, and what is left of it while one thing after another is let go, but never all."""
    gone: tuple[str, ...] = ()
    yield gone, wish
    for name in LET_GO:
        wider: dict[str, Any] = {name: getattr(NOTHING, name)}
        if getattr(wish, name) == wider[name]:
            continue
        gone, wish = (*gone, name), replace(wish, **wider)
        if wish == NOTHING:
            return
        yield gone, wish


def fits(each: Resource, wish: Wish) -> bool:
    """Whether a resource is what is looked for, but for its words and whether it is open."""
    regions = each.regions if wish.region else frozenset()
    return (
        wish.country in (None, each.country)
        and (not regions or wish.region in regions)
        and (wish.language is None or wish.language in each.languages)
        and (wish.topic is None or wish.topic in each.topics)
        and (wish.age is None or (each.youngest or 0) <= wish.age <= (each.oldest or wish.age))
        and (wish.way is None or wish.way in {way.kind for way in each.ways})
        and wish.cost in (None, each.cost)
        and (not wish.emergency or each.emergency)
    )


def ranked(some: Iterable[Resource], wish: Wish, now: datetime) -> list[Shown]:
    """In one order that hangs on nothing else: emergency numbers, what this organisation verified,
    what answers day and night, what is open, understood and near; then by name."""

    def rank(each: Shown) -> tuple[Any, ...]:
        it = each.resource
        return (
            *standing(it),
            not each.open_now,
            wish.language is not None and wish.language not in it.languages,
            wish.region is not None and wish.region not in it.regions,
            it.name,
            it.id,
        )

    found = (shown(each, now) for each in some)
    return sorted((each for each in found if each.open_now or not wish.open_now), key=rank)


def standing(each: Resource) -> tuple[bool, bool, bool]:
    """The part of the order that time does not change; less is better."""
    return not each.emergency, each.verified_on is None, bool(each.hours)
