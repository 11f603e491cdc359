"""What a visitor may say about a check-in, on the live page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from helpline.actions import following_up
from helpline.boards import visitor as board
from helpline.faces import wire
from helpline.faces.wire import Ack, Payload

Space = Any  # the visitor's namespace, which merges the table below into its own


def on_answer(space: Space, sid: str, payload: Payload, now: datetime) -> Ack:
    token, chat_id = space.bound(sid, now)
    which, agrees = wire.word(payload, "follow_up"), wire.required_flag(payload, "agrees")
    following_up.answer(space.house.store, token, which, agrees=agrees, now=now)
    return {"chat": board.chat_of(space.house.store, chat_id, now)}


def on_cancel(space: Space, sid: str, payload: Payload, now: datetime) -> Ack:
    token, chat_id = space.bound(sid, now)
    following_up.cancel(space.house.store, token, now=now)
    return {"chat": board.chat_of(space.house.store, chat_id, now)}


EVENTS: dict[str, wire.Handler] = {
    "answer_follow_up": on_answer,
    "cancel_follow_up": on_cancel,
}
