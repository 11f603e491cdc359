"""The listener's verb for the directory."""

from __future__ import annotations

from datetime import datetime

from helpline.boards import finding
from helpline.faces import wire
from helpline.faces.staffwire import StaffNamespace
from helpline.faces.wire import Ack, Payload
from helpline.faces.wishes import wish_from


def on_find_resources(at: StaffNamespace, sid: str, payload: Payload, now: datetime) -> Ack:
    who, wish = at.who(sid, now), wish_from(payload)
    chat = None if payload.get("chat") is None else wire.word(payload, "chat")
    found = finding.for_listener(at.house.store, who, wish, chat, now)
    return {"resources": found["resources"], "widened": found["widened"]}


EVENTS: dict[str, wire.Handler] = {"find_resources": on_find_resources}
