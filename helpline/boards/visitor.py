"""What a visitor may see: the door, their chat, its messages. Never levels, flags, staff ids."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from babel.dates import format_date, format_datetime, format_time

from helpline.boards import briefing, complaints, following_up, handoffs, resources
from helpline.boards import summary as summaries
from helpline.boards.wording import (
    COMPLAINED,
    COMPLAINT_KEEPS,
    CONFIDENTIALITY,
    HELD,
    HELD_UNTIL,
    NOTICES,
    iso,
    line_says,
    locale_of,
    say,
)
from helpline.domain import chat as rules
from helpline.domain import emergency, leaving, queue, supervision, walltime
from helpline.domain import holds as hold_rules
from helpline.domain.chat import ChatState
from helpline.domain.opening import Opening
from helpline.domain.queue import Pace
from helpline.domain.urgency import Level
from helpline.store import chats, floor, holds, left, line, people
from helpline.store import resources as directory
from helpline.store.chats import Parties, Said
from helpline.store.secrets import digest
from helpline.store.tables import Chat, Line
from helpline.store.transaction import Store, Transaction

Board = dict[str, Any]


def front(
    store: Store, language: str, country: str | None, now: datetime, *, calls: bool = False
) -> Board:
    """What stands at the door before anybody has written a word. `calls` says whether pages leave
    the building: without somebody on call no message can be left."""
    with store.reading() as tx:
        row = line.line(tx)
        state = floor.opening(tx, now)
        everybody = floor.listeners(tx, now)
        ahead, door = floor.waiting_ahead(chats.in_line(tx)), floor.door(tx, now)
        help_now = resources.help_for(tx, country, language, now)
        wait = queue.wait_range(ahead, floor.pace(tx, everybody, now)) if state.open else None
        return {
            "name": row.name,
            "open": state.open,
            "full": state.open and door.full,
            "limit_minutes": door.limit_minutes,
            "leaves": leaving.may_leave(
                row.policies, state, on_call=left.somebody_on_call(tx, now, calls=calls)
            ),
            "opens_at": iso(state.opens_at),
            "opens_at_words": opens_in_words(row, state.opens_at, language, now),
            "estimate": _estimate(wait),
            "confidentiality": confidentiality(row, language),
            "resources": help_now,
            "open_now": [each for each in help_now if each["open_now"]],
            "languages": [(code, briefing.language_name(code, code)) for code in row.languages],
            "exit_url": exit_url(row),
        }


def opens_at(store: Store, now: datetime) -> str | None:
    """When the line opens next, if it is closed and that is known."""
    with store.reading() as tx:
        return iso(_opens_at(tx, now))


def may_leave(store: Store, now: datetime, *, calls: bool) -> bool:
    """Whether a message can be left at the door now."""
    with store.reading() as tx:
        on_call = left.somebody_on_call(tx, now, calls=calls)
        opening = floor.opening(tx, now)
        return leaving.may_leave(line.line(tx).policies, opening, on_call=on_call)


def page(store: Store, token: str, now: datetime) -> Board:
    """A chat and its newest messages, for a page that is made by the server.

    Refused: `unknown_token`.
    """
    with store.reading() as tx:
        row = line.line(tx)
        chat = chats.by_token(tx, digest(token), now)
        said: list[Said] = []
        if rules.shows_words(ChatState(chat.state), chat.ended_at, now):
            said, _ = chats.messages_after(tx, chat.id, max(0, chat.last_seq - chats.PAGE))
        shown = snapshot(tx, chat, now)
        return {
            "name": row.name,
            "chat": shown,
            "messages": [message(tx, each, chat, now, own=True) for each in said],
            "opens_at_words": opens_in_words(row, _opens_at(tx, now), chat.language, now),
            "confidentiality": confidentiality(row, chat.language),
            "exit_url": exit_url(row),
        }


def chat_of(store: Store, chat_id: str, now: datetime) -> Board:
    with store.reading() as tx:
        return snapshot(tx, chats.chat(tx, chat_id), now)


@dataclass(frozen=True, slots=True)
class Hall:
    """What all who wait share at one moment, so that it is looked up once however many they are."""

    opening: Opening
    pace: Pace
    before: dict[str, tuple[int, int]]  # of each in line: how many, and how many need a seat
    cards: dict[tuple[str | None, str], list[resources.Card]] = field(default_factory=dict)

    def help_for(self, tx: Transaction, chat: Chat, now: datetime) -> list[resources.Card]:
        wanted = chat.country, chat.language
        if wanted not in self.cards:
            self.cards[wanted] = resources.help_for(tx, *wanted, now)
        return self.cards[wanted]

    def place(self, chat: Chat) -> tuple[int | None, queue.WaitRange | None]:
        """Their place from 1, and the range for it."""
        if chat.id not in self.before:
            return None, None
        ahead, need_a_seat = self.before[chat.id]
        return ahead + 1, queue.wait_range(need_a_seat, self.pace)


def hall(tx: Transaction, now: datetime) -> Hall:
    before: dict[str, tuple[int, int]] = {}
    need_a_seat = 0
    for ahead, each in enumerate(floor.in_order(tx)):
        before[each.id] = ahead, need_a_seat
        need_a_seat += floor.waiting_ahead([each])
    return Hall(floor.opening(tx, now), floor.pace(tx, floor.listeners(tx, now), now), before)


def of_all_who_wait(tx: Transaction, here: Set[str], now: datetime) -> dict[str, Board]:
    """The snapshots of those in line who are among these, by their chat."""
    shared = hall(tx, now)
    waiting = chats.with_ids(tx, [each for each in shared.before if each in here])
    return {each.id: snapshot(tx, each, now, shared) for each in waiting}


def snapshot(tx: Transaction, chat: Chat, now: datetime, shared: Hall | None = None) -> Board:
    """The wire's `chat` of a visitor: every key always there."""
    waiting = ChatState(chat.state) in rules.IN_LINE
    if waiting and shared is None:
        shared = hall(tx, now)
    opening = shared.opening if shared else floor.opening(tx, now)
    place, wait = shared.place(chat) if waiting and shared else (None, None)
    help_now = (shared.help_for if shared else _help_for)(tx, chat, now)
    ended = ChatState(chat.state) in rules.ENDED
    talks = chat.state == ChatState.ACTIVE and not chat.parked_at
    listener = people.names(tx).get(chat.holder_id or "") if talks else None
    over = ended or chat.state == ChatState.LEFT
    opens = opens_in_words(line.line(tx), opening.opens_at, chat.language, now) if over else None
    return {
        "id": chat.id,
        "state": rules.seen_by_visitor(ChatState(chat.state)),
        "seq": chat.last_seq,
        "language": chat.language,
        "place": place,
        "estimate": _estimate(wait),
        "listener": {"name": listener} if listener else None,
        "open_until": iso(chat.ended_at + rules.REOPEN_FOR)
        if ended and chat.ended_at and rules.may_reopen(chat.ended_at, now)
        else None,
        "line_open": opening.open,
        "opens_at": iso(opening.opens_at),
        "urgent_help": chat.level >= Level.CRITICAL or chat.resources_shown_at is not None,
        "resources": help_now,
        "erased": iso(chat.erased_at or chat.erase_asked_at),
        "held": held(tx, chat, now),
        "complained": complained(tx, chat, now),
        "summary": summaries.summary(tx, chat, opens, now)
        if rules.shows_words(ChatState(chat.state), chat.ended_at, now)
        else None,
        "slipped": chat.slipped,
        "feedback": chat.feeling,
        "parked": chat.state == ChatState.ACTIVE and chat.parked_at is not None,
        "hand_off": handoffs.of_visitor(tx, chat, now),
        "follow_up": following_up.of_visitor(tx, chat, now),
    }


