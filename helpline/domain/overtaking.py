"""Time lost to criticals: who waited longer because somebody came later and had to go first.

It is owed and right, and it is not free: whoever plans the shifts should see what it costs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .urgency import Level


@dataclass(frozen=True, slots=True)
class Answer:
    """A seat that was given: to which chat, how urgent it was then, and when."""

    chat_id: str
    level: Level
    arrived_at: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class Overtaken:
    """A chat that was answered after `by` critical ones that came later; without them it would
    have had its seat by `lost` sooner."""

    chat_id: str
    by: int
    lost: timedelta
    at: datetime


def overtakers(arrived_at: datetime, until: datetime, answers: Iterable[Answer]) -> list[Answer]:
    """The critical chats that came after this moment and were answered before the other."""
    return [
        each
        for each in answers
        if each.level is Level.CRITICAL and arrived_at < each.arrived_at and each.at <= until
    ]


def overtaken(answers: Sequence[Answer]) -> list[Overtaken]:
    """Of the seats that were given, in any order, those that came later than they would have.

    Each seat would have gone to whoever was next. So a chat that two criticals overtook would
    have had the seat that was given two answers before its own. Chats may be answered twice; the
    first time counts.
    """
    seats = sorted(answers, key=lambda each: (each.at, each.chat_id))
    found, seen = list[Overtaken](), set[str]()
    for place, own in enumerate(seats):
        if own.level is Level.CRITICAL or own.chat_id in seen:
            continue
        seen.add(own.chat_id)
        by = len(overtakers(own.arrived_at, own.at, _while_it_waited(seats, place)))
        if by:
            lost = own.at - seats[place - by].at
            found.append(Overtaken(own.chat_id, by, lost, own.at))
    return found


def _while_it_waited(seats: Sequence[Answer], place: int) -> Iterable[Answer]:
    """The seats given before this one, back to its arrival."""
    for each in reversed(seats[:place]):
        if each.at <= seats[place].arrived_at:
            return
        yield each
