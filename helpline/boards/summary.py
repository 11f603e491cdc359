"""What a visitor takes along at the end: cards, next step, hours; all of it also as text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from helpline.boards import resources
from helpline.boards.wording import N_, say
from helpline.domain.chat import ENDED, ChatState
from helpline.store import chats, line, returns
from helpline.store.tables import Chat
from helpline.store.transaction import Transaction

Board = dict[str, Any]

WAYS = {
    "call": N_("call %(value)s"),
    "text": N_("text %(value)s"),
    "text_word": N_("text %(word)s to %(value)s"),
}
STEP = N_("My next step: %(step)s")
HOURS = N_("The chat opens again: %(when)s.")
CODE = N_("I have a return code of six words, to come back with.")


def summary(tx: Transaction, chat: Chat, opens: str | None, now: datetime) -> Board | None:
    """Once the chat is over and while its words are there; `opens` is in words."""
    over = ENDED | {ChatState.LEFT}
    if ChatState(chat.state) not in over or chat.erased_at or chat.erase_asked_at:
        return None
    cards = resources.cards_of(tx, chat, now)
    step = chats.unseal(tx, chat.id, "next_step", chat.next_step_sealed) or None
    kept = returns.is_kept(tx, chat.id)
    text = _text(line.line(tx).name, chat.language, cards, step, opens, kept=kept)
    return {"cards": cards, "next_step": step, "has_code": kept, "text": text}


def _text(
    name: str,
    language: str,
    cards: Sequence[resources.Card],
    step: str | None,
    opens: str | None,
    *,
    kept: bool,
) -> str:
    lines = [name]
    if step:
        lines.append(say(language, STEP, step=step))
    lines += [f"{each['name']}: {_ways(language, each)}" for each in cards]
    if opens:
        lines.append(say(language, HOURS, when=opens))
    if kept:
        lines.append(say(language, CODE))
    return "\n".join(lines)


def _ways(language: str, card: resources.Card) -> str:
    said = []
    for way in card["ways"]:
        kind = "text_word" if way["kind"] == "text" and way["word"] else way["kind"]
        values = {"value": way["value"], "word": way["word"]}
        said.append(say(language, WAYS[kind], **values) if kind in WAYS else str(way["value"]))
    return "; ".join(said)
