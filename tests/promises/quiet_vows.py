"""What holds about silence: who is told of it, and whom it may end or set aside."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import RowMapping

from helpline.domain.urgency import Level
from tests.promises.moment import Moment, at

BY_A_HAND = {"close", "leave"}  # what may end a conversation at any level
LAST_WAIT = timedelta(minutes=8)  # from being set aside until the end
WHOLE = timedelta(minutes=20) - timedelta(seconds=30)  # typing is noted no more often than that
MINUTE = timedelta(minutes=1)

Broken = list[Any]


def no_timer_ends_a_conversation(life: Any, look: Moment) -> Broken:
    """But after the whole of a silence, said and set aside before; at high risk only the lead's
    word does, and at critical risk none."""
    if life.step in BY_A_HAND:
        return []
    ended = [each for each in look.moves if each["was"] == "active" and each["is_now"] != "waiting"]
    return [each for each in ended if not _may_end(life, look, each)]


def _may_end(life: Any, look: Moment, move: RowMapping) -> bool:
    if (move["outcome"], move["is_now"]) != ("went_quiet", "wrapping_up"):
        return False
    if look.lines[move["chat"]][-1]["line_code"] != "closed_quietly":
        return False
    if move["level"] >= Level.HIGH:
        return life.answered == move["chat"] and move["level"] == Level.HIGH
    return life.step == "sweep" and _was_silent_and_set_aside(life, look, move["chat"])


def _was_silent_and_set_aside(life: Any, look: Moment, chat_id: str) -> bool:
    last = look.people_said(chat_id)[-1]
    aside = [
        at(each["sent_at"])
        for each in look.lines[chat_id]
        if each["seq"] > last["seq"] and each["line_code"] == "set_aside"
    ]
    silent = life.now - max(at(last["sent_at"]), life.visitors[chat_id].stirred_at)
    return (
        last["author"] == "listener"
        and silent >= WHOLE
        and bool(aside)
        and life.now - max(aside) >= LAST_WAIT
    )


def nothing_critical_is_set_aside(life: Any, look: Moment) -> Broken:
    if life.swept[-1:] != ["routing"]:
        return []
    return [each["id"] for each in look.parked if each["level"] == Level.CRITICAL]


def no_word_lies_in_a_chat_that_is_set_aside(life: Any, look: Moment) -> Broken:
    """Whoever writes comes back; and nothing is set aside that was not answered and told so."""
    found: Broken = []
    for chat in look.parked:
        last = look.people_said(chat["id"])[-1]
        codes = [each["line_code"] for each in look.lines[chat["id"]] if each["seq"] > last["seq"]]
        if last["author"] != "listener" or "set_aside" not in codes:
            found.append((chat["id"], last["author"], codes))
    return found


def whoever_should_know_of_a_silence_is_told(life: Any, look: Moment) -> Broken:
    """After a look at it: a critical visitor's at 3 minutes; a listener's at 3 or, below high, 7."""
    if "silence" not in life.swept:
        return []
    return [
        (kind, chat["id"])
        for chat in look.active
        for kind in _owed(life, look, chat)
        if not look.told(kind, chat["id"])
    ]


def _owed(life: Any, look: Moment, chat: RowMapping) -> list[str]:
    said, held_since = look.people_said(chat["id"]), look.held_since(chat["id"])
    if said[-1]["author"] == "listener":
        stirred_at = life.visitors[chat["id"]].stirred_at
        since = max(at(said[-1]["sent_at"]), held_since, stirred_at)
        is_due = chat["level"] == Level.CRITICAL and life.now - since >= 3 * MINUTE
        return ["visitor_silent"] if is_due else []
    answered = max((each["seq"] for each in said if each["author"] == "listener"), default=0)
    first = next(each for each in said if each["seq"] > answered)
    waits = life.now - max(at(first["sent_at"]), held_since)
    if chat["level"] >= Level.HIGH:
        return ["silent"] if waits >= 3 * MINUTE else []
    return ["waits_for_answer"] if waits >= 7 * MINUTE else []


ALL = (
    no_timer_ends_a_conversation,
    nothing_critical_is_set_aside,
    no_word_lies_in_a_chat_that_is_set_aside,
    whoever_should_know_of_a_silence_is_told,
)
