"""What a visitor does: opens a chat, comes back to it, says something, leaves, is forgotten."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from helpline.actions import directing, ending, hearing, limiting, noticing, parking
from helpline.domain import chat as chat_rules
from helpline.domain import door as doors
from helpline.domain import errors, events, resources, retention, silence, triage
from helpline.domain import opening as openings
from helpline.domain.chat import ChatState
from helpline.domain.urgency import Level
from helpline.store import cards, chats, flags, floor, journal, line, published, searching, turns
from helpline.store import resources as directory
from helpline.store.chats import Said
from helpline.store.secrets import digest, new_id, new_token
from helpline.store.tables import Chat, VisitorToken
from helpline.store.transaction import Store, Transaction

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Opening:
    """What a visitor comes with. Texts are clean already (`domain.text`)."""

    client_id: str
    text: str | None = None
    language: str = "en"
    country: str | None = None
    nickname: str | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    chat_id: str
    token: str
    seq: int | None
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A message as it stands on disk, and whether it calls for help at once."""

    seq: int
    sent_at: datetime
    urgent: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """What the words at the door say. `undecided`: no rule could read them."""

    level: Level
    undecided: bool


def open_chat(
    store: Store,
    wish: Opening,
    *,
    now: datetime,
    via: str | None = None,
    take: Callable[[Level], None] = lambda _: None,
    canary: bool = False,
) -> Opened:
    """Lets a visitor in. Refused: `line_closed` when it is closed or the wait is too long, unless
    the words are high, critical or unreadable.

    The same `client_id` within ten minutes finds the same chat under a new token. Anybody else
    is asked for by `take`, with the level of the words; it may refuse who comes too often. A canary
    is let in at any time and stands in no line.
    """
    with store.reading() as tx:
        is_new = chats.opened_with(tx, wish.client_id) is None
        heard = hear_at_the_door(tx, wish)
    if is_new and not canary:
        take(heard.level)
    try:
        return store.keep(_open, wish, heard, now, via, canary)
    except errors.LineFull:
        limiting.count_one_told(store, now=now)
        raise


def hear_at_the_door(tx: Transaction, wish: Opening, note: str | None = None) -> Heard:
    """What all that somebody comes with says, before any of it is kept."""
    packs = published.current(tx)
    texts = [text for text in (wish.text, wish.nickname, wish.topic, note) if text]
    says = wish.text or wish.topic or note
    return Heard(
        max((triage.assess(text, packs).level for text in texts), default=Level.ROUTINE),
        undecided=says is not None and triage.is_undecided(says, packs),
    )


def _open(
    tx: Transaction, wish: Opening, heard: Heard, now: datetime, via: str | None, canary: bool
) -> Opened:
    known = chats.opened_with(tx, wish.client_id)
    if known is not None:
        return open_again(tx, known, wish, now)
    return let_in(tx, wish, heard, now, via, canary=canary)


def let_in(
    tx: Transaction,
    wish: Opening,
    heard: Heard,
    now: datetime,
    via: str | None,
    *,
    canary: bool = False,
) -> Opened:
    """A new chat with all that its visitor came with. Refused: `line_closed`."""
    state = floor.opening(tx, now)
    if not canary:
        _require_a_place(tx, wish, state, heard, now)

    chat = _arrive(tx, wish, now, ChatState.CANARY if canary else ChatState.WAITING)
    said = None if wish.text is None else _add(tx, chat, wish.client_id, wish.text, now, via)
    for source in ("nickname", "topic"):
        words = getattr(wish, source)
        if words:
            hearing.hear(tx, chat, words, source=source, seq=None, now=now)
    if not canary:
        if not state.open:
            _tell_at_the_closed_door(tx, now)
        tx.announce(events.ChatArrived(chat.id))
    token = _new_token(tx, chat.id, now)
    return _opened(chat, token, said)


def _require_a_place(
    tx: Transaction, wish: Opening, state: openings.Opening, heard: Heard, now: datetime
) -> None:
    """Refused with `line_closed`, and the help that there is, when the line is closed or full."""
    door = floor.door(tx, now)
    if doors.admits(state, door, heard.level, undecided=heard.undecided):
        return
    help_elsewhere = _help_elsewhere(tx, wish, now)
    if not state.open:
        raise errors.LineClosed(opens_at=state.opens_at, resources=help_elsewhere)
    raise errors.LineFull(
        opens_at=None,
        full=True,
        limit_minutes=door.limit_minutes,
        resources=resources.open_ones(help_elsewhere),
    )


