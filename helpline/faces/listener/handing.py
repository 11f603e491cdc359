"""What a listener says of hand-offs: to people, to the line, and warmly to a crisis resource."""

from __future__ import annotations

from datetime import datetime

from helpline.actions import accompanying, handing
from helpline.actions.handing import HandedOff
from helpline.boards import handoffs as board
from helpline.boards.wording import iso
from helpline.domain import chat as rules
from helpline.domain import errors, handoffs, text
from helpline.faces import wire
from helpline.faces.staffwire import StaffNamespace
from helpline.faces.wire import Ack, Payload


def on_hand_off(self: StaffNamespace, sid: str, payload: Payload, now: datetime) -> Ack:
    who = self.who(sid, now)
    to, why = payload.get("to"), payload.get("why")
    if not isinstance(to, dict):
        raise errors.BadRequest(field="to")
    handed = handing.hand_off(
        self.house.store,
        who,
        wire.word(payload, "chat"),
        kind=wire.choice(to, "kind", handoffs.KINDS),
        to_id=wire.word(to, "id") if to.get("id") is not None else None,
        words=text.clean_or_none(payload.get("note"), limit=rules.MESSAGE_LENGTH, field="note"),
        why=None if why is None else wire.choice(payload, "why", handoffs.WHYS),
        ask=wire.flag(payload, "ask"),
        epoch=wire.maybe_number(payload, "epoch"),
        now=now,
    )
    return {"hand_off": as_asked(handed)}


def as_asked(handed: HandedOff) -> Ack:
    """As its sender has it in the ack."""
    return {
        "id": handed.id,
        "state": handed.state,
        "to": {"kind": handed.kind, "id": handed.to_id},
        "expires_at": iso(handed.expires_at),
    }


def on_withdraw(self: StaffNamespace, sid: str, payload: Payload, now: datetime) -> None:
    who = self.who(sid, now)
    hand_off_id = wire.word(payload, "hand_off")
    handing.withdraw_hand_off(self.house.store, who, hand_off_id, now=now)


def on_tell_outcome(self: StaffNamespace, sid: str, payload: Payload, now: datetime) -> Ack:
    who, hand_off_id = self.who(sid, now), wire.word(payload, "hand_off")
    state = wire.choice(payload, "state", handoffs.SAID_OF_RESOURCES)
    last = wire.flag(payload, "last")
    accompanying.say(self.house.store, who, hand_off_id, state, last=last, now=now)
    return {"hand_off": board.one(self.house.store, hand_off_id, now)}


EVENTS: dict[str, wire.Handler] = {
    "hand_off": on_hand_off,
    "withdraw": on_withdraw,
    "tell_outcome": on_tell_outcome,
}
