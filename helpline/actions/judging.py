"""What a listener makes of a chat: how urgent it is, whether a rule was right, private notes."""

from __future__ import annotations

from datetime import datetime

from helpline.actions import directing, hearing
from helpline.actions.listening import holding
from helpline.domain import events
from helpline.domain.access import Who
from helpline.domain.urgency import Level
from helpline.store import flags, journal, notes
from helpline.store.transaction import Store


def assess(
    store: Store,
    who: Who,
    chat_id: str,
    level: Level,
    reason: str,
    *,
    epoch: int | None = None,
    now: datetime,
) -> None:
    """A person's judgement, with its reason; it stands until a later flag is higher.

    Lowering a critical tells the lead.
    """
    with store.transaction() as tx:
        chat = holding(tx, who, chat_id, "assess", epoch)
        before = Level(chat.level)

        chat.assessed = int(level)
        chat.heard_since = int(Level.ROUTINE)
        hearing.set_level(tx, chat, now)
        notes.add(tx, chat_id, who.id, "assessment", reason, now)
        journal.write(tx, "assessed", now=now, chat_id=chat_id, person_id=who.id, level=level.word)
        if before is Level.CRITICAL and level < Level.CRITICAL:
            directing.tell_leads(tx, "critical_lowered", chat_id, now=now, chat_id=chat_id)
        tx.announce(events.LevelChanged(chat_id, int(level)))


def answer_flag(store: Store, who: Who, flag_id: str, verdict: str, *, now: datetime) -> None:
    """`agree` or `misread`: a word about the rule, which changes no level."""
    with store.transaction() as tx:
        flag = flags.flag(tx, flag_id)
        holding(tx, who, flag.chat_id, "answer_flag")

        flag.verdict = verdict
        flag.verdict_by = who.id
        tx.session.add(flag)
        journal.write(
            tx,
            "verdict",
            now=now,
            chat_id=flag.chat_id,
            person_id=who.id,
            rule=flag.rule,
            verdict=verdict,
        )
        tx.announce(events.ChatChanged(flag.chat_id))


def report_missed(store: Store, who: Who, chat_id: str, seq: int | None, *, now: datetime) -> None:
    """The words should have raised urgency and did not: a defect in the rules."""
    with store.transaction() as tx:
        holding(tx, who, chat_id, "missed")
        flags.report_missed(tx, chat_id, seq, who.id, now)
        journal.write(tx, "missed", now=now, chat_id=chat_id, person_id=who.id)


def write_note(
    store: Store, who: Who, chat_id: str, text: str, *, epoch: int | None = None, now: datetime
) -> None:
    with store.transaction() as tx:
        holding(tx, who, chat_id, "note", epoch)
        notes.add(tx, chat_id, who.id, "note", text, now)
        tx.announce(events.ChatChanged(chat_id))
