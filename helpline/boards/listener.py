"""What a listener may see: their chats with words and flags, offers without, and the shift."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from helpline.boards import alerts as alert_board
from helpline.boards import (
    callouts,
    checked,
    emergencies,
    finding,
    following_up,
    handoffs,
    leads,
    loads,
    plans,
    resources,
)
from helpline.boards.wording import iso, line_says
from helpline.domain import chat as rules
from helpline.domain import follow_ups, handover, queue, routing, shifts, silence
from helpline.domain.access import Role, Who
from helpline.domain.chat import ChatState
from helpline.domain.topics import TOPICS
from helpline.domain.urgency import Level
from helpline.store import (
    beside,
    chats,
    flags,
    floor,
    left,
    likes,
    line,
    notes,
    offers,
    pauses,
    people,
    turns,
)
from helpline.store import resources as directory
from helpline.store.chats import Parties, Said
from helpline.store.shifts import plan
from helpline.store.tables import Chat, FlagRow, Offer
from helpline.store.transaction import Store, Transaction

Board = dict[str, Any]


def board(store: Store, who: Who, now: datetime) -> Board:
    """The whole console as one versioned snapshot."""
    with store.reading() as tx:
        version = line.line(tx).version
        own = chats.held_by(tx, who.id) + chats.reopenable_by(tx, who.id, now - rules.REOPEN_FOR)
        stint = shifts.stint(plan(tx), who.id, now)
        everybody = floor.listeners(tx, now)
        return {
            "version": version,
            "me": presence(tx, who.id, everybody, now),
            "chats": [chat_dict(tx, each, who, now) for each in own],
            "offers": [offer_dict(tx, each, now) for each in offers.pending_of_person(tx, who.id)],
            "alerts": alert_board.open_alerts(tx, who),
            "on_shift": on_shift(tx, everybody, now),
            "shift": {"starts_at": iso(stint.starts_at), "ends_at": iso(stint.ends_at)}
            if stint
            else None,
            "not_today": _not_today(everybody, who.id),
            "overrunning": _overrunning(tx, who, now),
            "call_out": callouts.of_volunteer(tx, who, everybody, now),
            "line_chats": line_chats(tx, who),
            "at_risk": leads.at_risk(
                tx, who, chats.in_line(tx) + chats.active(tx), people.names(tx), now
            ),
            "along": [chat_dict(tx, each, who, now) for each in leads.read_along(tx, who, now)],
            "call_outs": _call_outs(tx, who, now),
            "heavy_weeks": loads.heavy_weeks(
                tx, who, [each.id for each in everybody if each.on_shift], now
            ),
            "left_messages": left.to_do(tx, who.id, now),
            "follow_ups": following_up.to_do(tx, who, now),
            "may_be_asked": people.person(tx, who.id).may_be_asked,
        }


def presence(
    tx: Transaction, person_id: str, everybody: list[routing.Listener], now: datetime
) -> Board:
    """ready, away, paused or off_shift; `until` is the end of a rest after a chat."""
    listener = next((each for each in everybody if each.id == person_id), None)
    if listener is None:
        return {
            "state": "off_shift",
            "until": None,
            "seats": 0,
            "used": 0,
            "recovers": False,
            "fit_due": False,
        }
    resting = listener.resting_until is not None and now < listener.resting_until
    until, recovers_from = listener.resting_until, listener.recovers_from
    return {
        "state": state_of(listener),
        "until": iso(until) if until and resting else None,
        "recovers": bool(resting and until and recovers_from and recovers_from < until),
        "seats": listener.seats,
        "used": listener.seats if listener.holds_critical else min(listener.used, listener.seats),
        "fit_due": _is_asked_whether_fit(tx, listener, now),
    }


def _is_asked_whether_fit(tx: Transaction, listener: routing.Listener, now: datetime) -> bool:
    """On shift, not ready, and not asked on this shift yet."""
    if not listener.on_shift or listener.ready:
        return False
    stint = shifts.stint(plan(tx), listener.id, now)
    said = people.presences(tx).get(listener.id)
    return handover.must_ask(
        said.fit_at if said else None,
        stint.starts_at if stint else None,
        asks=handover.asks_fit(line.line(tx).policies),
    )


def presence_of(store: Store, who: Who, now: datetime) -> Board:
    with store.reading() as tx:
        return presence(tx, who.id, floor.listeners(tx, now), now)


def call_out_of(store: Store, who: Who, now: datetime) -> Board | None:
    with store.reading() as tx:
        return callouts.of_volunteer(tx, who, floor.listeners(tx, now), now)


def _overrunning(tx: Transaction, who: Who, now: datetime) -> list[Board]:
    """Who still holds chats after their shift: all of them for leads, oneself for everybody."""
    names = people.names(tx)
    return [
        {"id": each, "name": names.get(each, ""), "chats": of.chats, "ended_at": iso(of.since)}
        for each, of in sorted(floor.overrunning(tx, now).items())
        if each == who.id or Role.LEAD in who.roles
    ]


def not_today(store: Store, who: Who, now: datetime) -> list[str]:
    """The topics that this person is spared on this shift, in their own order."""
    with store.reading() as tx:
        return _not_today(floor.listeners(tx, now), who.id)


def _not_today(everybody: list[routing.Listener], person_id: str) -> list[str]:
    chosen = next((each.not_today for each in everybody if each.id == person_id), frozenset[str]())
    return [each for each in TOPICS if each in chosen]


def state_of(listener: routing.Listener) -> str:
    if not listener.on_shift:
        return "off_shift"
    if not listener.ready:
        return "away"
    return "paused" if listener.paused else "ready"


def on_shift(tx: Transaction, everybody: list[routing.Listener], now: datetime) -> list[Board]:
    names = people.names(tx)
    return [
        {
            "id": each.id,
            "name": names.get(each.id, ""),
            "role": "lead" if each.leads else "listener",
            "presence": state_of(each),
            "seats": each.seats,
            "used": each.seats if each.holds_critical else min(each.used, each.seats),
            "here": each.here,
            "had_enough": each.had_enough,
        }
        for each in everybody
        if each.on_shift
    ]


def chat_of(store: Store, who: Who, chat_id: str, now: datetime) -> Board:
    with store.reading() as tx:
        return chat_dict(tx, chats.chat(tx, chat_id), who, now)


def chat_dict(tx: Transaction, chat: Chat, who: Who, now: datetime) -> Board:
    """The wire's `chat` of a listener. Words and flags only for whoever holds it, and for a lead
    while they read along.

    `version` is the boards' at this moment: a board of a smaller one was made before it.
    """
    holds = chat.holder_id == who.id
    there = beside.of_chat(tx, chat.id, now) if chat.beside else []
    mine = next((each for each in there if each.person_id == who.id), None)
    reads = holds or mine is not None
    names = people.names(tx)
    level = Level(chat.level)
    return {
        "id": chat.id,
        "version": line.line(tx).version,
        "state": chat.state,
        "seq": chat.last_seq,
        "epoch": chat.epoch,
        "language": chat.language,
        "topic": _words(tx, chat, "topic", chat.topic_sealed) if reads else None,
        "nickname": _words(tx, chat, "nickname", chat.nickname_sealed) if reads else None,
        "level": level.word,
        "urgency": Level(chat.urgency).word,
        "assessed": None if chat.assessed is None else Level(chat.assessed).word,
        "flags": [flag_dict(each) for each in flags.for_listeners(tx, chat.id)] if reads else [],
        "arrived_at": iso(chat.arrived_at),
        "deadline": iso(queue.deadline(level, chat.arrived_at)),
        "here": chat.visitor_here and chat.visitor_seen_at + routing.LEASE_LASTS > now,
        "listener": {"id": chat.holder_id, "name": names.get(chat.holder_id, "")}
        if chat.holder_id
        else None,
        "hand_off": handoffs.of_chat(tx, chat, names, now),
        "emergency": emergencies.of_holder(tx, chat, names, who.language) if holds else None,
        "concerns": emergencies.concerns_of(tx, chat, names) if holds else [],
        "urgent": level >= Level.CRITICAL,
        "left_quickly": chat.left_quickly,
        "apart": offers.is_apart(tx, chat.id, who.id),
        "can_reopen": holds
        and ChatState(chat.state) in rules.ENDED
        and rules.may_reopen(chat.ended_at, now)
        and not chat.left_quickly,
        "hard": holds and pauses.is_offered(tx, chat),
        "quiet": _quiet(tx, chat, now),
        "same_person": _same_person(tx, chat),
        "parked": iso(chat.parked_at) if chat.state == ChatState.ACTIVE else None,
        "beside": [leads.beside_dict(tx, each, names, who.language) for each in there if reads],
        "plan": plans.of_chat(tx, chat, names) if reads else None,
        "follow_up": following_up.of_chat(tx, chat, who.language, now) if reads else None,
        "along": None
        if mine is None
        else {"until": iso(mine.until), "joined": mine.joined_at is not None},
        "notes": [
            {
                "id": each.id,
                "kind": each.kind,
                "by": names.get(each.person_id, ""),
                "text": each.text,
                "written_at": iso(each.written_at),
            }
            for each in (notes.of_chat(tx, chat.id) if reads else [])
        ],
    }


def _same_person(tx: Transaction, chat: Chat) -> list[Board]:
    """Other chats that a lead holds to be of the same person: their level, none of their words."""
    if not chat.has_likes:
        return []
    return [
        {"chat": each.id, "level": Level(each.level).word, "goes_on": likes.goes_on(each)}
        for each in likes.of(tx, chat.id)
    ]


def line_chats(tx: Transaction, who: Who) -> list[Board]:
    """For leads: every chat that goes on, without a word, so that two can be linked, or somebody
    kept apart from one."""
    if Role.LEAD not in who.roles:
        return []
    names, going_on = people.names(tx), chats.in_line(tx) + chats.active(tx)
    apart = offers.kept_apart(tx, [each.id for each in going_on])
    return [
        {
            "chat": each.id,
            "level": Level(each.level).word,
            "language": each.language,
            "arrived_at": iso(each.arrived_at),
            "listener": names.get(each.holder_id or ""),
            "same_person": _same_person(tx, each),
            "apart": sorted(
                ({"id": one, "name": names.get(one, "")} for one in apart.get(each.id, ())),
                key=lambda one: one["name"],
            ),
        }
        for each in sorted(going_on, key=lambda each: (each.arrived_at, each.id))
    ]


def _call_outs(tx: Transaction, who: Who, now: datetime) -> list[Board]:
    """For leads: the call-out that runs, as a coordinator sees it."""
    if Role.LEAD not in who.roles:
        return []
    return callouts.running(tx, who.language, people.names(tx), now)


def _quiet(tx: Transaction, chat: Chat, now: datetime) -> Board | None:
    """Whose word is awaited, since when, how far the line has looked after it, and from when on the
    listener may set the chat aside, if ever."""
    quiet = turns.of(chat, now)
    if quiet is None:
        return None
    return {
        "of": str(quiet.turn),
        "since": iso(quiet.since),
        "step": quiet.taken,
        "may_park_at": iso(silence.may_park_at(quiet, floor.quiet_rules(tx), now)),
    }


def _words(tx: Transaction, chat: Chat | Parties, place: str, sealed: bytes | None) -> str | None:
    return chats.unseal(tx, chat.id, place, sealed) or None


def flag_dict(row: FlagRow, *, accepted: bool = True) -> Board:
    """Without offsets before the chat is accepted: an offer tells no words and no places."""
    return {
        "id": row.id,
        "seq": row.seq,
        "source": row.source,
        "rule": row.rule,
        "category": row.category,
        "level": Level(row.level).word,
        "reason": row.reason,
        "start": row.start if accepted else None,
        "end": row.stop if accepted else None,
        "pack": row.pack,
        "lowered_by": row.lowered_by,
        "verdict": row.verdict,
    }


def offer_of(store: Store, offer_id: str, now: datetime) -> Board:
    with store.reading() as tx:
        return offer_dict(tx, offers.offer(tx, offer_id), now)


def offer_dict(tx: Transaction, offer: Offer, now: datetime) -> Board:
    """The wire's `offer`: how urgent and why, but no words."""
    chat = chats.chat(tx, offer.chat_id)
    return {
        "id": offer.id,
        "chat": offer.chat_id,
        "level": Level(chat.level).word,
        "flags": [flag_dict(each, accepted=False) for each in flags.for_listeners(tx, chat.id)],
        "waited_s": max(0, int((now - chat.arrived_at).total_seconds())),
        "language": chat.language,
        "expires_at": iso(offer.expires_at),
        "ring": offer.ring,
        "surge": offer.surge,
        "note": offer.note or None,
        "from": people.names(tx).get(offer.from_id or ""),
        "words": chats.unseal(tx, chat.id, f"hand_off:{offer.id}", offer.words_sealed) or None,
    }


