"""Every free text is heard: triaged, flagged, and the chat moved forward at once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from helpline.domain import events, triage
from helpline.domain.chat import ChatState
from helpline.domain.urgency import Assessment, Flag, Level, level_that_counts
from helpline.store import chats, flags, floor, journal, likes, published
from helpline.store.tables import Chat, FlagRow
from helpline.store.transaction import Transaction

log = logging.getLogger(__name__)

READ_TOGETHER = 2  # earlier messages that are read with a new one
READ_TOGETHER_WITHIN = timedelta(minutes=2)
REMEMBERED = 10  # messages over which distinct worries add up


def hear(
    tx: Transaction, chat: Chat, text: str, *, source: str, seq: int | None, now: datetime
) -> Level:
    """Triages one text of this chat's visitor and keeps what was found; gives its level.

    Call it after the message is stored. Whatever fails in here leaves the words kept and the
    chat at least elevated: a person must look.
    """
    assessment = _or_not_analysed(chat.id, lambda: _assess(tx, chat, text, seq, now))
    level = assessment.level
    if assessment.flags:  # a plain message adds nothing to what was said before it
        flags.add(tx, chat.id, assessment.flags, seq=seq, source=source, now=now)
        together = _or_not_analysed(chat.id, lambda: _with_what_came_before(tx, chat))
        flags.add(tx, chat.id, together.flags, seq=seq, source=source, now=now)
        level = max(level, together.level)
    raise_to(tx, chat, level, now)
    return level


def raise_to(tx: Transaction, chat: Chat, level: Level, now: datetime) -> None:
    """What the words say only rises; what counts follows the table of the domain."""
    if level > chat.urgency:
        chat.urgency = int(level)
    if chat.assessed is not None and level > chat.heard_since:
        chat.heard_since = int(level)
    set_level(tx, chat, now)


def set_level(tx: Transaction, chat: Chat, now: datetime) -> None:
    """What counts for this chat, and for those that may be of the same person: the higher level,
    while both go on."""
    tx.session.add(chat)
    for each in [chat, *(likes.of(tx, chat.id) if chat.has_likes else ())]:
        beside = likes.going_on(tx, each)
        if each is chat or likes.goes_on(each):
            _set_level(tx, each, max(map(_own_level, (each, *beside))), now)


def _own_level(chat: Chat) -> Level:
    assessed = None if chat.assessed is None else Level(chat.assessed)
    return level_that_counts(Level(chat.urgency), assessed, Level(chat.heard_since))


def _set_level(tx: Transaction, chat: Chat, level: Level, now: datetime) -> None:
    if level == chat.level:
        tx.session.add(chat)
        return
    risen = level > chat.level
    if level is Level.CRITICAL and chat.parked_at and floor.has_a_seat(tx, chat.holder_id, now):
        chat.parked_at = None  # nothing critical is set aside; without a seat routing finds one
    chat.level = int(level)
    chat.critical_since = (chat.critical_since or now) if level is Level.CRITICAL else None
    tx.session.add(chat)
    if chat.state == ChatState.CANARY:  # heard like anybody, and nobody is called
        return
    journal.write(tx, "level", now=now, chat_id=chat.id, level=level.word)
    happened = events.UrgencyRaised if risen else events.LevelChanged
    tx.announce(happened(chat.id, int(level)))


def asks_about_risk(text: str) -> bool:
    """Whether a listener's words ask about risk; a fault in here must not lose them."""
    try:
        return triage.asks_about_risk(text)
    except Exception as fault:
        log.error("reading a question failed with %s", type(fault).__name__)
        return False


def _or_not_analysed(chat_id: str, read: Callable[[], Assessment]) -> Assessment:
    """An edge: what fails is named in the log without its message, which may hold words."""
    try:
        return read()
    except Exception as fault:
        log.error("triage of chat %s failed with %s", chat_id, type(fault).__name__)
        return triage.not_analysed()


def _assess(tx: Transaction, chat: Chat, text: str, seq: int | None, now: datetime) -> Assessment:
    """The first message after a listener's question about risk is read as its answer."""
    packs = published.current(tx)
    if seq is None:  # no message, but a nickname or a topic
        return triage.assess(text, packs)
    was_asked = chat.asked_about_risk_seq > 0
    if was_asked:
        chat.asked_about_risk_seq = 0
    since = now - READ_TOGETHER_WITHIN
    before = chats.last_words(tx, chat.id, "visitor", before=seq, count=READ_TOGETHER, since=since)
    return triage.assess(text, packs, before=before, asked_about_risk=was_asked)


def _with_what_came_before(tx: Transaction, chat: Chat) -> Assessment:
    """What several messages add up to, beyond what each of them said."""
    rows = [row for row in flags.of_chat(tx, chat.id) if row.seq is not None]
    by_message: dict[int, list[Flag]] = {}
    for row in rows:
        by_message.setdefault(row.seq or 0, []).append(_flag(row))
    recent = [by_message[seq] for seq in sorted(by_message)[-REMEMBERED:]]
    heard = [Assessment(max(each.level for each in found), tuple(found)) for found in recent]
    together = triage.over_conversation(heard)
    known = {row.rule for row in rows}
    new = tuple(flag for flag in together.flags if flag.rule not in known)
    return Assessment(max((flag.level for flag in new), default=Level.ROUTINE), new)


def _flag(row: FlagRow) -> Flag:
    return Flag(
        rule=row.rule,
        category=row.category,
        level=Level(row.level),
        reason=row.reason,
        start=row.start,
        end=row.stop,
        pack=row.pack,
        lowered_by=row.lowered_by,
    )
