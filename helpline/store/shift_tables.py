"""The tables of the roster on one page: who comes when, who asked for what, and who was told.

Kept out of this module: `from __future__ import annotations`, which breaks SQLModel's fields.
Days and wall times are the line's own; instants are aware UTC. What people write is sealed.
"""

from datetime import date, datetime
from typing import Any, Optional

from sqlalchemy import Column, Date, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from helpline.store.tables import Utc, _at, _dict, _list, _maybe_at, _sealed


def _day(*, index: bool = False) -> Any:
    return Field(sa_column=Column(Date, nullable=False, index=index))


def _key_day() -> Any:
    return Field(sa_column=Column(Date, primary_key=True))


def _maybe_day() -> Any:
    return Field(default=None, sa_column=Column(Date, nullable=True))


# -- the plan -----------------------------------------------------------------------------------


class Rotation(SQLModel, table=True):
    """Who follows whom on a pattern: each group serves so many of its shifts, then the next."""

    __tablename__ = "rotations"

    id: str = Field(primary_key=True)
    pattern_id: str = Field(foreign_key="shift_patterns.id", index=True)
    role: str = "listener"
    groups: list[list[str]] = _list()  # ids of people, in the order in which they follow
    shifts_each: int = 1
    served: int = 0  # shifts of it before the first date, under another pattern
    first_date: date = _day()
    last_date: Optional[date] = _maybe_day()
    made_at: datetime = _at()


class DateNeed(SQLModel, table=True):
    """What one date needs, in place of what its weekday needs in these hours."""

    __tablename__ = "date_needs"

    id: str = Field(primary_key=True)
    on_date: date = _day(index=True)
    from_hour: int
    to_hour: int
    listeners: int
    leads: int = 0
    minors: int = 0
    languages: list[str] = _list()
    why: str = ""


class SpecialDay(SQLModel, table=True):
    """A day of the organisation's own: a holiday, or one on which the line is closed."""

    __tablename__ = "special_days"

    on_date: date = _key_day()
    name: str
    kind: str  # "holiday" | "closed"


# -- shifts as they happen ----------------------------------------------------------------------


class ShiftRow(SQLModel, table=True):
    """One occurrence that came near: when it opened and closed. Its people are the plan's."""

    __tablename__ = "shifts"
    __table_args__ = (
        # Two sweeps that see one occurrence write one row.
        UniqueConstraint("pattern_id", "on_date", name="one_row_per_shift"),
    )

    id: str = Field(primary_key=True)
    pattern_id: str = Field(foreign_key="shift_patterns.id")
    on_date: date = _day()
    starts_at: datetime = _at(index=True)
    ends_at: datetime = _at(index=True)
    state: str  # upcoming | open | closed | missed | cancelled
    opened_at: Optional[datetime] = _maybe_at()
    closed_at: Optional[datetime] = _maybe_at()


class Attendance(SQLModel, table=True):
    """What one person did about one shift: said that they come, came, or did not."""

    __tablename__ = "attendances"

    pattern_id: str = Field(primary_key=True, foreign_key="shift_patterns.id")
    on_date: date = _key_day()
    person_id: str = Field(primary_key=True, foreign_key="people.id")
    expected_from: Optional[datetime] = _maybe_at()  # absence counts from here, not while we slept
    confirmed_at: Optional[datetime] = _maybe_at()
    checked_in_at: Optional[datetime] = _maybe_at()
    no_show_at: Optional[datetime] = _maybe_at()


class KnownPlace(SQLModel, table=True):
    """A place on a shift of the days ahead that its person knows of: what changes is told."""

    __tablename__ = "known_places"

    person_id: str = Field(primary_key=True, foreign_key="people.id")
    pattern_id: str = Field(primary_key=True)
    on_date: date = _key_day()
    starts_at: datetime = _at()
    ends_at: datetime = _at()


class Rung(SQLModel, table=True):
    """A rung of the ladder that was climbed for a shift; `epoch` rises when a gap comes back."""

    __tablename__ = "rungs"
    __table_args__ = (
        # A rung is climbed once however many sweeps look.
        UniqueConstraint("pattern_id", "on_date", "rung", "epoch", name="each_rung_once"),
    )

    id: str = Field(primary_key=True)
    pattern_id: str = Field(foreign_key="shift_patterns.id")
    on_date: date = _day(index=True)
    rung: str
    epoch: int = 0
    detail: dict[str, Any] = _dict()  # numbers and reasons, no names
    climbed_at: datetime = _at(index=True)
    acknowledged_by: Optional[str] = None
    acknowledged_at: Optional[datetime] = _maybe_at()
    over_at: Optional[datetime] = _maybe_at()  # filled, or past


