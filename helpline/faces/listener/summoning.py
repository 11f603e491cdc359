"""What a listener says of an emergency call, and of a concern about somebody at risk."""

from __future__ import annotations

from datetime import datetime

from helpline.actions import safeguarding, summoning
from helpline.actions.safeguarding import Raised
from helpline.boards import emergencies as board
from helpline.domain import chat as rules
from helpline.domain import emergency, errors, text
from helpline.domain import safeguarding as about
from helpline.domain.emergency import Step
from helpline.domain.safeguarding import Words
from helpline.faces import wire
from helpline.faces.staffwire import StaffNamespace
from helpline.faces.wire import Ack, Payload


def on_log_call(self: StaffNamespace, sid: str, payload: Payload, now: datetime) -> Ack:
    who, call = self.who(sid, now), wire.word(payload, "emergency")
    said = Step(
        step=wire.choice(payload, "step", STEPS),
        note=_words(payload, "note"),
        way=None if payload.get("way") is None else wire.choice(payload, "way", emergency.WAYS),
        place=_place(payload.get("place")),
        result=None
        if payload.get("result") is None
        else wire.choice(payload, "result", emergency.RESULTS),
    )
    summoning.log(self.house.store, who, call, said, now=now)
    return {"emergency": board.of_chat(self.house.store, who, call)}


def on_raise_concern(self: StaffNamespace, sid: str, payload: Payload, now: datetime) -> Ack:
    who, chat_id = self.who(sid, now), wire.word(payload, "chat")
    raised = Raised(
        about=wire.choice(payload, "about", about.ABOUT),
        words=Words(
            concern=text.clean(payload.get("concern"), limit=rules.MESSAGE_LENGTH, field="concern"),
            their_words=_words(payload, "their_words") or "",
            told=_words(payload, "told") or "",
        ),
        lead_id=wire.word(payload, "lead") if payload.get("lead") is not None else None,
        due_hours=wire.maybe_number(payload, "due_hours"),
    )
    concern = safeguarding.raise_concern(self.house.store, who, chat_id, raised, now=now)
    return {"concern": concern}


def on_tell_concern(self: StaffNamespace, sid: str, payload: Payload, now: datetime) -> None:
    who, concern = self.who(sid, now), wire.word(payload, "concern")
    whom = text.clean(payload.get("told"), limit=rules.MESSAGE_LENGTH, field="told")
    safeguarding.tell_whom(self.house.store, who, concern, whom, now=now)


def _words(payload: Payload, field: str) -> str | None:
    return text.clean_or_none(payload.get(field), limit=rules.MESSAGE_LENGTH, field=field)


def _place(given: object) -> dict[str, str]:
    """What is known of where they are; a field that is empty says nothing. Refused:
    `bad_request`, `too_long`."""
    if given is None:
        return {}
    if not isinstance(given, dict) or set(given) - set(emergency.PLACE):
        raise errors.BadRequest(field="place")
    limit = emergency.PLACE_LENGTH
    found = {each: text.clean_or_none(given[each], limit=limit, field="place") for each in given}
    return {each: words for each, words in found.items() if words}


STEPS = (emergency.CALLED, emergency.NOTE, emergency.WAY, emergency.KNOWN, emergency.ENDED)
EVENTS: dict[str, wire.Handler] = {
    "log_call": on_log_call,
    "raise_concern": on_raise_concern,
    "tell_concern": on_tell_concern,
}
