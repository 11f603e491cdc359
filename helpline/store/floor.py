"""Who is on the floor: the facts about people that routing, opening and alerts decide on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from helpline.domain import assigning, queue, routing, shifts, silence, topics, walltime
from helpline.domain import callouts as calls
from helpline.domain import care as caring
from helpline.domain import door as doors
from helpline.domain import opening as openings
from helpline.domain.access import Role
from helpline.domain.care import Care
from helpline.domain.chat import WRAP_UP_LASTS, ChatState
from helpline.domain.door import Door
from helpline.domain.opening import Opening
from helpline.domain.queue import RECENT_CHATS, Pace
from helpline.domain.urgency import Level
from helpline.store import callouts, chats, flags, line, loads, offers, people
from helpline.store.shifts import plan
from helpline.store.tables import Chat, Presence
from helpline.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Overrun:
    """Chats that go on after somebody's shift, which ended at that moment, if it was lately."""

    chats: int
    since: datetime | None


def listeners(tx: Transaction, now: datetime) -> list[routing.Listener]:
    """Everybody who may ever be offered a chat, with where they stand now."""
    roster = plan(tx)
    booked = {each.booked.person_id: each.booked for each in shifts.on_shift(roster, now)}
    stints, helping = shifts.stints_now(roster, now), callouts.helping(tx)
    began = helping | {each: stint.starts_at for each, stint in stints.items()}
    presences, held = people.presences(tx), people.loads(tx)
    taken = loads.taken(tx, began, at_least=Level.HIGH)
    rules = care(tx)
    found = []
    for person in people.everyone(tx):
        if not {Role.LISTENER, Role.LEAD} & set(person.roles):
            continue
        presence = presences.get(person.id)
        load = held.get(person.id, people.Load())
        heavy, since = taken.get(person.id, Counter[Level]()), began.get(person.id)
        lifted = presence is not None and _is_of(presence.cap_lifted_at, since)
        found.append(
            routing.Listener(
                id=person.id,
                on_shift=person.id in booked or person.id in helping,
                ready=presence is not None and presence.ready,
                here=presence is not None and _fresh(presence.lease_until, now),
                seats=person.seats,
                used=load.used,
                languages=frozenset(person.languages),
                skills=frozenset(person.skills),
                paused=presence is not None and presence.paused,
                resting_until=presence.resting_until if presence else None,
                holds_critical=load.gravest >= Level.CRITICAL,
                leads=person.id in booked and booked[person.id].role == Role.LEAD,
                last_offered_at=presence.last_offered_at if presence else None,
                holds_at_risk=load.gravest >= Level.HIGH,
                takes_surge=person.takes_surge,
                on_surge=load.on_surge,
                not_today=_not_today(presence, since),
                recovers_from=presence.recovers_from if presence else None,
                heavy_taken=heavy.total(),
                had_enough=rules.is_enough(heavy[Level.CRITICAL]) and not lifted,
            )
        )
    drains_from = now + timedelta(minutes=line.line(tx).drain_minutes)
    going = frozenset(each for each in stints if stints[each].ends_at <= drains_from)
    return routing.draining(found, going)


def has_a_seat(tx: Transaction, person_id: str | None, now: datetime) -> bool:
    """Whether one chat more would be within this person's seats."""
    return any(each.id == person_id and routing.free_seats(each) > 0 for each in listeners(tx, now))


def on_shift(tx: Transaction, now: datetime) -> set[str]:
    """Who is booked now, or answered the call-out that runs, by their id."""
    booked = {each.booked.person_id for each in shifts.on_shift(plan(tx), now)}
    return booked | set(callouts.helping(tx))


def coming(tx: Transaction, now: datetime) -> set[str]:
    """Who answered the call-out that runs and is here, or on the way."""
    return {
        each
        for each, since in callouts.helping(tx).items()
        if calls.is_coming(since, now, here=people.is_here(tx, each, now))
    }


def _not_today(presence: Presence | None, since: datetime | None) -> frozenset[str]:
    if presence is None or not _is_of(presence.not_today_since, since):
        return frozenset()
    return frozenset(presence.not_today)


