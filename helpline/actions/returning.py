"""The way back: a code for whoever asks for one, and a fresh chat for whoever brings it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from helpline.actions import following_up, hearing, visiting
from helpline.domain import errors, topics, way_back
from helpline.domain.urgency import Level
from helpline.domain.way_back import Wish
from helpline.store import chats, flags, floor, left, line, notes, offers, people, plans, returns
from helpline.store.return_tables import ReturnCode
from helpline.store.secrets import digest
from helpline.store.tables import Chat
from helpline.store.transaction import Store, Transaction

FROM_VISITOR = "from_visitor"  # the kind of a note that the visitor wrote for the next listener


@dataclass(frozen=True, slots=True)
class Choices:
    """What somebody who comes back chooses, each time anew; nothing unless they say so."""

    same_listener: bool = False
    share_note: bool = False  # the one that was kept with the code
    note: str | None = None  # another one, written now


@dataclass(frozen=True, slots=True)
class Offered:
    """What may be chosen with a code."""

    same_listener: bool
    note: bool


NOTHING = Choices()


def keep(
    store: Store, token: str, code_hash: str, *, note: str | None = None, now: datetime
) -> bool:
    """The visitor's new code, known by its hash; the one before is void. `note` waits with it for
    the next listener, until the visitor says at their return that it may be seen. True when it
    calls for urgent help.

    Refused: `unknown_token`; `chat_closed` once they asked for their words to be deleted.
    """
    with store.transaction() as tx:
        chat = chats.by_token(tx, digest(token), now)
        if chat.erase_asked_at is not None:
            raise errors.ChatClosed
        returns.keep(tx, chat.id, code_hash, now, note=note)
        if note is None:
            return False
        level = hearing.hear(tx, chat, note, source=returns.NOTE, seq=None, now=now)
        return level >= Level.CRITICAL


def offered(store: Store, code_hash: str, *, now: datetime) -> Offered:
    """What may be chosen with this code. Refused with `unknown_token`: wrong, used, expired and
    erased alike."""
    with store.reading() as tx:
        code = returns.find(tx, code_hash)
        if code is not None and code.used_at is None:
            wish = _may_meet_again(tx, code.chat_id, now)
            return Offered(same_listener=wish is not None, note=code.note_sealed is not None)
        if left.find(tx, code_hash) is None:
            raise errors.UnknownCode
        return Offered(same_listener=False, note=False)


def come_again(
    store: Store,
    code_hash: str,
    wish: visiting.Opening,
    choices: Choices = NOTHING,
    *,
    now: datetime,
    via: str | None = None,
) -> visiting.Opened:
    """A fresh chat for whoever brings a code, which is void then. Nothing of the earlier one is in
    it but what they choose. The same code and client id within ten minutes: the same chat under a
    new token.

    Refused: `unknown_token` (wrong, used, expired and erased alike); as at the door: `line_closed`
    when it is closed or full and the words are not urgent, and the code stays good.
    """
    with store.reading() as tx:
        code = returns.find(tx, code_hash)
        note = choices.note or _kept_note(tx, code, choices)
        heard = visiting.hear_at_the_door(tx, wish, note)
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
        following_up.bring_along(tx, code.chat_id, chats.chat(tx, opened.chat_id))
        _bring_along(tx, code, chats.chat(tx, opened.chat_id), choices, note, now)
        return opened


def _kept_note(tx: Transaction, code: ReturnCode | None, choices: Choices) -> str | None:
    is_good = code is not None and code.used_at is None
    return returns.note_of(tx, code) if code and is_good and choices.share_note else None


def _bring_along(
    tx: Transaction,
    code: ReturnCode,
    fresh: Chat,
    choices: Choices,
    note: str | None,
    now: datetime,
) -> None:
    """The note under the key of the fresh chat, the wish for the same listener, and who must not
    meet this visitor again."""
    for person_id in offers.kept_apart(tx, [code.chat_id]).get(code.chat_id, ()):
        offers.keep_apart(tx, fresh.id, person_id, person_id, now)
    if note is not None:
        notes.add(tx, fresh.id, "", FROM_VISITOR, note, now)
        hearing.hear(tx, fresh, note, source=returns.NOTE, seq=None, now=now)
    wish = _may_meet_again(tx, code.chat_id, now) if choices.same_listener else None
    if wish is not None:
        returns.wish(tx, fresh.id, code.chat_id, wish, now)


def _may_meet_again(tx: Transaction, chat_id: str, now: datetime) -> Wish | None:
    """The listener of this chat, if its visitor may ask for them."""
    person_id = returns.last_listener(tx, chat_id)
    if person_id is None or person_id in offers.never_asked(tx, chat_id):
        return None
    if all(each.id != person_id for each in people.everyone(tx)):
        return None
    before = returns.comeback(tx, chat_id)
    spoke_of = topics.of(flags.categories(tx, [chat_id]).get(chat_id, ()))
    of_minor = way_back.MINORS in spoke_of or (before is not None and before.of_minor)
    may = way_back.may_ask_same(
        line.line(tx).policies,
        returns.met(tx, chat_id, person_id, now),
        of_minor=of_minor,
        lead_on_shift=way_back.lead_is_here(floor.listeners(tx, now)),
    )
    return Wish(person_id, of_minor) if may else None


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