def held(tx: Transaction, chat: Chat, now: datetime) -> str | None:
    """Why and until when a chat is kept whose visitor asked for its deletion, in their words."""
    standing = [] if chat.erase_asked_at is None else holds.standing_on(tx, chat.id, now)
    if not standing:
        return None
    last = max(standing, key=lambda each: each.until)
    until, why = _day(tx, chat, last.until), say(chat.language, HELD[last.why])
    return f"{say(chat.language, HELD_UNTIL, until=until)} {why}"


def complained(tx: Transaction, chat: Chat, now: datetime) -> str | None:
    """What happens after a complaint, in words; None where there was none."""
    if not chat.complained:
        return None
    sentences = [say(chat.language, COMPLAINED), *complaints.became(tx, chat.id, chat.language)]
    until = holds.held_until(tx, chat.id, now)
    if until is not None:
        day = _day(tx, chat, until)
        sentences.append(say(chat.language, COMPLAINT_KEEPS, until=day))
    return " ".join(sentences)


def _day(tx: Transaction, chat: Chat, at: datetime) -> str:
    there = walltime.local(line.line(tx).zone, at).date()
    return str(format_date(there, format="long", locale=locale_of(chat.language)))


def held_of(store: Store, chat_id: str, now: datetime) -> str | None:
    with store.reading() as tx:
        return held(tx, chats.chat(tx, chat_id), now)


