"""Who is on the floor: the facts about people that routing, opening and alerts decide on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from helpline.domain import opening as openings
from helpline.domain import queue, routing, shifts
from helpline.domain.access import Role
from helpline.domain.chat import WRAP_UP_LASTS
from helpline.domain.opening import Opening
from helpline.domain.queue import RECENT_CHATS, Pace
from helpline.domain.urgency import Level
from helpline.store import chats, flags, line, offers, people
from helpline.store.shifts import plan
from helpline.store.tables import Chat
from helpline.store.transaction import Transaction


def listeners(tx: Transaction, now: datetime) -> list[routing.Listener]:
    """Everybody who may ever be offered a chat, with where they stand now."""
    booked = {each.booked.person_id: each.booked for each in shifts.on_shift(plan(tx), now)}
    presences, loads = people.presences(tx), people.loads(tx)
    found = []
    for person in people.everyone(tx):
        if not {Role.LISTENER, Role.LEAD} & set(person.roles):
            continue
        presence = presences.get(person.id)
        used, holds_critical = loads.get(person.id, (0, False))
        found.append(
            routing.Listener(
                id=person.id,
                on_shift=person.id in booked,
                ready=presence is not None and presence.ready,
                here=presence is not None and _fresh(presence.lease_until, now),
                seats=person.seats,
                used=used,
                languages=frozenset(person.languages),
                skills=frozenset(person.skills),
                paused=presence is not None and presence.paused,
                resting_until=presence.resting_until if presence else None,
                holds_critical=holds_critical,
                leads=person.id in booked and booked[person.id].role == Role.LEAD,
                last_offered_at=presence.last_offered_at if presence else None,
            )
        )
    return found


def ready(everybody: Sequence[routing.Listener]) -> list[routing.Listener]:
    """On shift, there and ready, also while their seats are taken or they rest."""
    return [each for each in everybody if each.on_shift and each.here and each.ready]


def lead_is_reachable(everybody: Sequence[routing.Listener]) -> bool:
    """A lead is booked on this shift: there, or a page away."""
    return any(each.leads for each in everybody)


def pace(tx: Transaction, everybody: Sequence[routing.Listener], now: datetime) -> Pace:
    there = [each for each in ready(everybody) if not each.paused]
    able = [each for each in there if routing.is_there(each, now)]
    return Pace(
        seats=sum(routing.working_seats(each) for each in there),
        free_seats=sum(routing.free_seats(each) for each in able),
        chat_minutes=queue.usual_length(_recent_lengths(tx)),
    )


def _recent_lengths(tx: Transaction) -> list[float]:
    """Minutes for which recent chats took a seat, the rest after them included."""
    return [
        (ended_at - accepted_at + WRAP_UP_LASTS) / timedelta(minutes=1)
        for accepted_at, ended_at in chats.recent_talks(tx, RECENT_CHATS)
    ]


def opening(tx: Transaction, now: datetime) -> Opening:
    """Whether the line is open at this moment, why not, and when it opens."""
    row = line.line(tx)
    roster = plan(tx)
    last_entry = timedelta(minutes=row.last_entry_minutes)
    everybody = listeners(tx, now)
    return openings.line_is_open(
        by_hand=line.by_hand(row, now),
        cover_ends=openings.cover_ends(roster, now, at_least=max(1, row.min_ready)),
        last_entry=last_entry,
        ready=len(ready(everybody)),
        min_ready=row.min_ready,
        lead_reachable=lead_is_reachable(everybody),
        opens_at=openings.next_opening(
            roster, now, at_least=max(1, row.min_ready), last_entry=last_entry
        ),
        now=now,
        is_open=row.is_open,
        emptied_at=row.emptied_at,
    )


def in_order(tx: Transaction) -> list[Chat]:
    """Everybody in line, as they are served and shown."""
    waiting = {chat.id: chat for chat in chats.in_line(tx)}
    keys = [
        queue.Waiting(chat.id, Level(chat.level), chat.arrived_at, chat.returned)
        for chat in waiting.values()
    ]
    return [waiting[each.id] for each in queue.order(keys)]


def candidate(tx: Transaction, chat: Chat) -> routing.Candidate:
    """A chat as routing sees it. Who stepped out of it is not asked again."""
    return routing.Candidate(
        id=chat.id,
        level=Level(chat.level),
        language=chat.language,
        arrived_at=chat.arrived_at,
        needs=routing.needs(row.category for row in flags.of_chat(tx, chat.id)),
        asked=offers.asked_in_vain(tx, [chat.id]).get(chat.id, {}),
        not_for=offers.stepped_out(tx, chat.id),
    )


def _fresh(lease_until: datetime | None, now: datetime) -> bool:
    return lease_until is not None and lease_until > now
