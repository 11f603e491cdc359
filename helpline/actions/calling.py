"""Calling people off shift to help: begun by a need or by hand, in waves, ended by calm or by hand.

Level-triggered: each look reads what is and does what is missing. Who was asked is a row, which the
pager's loop claims and sends; nothing of what a visitor wrote comes near it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from helpline.actions import directing
from helpline.domain import access, callouts, events, shifts, walltime
from helpline.domain.access import LISTENERS, Who
from helpline.domain.callouts import AtRisk, Limits, Running, Volunteer, When, Why
from helpline.domain.chat import ChatState
from helpline.domain.queue import Pace, Waiting
from helpline.domain.urgency import Level
from helpline.store import callouts as rows
from helpline.store import chats, floor, journal, line, people
from helpline.store.shifts import plan
from helpline.store.tables import CallOut, Chat, Person
from helpline.store.transaction import Store, Transaction


@dataclass(frozen=True, slots=True)
class Facts:
    """The line as a call-out sees it."""

    waiting: list[Chat]  # as they are served
    at_risk: list[AtRisk]
    pace: Pace
    rules: Limits


def look(store: Store, *, now: datetime) -> None:
    """One look: starts what is needed, asks the wave that is due, ends what is over."""
    with store.reading() as tx:
        if _nothing_is_due(tx, now):
            return
    with store.transaction() as tx:
        facts = _facts(tx, now)
        needed = callouts.need(facts.at_risk, facts.pace, facts.rules, now)
        it = rows.running(tx)
        if it is not None:
            _go_on(tx, it, facts, needed, now)
        elif needed and callouts.may_begin(rows.ended_by_hand_at(tx), now):
            _begin(tx, facts, needed, now)


def _nothing_is_due(tx: Transaction, now: datetime) -> bool:
    """Most looks end here, and take no writer's turn."""
    it = rows.running(tx)
    if it is None and not chats.anybody_waits_at(tx, Level.HIGH):
        return True
    facts = _facts(tx, now)
    needed = callouts.need(facts.at_risk, facts.pace, facts.rules, now)
    if it is None:
        return needed is None
    running = _running(tx, it, now)
    return (
        _is_calm(facts, now) == (it.calm_since is not None)
        and not callouts.is_over(running, facts.rules, now)
        and not callouts.wave_is_due(running, needed, facts.rules, now)
    )


def _is_at_risk(chat: Chat) -> bool:
    return chat.level >= Level.HIGH


def _facts(tx: Transaction, now: datetime) -> Facts:
    everybody, waiting = floor.listeners(tx, now), floor.in_order(tx)
    came_back = rows.waits_since(tx, [each.id for each in waiting if each.returned])
    return Facts(
        waiting=waiting,
        at_risk=[
            AtRisk(
                level=Level(chat.level),
                since=_since(chat, came_back),
                asked=chat.state == ChatState.OFFERED,
                ahead=place,
            )
            for place, chat in enumerate(waiting)
            if _is_at_risk(chat)
        ],
        pace=floor.pace(tx, everybody, now),
        rules=callouts.limits(line.line(tx).policies),
    )


def _since(chat: Chat, came_back: dict[str, datetime]) -> datetime:
    """Since when it waits this time, as what it is: a conversation before was no waiting."""
    since = came_back.get(chat.id, chat.arrived_at)
    if chat.level >= Level.CRITICAL and chat.critical_since is not None:
        return max(since, chat.critical_since)
    return since


def _begin(tx: Transaction, facts: Facts, needed: Why, now: datetime) -> None:
    """By itself only where there is somebody to ask: other alarms tell the leads already."""
    chosen = _choose(tx, facts, now)
    if chosen:
        it = rows.begin(tx, needed, None, now)
        journal.write(tx, "call_out_begun", now=now, why=it.why)
        _ask(tx, it, chosen, now)


def _go_on(tx: Transaction, it: CallOut, facts: Facts, needed: Why | None, now: datetime) -> None:
    _mark_calm(tx, it, facts, now)
    running = _running(tx, it, now)
    if callouts.is_over(running, facts.rules, now):
        _end(tx, it, None, now)
    elif callouts.wave_is_due(running, needed, facts.rules, now):
        chosen = _choose(tx, facts, now)
        _ask(tx, it, chosen, now)
        if needed and not chosen and not running.helping:
            directing.tell(tx, "nobody_to_ask", "line", now=now)


def _mark_calm(tx: Transaction, it: CallOut, facts: Facts, now: datetime) -> None:
    is_calm = _is_calm(facts, now)
    if is_calm != (it.calm_since is not None):
        it.calm_since = now if is_calm else None
        tx.session.add(it)
        tx.session.flush()


