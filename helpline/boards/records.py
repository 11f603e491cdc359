"""What a coordinator looks back on: pages that left the building, and what people say of rules."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from helpline.boards import briefing
from helpline.boards.wording import N_, alert_text, iso, say
from helpline.domain.access import Who
from helpline.store import alerts, flags, line, people
from helpline.store.tables import Page
from helpline.store.transaction import Store

Board = dict[str, Any]

PAGES_SHOWN = 20

STATES = {
    "sent": N_("sent"),
    "failed": N_("could not be delivered"),
    "not_needed": N_("not needed any more"),
    "trying": N_("tried, and will be tried again"),
    "waiting": N_("waits to be sent"),
}


def outbox(store: Store, who: Who, now: datetime) -> list[Board]:
    """The last pages, newest first: to whom, about what, and whether they left."""
    with store.reading() as tx:
        names, zone = people.names(tx), line.line(tx).zone
        return [
            {
                "due_at": iso(page.due_at),
                "when": briefing.moment(who.language, zone, page.due_at, now),
                "to": names.get(page.person_id, ""),
                "text": alert_text(who.language, alert.kind),
                "state": state_of(page),
                "state_words": say(who.language, STATES[state_of(page)]),
                "tries": page.tries,
            }
            for page, alert in alerts.recent_pages(tx, PAGES_SHOWN)
        ]


def state_of(page: Page) -> str:
    if page.sent_at is not None:
        return "sent"
    if page.given_up_at is not None:
        return "failed" if page.tries else "not_needed"
    return "trying" if page.tries else "waiting"


def verdicts(store: Store) -> Board:
    """Per rule how often a listener agreed or called it misread; and how often rules missed."""
    with store.reading() as tx:
        counts = flags.verdict_counts(tx)
    missed = counts.pop("-", {}).get("missed", 0)
    rules = [
        {"rule": rule, "agree": said.get("agree", 0), "misread": said.get("misread", 0)}
        for rule, said in counts.items()
    ]
    return {
        "missed": missed,
        "rules": sorted(rules, key=lambda each: (-each["misread"], -each["agree"], each["rule"])),
    }
