"""Every table on one page. Tables hold no rules; each constraint and index says why it is there.

Kept out of this module: `from __future__ import annotations`, which breaks SQLModel's fields.
What people write is only ever in columns that end in `_sealed`; no column holds an address, a
user agent or a cookie.
"""

from datetime import UTC, date, datetime
from typing import Any, Optional

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel


class Utc(TypeDecorator[datetime]):
    """Aware UTC in Python on every database; a naive time is a programming error."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime reached the store")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _at(*, index: bool = False) -> Any:
    return Field(sa_column=Column(Utc, nullable=False, index=index))


def _maybe_at(*, index: bool = False) -> Any:
    return Field(default=None, sa_column=Column(Utc, nullable=True, index=index))


def _list() -> Any:
    return Field(default_factory=list, sa_column=Column(JSON, nullable=False))


def _dict() -> Any:
    return Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


def _sealed() -> Any:
    return Field(default=None, sa_column=Column(LargeBinary, nullable=True))


class Line(SQLModel, table=True):
    """The line itself: exactly one row, so that settings and the board's version have one home."""

    __table_args__ = (CheckConstraint("id = 1", name="line_has_one_row"),)

    id: int = Field(default=1, primary_key=True)
    name: str
    zone: str
    country: str
    languages: list[str] = _list()
    by_hand: Optional[str] = None  # "open" | "closed" | None: opens and closes by itself
    by_hand_reason: str = ""
    by_hand_by: Optional[str] = None  # whose hand; None for whoever set up the line
    by_hand_since: Optional[datetime] = _maybe_at()
    by_hand_until: Optional[datetime] = _maybe_at()  # None: until somebody changes it
    min_ready: int = 1
    last_entry_minutes: int = 10
    drain_minutes: int = 30
    keep_days: int = 30
    policies: dict[str, Any] = _dict()
    version: int = 0
    roster_version: int = 0  # rises with the plan, so that a process may remember how it reads
    packs_version: int = 0  # likewise with the language packs
    is_open: bool = False  # as last told; the sweep corrects it
    emptied_at: Optional[datetime] = _maybe_at()  # since when too few are ready
    full_since: Optional[datetime] = _maybe_at()  # since when the wait is beyond the door's limit
    told_at_door: int = 0  # how many wrote since then and were shown other help; no words, no names
    changed_at: datetime = _at()


class Person(SQLModel, table=True):
    """A volunteer or coordinator. Roles, languages and skills are lists of plain words."""

    __tablename__ = "people"

    id: str = Field(primary_key=True)
    email: str = Field(unique=True)  # the name one signs in with
    name: str  # what a visitor may see
    password_hash: Optional[str] = None
    totp_sealed: Optional[bytes] = _sealed()
    totp_last_step: int = 0  # a code counts once
    roles: list[str] = _list()
    languages: list[str] = _list()
    skills: list[str] = _list()
    seats: int = 2
    takes_surge: bool = False  # opted in, and qualified, for one seat more when it is critical
    may_be_asked: str = "never"  # off shift, when help is short: never | by_day | any_time
    language: str = "en"
    page_url_sealed: Optional[bytes] = _sealed()  # where the pager reaches them
    quiet_from: Optional[str] = None  # "22:00", local: reminders wait until `quiet_until`
    quiet_until: Optional[str] = None
    weekly_hours: Optional[int] = None  # at most so many booked; None: the line's own limit
    in_training: bool = False  # serves beside a mentor, and is not counted as cover
    active: bool = True
    created_at: datetime = _at()


class StaffSession(SQLModel, table=True):
    """A sign-in, by the hash of its secret; revoked by a mark, looked up on every event."""

    __tablename__ = "staff_sessions"

    id_hash: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="people.id", index=True)  # "sign me out everywhere"
    kind: str  # "cookie" | "token"
    created_at: datetime = _at()
    seen_at: datetime = _at()
    expires_at: datetime = _at()
    revoked_at: Optional[datetime] = _maybe_at()


