"""The records: incidents, complaints and holds. Coordinators see kind, times and state, leads the
words too; a complaint is not shown to who was in that chat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from helpline.boards import briefing
from helpline.boards.wording import HELD, N_, iso, line_says, say
from helpline.domain import access, walltime
from helpline.domain import holds as hold_rules
from helpline.domain import incidents as rules
from helpline.domain.access import Role, Who
from helpline.domain.incidents import Kind, State
from helpline.domain.urgency import Level
from helpline.store import chats, holds, incidents, journal, left, line, people
from helpline.store.chats import Said
from helpline.store.record_tables import HoldRow, IncidentRow
from helpline.store.return_tables import LeftMessage
from helpline.store.tables import Chat
from helpline.store.transaction import Store, Transaction

Board = dict[str, Any]

INCIDENTS_SHOWN = 100
HOLDS_SHOWN = 20
CHATS_SHOWN = 200

LEFT = N_("a message left while closed")
OF_LEFT = "left:"  # before the id of such a message, where chats are chosen too

KINDS = {
    "contact_lost": N_("contact lost"),
    "complaint": N_("complaint"),
    "follow_up_missed": N_("check-in missed"),
    "emergency": N_("emergency"),
    "threat": N_("threat"),
    "technical": N_("technical"),
    "other": N_("something else"),
}
STATES = {
    "open": N_("open"),
    "taken": N_("somebody looks into it"),
    "reviewed": N_("looked into"),
    "closed": N_("closed"),
}
OUTCOMES = {
    "nothing_wrong": N_("nothing was wrong"),
    "cannot_tell": N_("it cannot be told"),
    "learned": N_("we learned from it"),
    "changed": N_("we changed something"),
    "passed_on": N_("passed on to somebody else"),
    "came_back": N_("they came back"),
}
SIGNS = {
    "arrived": N_("came"),
    "visitor_wrote": N_("wrote last"),
    "listener_wrote": N_("was written to last"),
    "visitor_seen": N_("was last here"),
}
REASONS = {
    "incident": N_("an incident"),
    "safety": N_("somebody may be in danger"),
    "law": N_("the law"),
    "complaint": N_("a complaint"),
}
LEAVINGS = {"fine": N_("Fine"), "heavy": N_("A bit heavy"), "call": N_("I want a call")}
LEAVINGS_OF, LEAVINGS_FROM = timedelta(weeks=4), 5
HOLD_STATES = {
    "waits": N_("waits for a second person"),
    "agreed": N_("two people agreed"),
    "complaint": N_("placed by a complaint; one person may prolong it"),
    "released": N_("released"),
    "over": N_("over"),
}
assert set(REASONS) == set(HELD)


def board(store: Store, who: Who, on_day: date | None, now: datetime) -> Board:
    """Incidents, holds, and the chats of one day to choose from; refused: `not_allowed`."""
    access.require(who, "look_into")
    with store.reading() as tx:
        zone = line.line(tx).zone
        day = on_day or walltime.local(zone, now).date()
        words = {"names": people.names(tx), "zone": zone}
        return {
            "incidents": [_incident(tx, each, who, words, now) for each in _seen(tx, who)],
            "holds": [
                _hold(tx, each, who, words, now)
                for each in holds.standing(tx, now)
                if _may_see(tx, each, who)
            ],
            "over": [
                _hold(tx, each, who, words, now)
                for each in holds.latest_over(tx, now, HOLDS_SHOWN)
                if _may_see(tx, each, who)
            ],
            "day": day.isoformat(),
            "chats": [
                _chat(tx, each, who, words, now)
                for each in chats.arrived_between(tx, *_bounds(zone, day), CHATS_SHOWN)
            ],
            "left": [
                {"id": f"{OF_LEFT}{each.id}", "words": _left(each, who, words, now)}
                for each in left.between(tx, *_bounds(zone, day))
            ],
            "kinds": [(str(each), say(who.language, KINDS[each])) for each in rules.BY_HAND],
            "outcomes": [(each, say(who.language, OUTCOMES[each])) for each in rules.OUTCOMES],
            "reasons": [
                (str(each), say(who.language, REASONS[each])) for each in hold_rules.ASKED_FOR
            ],
            "leavings": _leavings(tx, who, now),
            "days": hold_rules.DAYS,
            "days_at_most": hold_rules.DAYS_AT_MOST,
            "reads": Role.LEAD in who.roles,
        }


def _seen(tx: Transaction, who: Who) -> Iterator[IncidentRow]:
    for row in incidents.latest(tx, INCIDENTS_SHOWN):
        if rules.may_see(Kind(row.kind), held_it=_held_it(tx, row, who)):
            yield row


def _leavings(tx: Transaction, who: Who, now: datetime) -> list[str]:
    """How people left their shifts in four weeks, in counts; few say too much about each."""
    found = journal.counts(tx, "leaving", "how", now - LEAVINGS_OF)
    if sum(found.values()) < LEAVINGS_FROM:
        return []
    return [f"{say(who.language, words)}: {found.get(how, 0)}" for how, words in LEAVINGS.items()]


def _may_see(tx: Transaction, row: HoldRow, who: Who) -> bool:
    """A hold for a complaint tells that there is one."""
    kind = Kind.COMPLAINT if row.why == Kind.COMPLAINT else Kind.OTHER
    return rules.may_see(kind, held_it=holds.was_in(tx, row, who.id))


def _held_it(tx: Transaction, row: IncidentRow, who: Who) -> bool:
    return row.chat_id is not None and chats.was_in(tx, row.chat_id, who.id)


def _incident(
    tx: Transaction, row: IncidentRow, who: Who, words: Mapping[str, Any], now: datetime
) -> Board:
    kind, leads, names = Kind(row.kind), Role.LEAD in who.roles, words["names"]
    others = incidents.other_leads(tx, row.chat_id, who.id)
    may = rules.may_look_into(kind, held_it=_held_it(tx, row, who), other_leads=others)
    may = may and (leads or kind is not Kind.CONTACT_LOST)
    held = row.chat_id is not None and holds.held(tx, row.chat_id, now)
    said = incidents.words_of(tx, row) if leads else dict.fromkeys(incidents.WORDS, "")
    return {
        "id": row.id,
        "kind": say(who.language, KINDS[kind]),
        "level": _level(who, row.level),
        "state": row.state,
        "state_words": say(who.language, STATES[row.state]),
        "at": iso(row.happened_at),
        "when": _moment(who, words, row.happened_at, now),
        "opened_by": names.get(row.opened_by or ""),
        "taken_by": names.get(row.taken_by or ""),
        "reviewed_by": names.get(row.reviewed_by or ""),
        "outcome": say(who.language, OUTCOMES[row.outcome]) if row.outcome else None,
        "signs": [
            f"{say(who.language, SIGNS[name])}: {_moment(who, words, _instant(at), now)}"
            for name, at in row.signs.items()
            if at
        ],
        "held": held,
        "may_take": may and row.state in (State.OPEN, State.TAKEN) and row.taken_by != who.id,
        "may_review": may and row.state in (State.OPEN, State.TAKEN),
        "may_close": may and row.state == State.REVIEWED,
        "may_answer": may and kind is Kind.COMPLAINT and row.state != State.CLOSED,
        "answer": incidents.answer_of(tx, row) if may and kind is Kind.COMPLAINT else "",
        "answered_by": names.get(row.answered_by or ""),
        "may_read": may and leads and held and kind is Kind.COMPLAINT and row.state != State.CLOSED,
        "readings": [
            {
                "by": names.get(each.person_id, ""),
                "when": _moment(who, words, each.at, now),
                "why": incidents.reason_of(tx, each) if leads else "",
            }
            for each in incidents.readings(tx, row)
        ],
        **said,
    }


def _hold(
    tx: Transaction, row: HoldRow, who: Who, words: Mapping[str, Any], now: datetime
) -> Board:
    hold, names = holds.as_hold(row), words["names"]
    held_it = holds.was_in(tx, row, who.id)
    stands = hold_rules.stands(hold, now)
    return {
        "id": row.id,
        "chat": _what(tx, row, who, words, now),
        "why": say(who.language, REASONS[row.why]),
        "reason": holds.reason_of(tx, row) if Role.LEAD in who.roles else "",
        "state_words": say(who.language, HOLD_STATES[_state(row, now)]),
        "asked_by": names.get(row.asked_by or ""),
        "agreed_by": names.get(row.agreed_by or ""),
        "released_by": names.get(row.released_by or ""),
        "until": iso(row.until),
        "until_words": _moment(who, words, row.until, now),
        "days": row.days,
        "may_agree": hold_rules.waits(hold, now) and row.asked_by != who.id and not held_it,
        "may_release": stands and (row.asked_by == who.id or not held_it),
    }


def _what(tx: Transaction, row: HoldRow, who: Who, words: Mapping[str, Any], now: datetime) -> str:
    """What is held, as it stands in the list to choose from."""
    if row.chat_id is not None:
        said: str = _chat(tx, chats.chat(tx, row.chat_id), who, words, now)["words"]
        return said
    message = left.find_by_id(tx, row.left_id or "")
    return say(who.language, LEFT) if message is None else _left(message, who, words, now)


def _left(row: LeftMessage, who: Who, words: Mapping[str, Any], now: datetime) -> str:
    level = _level(who, row.level) or ""
    return f"{say(who.language, LEFT)}, {_moment(who, words, row.left_at, now)}, {level}"


def _state(row: HoldRow, now: datetime) -> str:
    hold = holds.as_hold(row)
    if row.released_at is not None:
        return "released"
    if not hold_rules.stands(hold, now):
        return "over"
    if row.agreed_by is not None:
        return "agreed"
    return "waits" if row.asked_by else "complaint"


def _bounds(zone: str, day: date) -> tuple[datetime, datetime]:
    midnights = (datetime.combine(each, time.min) for each in (day, day + timedelta(days=1)))
    since, until = (walltime.first_instant(zone, each) for each in midnights)
    return since, until


def _chat(tx: Transaction, chat: Chat, who: Who, words: Mapping[str, Any], now: datetime) -> Board:
    """A chat by its times, level and listener."""
    parts = [
        _moment(who, words, chat.arrived_at, now),
        _level(who, chat.level) or "",
        f"\u2068{words['names'].get(chat.holder_id or '', '')}\u2069" if chat.holder_id else "",
    ]
    return {"id": chat.id, "words": ", ".join(each for each in parts if each)}


def _level(who: Who, level: int | None) -> str | None:
    return None if level is None else say(who.language, briefing.LEVELS[Level(level)])


def _moment(who: Who, words: Mapping[str, Any], at: datetime, now: datetime) -> str:
    return briefing.moment(who.language, words["zone"], at, now)


def _instant(at: str) -> datetime:
    return datetime.fromisoformat(at)


def transcript(store: Store, said: list[Said], who: Who, now: datetime) -> list[Board]:
    """What a lead reads of a held chat."""
    with store.reading() as tx:
        words: Board = {"names": people.names(tx), "zone": line.line(tx).zone}
    return [
        {
            "from": each.author,
            "name": words["names"].get(each.person_id or ""),
            "text": line_says(who.language, each.line_code, each.line_name) or each.text,
            "when": _moment(who, words, each.sent_at, now),
            "at": iso(each.sent_at),
        }
        for each in said
    ]


CSV_HEAD = (
    "id", "kind", "level", "happened_at", "opened_at", "opened_by", "state", "taken_by",
    "outcome", "reviewed_by", "reviewed_at", "closed_by", "closed_at",
)  # fmt: skip


def rows(store: Store, who: Who) -> list[list[str]]:
    """The log without a word of anybody, as a table to download; refused: `not_allowed`."""
    access.require(who, "look_into")
    with store.reading() as tx:
        names = people.names(tx)
        return [_row(each, names) for each in _seen(tx, who)]


def _row(row: IncidentRow, names: Mapping[str, str]) -> list[str]:
    def cell(name: str) -> str:
        value = getattr(row, name)
        if name.endswith("_by"):
            return names.get(value or "", "")
        if name.endswith("_at"):
            return iso(value) or ""
        if name == "level":
            return "" if value is None else Level(value).word
        return str(value or "")

    return [cell(each) for each in CSV_HEAD]
