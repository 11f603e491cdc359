"""What shift leads say on the listener's namespace about chats that others hold."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from helpline.actions import attending, contacting
from helpline.boards import listener as board
from helpline.domain import chat as rules
from helpline.domain import text
from helpline.faces import wire
from helpline.faces.wire import Ack, Payload

REASON_LENGTH = 500

Door = Any  # the listener's namespace, which merges the table below into its own


def on_watch(door: Door, sid: str, payload: Payload, now: datetime) -> Ack:
    who, chat_id, store = door.who(sid, now), wire.word(payload, "chat"), door.house.store
    said, more = attending.watch(store, who, chat_id, _reason(payload), now=now)
    return {
        "chat": board.chat_of(store, who, chat_id, now),
        "messages": board.messages(store, who, chat_id, said, now),
        "more": more,
    }


def on_unwatch(door: Door, sid: str, payload: Payload, now: datetime) -> None:
    who = door.who(sid, now)
    attending.unwatch(door.house.store, who, wire.word(payload, "chat"), now=now)


def on_whisper(door: Door, sid: str, payload: Payload, now: datetime) -> None:
    who, chat_id = door.who(sid, now), wire.word(payload, "chat")
    words = text.clean(payload.get("text"), limit=rules.MESSAGE_LENGTH, field="text")
    attending.whisper(door.house.store, who, chat_id, words, now=now)


def on_join(door: Door, sid: str, payload: Payload, now: datetime) -> Ack:
    who, chat_id, store = door.who(sid, now), wire.word(payload, "chat"), door.house.store
    said, more = attending.join(store, who, chat_id, _reason(payload), now=now)
    return {
        "chat": board.chat_of(store, who, chat_id, now),
        "messages": board.messages(store, who, chat_id, said, now),
        "more": more,
    }


def on_take_over(door: Door, sid: str, payload: Payload, now: datetime) -> Ack:
    who, chat_id, store = door.who(sid, now), wire.word(payload, "chat"), door.house.store
    said, more = attending.take_over(store, who, chat_id, now=now)
    return {
        "chat": board.chat_of(store, who, chat_id, now),
        "messages": board.messages(store, who, chat_id, said, now),
        "more": more,
    }


def on_tell_plan(door: Door, sid: str, payload: Payload, now: datetime) -> None:
    who = door.who(sid, now)
    contacting.tell_plan(door.house.store, who, wire.word(payload, "chat"), now=now)


def _reason(payload: Payload) -> str | None:
    return text.clean_or_none(payload.get("reason"), limit=REASON_LENGTH, field="reason")


EVENTS: dict[str, wire.Handler] = {
    "watch": on_watch,
    "unwatch": on_unwatch,
    "whisper": on_whisper,
    "join": on_join,
    "take_over": on_take_over,
    "tell_plan": on_tell_plan,
}
