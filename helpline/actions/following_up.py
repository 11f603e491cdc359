"""Check-ins: proposed by a listener, agreed to by the visitor, and written in the agreed window.

Nothing leaves the house: a listener is reminded, and whoever comes back finds what was written.
"""

from __future__ import annotations

from datetime import date, datetime, time

from helpline.actions import directing, ending, listening
from helpline.domain import access, errors, events, retention, text
from helpline.domain import chat as chat_rules
from helpline.domain import follow_ups as rules
from helpline.domain.access import LISTENERS, Subject, Who
from helpline.domain.chat import ChatState
from helpline.domain.follow_ups import PENDING, State
from helpline.domain.incidents import Kind
from helpline.store import chats, follow_ups, incidents, journal, line, notices, offers, people
from helpline.store.return_tables import FollowUp
from helpline.store.secrets import digest
from helpline.store.tables import Chat
from helpline.store.transaction import Store, Transaction

ALERTS = ("follow_up_waits", "follow_up_late")


def offer(
    store: Store, who: Who, chat_id: str, day: date, since: time, until: time, *, now: datetime
) -> str:
    """The listener proposes a window, in the line's wall time; the visitor is asked. Gives its id;
    the same window again asks nothing twice.

    Refused: `not_found`, `chat_closed`, `bad_request` for the window, `not_allowed` where none are
    made or one is agreed already.
    """
    with store.transaction() as tx:
        chat = listening.talking(tx, who, chat_id, "offer_follow_up")
        house = line.line(tx)
        if not rules.are_made(house.policies):
            raise rules.NoFollowUps
        if chat.erase_asked_at is not None:
            raise errors.ChatClosed
        starts_at, ends_at = rules.window(house.zone, day, since, until)
        before = follow_ups.of_chat(tx, chat_id)
        if before is not None and before.state in PENDING:
            if (before.chat_id, before.starts_at, before.ends_at) == (chat_id, starts_at, ends_at):
                return before.id
            raise rules.OneAtATime
        days = rules.days_ahead(house.policies, house.keep_days)
        rules.require_window(starts_at, ends_at, now, days=days)

        row = follow_ups.add(tx, chat_id, who.id, starts_at, ends_at, now)
        ending.line_says(tx, chat, "follow_up_asked", now, name=who.name)
        _tell(tx, row, "follow_up_offered", now, person_id=who.id)
        return row.id


def answer(store: Store, token: str, follow_up_id: str, *, agrees: bool, now: datetime) -> None:
    """The visitor's yes or no; the same again changes nothing, and a no after a yes counts.

    Refused: `unknown_token`; `offer_gone` when it is over, or its window has begun.
    """
    with store.transaction() as tx:
        chat = chats.by_token(tx, digest(token), now)
        row = follow_ups.find(tx, follow_up_id)
        if row is None or row.chat_id != chat.id:
            raise rules.FollowUpOver
        if agrees:
            _agree(tx, chat, row, now)
        elif row.state == State.AGREED:
            _cancel(tx, chat, row, now)
        elif row.state not in (State.DECLINED, State.CANCELLED):
            _move(tx, row, State.DECLINED, answered_at=now)
            _tell(tx, row, "follow_up_declined", now)


def _agree(tx: Transaction, chat: Chat, row: FollowUp, now: datetime) -> None:
    if row.state == State.AGREED:
        return
    if rules.is_due(row.starts_at, now):
        raise rules.FollowUpOver
    _move(tx, row, State.AGREED, answered_at=now)
    _remind(tx, row, now)
    _say_in_the_chat(tx, chat, row, "follow_up_agreed", now)
    ending.keep_page(tx, chat, now)
    _tell(tx, row, "follow_up_agreed", now)


def cancel(store: Store, token: str, *, now: datetime) -> None:
    """The visitor takes back their yes: in the chat, after it, or in the one they came back in.

    Refused: `unknown_token`; `offer_gone` when there is none, or it is over.
    """
    with store.transaction() as tx:
        chat = chats.by_token(tx, digest(token), now)
        row = follow_ups.of_chat(tx, chat.id)
        if row is None:
            raise rules.FollowUpOver
        if row.state != State.CANCELLED:
            _cancel(tx, chat, row, now)


