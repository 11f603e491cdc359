"""What a coordinator may see: the line, its queue and its people. Never a visitor's words."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from helpline.boards import alerts as alert_board
from helpline.boards import briefing, callouts, gaps, lookback
from helpline.boards import listener as listener_board
from helpline.boards.wording import iso
from helpline.domain import alarms, assigning, door, health, queue, routing, shifts
from helpline.domain.access import Who
from helpline.domain.chat import ChatState
from helpline.domain.opening import Opening
from helpline.domain.queue import Waiting
from helpline.domain.roster import DAY, Plan
from helpline.domain.routing import Listener
from helpline.domain.urgency import Level
from helpline.store import chats, floor, line, loads, offers, people
from helpline.store import shifts as rota
from helpline.store.tables import Chat, Line
from helpline.store.transaction import Store, Transaction

Board = dict[str, Any]

SHIFTS_AHEAD = timedelta(hours=24)
GAPS_AHEAD = 7 * DAY


def board(store: Store, who: Who, now: datetime) -> Board:
    """The wire's `board` of a coordinator, as one versioned snapshot."""
    with store.reading() as tx:
        row, plan = line.line(tx), rota.plan(tx)
        everybody, waiting = floor.listeners(tx, now), floor.in_order(tx)
        opening, names = floor.opening(tx, now), people.names(tx)
        alerts, levels = alert_board.open_alerts(tx, who), by_level(waiting)
        return {
            "version": row.version,
            "now": iso(now),
            "health": _health(tx, who.language, opening, everybody, waiting, alerts, now),
            "queue": _queue(tx, waiting, everybody, who.language, names, now),
            "people": _people(tx, plan, everybody, names, who.language, now),
            "shifts": shifts_between(plan, names, who.language, now, now + SHIFTS_AHEAD),
            "gaps": gaps.between(tx, plan, who.language, now, now + GAPS_AHEAD),
            "alerts": [
                each | {"since_words": briefing.ago(who.language, each["since"], now)}
                for each in alerts
            ],
            "line": _line(row, opening, names, who.language, now)
            | {"waiting_words": briefing.waiting_words(who.language, levels)},
            "waiting": {level.word: count for level, count in levels.items()},
            "call_outs": callouts.of_line(tx, who.language, names, now),
            "parked": [_parked(each, names, who.language, now) for each in chats.parked(tx)],
        }


def by_level(waiting: list[Chat]) -> dict[Level, int]:
    """How many wait at each level, the gravest first."""
    counted = Counter(chat.level for chat in waiting)
    return {level: counted[level] for level in reversed(Level)}


def _health(
    tx: Transaction,
    language: str,
    opening: Opening,
    everybody: list[Listener],
    waiting: list[Chat],
    alerts: list[Board],
    now: datetime,
) -> Board:
    facts = health.Facts(
        opening=opening,
        waiting=[
            Waiting(chat.id, Level(chat.level), chat.arrived_at, chat.returned) for chat in waiting
        ],
        critical_since=[
            chat.critical_since or chat.arrived_at
            for chat in waiting
            if chat.level == Level.CRITICAL
        ],
        ready=floor.ready(everybody),
        lead_reachable=floor.lead_is_reachable(everybody),
        unowned_alerts=sum(
            each["acknowledged_by"] is None and each["kind"] not in alarms.CALM for each in alerts
        ),
    )
    found = health.health(facts, now)
    words = briefing.health_words(
        language,
        found,
        facts,
        waiting_at_risk=_at_risk(waiting),
        talking_at_risk=_at_risk(chats.active(tx)),
        now=now,
    )
    return {"light": found.light, "reasons": list(found.troubles), "words": words}


def _at_risk(some: list[Chat]) -> int:
    return sum(chat.level >= Level.HIGH for chat in some)


def _queue(
    tx: Transaction,
    waiting: list[Chat],
    everybody: list[Listener],
    language: str,
    names: dict[str, str],
    now: datetime,
) -> list[Board]:
    """Everybody in line, with the time that those who are not critical lose to those who are."""
    lost = lookback.overtaken_now(tx, waiting, language, now)
    shown = [_queued(tx, each, everybody, language, names, now) for each in waiting]
    for each in shown:
        if each["chat"] in lost:
            each["why_words"] += f" · {lost[each['chat']]}"
    return shown


