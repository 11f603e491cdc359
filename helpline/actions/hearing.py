"""Every free text is heard: triaged, flagged, and the chat moved forward at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from helpline.domain import events, triage
from helpline.domain.urgency import Assessment, Flag, Level, level_that_counts
from helpline.store import chats, flags, journal
from helpline.store.tables import Chat, FlagRow
from helpline.store.transaction import Transaction

READ_TOGETHER = 2  # earlier messages that are read with a new one
READ_TOGETHER_WITHIN = timedelta(minutes=2)
REMEMBERED = 10  # messages over which distinct worries add up


def hear(
    tx: Transaction, chat: Chat, text: str, *, source: str, seq: int | None, now: datetime
) -> Level:
    """Triages one text of this chat's visitor and keeps what was found; gives its level.

    Call it after the message is stored, so that a fault in here finds the words already kept.
    """
    assessment = _assess(tx, chat, text, is_message=seq is not None, now=now)
    flags.add(tx, chat.id, assessment.flags, seq=seq, source=source, now=now)
    together = _with_what_came_before(tx, chat, assessment)
    flags.add(tx, chat.id, together.flags, seq=seq, source=source, now=now)
    level = max(assessment.level, together.level)
    raise_to(tx, chat, level, now)
    return level


def raise_to(tx: Transaction, chat: Chat, level: Level, now: datetime) -> None:
    """What the words say only rises; what counts follows the table of the domain."""
    chat.urgency = max(chat.urgency, int(level))
    if chat.assessed is not None:
        chat.heard_since = max(chat.heard_since, int(level))
    set_level(tx, chat, now)


def set_level(tx: Transaction, chat: Chat, now: datetime) -> None:
    assessed = None if chat.assessed is None else Level(chat.assessed)
    level = level_that_counts(Level(chat.urgency), assessed, Level(chat.heard_since))
    if level == chat.level:
        tx.session.add(chat)
        return
    risen = level > chat.level
    chat.level = int(level)
    chat.critical_since = (chat.critical_since or now) if level is Level.CRITICAL else None
    tx.session.add(chat)
    journal.write(tx, "level", now=now, chat_id=chat.id, level=level.word)
    happened = events.UrgencyRaised if risen else events.LevelChanged
    tx.announce(happened(chat.id, int(level)))


def _assess(
    tx: Transaction, chat: Chat, text: str, *, is_message: bool, now: datetime
) -> Assessment:
    if not is_message:
        return triage.assess(text, tx.packs)
    since = now - READ_TOGETHER_WITHIN
    said = chats.last_words(tx, chat.id, "visitor", count=READ_TOGETHER + 1, since=since)
    return triage.assess(
        text,
        tx.packs,
        before=said[:-1],
        asked_about_risk=_was_asked_about_risk(tx, chat),
    )


def _was_asked_about_risk(tx: Transaction, chat: Chat) -> bool:
    """Whether this message is the first answer to a listener's question about risk."""
    if not chat.asked_about_risk_seq:
        return False
    after, _ = chats.messages_after(tx, chat.id, chat.asked_about_risk_seq, limit=2)
    answers = [each for each in after if each.author == "visitor"]
    return len(answers) == 1


def _with_what_came_before(tx: Transaction, chat: Chat, latest: Assessment) -> Assessment:
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
