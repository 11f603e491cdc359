"""Looking after silence: gentle checks, a chat set aside, a lead who is asked, a kind ending.

Each step is marked on the chat by a conditional UPDATE before it is done, so that two processes do
it once. What the leads should know is read from the state at each look, as for any other alert.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from helpline.actions import directing, ending, parking, settling
from helpline.actions.listening import talking
from helpline.domain import access, alarms, errors, events, silence
from helpline.domain.access import Who
from helpline.domain.silence import Quiet, Rung, Step, Turn
from helpline.store import alerts, chats, floor, journal, people, turns
from helpline.store.tables import Alert, Chat
from helpline.store.transaction import Store, Transaction

log = logging.getLogger(__name__)

CHECKS = ("check_1", "check_2", "check_3")  # what the line says, by the number of the step
OUTCOME = "went_quiet"


def look(store: Store, *, now: datetime) -> None:
    """One look at every conversation. One that fails keeps back no other, and becomes an alert."""
    with store.reading() as tx:
        rules = floor.quiet_rules(tx)
        due = [chat.id for chat in chats.active(tx) if _is_due(tx, chat, rules, now)]
    for chat_id in due:
        try:
            with store.transaction() as tx:
                _look_after(tx, chat_id, rules, now)
        except Exception:
            log.exception("looking after one quiet chat failed")
            with store.transaction() as tx:
                directing.tell(tx, "not_looked_after", chat_id, now=now, chat_id=chat_id)


def _is_due(tx: Transaction, chat: Chat, rules: silence.Rules, now: datetime) -> bool:
    quiet = turns.of(chat, now)
    if quiet is None:
        return False
    step = silence.due(quiet, rules, now) or silence.listener_step(quiet, now) > quiet.taken
    return bool(step) or bool(settling.quiet_alerts(tx, chat, now))


def _look_after(tx: Transaction, chat_id: str, rules: silence.Rules, now: datetime) -> None:
    chat = chats.chat(tx, chat_id)
    quiet = turns.of(chat, now)
    if quiet is None:
        return
    if quiet.turn is Turn.LISTENER:
        _remind_listener(tx, chat, quiet, now)
    else:
        rung = silence.due(quiet, rules, now)
        if rung is not None and turns.take(tx, chat_id, quiet, rung):
            _take(tx, chats.chat(tx, chat_id), rung, now)
    _tell_leads(tx, chat_id, now)


def _take(tx: Transaction, chat: Chat, rung: Rung, now: datetime) -> None:
    journal.write(tx, "quiet", now=now, chat_id=chat.id, step=str(rung.step), number=rung.number)
    name = people.names(tx).get(chat.holder_id or "")
    if rung.step in silence.SPEAKS:
        ending.line_says(tx, chat, CHECKS[rung.number - 1], now, name=name)
    elif rung.step is Step.PARK and chat.parked_at is None:
        parking.set_aside(tx, chat, now, by="ladder")
        ending.line_says(tx, chat, "set_aside", now, name=name)
    elif rung.step is Step.CLOSE:
        _close(tx, chat, now)
    tx.announce(events.ChatChanged(chat.id))


def _close(tx: Transaction, chat: Chat, now: datetime) -> None:
    """The closing script: what happens, that nothing is their fault, how they are back."""
    ending.line_says(tx, chat, "closed_quietly", now)
    ending.end(tx, chats.chat(tx, chat.id), OUTCOME, now)


def _remind_listener(tx: Transaction, chat: Chat, quiet: Quiet, now: datetime) -> None:
    step = silence.listener_step(quiet, now)
    if step <= quiet.taken or not turns.take_step(tx, chat.id, quiet, step):
        return
    kind = "listener_told_on" if step >= silence.TOLD else "listener_reminded"
    journal.write(tx, kind, now=now, chat_id=chat.id, person_id=chat.holder_id)
    if step >= silence.TOLD:
        name = people.names(tx).get(chat.holder_id or "")
        ending.line_says(tx, chats.chat(tx, chat.id), "listener_quiet", now, name=name)
    tx.announce(events.ChatChanged(chat.id))


def _tell_leads(tx: Transaction, chat_id: str, now: datetime) -> None:
    chat = chats.chat(tx, chat_id)
    for quiet_kind in settling.quiet_alerts(tx, chat, now):
        directing.tell_leads(
            tx, quiet_kind, chat_id, now=now, chat_id=chat_id, person_id=chat.holder_id
        )


# -- what people do about it ------------------------------------------------------------------


def park(store: Store, who: Who, chat_id: str, *, epoch: int | None = None, now: datetime) -> None:
    """One press: a quiet chat is set aside, and the visitor is told that it is kept.

    Refused: `not_allowed` for a critical one, or before it has been quiet for the first step.
    """
    with store.transaction() as tx:
        chat = talking(tx, who, chat_id, "park", epoch)
        if chat.parked_at is not None:
            return
        quiet = turns.of(chat, now)
        if quiet is None or not silence.may_park(quiet, floor.quiet_rules(tx), now):
            raise errors.NotQuiet

        parking.set_aside(tx, chat, now, by="listener")
        ending.line_says(tx, chat, "set_aside", now, name=who.name)


def take_up(
    store: Store, who: Who, chat_id: str, *, epoch: int | None = None, now: datetime
) -> None:
    """The listener goes on with a chat that was set aside. Refused besides: `no_free_seat`."""
    with store.transaction() as tx:
        parking.take_up(tx, talking(tx, who, chat_id, "park", epoch), now)


def answer(store: Store, who: Who, alert_id: str, word: str, *, now: datetime) -> None:
    """A lead answers what an alert asks: `keep_open` or `close`, or `put_back` to the line.

    Refused: `bad_request` for what this alert does not ask, `stale` when it is no longer so.
    """
    with store.transaction() as tx:
        access.require(who, "answer_alert")
        alert = alerts.alert(tx, alert_id)
        if word not in alarms.ANSWERS.get(alert.kind, ()):
            raise errors.BadRequest(field="answer")
        chat = chats.find(tx, alert.chat_id or "")
        if chat is None or alert.kind not in settling.quiet_alerts(tx, chat, now):
            raise errors.Stale

        directing.own(tx, alert, who, now)
        journal.write(tx, "answered_" + word, now=now, chat_id=chat.id, person_id=who.id)
        ANSWERS[word](tx, alert, chat, now)
        settling.settle_what_is_over(tx, now, chat_id=chat.id)


def _keep_open(tx: Transaction, alert: Alert, chat: Chat, now: datetime) -> None:
    """Asked again after a whole silence more."""
    turns.begin_anew(tx, chat.id, now)
    tx.announce(events.ChatChanged(chat.id))


def _close_after_all(tx: Transaction, alert: Alert, chat: Chat, now: datetime) -> None:
    _close(tx, chat, now)
    # Who closes it knows; the incident that it may be stays to be reviewed.
    directing.settle(tx, "contact_lost", chat.id, now)


def _put_back(tx: Transaction, alert: Alert, chat: Chat, now: datetime) -> None:
    """Somebody else is found; nobody is blamed."""
    ending.release(tx, chat, why="put_back", now=now)
    ending.line_says(tx, chat, "put_back", now)


ANSWERS: dict[str, Callable[[Transaction, Alert, Chat, datetime], None]] = {
    "keep_open": _keep_open,
    "close": _close_after_all,
    "put_back": _put_back,
}
