"""The way back: a code for whoever asks for one, and a fresh chat for whoever brings it."""

from __future__ import annotations

from datetime import datetime

from helpline.actions import visiting
from helpline.domain import errors, way_back
from helpline.store import chats, left, plans, returns
from helpline.store.secrets import digest
from helpline.store.transaction import Store, Transaction


def keep(store: Store, token: str, code_hash: str, *, now: datetime) -> None:
    """The visitor's new code, known by its hash; the one before is void.

    Refused: `unknown_token`; `chat_closed` once they asked for their words to be deleted.
    """
    with store.transaction() as tx:
        chat = chats.by_token(tx, digest(token), now)
        if chat.erase_asked_at is not None:
            raise errors.ChatClosed
        returns.keep(tx, chat.id, code_hash, now)


def come_again(
    store: Store,
    code_hash: str,
    wish: visiting.Opening,
    *,
    now: datetime,
    via: str | None = None,
) -> visiting.Opened:
    """A fresh chat for whoever brings a code, which is void then. Nothing of the earlier one is in
    it. The same code and client id within ten minutes: the same chat under a new token.

    Refused: `unknown_token` (wrong, used, expired and erased alike); as at the door: `line_closed`
    when it is closed or full and the words are not urgent, and the code stays good.
    """
    with store.reading() as tx:
        heard = visiting.hear_at_the_door(tx, wish)
    with store.transaction() as tx:
        code = returns.find(tx, code_hash)
        if code is None:
            return _come_for_an_answer(tx, code_hash, wish, heard, now, via)
        if code.used_at is not None:
            return _come_in_again(tx, wish, code.used_at, code.used_with or "", now)
        if chats.opened_with(tx, wish.client_id) is not None:
            raise errors.ClientIdReused
        if not returns.use(tx, code_hash, wish.client_id, now):
            raise errors.UnknownCode
        opened = visiting.let_in(tx, wish, heard, now, via)
        plans.carry(tx, code.chat_id, opened.chat_id, now)
        return opened


def _come_for_an_answer(
    tx: Transaction,
    code_hash: str,
    wish: visiting.Opening,
    heard: visiting.Heard,
    now: datetime,
    via: str | None,
) -> visiting.Opened:
    """The code of a message that was left: good until that is forgotten, because the answer is
    read with it. Refused: `unknown_token`."""
    if left.find(tx, code_hash) is None:
        raise errors.UnknownCode
    chat = chats.opened_with(tx, wish.client_id)
    if chat is not None:
        return visiting.open_again(tx, chat, wish, now)
    return visiting.let_in(tx, wish, heard, now, via)


def require_good(store: Store, code_hash: str) -> None:
    """Refused with `unknown_token`: wrong, used, expired and erased alike."""
    with store.reading() as tx:
        code = returns.find(tx, code_hash)
        is_good = code is not None and code.used_at is None
        if not is_good and left.find(tx, code_hash) is None:
            raise errors.UnknownCode


def _come_in_again(
    tx: Transaction, wish: visiting.Opening, used_at: datetime, used_with: str, now: datetime
) -> visiting.Opened:
    """Refused: `unknown_token` for a code that was used by another try."""
    chat = chats.opened_with(tx, wish.client_id)
    if chat is None or not way_back.repeats(used_at, used_with, wish.client_id, now):
        raise errors.UnknownCode
    return visiting.open_again(tx, chat, wish, now)


def require_no_code(store: Store, code_hash: str, *, chat_id: str | None = None) -> None:
    """Refused with `bad_request` when this is the chat's own code, which must not stand among what
    others read; at the door, without a chat, when it is anybody's that is still good."""
    with store.reading() as tx:
        if chat_id is not None:
            is_a_code = returns.is_of(tx, chat_id, code_hash)
        else:
            code = returns.find(tx, code_hash)
            is_a_code = code is not None and code.used_at is None
        if is_a_code or left.find(tx, code_hash) is not None:
            raise errors.ThatIsACode(field="text")