class Presence(SQLModel, table=True):
    """Who is there: a lease per person, renewed by any event, and what they said last."""

    __tablename__ = "presences"

    person_id: str = Field(primary_key=True, foreign_key="people.id")
    ready: bool = False
    paused: bool = False  # two offers missed; "ready" ends it
    missed: int = 0
    lease_until: Optional[datetime] = _maybe_at(index=True)  # the sweep looks for lost leases
    resting_until: Optional[datetime] = _maybe_at()
    last_offered_at: Optional[datetime] = _maybe_at()  # the rotation, persisted
    not_today: list[str] = _list()  # topics this person does not want, for the shift of
    not_today_since: Optional[datetime] = _maybe_at()  # this moment
    recovers_from: Optional[datetime] = _maybe_at()  # until then left alone altogether
    cap_lifted_at: Optional[datetime] = _maybe_at()  # a lead let them take more critical chats
    fit_at: Optional[datetime] = _maybe_at()  # when they said that they are fit to take chats
    changed_at: datetime = _at()


class Chat(SQLModel, table=True):
    """One conversation. `arrived_at` is written once; `last_seq` counts its messages."""

    __tablename__ = "chats"
    __table_args__ = (
        # The sweep reads whoever is in line; it must not read the archive to find them.
        Index(
            "chats_in_line",
            "state",
            sqlite_where=text("state IN ('waiting','offered')"),
            postgresql_where=text("state IN ('waiting','offered')"),
        ),
        # An `open` repeated after a lost answer finds the same chat.
        UniqueConstraint("open_client_id", name="one_chat_per_opening"),
    )

    id: str = Field(primary_key=True)
    state: str = Field(index=True)
    language: str
    country: str
    open_client_id: str
    arrived_at: datetime = _at(index=True)
    urgency: int = 0
    assessed: Optional[int] = None
    heard_since: int = 0  # highest flag after the last assessment
    level: int = 0
    returned: bool = False
    holder_id: Optional[str] = Field(default=None, foreign_key="people.id", index=True)
    epoch: int = 0
    last_seq: int = 0
    nickname_sealed: Optional[bytes] = _sealed()
    topic_sealed: Optional[bytes] = _sealed()
    critical_since: Optional[datetime] = _maybe_at()
    promised_high: Optional[int] = None  # minutes last shown as the upper end of the wait
    promised_by: Optional[datetime] = _maybe_at()
    slipped: bool = False
    visitor_seen_at: datetime = _at()
    visitor_here: bool = False
    first_offered_at: Optional[datetime] = _maybe_at()
    accepted_at: Optional[datetime] = _maybe_at(index=True)  # the recent rate of answers
    ended_at: Optional[datetime] = _maybe_at(index=True)  # retention and reopening
    outcome: Optional[str] = None
    left_quickly: bool = False
    resources_shown_at: Optional[datetime] = _maybe_at()
    feeling: Optional[str] = None
    feedback_sealed: Optional[bytes] = _sealed()
    asked_about_risk_seq: int = 0  # the listener's last risk question
    turn_of: Optional[str] = None  # whose word is awaited: "visitor" | "listener"
    turn_since: Optional[datetime] = _maybe_at()
    turn_step: int = 0  # how far this silence was looked after
    away_since: Optional[datetime] = _maybe_at()  # the visitor's page is out of sight, or gone
    away_s: int = 0  # how long it was, earlier in this silence
    parked_at: Optional[datetime] = _maybe_at()  # kept by its holder, without taking a seat
    has_likes: bool = False  # a lead holds another chat to be of the same person
    beside: int = 0  # rises with every change of who reads along, and with what they whisper
    next_step_sealed: Optional[bytes] = _sealed()  # what the visitor wants to do, in a line
    complained: bool = False  # the visitor said that something was not right
    follow_up: Optional[str] = None  # how a check-in stands that was proposed here
    erase_asked_at: Optional[datetime] = _maybe_at()
    erased_at: Optional[datetime] = _maybe_at()