def _is_calm(facts: Facts, now: datetime) -> bool:
    in_line = [
        Waiting(each.id, Level(each.level), each.arrived_at, each.returned)
        for each in facts.waiting
    ]
    return callouts.is_calm(in_line, facts.pace, now)


def _running(tx: Transaction, it: CallOut, now: datetime) -> Running:
    return Running(
        by_hand=it.why == Why.BY_HAND,
        started_at=it.started_at,
        wave=it.wave,
        wave_at=it.wave_at,
        calm_since=it.calm_since,
        helping=len(floor.coming(tx, now)),
    )


def _ask(tx: Transaction, it: CallOut, chosen: list[str], now: datetime) -> None:
    """The next wave, by the one sweep that claims it; an empty one is looked for again in time."""
    if not rows.claim_wave(tx, it.id, it.wave, now):
        return
    for person_id in chosen:
        rows.ask(tx, it.id, person_id, it.wave + 1, now)
        journal.write(tx, "call_out_asked", now=now, person_id=person_id, wave=it.wave + 1)
    tx.announce(events.CallOutChanged(it.id))


def _end(tx: Transaction, it: CallOut, by: str | None, now: datetime) -> None:
    """Who helped is off shift again from now on; the chats they hold stay with them."""
    helped = rows.helping(tx)
    if not rows.end(tx, it.id, by, now):
        return
    directing.settle(tx, "nobody_to_ask", "line", now)
    journal.write(tx, "call_out_over", now=now, person_id=by, helped=len(helped))
    tx.announce(events.CallOutChanged(it.id))
    tx.announce(*(events.PresenceChanged(each) for each in helped))


# -- whom to ask ------------------------------------------------------------------------------


def _choose(tx: Transaction, facts: Facts, now: datetime) -> list[str]:
    """Who is asked next. The plan is read only where somebody said that they may be asked."""
    willing = [
        each
        for each in people.everyone(tx)
        if each.may_be_asked != When.NEVER and LISTENERS & set(each.roles)
    ]
    if not willing:
        return []
    return callouts.next_wave(
        _volunteers(tx, willing, now),
        facts.rules,
        languages=frozenset(each.language for each in facts.waiting if _is_at_risk(each)),
        local=walltime.local(line.line(tx).zone, now).time(),
        now=now,
    )


def _volunteers(tx: Transaction, willing: list[Person], now: datetime) -> list[Volunteer]:
    stands = {each.id: each for each in floor.listeners(tx, now)}
    held = {chat.holder_id for chat in chats.active(tx)}
    asked, served = rows.last_asked(tx), _served(tx, now)
    return [
        Volunteer(
            id=each.id,
            when=When(each.may_be_asked),
            on_shift=stands[each.id].on_shift,
            here=stands[each.id].here,
            holds=each.id in held,
            asked_at=asked.get(each.id),
            off_since=max((end for _, end in served[each.id] if end <= now), default=None),
            on_from=min((start for start, _ in served[each.id] if start > now), default=None),
            recent=_recent(served[each.id], now),
            languages=frozenset(each.languages),
        )
        for each in willing
    ]


def _served(tx: Transaction, now: datetime) -> dict[str, list[tuple[datetime, datetime]]]:
    """Per person the shifts of the last days and those that begin soon."""
    found: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    soon = now + callouts.FREE_BEFORE_SHIFT
    for span in shifts.spans(plan(tx), now - callouts.RECENT, soon):
        for each in span.people:
            found[each.person_id].append((span.starts_at, span.ends_at))
    return found


def _recent(served: list[tuple[datetime, datetime]], now: datetime) -> timedelta:
    since = now - callouts.RECENT
    lengths = (min(end, now) - max(start, since) for start, end in served if start < now)
    return sum(lengths, timedelta(0))


# -- by hand ----------------------------------------------------------------------------------


def start(store: Store, who: Who, *, now: datetime) -> str:
    """A coordinator asks for help before the figures do; the one that runs already is the answer.

    Gives its id. Nobody is asked here who may not be asked at all.
    """
    with store.transaction() as tx:
        access.require(who, "call_out")
        it = rows.running(tx)
        if it is None:
            it = rows.begin(tx, Why.BY_HAND, who.id, now)
            journal.write(tx, "call_out_begun", now=now, person_id=who.id, why=it.why)
            _ask(tx, it, _choose(tx, _facts(tx, now), now), now)
        return it.id


def end(store: Store, who: Who, call_out_id: str, *, now: datetime) -> None:
    """A coordinator ends it; one that is over stays so. Refused: `not_found`."""
    with store.transaction() as tx:
        access.require(who, "call_out")
        _end(tx, rows.call_out(tx, call_out_id), who.id, now)