def _queued(
    tx: Transaction,
    chat: Chat,
    everybody: list[Listener],
    language: str,
    names: dict[str, str],
    now: datetime,
) -> Board:
    """A chat in line: how urgent, how long, and why nobody has it yet. Nothing that was written."""
    level, asked = Level(chat.level), ""
    if chat.state == ChatState.OFFERED:
        code = "offered"
        asked = ", ".join(
            names.get(each.person_id, "") for each in offers.pending_of_chat(tx, chat.id)
        )
    else:
        code = assigning.choose(
            floor.candidate(tx, chat), everybody, now, floor.policy(tx)
        ).why_waiting
    return {
        "chat": chat.id,
        "level": level.word,
        "level_words": briefing.level(language, level),
        "arrived_at": iso(chat.arrived_at),
        "waited_s": max(0, int((now - chat.arrived_at).total_seconds())),
        "language": chat.language,
        "language_name": briefing.language_name(language, chat.language),
        "deadline": iso(queue.deadline(level, chat.arrived_at)),
        "late": queue.deadline(level, chat.arrived_at) < now,
        "why_waiting": code or "next",
        "why_words": briefing.why_waiting(language, code, asked),
    }


def _parked(chat: Chat, names: dict[str, str], language: str, now: datetime) -> Board:
    """A quiet chat that is kept without a seat, and by whom."""
    level, since = Level(chat.level), iso(chat.parked_at)
    return {
        "chat": chat.id,
        "level": level.word,
        "level_words": briefing.level(language, level),
        "since": since,
        "words": briefing.parked_words(
            language, names.get(chat.holder_id or "", ""), since or "", now
        ),
    }


def _people(
    tx: Transaction,
    plan: Plan,
    everybody: list[Listener],
    names: dict[str, str],
    language: str,
    now: datetime,
) -> list[Board]:
    """Who is on shift, and who still holds a chat although their shift is over."""
    booked = shifts.spans(plan, now - shifts.STINT_LOOKS, now + shifts.STINT_LOOKS)
    stints, overrunning = shifts.stints(booked), floor.overrunning(tx, now)
    shown = [each for each in everybody if each.on_shift or each.used]
    heavy = loads.heavy_weeks(tx, [each.id for each in shown], now)
    found = []
    for each in shown:
        ends_at = next(
            (s.ends_at for s in stints.get(each.id, ()) if s.starts_at <= now < s.ends_at), None
        )
        resting = each.resting_until is not None and now < each.resting_until
        used = each.seats if each.holds_critical else min(each.used, each.seats)
        presence = listener_board.state_of(each)
        state = "gone" if not each.here else "resting" if resting else presence
        is_near = ends_at is not None and ends_at - now < SHIFTS_AHEAD
        until = briefing.moment(language, plan.zone, ends_at, now) if ends_at and is_near else None
        came = each.on_shift and ends_at is None  # booked on nothing
        words = briefing.person_words(language, state, used, each.seats, until, came=came)
        over = overrunning.get(each.id)
        if over is not None:
            ended = briefing.moment(language, plan.zone, over.since, now) if over.since else None
            words = briefing.overrun_words(language, over.chats, ended)
        if each.id in heavy:
            words = briefing.heavy_week_words(language, words)
        found.append(
            {
                "id": each.id,
                "name": names.get(each.id, ""),
                "role": "lead" if each.leads else "listener",
                "presence": presence,
                "resting": resting,
                "seats": each.seats,
                "used": used,
                "here": each.here,
                "askable": each.on_shift and each.here and routing.free_seats(each) > 0,
                "shift_ends_at": iso(ends_at),
                "overrunning": over is not None,
                "words": words,
            }
        )
    return sorted(found, key=lambda each: (not each["overrunning"], each["role"], each["name"]))


def shifts_between(
    plan: Plan, names: dict[str, str], language: str, start: datetime, end: datetime
) -> list[Board]:
    return [
        {
            "pattern": span.pattern_id,
            "date": span.date.isoformat(),
            "title": span.title,
            "starts_at": iso(span.starts_at),
            "ends_at": iso(span.ends_at),
            "when": briefing.from_to(language, plan.zone, span.starts_at, span.ends_at),
            "people": [
                {
                    "id": each.person_id,
                    "name": names.get(each.person_id, ""),
                    "role": each.role,
                }
                for each in briefing.by_name(span.people, names)
            ],
        }
        for span in shifts.spans(plan, start, end)
    ]


def _line(
    row: Line, opening: Opening, names: dict[str, str], language: str, now: datetime
) -> Board:
    hand, name = line.by_hand(row, now), names.get(row.by_hand_by or "")
    return {
        "name": row.name,
        "open": opening.open,
        "why": opening.why,
        "words": briefing.line_words(language, opening, row.zone, now),
        "opens_at": iso(opening.opens_at),
        "by_hand": hand,
        "by_hand_words": briefing.by_hand_words(language, row.zone, hand, name, row, now)
        if hand
        else None,
        "reason": row.by_hand_reason,
        "door_limit": door.limit(row.policies),
        "full_since": iso(row.full_since),
        "told_at_door": row.told_at_door,
        "door_words": briefing.door_words(language, row, now),
    }