def _help_for(tx: Transaction, chat: Chat, now: datetime) -> list[resources.Card]:
    return resources.help_for(tx, chat.country, chat.language, now)


def urgent(store: Store, chat_id: str, now: datetime) -> list[resources.Card]:
    """The cards that go with the ack of urgent words."""
    with store.reading() as tx:
        chat = chats.chat(tx, chat_id)
        return resources.help_for(tx, chat.country, chat.language, now)


def urgent_at_the_door(
    store: Store, language: str, country: str | None, now: datetime
) -> list[resources.Card]:
    with store.reading() as tx:
        return resources.help_for(tx, country, language, now)


def message(
    tx: Transaction, said: Said, chat: Chat | Parties, now: datetime, *, own: bool
) -> Board:
    """The wire's `message`; `own` adds the client id of the visitor's own words."""
    is_mine = own and said.author == "visitor"
    resource = directory.find(tx, said.resource_id) if said.resource_id else None
    return {
        "chat": said.chat_id,
        "seq": said.seq,
        "from": said.author,
        "name": _name(tx, said, chat),
        "text": line_says(chat.language, said.line_code, said.line_name) or said.text,
        "code": said.line_code,
        "resource": resources.card(resource, chat.language, now),
        "sent_at": iso(said.sent_at),
        "client_id": said.client_id if is_mine else None,
    }


def _name(tx: Transaction, said: Said, chat: Chat | Parties) -> str | None:
    if said.author == "listener":
        return people.name_of(tx, said.person_id)
    if said.author == "visitor":
        return chats.unseal(tx, chat.id, "nickname", chat.nickname_sealed) or None
    return None


def messages(
    store: Store, chat_id: str, said: list[Said], now: datetime, *, own: bool
) -> list[Board]:
    with store.reading() as tx:
        chat = chats.chat(tx, chat_id)
        return [message(tx, each, chat, now, own=own) for each in said]


def notice(code: str, language: str) -> Board:
    return {"code": code, "text": say(language, NOTICES[code])}


def confidentiality(row: Line, language: str) -> list[str]:
    """The limits of confidentiality, made from the policies that rule them."""
    tells = "may_tell" if emergency.TOLD in emergency.allowed(row.policies) else "never_tells"
    sentences = [say(language, CONFIDENTIALITY[tells])]
    reads = "supervised" if supervision.unasked(row.policies) else "supervised_when_needed"
    sentences.append(say(language, CONFIDENTIALITY[reads]))
    sentences += [say(language, CONFIDENTIALITY[each]) for each in _of_calls(row)]
    sentences.append(say(language, CONFIDENTIALITY["kept_for"], days=row.keep_days))
    longest = hold_rules.DAYS_AT_MOST
    sentences.append(say(language, CONFIDENTIALITY["may_be_held"], days=longest))
    return sentences


def _of_calls(row: Line) -> list[str]:
    """What the page says of emergency calls, from the ways that the organisation allows."""
    allowed = emergency.allowed(row.policies)
    if not allowed:
        return ["never_calls", "no_address"]
    said = [f"calls_{each}" for each in (emergency.AGREED, emergency.TOLD) if each in allowed]
    untold = "calls_untold" if emergency.NOT_TOLD in allowed else "never_untold"
    return [*said, untold, "no_address"]


def exit_url(row: Line) -> str:
    return str(row.policies.get("exit_url", "https://www.bbc.com/weather"))


def opens_in_words(row: Line, at: datetime | None, language: str, now: datetime) -> str | None:
    """'18:00' today, else with the weekday, in the line's own zone."""
    if at is None:
        return None
    there, today = walltime.local(row.zone, at), walltime.local(row.zone, now).date()
    if there.date() == today:
        return str(format_time(there.time(), format="short", locale=locale_of(language)))
    when = there.replace(tzinfo=None)
    return str(format_datetime(when, "EEEE HH:mm", locale=locale_of(language)))


def _opens_at(tx: Transaction, now: datetime) -> datetime | None:
    return floor.opening(tx, now).opens_at


def _estimate(wait: queue.WaitRange | None) -> Board | None:
    if wait is None:
        return None
    return {"low_minutes": wait.low_minutes, "high_minutes": wait.high_minutes}
