"""What the line refuses, each with a code that is safe to show (the closed list of the wire)."""

from __future__ import annotations

from typing import ClassVar


class Refused(Exception):
    """Nothing was changed. `code` is on the wire's closed list; `message` is a gettext msgid.

    `extra` holds only what the wire lets such an answer carry (`opens_at`, `resources`, …).
    """

    code: ClassVar[str] = "bad_request"
    message: ClassVar[str] = "We could not read that."

    def __init__(self, *, field: str | None = None, **extra: object) -> None:
        super().__init__(self.code)
        self.field = field
        self.extra = extra

    @property
    def values(self) -> dict[str, object]:
        """What `message` leaves open."""
        return {}


class BadRequest(Refused):
    pass


class BadNumber(BadRequest):
    message = "This number is too small or too large."


class ThatIsACode(BadRequest):
    """A visitor's own return code where others would read it."""

    message = (
        "This is a code for the way back. Keep it to yourself: we did not send it and did not "
        "keep it."
    )


class PackRefused(BadRequest):
    """A pack that would not do better; `extra["problems"]` are sentences for its editor."""

    message = "This pack cannot be published as it is."


class Empty(Refused):
    code = "empty"
    message = "There is nothing in this message yet."


class TooLong(Refused):
    code = "too_long"
    message = "This is too long to send in one piece."


class NotOpen(Refused):
    code = "not_open"
    message = "There is no open chat here."


class AlreadyOpen(Refused):
    code = "already_open"
    message = "A chat is already open here."


class UnknownToken(Refused):
    code = "unknown_token"
    message = "We cannot find this chat any more."


class UnknownCode(UnknownToken):
    """Wrong, used, expired and erased alike: the answer must not tell which."""

    message = (
        "We cannot find a chat for these words. They may be mistyped, used already, or deleted."
    )


class ChatClosed(Refused):
    code = "chat_closed"
    message = "This chat has ended."


class LineClosed(Refused):
    code = "line_closed"
    message = "No one is here to chat right now."


class LineFull(LineClosed):
    """Open, but the wait is beyond the limit of the door (`limit_minutes`)."""

    message = (
        "The wait is now longer than %(minutes)s minutes. We are sorry: we take no new chats until "
        "it is shorter, and we did not keep what you wrote. The services here can help you now. "
        "If you are in danger, write it here: then we try to find someone for you now."
    )

    @property
    def values(self) -> dict[str, object]:
        return {"minutes": self.extra.get("limit_minutes")}


class NotFound(Refused):
    """Unknown and foreign alike: the answer must not tell which."""

    code = "not_found"
    message = "There is nothing here under that name."


class NotAllowed(Refused):
    code = "not_allowed"
    message = "Your role does not allow this."


class AssessFirst(NotAllowed):
    message = "Please assess this chat first, or say why it ends anyway."


class NotQuiet(NotAllowed):
    message = "Only a chat that has been quiet for a while can be set aside, and no critical one."


class AtRisk(NotAllowed):
    message = "Somebody at high or critical risk is not sent away. Offer the chat to somebody."


class SecondPerson(NotAllowed):
    message = "You asked for this yourself. Somebody else has to agree."


class IsConcerned(NotAllowed):
    message = "You were part of this chat. Somebody else decides about it."


class AskedBefore(NotAllowed):
    message = "You asked for this chat to be kept before. Somebody else has to ask or agree now."


class WayNotAllowed(NotAllowed):
    message = (
        "Your organisation does not allow a call in this way. If a life is in danger, the call "
        "comes first: ask the shift lead now."
    )


class OwnDeed(NotAllowed):
    message = "Another shift lead has to sign this off: nobody signs off what they did themselves."


class NotADayAhead(BadRequest):
    message = "Please choose a day after today, within half a year."


class NoPlanNow(NotAllowed):
    message = "This chat is at high risk: no contact plan applies to it now."


class NotUnasked(NotAllowed):
    message = (
        "On this line a lead reads along when the listener asks for help, or at high or critical "
        "risk."
    )


class KeptApart(NotAllowed):
    message = "This chat is kept apart from you."


class NobodyHolds(NotAllowed):
    message = "Nobody has this chat yet: it is in line, and offered to somebody."


class NotOnShift(Refused):
    code = "not_on_shift"
    message = "You are not on shift right now."


class NoFreeSeat(Refused):
    code = "no_free_seat"
    message = "All your seats are taken."


class OfferGone(Refused):
    code = "offer_gone"
    message = "This offer has passed on. No problem."


class HandOffOver(OfferGone):
    message = "This is over already."


class OfferTaken(Refused):
    code = "offer_taken"
    message = "Somebody else has taken this chat."


class Stale(Refused):
    code = "stale"
    message = "This chat has moved on to somebody else."


class ClientIdReused(Refused):
    code = "client_id_reused"
    message = "This message was sent before with other words."


class SlowDown(Refused):
    code = "slow_down"
    message = "That was a lot at once. Please send it again in a moment."


class TryAgain(Refused):
    code = "try_again"
    message = "Something went wrong here. Please send it again."


class NotSignedIn(Refused):
    """A refused connection or page; its code belongs to the handshake, not to an ack."""

    code = "not_signed_in"
    message = "Please sign in."