class VisitorToken(SQLModel, table=True):
    """A visitor's key to their chat, as a hash; void once `void_at` has passed."""

    __tablename__ = "visitor_tokens"

    token_hash: str = Field(primary_key=True)
    chat_id: str = Field(foreign_key="chats.id", index=True)
    created_at: datetime = _at()
    void_at: Optional[datetime] = _maybe_at()


class ViewTicket(SQLModel, table=True):
    """A read-only look at a chat for pages without JavaScript, as a hash."""

    __tablename__ = "view_tickets"

    ticket_hash: str = Field(primary_key=True)
    chat_id: str = Field(foreign_key="chats.id", index=True)
    token_sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    expires_at: datetime = _at()
    follows: Optional[str] = None  # the ticket that is void once this one is used


class Message(SQLModel, table=True):
    """Append-only. The two unique keys are the promise: each message once, without holes."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("chat_id", "seq", name="one_message_per_place"),
        UniqueConstraint("chat_id", "client_id", name="one_message_per_client_id"),
    )

    id: str = Field(primary_key=True)
    chat_id: str = Field(foreign_key="chats.id")
    seq: int
    author: str  # "visitor" | "listener" | "line"
    person_id: Optional[str] = None
    client_id: Optional[str] = None
    text_sealed: Optional[bytes] = _sealed()
    line_code: Optional[str] = None  # what the line itself says, worded when it is shown
    line_name: Optional[str] = None  # the listener it speaks of
    resource_id: Optional[str] = None
    sent_at: datetime = _at()


class FlagRow(SQLModel, table=True):
    """A rule that matched, without the words: where to look is in offsets."""

    __tablename__ = "flags"

    id: str = Field(primary_key=True)
    chat_id: str = Field(foreign_key="chats.id", index=True)
    seq: Optional[int] = None  # None: nickname, topic or feedback
    source: str = "message"
    rule: str
    category: str
    level: int
    reason: str
    start: int
    stop: int
    pack: str
    lowered_by: Optional[str] = None
    verdict: Optional[str] = None
    verdict_by: Optional[str] = None
    raised_at: datetime = _at()


class MissedReport(SQLModel, table=True):
    """The words should have raised urgency and did not."""

    __tablename__ = "missed_reports"

    id: str = Field(primary_key=True)
    chat_id: str = Field(foreign_key="chats.id")
    seq: Optional[int] = None
    person_id: str
    at: datetime = _at()


class Offer(SQLModel, table=True):
    """A lease on a chat, with an expiry: from the queue, or a hand-off from `from_id`."""

    __tablename__ = "offers"
    __table_args__ = (
        # One question per person and chat at a time; several people may be asked at once.
        Index(
            "one_open_offer_each",
            "chat_id",
            "person_id",
            unique=True,
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "offers_pending",
            "expires_at",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
    )

    id: str = Field(primary_key=True)
    chat_id: str = Field(foreign_key="chats.id", index=True)
    person_id: str = Field(foreign_key="people.id", index=True)
    from_id: Optional[str] = None  # the holder who hands off
    kind: str = ""  # of a hand-off: what its sender asked for, "listener" | "lead"
    # pending | accepted | declined | lapsed | taken | withdrawn | refused | handed_to_queue
    # | stepped_out
    state: str = "pending"
    visitor_says: Optional[str] = None  # of a hand-off: "agrees" | "refuses", if they said anything
    ring: bool = False
    surge: bool = False
    note: str = ""  # what was relaxed to find this person
    words_sealed: Optional[bytes] = _sealed()  # the note that goes with a hand-off
    offered_at: datetime = _at(index=True)
    expires_at: datetime = _at()
    ended_at: Optional[datetime] = _maybe_at()


class Holding(SQLModel, table=True):
    """Who holds or held a chat. The partial index is the second lock behind the claim."""

    __tablename__ = "holdings"
    __table_args__ = (
        Index(
            "one_holder_per_chat",
            "chat_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
        # Routing asks at each look what somebody took on this shift, not in all their years.
        Index("taken_by_person", "person_id", "since"),
    )

    id: str = Field(primary_key=True)
    chat_id: str = Field(foreign_key="chats.id")
    person_id: str = Field(foreign_key="people.id")
    epoch: int
    since: datetime = _at()
    until: Optional[datetime] = _maybe_at()


class KeptApart(SQLModel, table=True):
    """This person is not asked about this chat again, whoever comes back to it."""

    __tablename__ = "kept_apart"

    chat_id: str = Field(primary_key=True, foreign_key="chats.id")
    person_id: str = Field(primary_key=True, foreign_key="people.id")
    by_id: str
    at: datetime = _at()


class SamePerson(SQLModel, table=True):
    """A lead's guess that two chats are of one person. The smaller id comes first; it is forgotten
    with the first of the two."""

    __tablename__ = "same_person"

    one_id: str = Field(primary_key=True, foreign_key="chats.id")
    other_id: str = Field(primary_key=True, foreign_key="chats.id", index=True)
    by_id: str
    at: datetime = _at()


class Note(SQLModel, table=True):
    """A private note: facts only; the person may ask to see it."""

    __tablename__ = "notes"

    id: str = Field(primary_key=True)
    chat_id: str = Field(foreign_key="chats.id", index=True)
    person_id: str
    kind: str = "note"
    text_sealed: Optional[bytes] = _sealed()
    written_at: datetime = _at()


class Moment(SQLModel, table=True):
    """The journal: what happened and when, without a word of what was written."""

    __tablename__ = "journal"

    id: int = Field(default=None, primary_key=True)
    at: datetime = _at(index=True)
    kind: str = Field(index=True)  # counts per kind
    chat_id: Optional[str] = Field(default=None, index=True)
    person_id: Optional[str] = None
    detail: dict[str, Any] = _dict()


class Alert(SQLModel, table=True):
    """Something a person must know of; one row per spell, owned by who says "I am on it"."""

    __tablename__ = "alerts"
    __table_args__ = (
        # One open alert for each matter: a spell that goes on adds no second one.
        Index(
            "one_open_alert_per_matter",
            "matter",
            unique=True,
            sqlite_where=text("over_at IS NULL"),
            postgresql_where=text("over_at IS NULL"),
        ),
    )

    id: str = Field(primary_key=True)
    matter: str  # kind and subject, e.g. "unanswered:<chat>"
    kind: str
    chat_id: Optional[str] = None
    person_id: Optional[str] = None
    since: datetime = _at(index=True)
    detail: dict[str, Any] = _dict()
    acknowledged_by: Optional[str] = None
    acknowledged_at: Optional[datetime] = _maybe_at()
    over_at: Optional[datetime] = _maybe_at()


class Page(SQLModel, table=True):
    """A call that leaves the building, due once per alert, person and rung."""

    __tablename__ = "pages"
    __table_args__ = (
        UniqueConstraint("alert_id", "person_id", "rung", name="one_page_per_rung"),
        Index(
            "pages_due",
            "due_at",
            sqlite_where=text("sent_at IS NULL AND given_up_at IS NULL"),
            postgresql_where=text("sent_at IS NULL AND given_up_at IS NULL"),
        ),
    )

    id: str = Field(primary_key=True)
    alert_id: str = Field(foreign_key="alerts.id")
    person_id: str = Field(foreign_key="people.id")
    rung: int
    due_at: datetime = _at()
    claimed_until: Optional[datetime] = _maybe_at()
    tries: int = 0
    sent_at: Optional[datetime] = _maybe_at()
    given_up_at: Optional[datetime] = _maybe_at()


class CallOut(SQLModel, table=True):
    """A time in which people off shift are asked for help; `wave` counts how often."""

    __tablename__ = "call_outs"
    __table_args__ = (
        # One at a time: two sweeps that see one need start one call-out.
        Index(
            "one_call_out_at_a_time",
            "line_id",
            unique=True,
            sqlite_where=text("over_at IS NULL"),
            postgresql_where=text("over_at IS NULL"),
        ),
    )

    id: str = Field(primary_key=True)
    line_id: int = Field(default=1, foreign_key="line.id")
    why: str  # "nobody" | "wait" | "by_hand"
    started_at: datetime = _at()
    started_by: Optional[str] = None  # None: by itself
    wave: int = 0
    wave_at: Optional[datetime] = _maybe_at()
    calm_since: Optional[datetime] = _maybe_at()
    over_at: Optional[datetime] = _maybe_at(index=True)  # retention
    over_by: Optional[str] = None  # None: by itself


class Ask(SQLModel, table=True):
    """One person asked in a call-out, how that left the building, and what they answered."""

    __tablename__ = "asks"
    # Nobody is asked twice in one; the sweep and the pager read the few rows of the running one.
    __table_args__ = (UniqueConstraint("call_out_id", "person_id", name="asked_once_per_call_out"),)

    id: str = Field(primary_key=True)
    call_out_id: str = Field(foreign_key="call_outs.id")
    person_id: str = Field(foreign_key="people.id", index=True)  # when somebody was asked last
    wave: int  # 0: came without being asked
    asked_at: datetime = _at()
    answer: Optional[str] = None  # "yes" | "no"
    answered_at: Optional[datetime] = _maybe_at()
    claimed_until: Optional[datetime] = _maybe_at()
    tries: int = 0
    sent_at: Optional[datetime] = _maybe_at()
    given_up_at: Optional[datetime] = _maybe_at()


class ShiftPattern(SQLModel, table=True):
    """A recurring shift in the line's wall time; instants are made when they are needed."""

    __tablename__ = "shift_patterns"

    id: str = Field(primary_key=True)
    title: str
    weekday: int
    starts: str  # "18:00", local
    ends: str  # "00:00" or earlier than the start: the next day
    first_date: date = Field(sa_column=Column(Date, nullable=False))
    last_date: Optional[date] = Field(default=None, sa_column=Column(Date, nullable=True))
    every_weeks: int = 1
    nth: Optional[int] = None  # the n-th such weekday of each month, -1 the last; else by weeks
    off_on_holidays: bool = False
    goes_on_from: Optional[str] = None  # the pattern that this one continues after a change