class Notice(SQLModel, table=True):
    """A sentence to one person about the roster, due once; made when shown or sent, never kept."""

    __tablename__ = "notices"
    __table_args__ = (
        Index(
            "notices_due",
            "due_at",
            sqlite_where=text("sent_at IS NULL AND given_up_at IS NULL"),
            postgresql_where=text("sent_at IS NULL AND given_up_at IS NULL"),
        ),
    )

    id: str = Field(primary_key=True)
    key: str = Field(unique=True)  # what it is about, so that nobody hears of it twice
    person_id: str = Field(foreign_key="people.id", index=True)
    kind: str
    detail: dict[str, Any] = _dict()
    made_at: datetime = _at()
    due_at: datetime = _at()
    valid_until: datetime = _at()  # later it would speak of the past, and is not sent
    claimed_until: Optional[datetime] = _maybe_at()
    tries: int = 0
    via: str = ""  # how it left: "mailbox" | "channel"
    sent_at: Optional[datetime] = _maybe_at()
    given_up_at: Optional[datetime] = _maybe_at()


class HandOver(SQLModel, table=True):
    """What one lead leaves for the next at a change of shift, and who read it."""

    __tablename__ = "hand_overs"

    id: str = Field(primary_key=True)
    made_by: str = Field(foreign_key="people.id")
    made_at: datetime = _at(index=True)
    by_itself: bool = False  # nobody wrote it: the line left how things stood
    facts: dict[str, Any] = _dict()  # ids and counts as they stood
    watch_for_sealed: Optional[bytes] = _sealed()
    incidents_sealed: Optional[bytes] = _sealed()
    read_by: Optional[str] = None
    read_at: Optional[datetime] = _maybe_at()


# -- what people say about themselves -----------------------------------------------------------


class Availability(SQLModel, table=True):
    """In which hours of the week somebody gladly comes, can come, or would rather not."""

    __tablename__ = "availabilities"

    id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="people.id", index=True)
    weekday: int
    from_hour: int
    to_hour: int
    level: str  # "gladly" | "can" | "rather_not"


class Blackout(SQLModel, table=True):
    """Days on which somebody cannot come, both included; the reason is theirs."""

    __tablename__ = "blackouts"

    id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="people.id", index=True)
    first_date: date = _day()
    last_date: date = _day()


class Qualification(SQLModel, table=True):
    """A training or check that somebody has, and until when it holds."""

    __tablename__ = "qualifications"
    __table_args__ = (UniqueConstraint("person_id", "name", name="one_of_each_per_person"),)

    id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="people.id")
    name: str  # "minors", "background check", ...
    given_on: date = _day()
    valid_until: Optional[date] = _maybe_day()
    checked_by: Optional[str] = None


class ShiftRequest(SQLModel, table=True):
    """A swap, a cover, time off or a shift taken, from the asking to the answer."""

    __tablename__ = "shift_requests"

    id: str = Field(primary_key=True)
    kind: str  # "swap" | "cover" | "time_off" | "take"
    by_id: str = Field(foreign_key="people.id", index=True)
    pattern_id: Optional[str] = Field(default=None, foreign_key="shift_patterns.id")
    on_date: date = _day(index=True)
    until_date: Optional[date] = _maybe_day()  # of time off
    to_id: Optional[str] = Field(default=None, index=True)  # who is asked; None: whoever may
    return_pattern_id: Optional[str] = None  # what a swap gives back
    return_date: Optional[date] = _maybe_day()
    state: str  # asked | agreed | done | declined | refused | withdrawn | expired
    made_at: datetime = _at()
    answered_at: Optional[datetime] = _maybe_at()
    decided_by: Optional[str] = None
    decided_at: Optional[datetime] = _maybe_at()


class ShiftFeed(SQLModel, table=True):
    """The secret address of somebody's calendar feed, as a hash."""

    __tablename__ = "shift_feeds"

    token_hash: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="people.id", index=True)
    made_at: datetime = _at()
    revoked_at: Optional[datetime] = _maybe_at()


# -- looking ahead ------------------------------------------------------------------------------


class DemandHour(SQLModel, table=True):
    """How many came in one clock hour, and what became of them: counts that outlive the chats."""

    __tablename__ = "demand"

    hour_at: datetime = Field(sa_column=Column(Utc, primary_key=True))
    arrived: int = 0
    answered: int = 0
    gave_up: int = 0
    talk_minutes: float = 0.0  # of the talks that began in this hour
    open_minutes: int = 0  # in which the line took chats; who came while it took none is not known


class RosterProposal(SQLModel, table=True):
    """A roster that was suggested: how far it is, what it says, and who made it the plan."""

    __tablename__ = "roster_proposals"

    id: str = Field(primary_key=True)
    first_date: date = _day()
    last_date: date = _day()
    state: str  # asked | running | ready | failed | published | dropped
    method: str = ""  # "solver" | "greedy"
    progress: dict[str, Any] = _dict()
    result: dict[str, Any] = _dict()
    roster_version: int  # of the plan that it was made from
    made_by: str = Field(foreign_key="people.id")
    made_at: datetime = _at()
    beat_at: Optional[datetime] = _maybe_at()
    ended_at: Optional[datetime] = _maybe_at()
    decided_by: Optional[str] = None
    decided_at: Optional[datetime] = _maybe_at()
