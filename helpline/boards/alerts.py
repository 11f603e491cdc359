"""An alert as those who answer for the line see it."""

from __future__ import annotations

from typing import Any

from helpline.boards.wording import alert_text, iso
from helpline.domain import alarms
from helpline.domain.access import Role, Who
from helpline.store import alerts, chats, incidents, people
from helpline.store.tables import Alert
from helpline.store.transaction import Store, Transaction

# Alerts that coordinators need not see: they are about a conversation, not about the line.
FOR_LEADS_ONLY = frozenset(
    {
        "help_asked",
        "wants_talk",
        "critical_lowered",
        "surge_taken",
        "hand_over_left",
        "plan_review",
        "contact_details",
        "follow_up_waits",
    }
)

# Alerts that say who it is that somebody should turn to, or who left it.
NAMED = frozenset(
    {
        "heavy_week",
        "not_fit",
        "hand_over_left",
        "notice_failed",
        "no_channel",
        "hold_asked",
        "wants_call",
        "wants_talk",
        "contact_details",
    }
)


def as_dict(tx: Transaction, alert: Alert, language: str) -> dict[str, Any]:
    return {
        "id": alert.id,
        "kind": alert.kind,
        "since": iso(alert.since),
        "text": _text(tx, alert, language),
        "acknowledged_by": people.names(tx).get(alert.acknowledged_by or ""),
        "chat": alert.chat_id,
        "over_at": iso(alert.over_at),
        "answers": list(alarms.ANSWERS.get(alert.kind, ())) if alert.over_at is None else [],
    }


def _text(tx: Transaction, alert: Alert, language: str) -> str:
    """What is the matter; with how many wait, where one alert stands for several, or with who it
    is that a lead should turn to."""
    said = alert_text(language, alert.kind)
    if alert.kind == "urgent_while_closed" and alert.over_at is None:
        return f"{said} ({chats.in_line_since(tx, alert.since)})"
    if alert.kind in NAMED:
        return f"{said} (\u2068{people.names(tx).get(alert.person_id or '', '')}\u2069)"
    return said


def is_for_coordinators(alert: Alert) -> bool:
    return alert.kind not in FOR_LEADS_ONLY


def is_told(tx: Transaction, alert: Alert, who: Who) -> bool:
    """A complaint, or a hold for one, is not told to who was in that chat; who wants a call, to
    coordinators alone."""
    if alert.kind == "wants_call":
        return Role.COORDINATOR in who.roles
    return who.id not in incidents.concerned(tx, alert)


def open_alerts(tx: Transaction, who: Who) -> list[dict[str, Any]]:
    """Leads see all; coordinators what is about the line; listeners none. What can wait is last."""
    if Role.LEAD in who.roles:
        shown = alerts.still_open(tx)
    elif Role.COORDINATOR in who.roles:
        shown = [each for each in alerts.still_open(tx) if is_for_coordinators(each)]
    else:
        shown = []
    shown = [each for each in shown if is_told(tx, each, who)]
    shown.sort(key=lambda each: each.kind in alarms.CALM)
    return [as_dict(tx, each, who.language) for each in shown]


def alert_of(store: Store, alert_id: str, language: str) -> dict[str, Any]:
    with store.reading() as tx:
        return as_dict(tx, alerts.alert(tx, alert_id), language)