def whisper(tx: Transaction, note_id: str, chat_id: str, reader_id: str) -> Board | None:
    """A word between a listener and the leads; nothing once it was erased."""
    note = notes.note(tx, note_id)
    if note is None or not note.text:
        return None
    return {
        "chat": chat_id,
        "id": note.id,
        "by": people.name_of(tx, note.person_id) or "",
        "own": note.person_id == reader_id,
        "text": note.text,
        "written_at": iso(note.written_at),
    }


def messages(store: Store, who: Who, chat_id: str, said: list[Said], now: datetime) -> list[Board]:
    with store.reading() as tx:
        chat = chats.chat(tx, chat_id)
        return [message(tx, each, chat, who.id, now) for each in said]


def message(
    tx: Transaction, said: Said, chat: Chat | Parties, reader_id: str, now: datetime
) -> Board:
    resource = directory.find(tx, said.resource_id) if said.resource_id else None
    return {
        "chat": said.chat_id,
        "seq": said.seq,
        "from": said.author,
        "name": _author(tx, said, chat),
        "text": line_says(chat.language, said.line_code, said.line_name) or said.text,
        "code": said.line_code,
        "resource": resources.card(resource, chat.language, now),
        "sent_at": iso(said.sent_at),
        "client_id": said.client_id if said.person_id == reader_id else None,
    }