class Booking(SQLModel, table=True):
    """A standing booking of a person on a pattern."""

    __tablename__ = "bookings"

    id: str = Field(primary_key=True)
    pattern_id: str = Field(foreign_key="shift_patterns.id", index=True)
    person_id: str = Field(foreign_key="people.id")
    role: str = "listener"
    first_date: date = Field(sa_column=Column(Date, nullable=False))
    last_date: Optional[date] = Field(default=None, sa_column=Column(Date, nullable=True))


class ShiftOverride(SQLModel, table=True):
    """A layer over the shifts of some days: add, remove, replace or cancel; what lies below stays.
    Without a pattern it lies over all of them."""

    __tablename__ = "shift_overrides"

    id: str = Field(primary_key=True)
    pattern_id: Optional[str] = Field(default=None, foreign_key="shift_patterns.id", index=True)
    on_date: date = Field(sa_column=Column(Date, nullable=False))
    until_date: Optional[date] = Field(default=None, sa_column=Column(Date, nullable=True))
    kind: str
    person_id: Optional[str] = None
    in_place_of: Optional[str] = None  # whom a replacement replaces
    request_id: Optional[str] = None  # what somebody asked for, if anybody did
    role: str = "listener"
    made_by: Optional[str] = None
    made_at: datetime = _at()