def _is_of(chosen_at: datetime | None, since: datetime | None) -> bool:
    """Whether something was chosen on the shift that began then: it ends with it."""
    return chosen_at is not None and since is not None and chosen_at >= since


def ready(everybody: Sequence[routing.Listener]) -> list[routing.Listener]:
    """On shift, there and ready, also while their seats are taken or they rest."""
    return [each for each in everybody if each.on_shift and each.here and each.ready]


def overrunning(tx: Transaction, now: datetime) -> dict[str, Overrun]:
    """Who still holds chats that go on although they are on no shift, by their id."""
    held = Counter(
        chat.holder_id for chat in chats.active(tx) if chat.holder_id and not chat.parked_at
    )
    there = on_shift(tx, now)
    late = [each for each in held if each not in there]
    ended = shifts.ended_before(plan(tx), now) if late else {}
    for person_id, helped_until in callouts.helped_until(tx, late).items():
        ended[person_id] = max(helped_until, ended.get(person_id, helped_until))
    return {each: Overrun(held[each], ended.get(each)) for each in late}


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
        closed_day=roster.is_closed(walltime.local(roster.zone, now).date()),
    )


def door(tx: Transaction, now: datetime) -> Door:
    """Whether somebody new would wait too long now: behind all who wait without an offer."""
    row = line.line(tx)
    limit, was_full = doors.limit(row.policies), row.full_since is not None
    if limit == 0:
        return Door(False, limit)
    ahead = waiting_ahead(chats.in_line(tx))
    wait = queue.middle_wait(ahead, pace(tx, listeners(tx, now), now))
    return Door(doors.is_full(wait, limit, was_full=was_full), limit)


def waiting_ahead(before: Sequence[Chat]) -> int:
    """How many of those in line still need a seat; who is being offered has one already."""
    return sum(chat.state == ChatState.WAITING for chat in before)


def in_order(tx: Transaction) -> list[Chat]:
    """Everybody in line, as they are served and shown."""
    waiting = {chat.id: chat for chat in chats.in_line(tx)}
    keys = [
        queue.Waiting(chat.id, Level(chat.level), chat.arrived_at, chat.returned)
        for chat in waiting.values()
    ]
    return [waiting[each.id] for each in queue.order(keys)]


def candidate(tx: Transaction, chat: Chat) -> routing.Candidate:
    """A chat as routing sees it. Who stepped out of it or is kept apart is not asked again."""
    return candidates(tx, [chat])[0]


def candidates(tx: Transaction, waiting: Sequence[Chat]) -> list[routing.Candidate]:
    """Likewise for many, in the same order, with the same few questions for all of them."""
    ids = [chat.id for chat in waiting]
    categories = flags.categories(tx, ids)
    offered = [chat.id for chat in waiting if chat.state == ChatState.OFFERED]
    ringing = offers.being_asked(tx, offered) if offered else {}
    asked, not_for = offers.asked_in_vain(tx, ids), offers.not_asked_again(tx, ids)
    return [
        routing.Candidate(
            id=chat.id,
            level=Level(chat.level),
            language=chat.language,
            arrived_at=chat.arrived_at,
            needs=routing.needs(categories.get(chat.id, ())),
            asked=asked.get(chat.id, {}),
            not_for=not_for.get(chat.id, frozenset()),
            ringing=ringing.get(chat.id, frozenset()),
            topics=topics.of(categories.get(chat.id, ())),
            returned=chat.returned,
        )
        for chat in waiting
    ]


def care(tx: Transaction) -> Care:
    """How the organisation spares its listeners."""
    return caring.care(line.line(tx).policies)


def quiet_rules(tx: Transaction) -> silence.Rules:
    """When a silence is looked after on this line."""
    return silence.rules(line.line(tx).policies)


def policy(tx: Transaction) -> assigning.Policy:
    """What the organisation allows routing to do."""
    return assigning.Policy(surge=bool(line.line(tx).policies.get("surge", False)))


def _fresh(lease_until: datetime | None, now: datetime) -> bool:
    return lease_until is not None and lease_until > now