def _cancel(tx: Transaction, chat: Chat, row: FollowUp, now: datetime) -> None:
    _move(tx, row, State.CANCELLED, over_at=now)
    _say_in_the_chat(tx, chat, row, "follow_up_cancelled", now)
    _over(tx, row, now)
    if chats.chat(tx, row.chat_id).ended_at is not None:  # its page need not open for longer
        chats.void_tokens(tx, row.chat_id, now + retention.TOKEN_LIVES_AFTER_CLOSE)
    _tell(tx, row, "follow_up_cancelled", now)


def withdraw(store: Store, who: Who, follow_up_id: str, *, now: datetime) -> None:
    """Whoever proposed it, holds the chat now or leads takes it back; the visitor is told in words.

    Refused: `not_found`; `offer_gone` when it is over.
    """
    with store.transaction() as tx:
        row = follow_ups.follow_up(tx, follow_up_id)
        chat = chats.chat(tx, row.chat_id)
        holds = chat.state == ChatState.ACTIVE and chat.holder_id == who.id
        subject = Subject(holder_id=who.id if holds else row.by_id)
        access.require(who, "withdraw_follow_up", subject)
        if row.state == State.WITHDRAWN:
            return

        _move(tx, row, State.WITHDRAWN, over_at=now)
        _say_in_the_chat(tx, chat, row, "follow_up_withdrawn", now)
        _over(tx, row, now)
        _tell(tx, row, "follow_up_withdrawn", now, person_id=who.id)


def write(store: Store, who: Who, follow_up_id: str, words: str, *, now: datetime) -> None:
    """The check-in itself, once, by whoever agreed or by a lead; also late, while the words of the
    chat are there.

    Refused: `not_found`, `empty`, `too_long`; `not_allowed` before the window; `offer_taken` when
    somebody wrote it already; `offer_gone` when it is over.
    """
    words = text.clean(words, limit=rules.LENGTH, field="text")
    with store.transaction() as tx:
        row = follow_ups.follow_up(tx, follow_up_id)
        access.require(who, "write_follow_up", Subject(holder_id=row.by_id))
        if row.state == State.WRITTEN:
            raise rules.FollowUpTaken
        rules.require_move(row.state, State.WRITTEN)
        if not rules.is_due(row.starts_at, now):
            raise rules.NotYet

        sealed = follow_ups.seal(tx, row, words)
        done = {"over_at": now, "written_by": who.id, "words_sealed": sealed}
        if not follow_ups.move(tx, row, State.WRITTEN, **done):
            raise rules.FollowUpTaken
        _over(tx, row, now)
        ending.keep_page(tx, chats.chat(tx, row.chat_id), now)
        _tell(tx, row, "follow_up_written", now, person_id=who.id)


# -- coming back with a code ----------------------------------------------------------------------


def bring_along(tx: Transaction, from_chat: str, fresh: Chat) -> None:
    """Whoever came with the code of that chat: this one shows that there is a check-in, and nobody
    reads in it what was written."""
    for row in reversed(follow_ups.all_of(tx, from_chat)):
        if row.state in rules.KNOWN_WITH_A_CODE:
            row.came_as, fresh.follow_up = fresh.id, row.state
            tx.session.add_all((row, fresh))
    tx.session.flush()


def forget(tx: Transaction, chat_id: str, now: datetime) -> None:
    """With the chat's words it goes too, and nobody is reminded of it any more."""
    for row in follow_ups.all_of(tx, chat_id):
        if row.chat_id == chat_id:
            _over(tx, row, now)
            _mark(tx, row, None)
    follow_ups.forget(tx, chat_id)


# -- looking after it -----------------------------------------------------------------------------


def look(store: Store, *, now: datetime) -> None:
    """What nobody answered lapses; who should write is looked for, told of, and told of louder; at
    last it is an incident. Late or twice makes no difference."""
    with store.reading() as tx:
        begun = follow_ups.begun(tx, now)
    for follow_up_id in begun:
        with store.transaction() as tx:
            row = follow_ups.find(tx, follow_up_id)
            if row is not None:
                _look_after(tx, row, now)


def _look_after(tx: Transaction, row: FollowUp, now: datetime) -> None:
    if row.state == State.ASKED:
        if follow_ups.move(tx, row, State.LAPSED, over_at=now):
            _tell(tx, row, "follow_up_lapsed", now)
    elif _are_answered(tx, row):
        if follow_ups.move(tx, row, State.MET, over_at=now):
            _over(tx, row, now)
            _tell(tx, row, "follow_up_met", now)
    elif row.state == State.AGREED:
        _hurry(tx, row, now)


