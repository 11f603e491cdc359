"""Refused -> an HTTP status or a socket ack, in one place."""

from __future__ import annotations

import logging
from typing import Any

from werkzeug.exceptions import HTTPException

from helpline.boards import resources as cards
from helpline.boards.wording import N_, iso, say
from helpline.domain import errors
from helpline.domain.resources import Shown

log = logging.getLogger(__name__)

STATUS = {
    "bad_request": 400,
    "empty": 422,
    "too_long": 422,
    "not_open": 409,
    "already_open": 409,
    "unknown_token": 404,
    "chat_closed": 409,
    "line_closed": 503,
    "not_found": 404,
    "not_allowed": 403,
    "not_on_shift": 409,
    "no_free_seat": 409,
    "offer_gone": 410,
    "offer_taken": 409,
    "stale": 409,
    "client_id_reused": 409,
    "slow_down": 429,
    "try_again": 503,
    "not_signed_in": 401,
}

# The catalogue of what a refusal may say; the classes hold the sentences.
SENTENCES = (
    N_("We could not read that."),
    N_(
        "This is a code for the way back. Keep it to yourself: we did not send it and did not "
        "keep it."
    ),
    N_("This pack cannot be published as it is."),
    N_("There is nothing in this message yet."),
    N_("This is too long to send in one piece."),
    N_("There is no open chat here."),
    N_("A chat is already open here."),
    N_("We cannot find this chat any more."),
    N_("We cannot find a chat for these words. They may be mistyped, used already, or deleted."),
    N_("This chat has ended."),
    N_("No one is here to chat right now."),
    N_(
        "The wait is now longer than %(minutes)s minutes. We are sorry: we take no new chats until "
        "it is shorter, and we did not keep what you wrote. The services here can help you now. "
        "If you are in danger, write it here: then we try to find someone for you now."
    ),
    N_("There is nothing here under that name."),
    N_("Your role does not allow this."),
    N_("Please assess this chat first, or say why it ends anyway."),
    N_("You are not on shift right now."),
    N_("All your seats are taken."),
    N_("Somebody at high or critical risk is not sent away. Offer the chat to somebody."),
    N_("You asked for this yourself. Somebody else has to agree."),
    N_("You were part of this chat. Somebody else decides about it."),
    N_("You asked for this chat to be kept before. Somebody else has to ask or agree now."),
    N_("Only a chat that has been quiet for a while can be set aside, and no critical one."),
    N_("This offer has passed on. No problem."),
    N_("Somebody else has taken this chat."),
    N_("This chat has moved on to somebody else."),
    N_("This message was sent before with other words."),
    N_("That was a lot at once. Please send it again in a moment."),
    N_("Something went wrong here. Please send it again."),
    N_("Please sign in."),
    N_(
        "Your organisation does not allow a call in this way. If a life is in danger, the call "
        "comes first: ask the shift lead now."
    ),
    N_("Another shift lead has to sign this off: nobody signs off what they did themselves."),
    N_("This is over already."),
    N_(
        "On this line a lead reads along when the listener asks for help, or at high or critical "
        "risk."
    ),
    N_("This chat is kept apart from you."),
    N_("Please choose a day after today, within half a year."),
    N_("This chat is at high risk: no contact plan applies to it now."),
    N_("A check-in takes between 30 minutes and 24 hours."),
    N_("Please choose a time that begins in half an hour or later."),
    N_("This is too far ahead: check-ins are possible within %(days)s days."),
    N_("This line agrees no check-ins."),
    N_("There is a check-in with this person already. Take it back first."),
    N_("The time you agreed on has not begun."),
    N_("Somebody else has written it already."),
    N_("Nobody has this chat yet: it is in line, and offered to somebody."),
)


def refused(fault: Exception) -> errors.Refused:
    """What a fault may tell: a refusal as it is, anything else as `try_again`.

    The fault itself is logged by its kind only, since its text may hold what somebody wrote.
    """
    if isinstance(fault, errors.Refused):
        return fault
    if isinstance(fault, HTTPException):  # what came in was no request that can be read
        return errors.BadRequest()
    log.error("an act failed: %s", type(fault).__name__, exc_info=_without_words(fault))
    return errors.TryAgain()


def _without_words(fault: Exception) -> Any:
    """The traceback under a bare exception of the same name: places, no values."""
    bare = type(type(fault).__name__, (Exception,), {})()
    return (type(bare), bare, fault.__traceback__)


def as_ack(fault: Exception, language: str) -> dict[str, Any]:
    """The wire's `{"ok": false, "error": {…}}`."""
    why = refused(fault)
    error: dict[str, Any] = {"code": why.code, "message": say(language, why.message, **why.values)}
    if why.field:
        error["field"] = why.field
    error.update({key: _plain(value, language) for key, value in why.extra.items()})
    return {"ok": False, "error": error}


def _plain(value: Any, language: str) -> Any:
    if hasattr(value, "isoformat"):
        return iso(value)
    if isinstance(value, list):
        return [
            cards.as_dict(each, language) if isinstance(each, Shown) else each for each in value
        ]
    return value
