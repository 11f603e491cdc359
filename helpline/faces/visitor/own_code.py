"""A return code that somebody pastes where words are sent: it must stand in no transcript."""

from __future__ import annotations

from datetime import datetime

from helpline.actions import returning
from helpline.faces.house import House


def refuse_in_a_chat(house: House, words: str, chat_id: str) -> None:
    """Refused with `bad_request` when these words are this chat's own code."""
    if house.codes.look_like_one(words):
        found = house.offload(house.codes.digest, words)
        returning.require_no_code(house.store, found, chat_id=chat_id)


def refuse_at_the_door(house: House, words: str, source: str, *, now: datetime) -> None:
    """Refused with `bad_request` when these words are a code that is good, with `slow_down` when
    too many were tried."""
    if house.codes.look_like_one(words):
        house.limits.take_code(source, now=now)
        returning.require_no_code(house.store, house.offload(house.codes.digest, words))