def _tell_at_the_closed_door(tx: Transaction, now: datetime) -> None:
    """One alert for all who come while the line is closed; each one who comes is heard of."""
    alert = directing.tell(tx, "urgent_while_closed", "line", now=now)
    if events.AlertRaised(alert.id) not in tx.announced:
        tx.announce(events.AlertRaised(alert.id))


def _opened(chat: Chat, token: str, said: Kept | Said | None) -> Opened:
    if said is None:
        return Opened(chat.id, token, None, None)
    return Opened(chat.id, token, said.seq, said.sent_at)


def open_again(tx: Transaction, chat: Chat, wish: Opening, now: datetime) -> Opened:
    """The answer to the first try was lost: the same chat, a new token, the old one void.

    Never a chat that was ended: a form sent again from the browser's history must not show what
    somebody left in haste.
    """
    is_over = ChatState(chat.state) not in chat_rules.IN_LINE | chat_rules.HELD
    if is_over or now - chat.arrived_at > retention.OPEN_REPEATS_WITHIN:
        raise errors.ClientIdReused
    said = chats.said_with(tx, chat.id, wish.client_id)
    if (said.text if said else None) != wish.text:
        raise errors.ClientIdReused
    chats.void_tokens(tx, chat.id, now)
    token = _new_token(tx, chat.id, now)
    return _opened(chat, token, said)


def _arrive(tx: Transaction, wish: Opening, now: datetime, state: ChatState) -> Chat:
    chat_id = new_id()
    tx.vault.make_key(chat_id)
    chat = Chat(
        id=chat_id,
        state=state,
        language=wish.language,
        country=wish.country or line.line(tx).country,
        open_client_id=wish.client_id,
        arrived_at=now,
        visitor_seen_at=now,
        visitor_here=True,
        nickname_sealed=chats.seal(tx, chat_id, "nickname", wish.nickname),
        topic_sealed=chats.seal(tx, chat_id, "topic", wish.topic),
    )
    tx.session.add(chat)
    tx.session.flush()
    journal.write(tx, "arrived", now=now, chat_id=chat_id)
    return chat


def _new_token(tx: Transaction, chat_id: str, now: datetime) -> str:
    token = new_token()
    tx.session.add(VisitorToken(token_hash=digest(token), chat_id=chat_id, created_at=now))
    return token


def _help_elsewhere(tx: Transaction, wish: Opening, now: datetime) -> list[resources.Shown]:
    here = wish.country or line.line(tx).country
    near = searching.near(tx, here, wish.language)
    return resources.fitting(near, country=here, language=wish.language, now=now)


def say(
    store: Store, token: str, client_id: str, text: str, *, now: datetime, via: str | None = None
) -> Kept:
    """Keeps a visitor's words, then hears them. The same id and text again: the same answer.

    Refused: `unknown_token`, `chat_closed`, `client_id_reused`.
    """
    kept = store.keep(_say, digest(token), client_id, text, now, via)
    noticing.hear_visitor(store, token, text, now=now)
    return kept


def _say(
    tx: Transaction, token_hash: str, client_id: str, text: str, now: datetime, via: str | None
) -> Kept:
    chat = chats.by_token(tx, token_hash, now)
    known = chats.said_with(tx, chat.id, client_id)
    if known is not None:
        return _the_same(tx, known, text)
    if ChatState(chat.state) in (ChatState.WRAPPING_UP, ChatState.CLOSED, ChatState.LEFT):
        ending.reopen_for_visitor(tx, chat, now)
    if chat.state != ChatState.ACTIVE or chat.parked_at is None:
        return _add(tx, chat, client_id, text, now, via)
    before = parking.bring_back(tx, chat, now)
    kept = _add(tx, chat, client_id, text, now, via)
    parking.ask_the_one_before(tx, chat.id, before, now)
    return kept


def _the_same(tx: Transaction, known: Said, text: str) -> Kept:
    """The first answer again: what these words were, whatever the chat has become since."""
    if known.author != "visitor" or known.text != text:
        raise errors.ClientIdReused
    level = flags.level_of(tx, known.chat_id, known.seq)
    return Kept(known.seq, known.sent_at, urgent=level >= Level.CRITICAL)


def _add(
    tx: Transaction, chat: Chat, client_id: str, text: str, now: datetime, via: str | None
) -> Kept:
    seq = chats.add_message(tx, chat.id, author="visitor", client_id=client_id, text=text, now=now)
    level = hearing.hear(tx, chat, text, source="message", seq=seq, now=now)
    tx.announce(events.MessageSaid(chat.id, seq, "visitor", via=via))
    return Kept(seq, now, urgent=level >= Level.CRITICAL)