class NeedRow(SQLModel, table=True):
    """How many listeners and leads an hour of the week needs."""

    __tablename__ = "needs"

    id: str = Field(primary_key=True)
    weekday: int
    from_hour: int
    to_hour: int
    listeners: int
    leads: int = 0
    minors: int = 0  # how many of them are trained for minors
    languages: list[str] = _list()  # each spoken by somebody


class ResourceRow(SQLModel, table=True):
    """A crisis resource, with the source and the day each number was seen.

    Written by store/resources.py alone, which keeps what it is found by in step.
    """

    __tablename__ = "resources"
    # What was found by its words is looked up in this order.
    __table_args__ = (Index("resources_by_standing", "standing", unique=True),)

    id: str = Field(primary_key=True)
    name: str
    operator: str = ""
    country: str = Field(index=True)  # what a visitor's country offers
    regions: list[str] = _list()  # none: the whole country
    languages: list[str] = _list()
    topics: list[str] = _list()
    youngest: Optional[int] = None  # years; None: any age
    oldest: Optional[int] = None
    emergency: bool = False
    ways: list[dict[str, Any]] = _list()
    hours: list[dict[str, Any]] = _list()  # recurrence rules; none: day and night
    cost: str = "unknown"
    place: str = ""
    note: str = ""
    notes: dict[str, str] = _dict()  # by language
    description: str = ""
    source: str
    seen_on: Optional[date] = Field(default=None, sa_column=Column(Date, nullable=True))
    verified_on: Optional[date] = Field(default=None, sa_column=Column(Date, nullable=True))
    shown: bool = True
    # Its place in the order that time does not change, for triggers that keep `resource_words`:
    # SQLite's FTS5 and PostgreSQL's tsvector (migration 0003). None: it was never indexed.
    standing: Optional[int] = Field(default=None, sa_column=Column(BigInteger, nullable=True))
    found_by: str = ""  # words as domain/search.py compares them


