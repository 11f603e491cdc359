"""Settling alerts: every kind there is, and what its being over rests on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from helpline.actions import directing
from helpline.domain import holds as hold_rules
from helpline.domain import silence, walltime
from helpline.domain.access import Role
from helpline.domain.chat import IN_LINE, ChatState
from helpline.domain.follow_ups import State
from helpline.domain.incidents import Kind
from helpline.domain.silence import Quiet, Step
from helpline.domain.urgency import Level
from helpline.store import (
    alerts,
    callouts,
    chats,
    concerns,
    emergencies,
    floor,
    follow_ups,
    handovers,
    holds,
    incidents,
    line,
    loads,
    people,
    plans,
    turns,
)
from helpline.store.tables import Alert, Chat
from helpline.store.transaction import Transaction

IsOver = Callable[[Transaction, Alert, datetime], bool]


def settle_what_is_over(tx: Transaction, now: datetime, *, chat_id: str | None = None) -> None:
    """A spell ends when what it was about is no longer so; of one chat only, if named."""
    for alert in alerts.still_open(tx):
        if chat_id not in (None, alert.chat_id):
            continue
        is_over = OVER_WHEN.get(alert.kind, _somebody_owns_it)
        if is_over(tx, alert, now):
            directing.settle(tx, alert.kind, alert.matter.partition(":")[2], now)


def waits(chat: Chat | None) -> bool:
    return chat is not None and ChatState(chat.state) in IN_LINE


def _it_waits_no_more(tx: Transaction, alert: Alert, now: datetime) -> bool:
    return not waits(chats.find(tx, alert.chat_id or ""))


def _the_door_is_clear(tx: Transaction, alert: Alert, now: datetime) -> bool:
    """Nobody waits who came since, or they wait in an open line."""
    return chats.in_line_since(tx, alert.since) == 0 or floor.opening(tx, now).open


def _nothing_is_owed(tx: Transaction, alert: Alert, now: datetime) -> bool:
    """Routing owes this chat no listener, and owes taking it from nobody who is gone."""
    chat = chats.find(tx, alert.chat_id or "")
    if chat is not None and chat.state == ChatState.ACTIVE:
        return people.is_here(tx, chat.holder_id or "", now)
    return not waits(chat)


# What the leads should know of a silence, by the kind of alert.
QUIET: dict[str, Callable[[Quiet, silence.Rules, datetime], bool]] = {
    "silent": lambda quiet, rules, now: _is_told(quiet, now) and quiet.level >= Level.HIGH,
    "waits_for_answer": lambda quiet, rules, now: _is_told(quiet, now) and quiet.level < Level.HIGH,
    "visitor_silent": lambda quiet, rules, now: silence.has_reached(
        quiet, Step.TELL_LEAD, rules, now
    ),
    "shall_it_close": lambda quiet, rules, now: silence.has_reached(
        quiet, Step.ASK_LEAD, rules, now
    ),
}


def _is_told(quiet: Quiet, now: datetime) -> bool:
    return silence.listener_step(quiet, now) >= silence.TOLD


def quiet_alerts(tx: Transaction, chat: Chat | None, now: datetime) -> list[str]:
    """The kinds of alert that the silence in this chat calls for."""
    quiet = None if chat is None else turns.of(chat, now)
    if quiet is None:
        return []
    rules = floor.quiet_rules(tx)
    return [kind for kind, is_so in QUIET.items() if is_so(quiet, rules, now)]


def _the_silence_is_over(tx: Transaction, alert: Alert, now: datetime) -> bool:
    return alert.kind not in quiet_alerts(tx, chats.find(tx, alert.chat_id or ""), now)


def _it_is_forgotten(tx: Transaction, alert: Alert, now: datetime) -> bool:
    chat = chats.find(tx, alert.chat_id or "")
    return chat is None or chat.erased_at is not None


def _they_answer_again(tx: Transaction, alert: Alert, now: datetime) -> bool:
    there = people.presences(tx).get(alert.person_id or "")
    return there is None or not there.ready or there.missed == 0


def _somebody_owns_it(tx: Transaction, alert: Alert, now: datetime) -> bool:
    """It happened once; there is nothing that could still be so."""
    return alert.acknowledged_at is not None


def _it_is_known_or_lighter(tx: Transaction, alert: Alert, now: datetime) -> bool:
    """Somebody looks after them, or the week is behind them."""
    known = _somebody_owns_it(tx, alert, now)
    return known or not loads.heavy_weeks(tx, [alert.person_id or ""], now)


def _it_was_read(tx: Transaction, alert: Alert, now: datetime) -> bool:
    left = handovers.find(tx, alert.matter.partition(":")[2])
    return left is None or left.read_at is not None


def _the_plan_was_reviewed(tx: Transaction, alert: Alert, now: datetime) -> bool:
    row = plans.find(tx, alert.matter.partition(":")[2])
    return row is None or row.review_on > walltime.local(line.line(tx).zone, now).date()


def _they_are_fit_or_known(tx: Transaction, alert: Alert, now: datetime) -> bool:
    there = people.presences(tx).get(alert.person_id or "")
    return _somebody_owns_it(tx, alert, now) or (there is not None and there.ready)


def _nobody_has_to_come(tx: Transaction, alert: Alert, now: datetime) -> bool:
    return callouts.running(tx) is None or bool(floor.coming(tx, now))


def _who_watches_says_so(tx: Transaction, alert: Alert, now: datetime) -> bool:
    """Raised and settled in one place, which knows the whole line."""
    return False


def _nobody_waits_for_a_second(tx: Transaction, alert: Alert, now: datetime) -> bool:
    hold = holds.find(tx, alert.matter.partition(":")[2])
    return hold is None or not hold_rules.waits(holds.as_hold(hold), now)


def _the_call_has_ended(tx: Transaction, alert: Alert, now: datetime) -> bool:
    row = emergencies.find(tx, alert.matter.partition(":")[2])
    return row is None or row.ended_at is not None or row.signed_at is not None


def _the_call_is_signed_off(tx: Transaction, alert: Alert, now: datetime) -> bool:
    row = emergencies.find(tx, alert.matter.partition(":")[2])
    return row is None or row.signed_at is not None


def _the_concern_is_signed_off(tx: Transaction, alert: Alert, now: datetime) -> bool:
    row = concerns.find(tx, alert.matter.partition(":")[2])
    return row is None or row.signed_at is not None


def _somebody_may_sign_off(tx: Transaction, alert: Alert, now: datetime) -> bool:
    """Or nothing waits for it any more."""
    return bool(people.with_role(tx, Role.LEAD)) or not (
        emergencies.unsigned(tx) or concerns.unsigned(tx)
    )


def _a_lead_reviewed_it(tx: Transaction, alert: Alert, now: datetime) -> bool:
    return incidents.unreviewed(tx, alert.chat_id or "", Kind.CONTACT_LOST) is None


def _the_complaint_is_reviewed(tx: Transaction, alert: Alert, now: datetime) -> bool:
    row = incidents.find(tx, alert.matter.partition(":")[2])
    return row is None or row.reviewed_at is not None


def _nobody_waits_for_a_check_in(tx: Transaction, alert: Alert, now: datetime) -> bool:
    row = follow_ups.find(tx, alert.matter.partition(":")[2])
    return row is None or row.state != State.AGREED


OVER_WHEN: dict[str, IsOver] = {
    "nobody_there": _who_watches_says_so,
    "closing_over_urgent": _who_watches_says_so,
    "door_limits": _who_watches_says_so,
    "same_listener_minor": _somebody_owns_it,
    "left_waits": _who_watches_says_so,
    "follow_up_waits": _nobody_waits_for_a_check_in,
    "follow_up_late": _nobody_waits_for_a_check_in,
    "canary_late": _who_watches_says_so,
    "urgent_while_closed": _the_door_is_clear,
    "rings_too_long": _it_waits_no_more,
    "unanswered": _it_waits_no_more,
    "stepped_out": _it_waits_no_more,
    "without_language": _it_waits_no_more,
    "without_training": _it_waits_no_more,
    "last_resort": _it_waits_no_more,
    "routing_failed": _nothing_is_owed,
    "silent": _the_silence_is_over,
    "waits_for_answer": _the_silence_is_over,
    "visitor_silent": _the_silence_is_over,
    "shall_it_close": _the_silence_is_over,
    "not_looked_after": _somebody_owns_it,
    "not_forgotten": _it_is_forgotten,
    "last_one_misses": _they_answer_again,
    "help_asked": _somebody_owns_it,
    "surge_taken": _somebody_owns_it,
    "critical_lowered": _somebody_owns_it,
    "left_unanswered": _a_lead_reviewed_it,
    "contact_lost": _a_lead_reviewed_it,
    "wants_call": _somebody_owns_it,
    "wants_talk": _somebody_owns_it,
    "complaint": _the_complaint_is_reviewed,
    "words_after_end": _somebody_owns_it,
    "emergency_begun": _the_call_has_ended,
    "emergency_to_sign_off": _the_call_is_signed_off,
    "concern_raised": _somebody_owns_it,
    "concern_due": _the_concern_is_signed_off,
    "nobody_may_sign_off": _somebody_may_sign_off,
    "heavy_week": _it_is_known_or_lighter,
    "hand_over_left": _it_was_read,
    "plan_review": _the_plan_was_reviewed,
    "contact_details": _somebody_owns_it,
    "not_fit": _they_are_fit_or_known,
    "too_few_leads": _who_watches_says_so,
    "hold_asked": _nobody_waits_for_a_second,
    "page_failed": _somebody_owns_it,
    "shift_short": _who_watches_says_so,
    "below_need": _who_watches_says_so,
    "sweep_late": _who_watches_says_so,
    "notice_failed": _somebody_owns_it,
    "no_channel": _who_watches_says_so,
    "nobody_to_ask": _nobody_has_to_come,
}