def _author(tx: Transaction, said: Said, chat: Chat | Parties) -> str | None:
    if said.author == "listener":
        return people.name_of(tx, said.person_id)
    if said.author == "visitor":
        return _words(tx, chat, "nickname", chat.nickname_sealed)
    return None


def heads(store: Store, who: Who, now: datetime) -> tuple[int, dict[str, int]]:
    """The board's version, and the highest sequence number of each chat this listener holds or
    reads along in."""
    with store.reading() as tx:
        held = chats.held_by(tx, who.id) + leads.read_along(tx, who, now)
        return line.line(tx).version, {each.id: each.last_seq for each in held}


def shelf(store: Store, who: Who, now: datetime) -> Board:
    """What lies ready: quick replies, the directory near the line, outcomes, colleagues."""
    with store.reading() as tx:
        row = line.line(tx)
        return {
            "quick_replies": [
                {"id": each.id, "language": each.language, "title": each.title, "text": each.text}
                for each in directory.quick_replies(tx)
            ],
            "resources": checked.marked(
                tx, who.language, resources.help_for(tx, row.country, who.language, now), now
            ),
            "country": row.country,
            "regions": finding.regions(tx),
            "outcomes": list(rules.OUTCOMES),
            "follow_ups": follow_ups.are_made(row.policies),
            "people": [
                {
                    "id": each.id,
                    "name": each.name,
                    "role": "lead" if "lead" in each.roles else "listener",
                }
                for each in people.everyone(tx)
                if {"lead", "listener"} & set(each.roles) and each.id != who.id
            ],
        }
