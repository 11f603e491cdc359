"""A change of shift: what a lead leaves for the next, how many leads there should be, and the
question before the first chat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from . import bounds, routing
from .routing import Listener

# setting -> (as long as nobody sets it, the smallest, the largest); zero turns it off
PER_LEAD, ASKS_FIT = "listeners_per_lead", "asks_fit"
SETTINGS: Mapping[str, tuple[int, int, int]] = {PER_LEAD: (5, 0, 20), ASKS_FIT: (1, 0, 1)}

WORDS_AT_MOST = 4_000
WRITTEN_AROUND = timedelta(hours=2)  # before the end of a shift: it is about that shift
LEFT_BY_ITSELF = timedelta(minutes=30)  # so long after the end the line looks for what is missing
LEADS_PAGED_AFTER = timedelta(minutes=10)  # too few leads for a moment is how an evening goes


@dataclass(frozen=True, slots=True)
class Facts:
    """The line at a change of shift, in ids and counts: nobody's words."""

    chats: Sequence[Mapping[str, object]] = ()  # {level, holder, parked, since}, the gravest first
    waiting: int = 0
    overrunning: Sequence[str] = ()  # who is past the end of their shift, by id
    alerts: Sequence[str] = ()  # kinds that nobody has owned

    @property
    def is_quiet(self) -> bool:
        return not (self.chats or self.waiting or self.overrunning or self.alerts)


def per_lead(policies: Mapping[str, object]) -> int:
    """Listeners for each lead; zero: nobody counts."""
    return bounds.number(policies, SETTINGS, PER_LEAD)


def asks_fit(policies: Mapping[str, object]) -> bool:
    return bounds.number(policies, SETTINGS, ASKS_FIT) == 1


def too_few_leads(everybody: Sequence[Listener], per_lead: int) -> bool:
    """Whether more listeners are ready than the leads can stand behind.

    A lead counts who is booked, so a page away, and not fully loaded.
    """
    ready = sum(each.on_shift and each.here and each.ready and not each.leads for each in everybody)
    leads = sum(each.leads and routing.free_seats(each) > 0 for each in everybody)
    return per_lead > 0 and ready > per_lead * leads


def must_ask(fit_at: datetime | None, shift_began: datetime | None, *, asks: bool) -> bool:
    """Whether somebody on shift has not said on this shift that they are fit to take chats."""
    return asks and shift_began is not None and (fit_at is None or fit_at < shift_began)
