"""What a visitor may say about the way back, on the live page."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any, Protocol

from helpline.actions import leaving, returning
from helpline.boards import complaints
from helpline.boards import following_up as check_ins
from helpline.boards import leaving as leaving_board
from helpline.boards import visitor as board
from helpline.boards.wording import iso
from helpline.faces import limits, wire
from helpline.faces.house import House
from helpline.faces.visitor import own_code
from helpline.faces.visitor.wishes import code_from, note_from, wish_from
from helpline.faces.wire import Ack, Payload


class Space(Protocol):
    """What is needed of the visitor's namespace."""

    house: House

    def connection(self, sid: str) -> Any: ...
    def language_of(self, sid: str) -> str: ...
    def bound(self, sid: str, now: datetime) -> tuple[str, str]: ...
    def bind(self, sid: str, token: str, chat_id: str, now: datetime) -> None: ...
    def unbind(self, sid: str, now: datetime) -> None: ...


def on_keep(space: Space, sid: str, payload: Payload, now: datetime) -> Ack:
    token, chat_id = space.bound(sid, now)
    house, note = space.house, note_from(payload)
    house.limits.take(limits.KEEP, f"keep:{chat_id}", now=now)
    code = house.codes.new()

    found = house.offload(house.codes.digest, code)
    urgent = returning.keep(house.store, token, found, note=note, now=now)
    ack: Ack = {"code": code}
    if urgent:
        ack |= {"urgent_help": True, "resources": board.urgent(house.store, chat_id, now)}
    return ack


def on_return(space: Space, sid: str, payload: Payload, now: datetime) -> Ack:
    """The chat that this connection was in before goes on without it."""
    connection, house = space.connection(sid), space.house
    wish = wish_from(payload, connection.language)
    choices = returning.Choices(
        same_listener=wire.flag(payload, "same_listener"),
        share_note=wire.flag(payload, "share_note"),
        note=note_from(payload),
    )

    found = _tried(space, sid, payload, now)
    opened = returning.come_again(house.store, found, wish, choices, now=now, via=sid)
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


def on_leave_message(space: Space, sid: str, payload: Payload, now: datetime) -> Ack:
    """What cannot wait is no message that is left: it opens a chat, as does an open line."""
    connection, house = space.connection(sid), space.house
    wish = wish_from(payload, connection.language)
    own_code.refuse_at_the_door(house, wish.text or "", connection.source, now=now)
    house.limits.take(limits.OPEN_AT_RISK, f"leave:{connection.source}", now=now)
    code = house.codes.new()

    opened = leaving.leave(
        house.store,
        wish,
        house.offload(house.codes.digest, code),
        calls=house.calls,
        now=now,
        via=sid,
        take=partial(house.limits.take_opening, connection.source, now=now),
    )
    if opened is None:
        return {"left": True, "code": code, "opens_at": board.opens_at(house.store, now)}
    space.unbind(sid, now)
    space.bind(sid, opened.token, opened.chat_id, now)
    chat = board.chat_of(house.store, opened.chat_id, now)
    return {
        "left": False,
        "token": opened.token,
        "chat": chat,
        "urgent_help": chat["urgent_help"],
        "resources": chat["resources"],
    }


def on_look(space: Space, sid: str, payload: Payload, now: datetime) -> Ack:
    """What waits for whoever has this code; nothing of a chat, and nothing that they wrote."""
    found = _tried(space, sid, payload, now)
    may = returning.offered(space.house.store, found, now=now)
    said = check_ins.with_code(space.house.store, found, space.language_of(sid), now)
    about = complaints.with_code(space.house.store, found, space.language_of(sid))
    return {
        "left": leaving_board.of_visitor(space.house.store, found),
        "same_listener": may.same_listener,
        "note": may.note,
        "follow_up": " ".join(said) or None,
        "complaint": " ".join(about) or None,
    }


def on_erase_left(space: Space, sid: str, payload: Payload, now: datetime) -> Ack:
    until = leaving.erase(space.house.store, _tried(space, sid, payload, now), now=now)
    return {"held_until": iso(until)}


def _tried(space: Space, sid: str, payload: Payload, now: datetime) -> str:
    """What stands for the code of this payload, right or wrong; one try of few."""
    code, house = code_from(payload), space.house
    house.limits.take_code(space.connection(sid).source, now=now)
    found: str = house.offload(house.codes.digest, code)
    return found


EVENTS: dict[str, wire.Handler] = {
    "keep": on_keep,
    "return": on_return,
    "look": on_look,
    "leave_message": on_leave_message,
    "erase_left": on_erase_left,
}
