"""Check-ins in words: to the visitor on their page, to whoever brings the code, to listeners."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from helpline.boards import briefing
from helpline.boards.wording import N_, iso, say, window
from helpline.domain import follow_ups as rules
from helpline.domain import walltime
from helpline.domain.access import LEADS, Who
from helpline.domain.follow_ups import State
from helpline.domain.urgency import Level
from helpline.store import chats, floor, follow_ups, line, people, returns
from helpline.store.return_tables import FollowUp
from helpline.store.tables import Chat
from helpline.store.transaction import Store, Transaction

Board = dict[str, Any]

SHOWN_FOR = timedelta(days=2)  # what somebody wrote stays on their list

# On the page of the chat itself. "due" and "late" are of one that was agreed and is not written.
ON_THE_PAGE = {
    "asked": N_(
        "We would like to check in with you %(when)s. We would write to you here; we cannot reach "
        "you otherwise. Leave this page open in your browser and come back to it then, or come "
        "back with a code. Whoever has the code can see when we meet, but nothing of what you "
        "wrote."
    ),
    "agreed": N_(
        "We check in with you %(when)s, as you agreed. We write to you here. Leave this page open "
        "in your browser and come back to it then, or come back with a code."
    ),
    "due": N_(
        "We check in with you %(when)s. Nobody has written yet. Please look again a little later."
    ),
    "late": N_(
        "We wanted to write to you %(when)s, and we have not yet. We are sorry. It is not because "
        "of you. You can start a new chat at any time."
    ),
    "written": N_("We had agreed to check in with you %(when)s. %(name)s writes:"),
    "missed": N_(
        "We had agreed to check in with you %(when)s, and we did not write. We are sorry. It is "
        "not because of you. You can start a new chat at any time."
    ),
    "withdrawn": N_(
        "We cannot check in with you %(when)s, as we had agreed. We are sorry. It is not because "
        "of anything you wrote. You can come back at any time."
    ),
    "cancelled": N_("You cancelled the check-in. That is all right. You can come back any time."),
    "met": N_("We had agreed to check in with you %(when)s. You came back yourself before that."),
}

# To whoever comes with the code: the same for everybody, and never what was written.
WITH_A_CODE = {
    "agreed": N_(
        "We agreed to check in with you %(when)s, and we keep to it. What we write then is shown "
        "only on the page where you agreed."
    ),
    "due": N_("We had agreed to check in with you %(when)s. It is good that you are here."),
    "late": N_(
        "We had agreed to check in with you %(when)s, and we did not write in time. We are sorry. "
        "It is not because of you."
    ),
    "written": N_(
        "We had agreed to check in with you %(when)s, and we thought of you. What we wrote is "
        "shown only on the page where you agreed."
    ),
    "withdrawn": N_(
        "We had agreed to check in with you %(when)s, and could not. We are sorry. It is not "
        "because of anything you wrote."
    ),
}
WITH_A_CODE |= {"missed": WITH_A_CODE["late"], "met": WITH_A_CODE["due"]}
ANSWERS_NOW = N_("Start a chat, and somebody answers you.")
CLOSED_NOW = N_("We are closed right now. Where else there is help stands on this page.")

# To the listener: of what was proposed in this chat, and of what its visitor brought along.
PROPOSED = {
    "asked": N_("You asked whether we may check in: %(when)s. They have not answered yet."),
    "agreed": N_("They said yes to a check-in: %(when)s."),
    "declined": N_("They would rather have no check-in. That is all right."),
    "cancelled": N_("They cancelled the check-in: %(when)s."),
}
BROUGHT = {
    "agreed": N_("They have an agreed check-in later: %(when)s."),
    "due": N_("They come for an agreed check-in: %(when)s."),
    "late": N_(
        "They come for a check-in that we promised, %(when)s, and nobody wrote in time. Please "
        "say that we are sorry."
    ),
    "written": N_("We wrote to them at an agreed check-in: %(when)s."),
}
BROUGHT |= {"missed": BROUGHT["late"], "met": BROUGHT["due"]}


def stands(row: FollowUp, now: datetime) -> str:
    """Its state, and of what was agreed whether it is `due` or `late`."""
    if row.state == State.MET:
        return "late" if row.over_at and rules.is_late(row.ends_at, row.over_at) else "met"
    if row.state != State.AGREED or not rules.is_due(row.starts_at, now):
        return row.state
    return "late" if rules.is_late(row.ends_at, now) else "due"


def of_visitor(tx: Transaction, chat: Chat, now: datetime) -> Board | None:
    """What is asked or agreed, as its own chat shows it, or the one that its visitor came back in,
    which never shows what was written. None when there is nothing to say."""
    row = follow_ups.of_chat(tx, chat.id) if chat.follow_up else None
    if row is None:
        return None
    is_own, standing = row.chat_id == chat.id, stands(row, now)
    sentence = (ON_THE_PAGE if is_own else WITH_A_CODE).get(standing)
    was_agreed = row.state != State.WITHDRAWN or row.answered_at is not None
    if sentence is None or not was_agreed or (standing == State.ASKED and row.starts_at <= now):
        return None
    name = people.names(tx).get(row.written_by or "") if is_own else None
    return {
        "id": row.id,
        "state": standing,
        "text": _say(tx, chat.language, sentence, row, name=name or ""),
        "starts_at": iso(row.starts_at),
        "ends_at": iso(row.ends_at),
        "zone": line.line(tx).zone,
        "name": name,
        "words": follow_ups.words_of(tx, row) or None if is_own else None,
        "may_cancel": row.state in rules.TO_WRITE,
    }


def with_code(store: Store, code_hash: str, language: str, now: datetime) -> list[str]:
    """What whoever brings this code reads of check-ins before their fresh chat, in sentences."""
    with store.reading() as tx:
        code = returns.find(tx, code_hash)
        chat = chats.find(tx, code.chat_id) if code and code.used_at is None else None
        row = follow_ups.of_chat(tx, chat.id) if chat and chat.follow_up else None
        if row is None or row.state not in rules.KNOWN_WITH_A_CODE or row.answered_at is None:
            return []
        then = ANSWERS_NOW if floor.opening(tx, now).open else CLOSED_NOW
        sentence = WITH_A_CODE[stands(row, now)]
        return [_say(tx, language, sentence, row), say(language, then)]


def _say(tx: Transaction, language: str, sentence: str, row: FollowUp, **values: str) -> str:
    when = window(language, row.starts_at, row.ends_at, line.line(tx).zone)
    return say(language, sentence, when=when, **values)


# -- listeners ------------------------------------------------------------------------------------


def of_chat(tx: Transaction, chat: Chat, language: str, now: datetime) -> Board | None:
    """For whoever holds or reads along in the chat."""
    row = follow_ups.of_chat(tx, chat.id) if chat.follow_up else None
    if row is None:
        return None
    is_own = row.chat_id == chat.id
    sentence = (PROPOSED.get(row.state) if is_own else BROUGHT.get(stands(row, now))) or ""
    if not sentence:
        return None
    return {
        "id": row.id,
        "state": row.state,
        "brought": not is_own,
        "text": say(language, sentence, when=_short(tx, language, row)),
        "may_withdraw": is_own and row.state in rules.PENDING,
    }


def board(store: Store, who: Who, now: datetime) -> Board:
    """What this listener has agreed on, and for leads what waits of anybody; none of the words."""
    with store.reading() as tx:
        return {
            "mine": [
                _row(tx, each, who, now) for each in follow_ups.to_write(tx) if each.by_id == who.id
            ],
            "others": [
                _row(tx, each, who, now)
                for each in follow_ups.to_write(tx)
                if each.by_id != who.id and _is_for(each, who, now)
            ],
            "written": [
                _row(tx, each, who, now)
                for each in follow_ups.written_by(tx, who.id, now - SHOWN_FOR)
            ],
        }


def choices(store: Store, now: datetime) -> Board:
    """Between which days a listener chooses, on the line's calendar."""
    with store.reading() as tx:
        row = line.line(tx)
        days = timedelta(days=rules.days_ahead(row.policies, row.keep_days))
        today = walltime.local(row.zone, now).date()
        return {
            "first": today.isoformat(),
            "usual": (today + timedelta(days=1)).isoformat(),
            "last": (today + days).isoformat(),
            "zone": row.zone,
        }


def to_do(tx: Transaction, who: Who, now: datetime) -> int:
    """How many this person could write now."""
    return sum(
        _is_for(each, who, now) and rules.is_due(each.starts_at, now)
        for each in follow_ups.to_write(tx)
    )


def _is_for(row: FollowUp, who: Who, now: datetime) -> bool:
    if row.by_id == who.id:
        return True
    return bool(LEADS & who.roles) and rules.is_due(row.starts_at, now)


def _row(tx: Transaction, row: FollowUp, who: Who, now: datetime) -> Board:
    chat = chats.chat(tx, row.chat_id)
    return {
        "id": row.id,
        "when": _short(tx, who.language, row),
        "state": stands(row, now),
        "may_write": row.state in rules.TO_WRITE and rules.is_due(row.starts_at, now),
        "is_late": rules.is_late(row.ends_at, now),
        "language": briefing.language_name(who.language, chat.language),
        "level_words": briefing.level(who.language, Level(chat.level)),
        "by": people.names(tx).get(row.by_id) or "",
    }


def _short(tx: Transaction, language: str, row: FollowUp) -> str:
    return briefing.from_to(language, line.line(tx).zone, row.starts_at, row.ends_at)
