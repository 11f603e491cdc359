"""What a visitor may say about the way back, on the live page."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol

from helpline.actions import returning
from helpline.boards import visitor as board
from helpline.boards.wording import iso
from helpline.faces import limits, wire
from helpline.faces.house import House
from helpline.faces.visitor.wishes import code_from, wish_from
from helpline.faces.wire import Ack, Payload


class Space(Protocol):
    """What is needed of the visitor's namespace."""

    house: House

    def connection(self, sid: str) -> Any: ...
    def bound(self, sid: str, now: datetime) -> tuple[str, str]: ...
    def bind(self, sid: str, token: str, chat_id: str, now: datetime) -> None: ...
    def unbind(self, sid: str, now: datetime) -> None: ...


def on_keep(space: Space, sid: str, payload: Payload, now: datetime) -> Ack:
    token, chat_id = space.bound(sid, now)
    house = space.house
    house.limits.take(limits.KEEP, f"keep:{chat_id}", now=now)
    code = house.codes.new()
    returning.keep(house.store, token, house.offload(house.codes.digest, code), now=now)
    return {"code": code}


def on_return(space: Space, sid: str, payload: Payload, now: datetime) -> Ack:
    """The chat that this connection was in before goes on without it."""
    connection, house = space.connection(sid), space.house
    code = code_from(payload)
    wish = wish_from(payload, connection.language)
    house.limits.take_code(connection.source, now=now)

    found = house.offload(house.codes.digest, code)
    opened = returning.come_again(house.store, found, wish, now=now, via=sid)
    space.unbind(sid, now)
    connection.language = wish.language
    space.bind(sid, opened.token, opened.chat_id, now)
    chat = board.chat_of(house.store, opened.chat_id, now)
    ack: Ack = {"token": opened.token, "chat": chat, "urgent_help": chat["urgent_help"]}
    if chat["urgent_help"]:
        ack["resources"] = chat["resources"]
    if opened.seq is not None:
        ack |= {"seq": opened.seq, "sent_at": iso(opened.sent_at)}
    return ack


EVENTS: dict[str, wire.Handler] = {
    "keep": on_keep,
    "return": on_return,
}
