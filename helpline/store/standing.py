"""How chats stand at this moment, in a few columns: enough to see that one has moved."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlmodel import col

from helpline.domain.chat import IN_LINE, ChatState
from helpline.store.lead_tables import ReadAlong
from helpline.store.tables import Chat, Line
from helpline.store.transaction import Transaction

# What a visitor or a holder sees of a chat, but for its messages.
SHOWN: tuple[Any, ...] = (
    col(Chat.state),
    col(Chat.holder_id),
    col(Chat.epoch),
    col(Chat.urgency),
    col(Chat.assessed),
    col(Chat.visitor_here),
    col(Chat.parked_at),
    col(Chat.turn_step),
    col(Chat.has_likes),
    col(Chat.beside),
    col(Chat.slipped),
    col(Chat.left_quickly),
    col(Chat.feeling),
    col(Chat.complained),
    col(Chat.follow_up),
    col(Chat.resources_shown_at),
    col(Chat.erase_asked_at),
    col(Chat.erased_at),
)
OPEN = tuple(map(str, IN_LINE | {ChatState.ACTIVE}))
HELD = (str(ChatState.ACTIVE), str(ChatState.WRAPPING_UP))


@dataclass(frozen=True, slots=True)
class Standing:
    seq: int
    holder_id: str | None
    shown: tuple[Any, ...]
    is_void: bool = False  # left in haste or erased: its visitor's connections must go
    is_missed: bool = False  # it goes on, and its visitor is taken for gone

    def looks_like(self, other: Standing) -> bool:
        return self.shown == other.shown


def of_chat(tx: Transaction, chat_id: str) -> Standing | None:
    found = _standings(tx, col(Chat.id) == chat_id)
    return found.get(chat_id)


def of_followed(
    tx: Transaction, chat_ids: Collection[str], person_ids: Collection[str]
) -> dict[str, Standing]:
    """These chats, and all that these people hold, wrap up or read along in."""
    held = (col(Chat.holder_id).in_(person_ids)) & col(Chat.state).in_(HELD)
    along = select(col(ReadAlong.chat_id)).where(
        col(ReadAlong.person_id).in_(person_ids), col(ReadAlong.ended_at).is_(None)
    )
    return _standings(tx, or_(col(Chat.id).in_(chat_ids), held, col(Chat.id).in_(along)))


def board_version(tx: Transaction) -> int:
    """It rises with everything that a board shows; 0 before there is a line."""
    return tx.session.scalar(select(col(Line.version))) or 0


def _standings(tx: Transaction, wanted: Any) -> dict[str, Standing]:
    void = (col(Chat.left_quickly), col(Chat.erased_at))
    missed = (col(Chat.state).in_(OPEN)) & col(Chat.visitor_here).is_(False)
    query = select(col(Chat.id), col(Chat.last_seq), *void, missed, *SHOWN).where(wanted)
    return {
        chat_id: Standing(
            seq,
            shown[1],
            tuple(shown),
            is_void=in_haste or erased_at is not None,
            is_missed=bool(is_missed),
        )
        for chat_id, seq, in_haste, erased_at, is_missed, *shown in tx.session.execute(query)
    }