def come_back(
    store: Store, token: str, after: int, *, now: datetime
) -> tuple[str, list[Said], bool]:
    """A visitor's page is here again: (chat, messages after `after`, more).

    A chat that was left because the connection was lost waits again, its arrival unchanged. What
    opens for a check-in alone gives no messages. Refused: `unknown_token`.
    """
    with store.transaction() as tx:
        chat = chats.by_token(tx, digest(token), now)
        ending.come_back(tx, chat, now)
        if not chat_rules.shows_words(ChatState(chat.state), chat.ended_at, now):
            return chat.id, [], False
        messages, more = chats.messages_after(tx, chat.id, after)
        return chat.id, messages, more


def bound_to(store: Store, token: str, *, now: datetime) -> str:
    """The chat this token opens now. Refused: `unknown_token`."""
    with store.reading() as tx:
        return chats.by_token(tx, digest(token), now).id


def types(store: Store, chat_id: str, *, now: datetime) -> str | None:
    """Who is to see that this visitor types. It is a sign of life: their silence begins anew."""
    with store.reading() as tx:
        chat = chats.chat(tx, chat_id)
        quiet = turns.of(chat, now)
    if quiet is not None and silence.stirs(quiet, now):
        with store.transaction() as tx:
            turns.stirs(tx, chat_id, now)
    return chat.holder_id


def still_here(
    store: Store, chat_ids: list[str], *, now: datetime, in_sight: Sequence[str] = ()
) -> dict[str, int]:
    """Renews the visitors' leases; gives the highest sequence number of each chat. `in_sight` are
    those whose page can be seen."""
    with store.transaction() as tx:
        chats.mark_here(tx, chat_ids, now)
        turns.look_back_at(tx, in_sight, now)
        return chats.heads(tx, chat_ids)


def shows(store: Store, chat_id: str, *, hidden: bool, now: datetime) -> None:
    """The visitor's page went out of sight, or came back into it."""
    with store.transaction() as tx:
        chat = chats.chat(tx, chat_id)
        if hidden:
            turns.look_away(tx, chat, now)
        else:
            turns.look_back(tx, chat, now)


def gone(store: Store, chat_id: str, *, seen_at: datetime, now: datetime) -> None:
    """The last connection of this visitor dropped: nothing changes yet but what others see.

    `seen_at` is when this process saw them last. Who was seen since is connected to another one.
    """
    with store.transaction() as tx:
        chat = chats.find(tx, chat_id)
        if chat is None or not chat.visitor_here or chat.visitor_seen_at > seen_at:
            return
        chat.visitor_here = False
        chat.visitor_seen_at = now
        turns.look_away(tx, chat, now)
        tx.session.add(chat)
        tx.announce(events.ChatChanged(chat_id))


def leave(store: Store, token: str, *, quick: bool, now: datetime) -> None:
    """Ends the chat. `quick` voids the token at once and tells the listener not to write."""
    with store.transaction() as tx:
        chat = chats.by_token(tx, digest(token), now)
        ending.visitor_leaves(tx, chat, quick=quick, now=now)


def give_feedback(
    store: Store, token: str, feeling: str, words: str | None, *, now: datetime
) -> bool:
    """One tap, and words if they like. True when the words call for urgent help."""
    if feeling not in chat_rules.FEELINGS:
        raise errors.BadRequest(field="feeling")
    with store.transaction() as tx:
        chat = chats.by_token(tx, digest(token), now)
        chat.feeling = feeling
        chat.feedback_sealed = chats.seal(tx, chat.id, "feedback", words)
        tx.session.add(chat)
        journal.write(tx, "feedback", now=now, chat_id=chat.id, feeling=feeling)
        if words is None:
            return False
        level = hearing.hear(tx, chat, words, source="feedback", seq=None, now=now)
        if level >= Level.HIGH and ChatState(chat.state) in chat_rules.ENDED | {ChatState.LEFT}:
            directing.tell_leads(tx, "words_after_end", chat.id, now=now, chat_id=chat.id)
        return level >= Level.CRITICAL


def open_card(store: Store, token: str, resource_id: str, *, now: datetime) -> None:
    """The visitor pressed a button on a card: counted for the resource, and of them nothing.

    Refused: `unknown_token`, `not_found` for what no visitor is shown.
    """
    with store.transaction() as tx:
        chats.by_token(tx, digest(token), now)
        if directory.find_shown(tx, resource_id) is None:
            raise errors.NotFound(field="resource")
        cards.opened(tx, resource_id, now)
