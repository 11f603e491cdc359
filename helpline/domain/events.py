"""What happened: past-tense facts, told after the commit. Ids and states, never words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Event:
    """The root of every event; `live` and the nudges choose by its class."""


@dataclass(frozen=True, slots=True)
class ChatEvent(Event):
    chat_id: str


@dataclass(frozen=True, slots=True)
class ChatArrived(ChatEvent):
    """Somebody entered the queue."""


@dataclass(frozen=True, slots=True)
class MessageSaid(ChatEvent):
    """A message is stored under `seq`; `by` is a person's id, or None for visitor and line.

    `via` is the connection that spoke: it hears its ack, the sender's other ones the message.
    """

    seq: int
    author: str
    by: str | None = None
    via: str | None = None


@dataclass(frozen=True, slots=True)
class UrgencyRaised(ChatEvent):
    level: int


@dataclass(frozen=True, slots=True)
class LevelChanged(ChatEvent):
    level: int


@dataclass(frozen=True, slots=True)
class ChatChanged(ChatEvent):
    """Anything that a snapshot of the chat shows."""


@dataclass(frozen=True, slots=True)
class ChatOffered(ChatEvent):
    offer_id: str
    person_id: str


@dataclass(frozen=True, slots=True)
class OfferEnded(ChatEvent):
    """An offer is no longer open: `why` is accepted, declined, lapsed, taken or withdrawn."""

    offer_id: str
    person_id: str
    why: str


@dataclass(frozen=True, slots=True)
class HandOffChanged(ChatEvent):
    """A hand-off between people moved on; `person_id` is the one who asked for it."""

    offer_id: str
    person_id: str


@dataclass(frozen=True, slots=True)
class ChatReleased(ChatEvent):
    """Back in the queue with its arrival unchanged; `person_id` held it before."""

    person_id: str | None
    why: str


@dataclass(frozen=True, slots=True)
class ChatEnded(ChatEvent):
    """Closed or left; `why` is an outcome, `left`, `quick` or `lost`."""

    person_id: str | None
    why: str


@dataclass(frozen=True, slots=True)
class BesideNoMore(ChatEvent):
    """A lead reads along no longer; `why` is left, away, time, over, apart or holds."""

    person_id: str
    why: str


@dataclass(frozen=True, slots=True)
class Whispered(ChatEvent):
    """A word between a listener and the leads beside them; `by` is a person's id."""

    note_id: str
    by: str


@dataclass(frozen=True, slots=True)
class ChatTakenOver(ChatEvent):
    """A lead holds it now, or who had handed it on has it back; `person_id` held it before."""

    person_id: str


@dataclass(frozen=True, slots=True)
class ContactGiven(ChatEvent):
    """A message looks as if it held contact details; `person_id` holds the chat."""

    person_id: str
    kind: str
    by_visitor: bool


@dataclass(frozen=True, slots=True)
class PromiseSlipped(ChatEvent):
    """The wait outlasted what was shown; the visitor is told so kindly."""


@dataclass(frozen=True, slots=True)
class Typed(Event):
    """Somebody types: the visitor of this chat, or else its holder. Nothing is stored of it."""

    chat_id: str
    by_visitor: bool
    holder_id: str | None


@dataclass(frozen=True, slots=True)
class PresenceChanged(Event):
    person_id: str


@dataclass(frozen=True, slots=True)
class CallOutChanged(Event):
    """A call-out began, asked, was answered or is over."""

    call_out_id: str


@dataclass(frozen=True, slots=True)
class AlertRaised(Event):
    alert_id: str


@dataclass(frozen=True, slots=True)
class AlertOwned(Event):
    alert_id: str


@dataclass(frozen=True, slots=True)
class AlertOver(Event):
    alert_id: str


@dataclass(frozen=True, slots=True)
class RosterChanged(Event):
    """Shifts, bookings, needs or special days changed, or people: their languages, trainings,
    whether they learn still."""


@dataclass(frozen=True, slots=True)
class PackPublished(Event):
    """Another pack speaks for this language from now on."""

    language: str


@dataclass(frozen=True, slots=True)
class LineChanged(Event):
    """The line opened, closed or changed its settings."""


@dataclass(frozen=True, slots=True)
class LeftMessagesChanged(Event):
    """Somebody left a message while the line was closed, or one was taken, answered, taken back."""


@dataclass(frozen=True, slots=True)
class LineClosed(Event):
    """It takes no new chats any more: those in line are told so, once."""


@dataclass(frozen=True, slots=True)
class SignedOut(Event):
    """Every socket of this person must go."""

    person_id: str


@dataclass(frozen=True, slots=True)
class TokenVoided(Event):
    """Sockets bound to this chat by its visitor must be let go; `at` is for the record."""

    chat_id: str
    at: datetime


# What a snapshot of a board shows; these raise its version. Messages do not: they have sequences.
MOVES_BOARDS: tuple[type[Event], ...] = (
    ChatArrived,
    UrgencyRaised,
    LevelChanged,
    ChatChanged,
    ChatOffered,
    OfferEnded,
    HandOffChanged,
    ChatReleased,
    ChatTakenOver,
    BesideNoMore,
    Whispered,
    ChatEnded,
    PresenceChanged,
    CallOutChanged,
    AlertRaised,
    AlertOwned,
    AlertOver,
    RosterChanged,
    PackPublished,
    LineChanged,
    LeftMessagesChanged,
)