class ResourceKey(SQLModel, table=True):
    """A word of the directory under what is left of it without one letter: words that are one
    slip of the finger apart share a key, and what begins a word is looked up by its own. No word is
    taken out again; it finds nothing then."""

    __tablename__ = "resource_keys"

    # In the order of its bytes on both databases: a beginning is a range.
    key: str = Field(
        sa_column=Column(
            String().with_variant(String(collation="C"), "postgresql"), primary_key=True
        )
    )
    word: str = Field(primary_key=True)


class PackVersion(SQLModel, table=True):
    """A language pack as it was proposed, published or retired; nothing of the past is changed."""

    __tablename__ = "packs"
    __table_args__ = (
        # One pack speaks for a language at a time; publishing is the moment that says so.
        Index(
            "one_published_pack_per_language",
            "language",
            unique=True,
            sqlite_where=text("state = 'published'"),
            postgresql_where=text("state = 'published'"),
        ),
    )

    id: str = Field(primary_key=True)
    language: str = Field(index=True)
    label: str  # language and hash of what it says; written with each flag
    text: str  # YAML
    state: str  # proposed | published | retired | withdrawn
    entry: Optional[str] = None  # the entry it was proposed for
    why: str = ""
    made_by: Optional[str] = None  # None: it came with the software
    made_at: datetime = _at()
    decided_at: Optional[datetime] = _maybe_at()


class QuickReply(SQLModel, table=True):
    """Words a listener may start from, edited before sending."""

    __tablename__ = "quick_replies"

    id: str = Field(primary_key=True)
    language: str
    title: str
    text: str
    place: int = 0


class SweepRun(SQLModel, table=True):
    """When each sweep last ended well, for readiness."""

    __tablename__ = "sweep_runs"

    name: str = Field(primary_key=True)
    ok_at: datetime = _at()


class Canary(SQLModel, table=True):
    """When the last canary was sent, and when the last one came through."""

    __tablename__ = "canary"
    __table_args__ = (CheckConstraint("id = 1", name="canary_has_one_row"),)

    id: int = Field(default=1, primary_key=True)
    since: datetime = _at()  # they count from then on
    sent_at: datetime = _at()
    through_at: Optional[datetime] = _maybe_at()


class Sweeper(SQLModel, table=True):
    """Which of several processes sweeps: one row, a lease, a number that rises at each change."""

    __tablename__ = "sweeper"
    __table_args__ = (CheckConstraint("id = 1", name="sweeper_has_one_row"),)

    id: int = Field(default=1, primary_key=True)
    process: str  # its number on its machine and a random name, for as long as it lives
    fence: int = 0
    until: datetime = _at()
