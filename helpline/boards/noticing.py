"""A notice in words, made when it is shown or sent: times, numbers, what to do; nobody's words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from helpline.boards import briefing
from helpline.boards.wording import N_, iso, say
from helpline.domain.access import Who
from helpline.store import channels, line, notices, people
from helpline.store.shift_tables import Notice
from helpline.store.transaction import Store, Transaction

Board = dict[str, Any]

OWN_SHOWN = 20
ALL_SHOWN = 50
FAILURES_SHOWN = timedelta(days=7)

# kind -> the sentence; `when` is the shift, `missing` and `number` come with the notice
WORDS = {
    "confirm": N_(
        "Your shift is %(when)s. Please say on your page that you come, or that you cannot."
    ),
    "reminder": N_("Your shift begins soon: %(when)s. Thank you for being there."),
    "ask": N_(
        "People are still needed %(when)s. If you can come, take the shift on your page. "
        "If not, nothing happens."
    ),
    "backup": N_(
        "Somebody is needed very soon: %(when)s. If you can come, take the shift on your page; "
        "once it has begun, tell the shift lead."
    ),
    "no_check_in": N_(
        "Your shift has begun (%(when)s) and we do not see you yet. Please open the console, or "
        "tell your shift lead if you cannot come."
    ),
    "digest": N_("In the next 7 days people are missing in %(number)s shifts. See Coverage."),
    "ladder_coordinator": N_("The shift %(when)s is still short of people. See Coverage."),
    "unconfirmed": N_("Of the shift %(when)s, %(number)s have not said that they come."),
    "no_show": N_("Somebody did not come to the shift %(when)s. Others are being asked."),
    "request_asked": N_("Can you take the shift %(when)s? Somebody asks you on your page."),
    "request_waits": N_("The shift %(when)s: somebody agreed, a coordinator has the last word."),
    "request_agreed": N_("The shift %(when)s has gone to somebody else, as you asked."),
    "request_declined": N_("The shift %(when)s stays yours: who was asked cannot take it."),
    "request_granted": N_("What you asked for is approved: %(when)s. See your page."),
    "request_refused": N_("What you asked for was not approved: %(when)s. See your page."),
    "request_to_decide": N_("A request about shifts waits for you: %(when)s. See Requests."),
    "not_coming": N_("Somebody cannot come to the shift %(when)s. Others are needed."),
    "check_ends": N_(
        "A training or check of yours ends within %(number)s days. Please renew it, so that "
        "you can go on taking shifts."
    ),
    "check_of_other_ends": N_(
        "A training or check of a volunteer ends within %(number)s days. See People."
    ),
    "shift_added": N_(
        "You have a new shift: %(when)s. If you cannot come, please say so on your page."
    ),
    "shift_moved": N_(
        "Your shift has moved, it is now %(when)s. If you cannot come then, please say so on your "
        "page."
    ),
    "shift_off": N_("You are off the shift %(when)s. You do not have to come."),
    "directory_stale": N_(
        "%(number)s entries of the directory were not verified for a long time. See Resources."
    ),
    "follow_up_soon": N_(
        "You agreed with somebody to check in: %(when)s. You write it on the page Check-ins, once "
        "it begins."
    ),
    "follow_up_due": N_(
        "Now is the check-in that you agreed on: %(when)s. Please write it on the page Check-ins. "
        "If you cannot, tell your shift lead."
    ),
    "shift_cancelled": N_("Your shift %(when)s is cancelled. You do not have to come."),
}
FAILED = N_("A notice to them could not be delivered (%(at)s).")
OTHER = N_("Something about your shifts has changed. Please look at your page.")

STATES = {
    "mailbox": N_("in the mailbox"),
    "channel": N_("sent"),
    "failed": N_("could not be delivered"),
    "not_needed": N_("not needed any more"),
    "trying": N_("tried, and will be tried again"),
    "waiting": N_("waits to be sent"),
}

WAYS = {
    "mail": N_("Mail"),
    "sms": N_("Text message"),
    "push": N_("Push"),
    "chat": N_("Chat service"),
}


def words(language: str, zone: str, kind: str, detail: Mapping[str, Any]) -> str:
    """What a notice says in this language, its times on the line's wall."""
    sentence = WORDS.get(kind, OTHER)
    if kind not in WORDS:
        return say(language, sentence)
    return say(
        language, sentence, when=_when(language, zone, detail), number=detail.get("number", "")
    )


def _when(language: str, zone: str, detail: Mapping[str, Any]) -> str:
    if "starts_at" not in detail or "ends_at" not in detail:
        return ""
    edges = (datetime.fromisoformat(detail[name]) for name in ("starts_at", "ends_at"))
    return briefing.from_to(language, zone, *edges)


def state_of(row: Notice) -> str:
    if row.sent_at is not None:
        return row.via or "channel"
    if row.given_up_at is not None:
        return "failed" if row.tries else "not_needed"
    return "trying" if row.tries else "waiting"


def mailbox(store: Store, who: Who, now: datetime) -> Board:
    """What somebody was told, and how they are reached."""
    with store.reading() as tx:
        person, zone = people.person(tx, who.id), line.line(tx).zone
        kind, _, address = (channels.of(tx, person) or "").partition(":")
        return {
            "notices": [
                _notice(row, who.language, zone, now)
                for row in notices.of_person(tx, who.id, OWN_SHOWN)
            ],
            "ways": ways(who.language),
            "channel": kind,
            "address": address,
            "quiet_from": person.quiet_from or "",
            "quiet_until": person.quiet_until or "",
        }


def sent(tx: Transaction, who: Who, now: datetime) -> list[Board]:
    """The last notices to anybody, the newest first: to whom, what, and whether they arrived."""
    names, zone = people.names(tx), line.line(tx).zone
    return [
        _notice(row, who.language, zone, now) | {"to": names.get(row.person_id, "")}
        for row in notices.recent(tx, ALL_SHOWN)
    ]


def _notice(row: Notice, language: str, zone: str, now: datetime) -> Board:
    return {
        "at": iso(row.sent_at or row.due_at),
        "when": briefing.moment(language, zone, row.sent_at or row.due_at, now),
        "kind": row.kind,
        "text": words(language, zone, row.kind, row.detail),
        "state": state_of(row),
        "state_words": say(language, STATES[state_of(row)]),
    }


def reached(store: Store, who: Who, now: datetime) -> dict[str, Board]:
    """Per person how they are reached, by its kind, and the sentence if a notice failed lately."""
    with store.reading() as tx:
        zone = line.line(tx).zone
        failed = notices.failed_since(tx, now - FAILURES_SHOWN)
        return {
            each.id: {
                "kind": (channels.of(tx, each) or "").partition(":")[0],
                "failure": say(
                    who.language,
                    FAILED,
                    at=briefing.moment(who.language, zone, failed[each.id], now),
                )
                if each.id in failed
                else "",
            }
            for each in people.everyone(tx)
        }


def ways(language: str) -> list[tuple[str, str]]:
    """What one may choose from."""
    return [(each, say(language, name)) for each, name in WAYS.items()]