def _are_answered(tx: Transaction, row: FollowUp) -> bool:
    """They came back themselves, and somebody talks to them in the window or since then."""
    chat = chats.find(tx, row.came_as or "")
    if chat is None or chat.accepted_at is None:
        return False
    return chat.state == ChatState.ACTIVE or chat.accepted_at >= row.starts_at


def _hurry(tx: Transaction, row: FollowUp, now: datetime) -> None:
    if rules.is_missed(row.ends_at, now):
        _miss(tx, row, now)
    elif rules.is_late(row.ends_at, now):
        directing.settle(tx, "follow_up_waits", row.id, now)
        directing.tell(tx, "follow_up_late", row.id, now=now, chat_id=row.chat_id)
    else:
        told_at = rules.leads_told_at(
            row.starts_at, row.ends_at, somebody_has_it=_somebody_has_it(tx, row)
        )
        if now >= told_at:
            directing.tell_leads(tx, "follow_up_waits", row.id, now=now, chat_id=row.chat_id)


def _somebody_has_it(tx: Transaction, row: FollowUp) -> bool:
    """Whoever agreed is still a listener here, and not to be kept apart from this visitor."""
    person = people.person(tx, row.by_id)
    may = person.active and bool(LISTENERS & set(person.roles))
    return may and not offers.is_apart(tx, row.chat_id, row.by_id)


def _miss(tx: Transaction, row: FollowUp, now: datetime) -> None:
    if not follow_ups.move(tx, row, State.MISSED):
        return
    incidents.open(tx, Kind.FOLLOW_UP_MISSED, row.chat_id, happened_at=row.ends_at, now=now)
    _over(tx, row, now)
    _tell(tx, row, "follow_up_missed", now)


def _remind(tx: Transaction, row: FollowUp, now: datetime) -> None:
    """Once early, if there is time, and once when the window begins."""
    detail = {"starts_at": row.starts_at.isoformat(), "ends_at": row.ends_at.isoformat()}
    early = rules.early_at(now, row.starts_at)
    due = [("soon", early, row.starts_at), ("due", row.starts_at, row.ends_at)]
    for which, at, until in due:
        if at is not None:
            notices.add(
                tx,
                key=f"{_reminders(row)}{which}",
                person_id=row.by_id,
                kind=f"follow_up_{which}",
                detail=detail,
                due_at=at,
                valid_until=until,
                now=now,
            )


def _reminders(row: FollowUp) -> str:
    return f"follow_up:{row.id}:"


def _move(tx: Transaction, row: FollowUp, new: State, **values: object) -> None:
    """Refused: `offer_gone`, also when somebody else was faster."""
    rules.require_move(row.state, new)
    if not follow_ups.move(tx, row, new, **values):
        raise rules.FollowUpOver


def _over(tx: Transaction, row: FollowUp, now: datetime) -> None:
    """Nobody has to be reminded or told any more."""
    notices.withdraw(tx, _reminders(row), now)
    for kind in ALERTS:
        directing.settle(tx, kind, row.id, now)


def _say_in_the_chat(tx: Transaction, chat: Chat, row: FollowUp, code: str, now: datetime) -> None:
    """While it goes on the line says so, and it stays; afterwards the card on its page does."""
    if chat.state not in chat_rules.IN_LINE | chat_rules.HELD or chat.id != row.chat_id:
        return
    when = rules.as_said(line.line(tx).zone, row.starts_at, row.ends_at)
    ending.line_says(tx, chat, code, now, name=when)


def _tell(
    tx: Transaction, row: FollowUp, kind: str, now: datetime, *, person_id: str | None = None
) -> None:
    journal.write(tx, kind, now=now, chat_id=row.chat_id, person_id=person_id)
    _mark(tx, row, row.state)


def _mark(tx: Transaction, row: FollowUp, state: str | None) -> None:
    """Both chats show how it stands."""
    for chat_id in filter(None, (row.chat_id, row.came_as)):
        chat = chats.chat(tx, chat_id)
        chat.follow_up = state
        tx.session.add(chat)
        tx.announce(events.ChatChanged(chat_id))
