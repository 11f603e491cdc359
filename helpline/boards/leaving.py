"""Messages left while the line is closed: as listeners on shift see them, and their visitors."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from helpline.boards import briefing
from helpline.boards.wording import LEFT_HELD, iso, say
from helpline.domain import access, leaving, walltime
from helpline.domain.access import Who
from helpline.domain.urgency import Level
from helpline.store import floor, left, line, people
from helpline.store.return_tables import LeftMessage
from helpline.store.transaction import Store, Transaction

Board = dict[str, Any]

SHOWN_FOR = timedelta(days=2)  # what somebody answered stays on their page, to add something


def board(store: Store, who: Who, now: datetime) -> Board:
    """What waits, the gravest first, and what this listener has. Words only of what they took.

    Refused: `not_allowed`.
    """
    access.require(who, "take_left")
    with store.reading() as tx:
        waiting = left.unanswered(tx)
        return {
            "on_shift": who.id in floor.on_shift(tx, now),
            "mine": [
                _with_words(tx, each, who, now) for each in waiting if each.taken_by == who.id
            ],
            "waiting": [
                _row(tx, each, who, now)
                for each in waiting
                if each.taken_by != who.id
                and leaving.may_take(each.taken_by, each.taken_at, who.id, now)
            ],
            "answered": [
                _with_words(tx, each, who, now)
                for each in left.answered_by(tx, who.id, now - SHOWN_FOR)
            ],
        }


def _row(tx: Transaction, row: LeftMessage, who: Who, now: datetime) -> Board:
    return {
        "id": row.id,
        "level": Level(row.level).word,
        "level_words": briefing.level(who.language, Level(row.level)),
        "language": row.language,
        "at": iso(row.left_at),
        "when": briefing.moment(who.language, line.line(tx).zone, row.left_at, now),
    }


def _with_words(tx: Transaction, row: LeftMessage, who: Who, now: datetime) -> Board:
    return {
        **_row(tx, row, who, now),
        "text": left.words_of(tx, row),
        "answers": [each.text for each in left.answers(tx, row)],
    }


def kept(store: Store, language: str, until: datetime) -> str:
    """To a visitor who wants what they left deleted, while it is held."""
    with store.reading() as tx:
        day = walltime.local(line.line(tx).zone, until).date()
    return say(language, LEFT_HELD, until=briefing.long_day(language, day))


def of_visitor(store: Store, code_hash: str) -> Board | None:
    """What a code opens of a message that was left: the answers, and never the message itself.

    None for the code of a chat.
    """
    with store.reading() as tx:
        row = left.find(tx, code_hash)
        if row is None:
            return None
        names = people.names(tx)
        return {
            "left_at": iso(row.left_at),
            "answers": [
                {
                    "name": names.get(each.person_id, ""),
                    "text": each.text,
                    "sent_at": iso(each.answered_at),
                }
                for each in left.answers(tx, row)
            ],
        }
