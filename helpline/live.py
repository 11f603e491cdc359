"""The only voice on the wire: event -> audience -> payload, after the commit, in one teller.

Each process words, from the store, what the people who are connected to it are to hear, whichever
process it happened in. Nice now, not must happen: what is lost is found by `catch_up` a moment
later, and by the next sync or resume.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from helpline import runtime
from helpline.boards import alerts as alert_board
from helpline.boards import coordinator as coordinator_board
from helpline.boards import handoffs as handoff_board
from helpline.boards import listener as listener_board
from helpline.boards import visitor as visitor_board
from helpline.boards.wording import CONTACT_HINTS, CONTACT_OF_VISITOR, say
from helpline.domain import errors, events
from helpline.domain.access import Role, Who
from helpline.following import Following
from helpline.store import alerts, beside, chats, flags, people, standing
from helpline.store.chats import Parties
from helpline.store.transaction import Store, Transaction

log = logging.getLogger(__name__)

VISITOR, LISTENER, COORDINATOR = "/visitor", "/listener", "/coordinator"
BOARDS_REST = 0.25  # seconds: boards that change together are shown together
BOARDS_SHARE = 4  # rests for one turn: on a full line, showing must leave time for what is said
BOARDS_REST_AT_MOST = 2.0  # seconds
HOLE_WAITS = 0.05  # seconds: what another process said may overtake what we said ourselves
WAITS_FOR_OURS = 20  # times, while a word is on its way into the store from here


class Server(Protocol):
    """What we use of the Socket.IO server."""

    manager: Any

    def emit(self, event: str, data: Any, **where: Any) -> None: ...
    def disconnect(self, sid: str, namespace: str) -> None: ...


@dataclass(frozen=True, slots=True)
class HasSpoken:
    """For the teller alone: all that this connection's word brought with it is in the queue."""

    chat_id: str
    sid: str


def _readers(tx: Transaction, chat: Parties, now: datetime) -> list[str]:
    """Who hears this chat now: its holder first, and the leads who read along."""
    holder = [chat.holder_id] if chat.holder_id else []
    rows = beside.of_chat(tx, chat.id, now) if chat.beside else []
    return holder + [each.person_id for each in rows]


def visitor_room(chat_id: str) -> str:
    return f"visitor:{chat_id}"


def person_room(person_id: str) -> str:
    return f"person:{person_id}"


class Live:
    """One per process. `tell` queues and returns; one loop words and sends."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._queue = runtime.queue()
        self._store: Store | None = None
        self._server: Server | None = None
        self._boards_moved = False
        self._following = Following()
        self._overtaking: dict[events.Event, int] = {}  # and how often it has waited
        self._spoken: set[tuple[str, str]] = set()  # (chat, connection) that wait for their ack

    def start(self, store: Store, server: Server) -> None:
        self._store, self._server = store, server
        runtime.spawn(self._loop)
        runtime.spawn(self._show_boards)

    def tell(self, happened: Sequence[events.Event]) -> None:
        for event in happened:
            self._queue.put(event)

    @contextmanager
    def speaking(self, chat_id: str, sid: str) -> Iterator[None]:
        """A word of this connection is on its way into the store, and then to the teller. It will
        hear its ack and no echo; what another process says after it is told after it."""
        self._spoken.add((chat_id, sid))
        try:
            yield
        finally:
            self._queue.put(HasSpoken(chat_id, sid))

    # -- straight through, never stored ------------------------------------------------------

    def typing(self, chat_id: str, *, by_visitor: bool, holder_id: str | None) -> None:
        """Somebody types; the text never leaves their page. The other side may be elsewhere."""
        self._need_store().tell([events.Typed(chat_id, by_visitor, holder_id)])

    def _typed(self, event: events.Typed) -> None:
        if event.by_visitor and event.holder_id:
            told = {"chat": event.chat_id, "from": "visitor"}
            self._emit("typing", told, LISTENER, person_room(event.holder_id))
        elif not event.by_visitor:
            told = {"chat": event.chat_id, "from": "listener"}
            self._emit("typing", told, VISITOR, visitor_room(event.chat_id))

    def present(self, namespace: str, prefix: str) -> list[str]:
        """The ids whose rooms have somebody connected to this process."""
        return [
            room[len(prefix) :]
            for room in list(self._rooms(namespace))
            if isinstance(room, str) and room.startswith(prefix)
        ]

    def _rooms(self, namespace: str) -> Mapping[Any, Any]:
        manager = getattr(self._server, "manager", None)
        return manager.rooms.get(namespace, {}) if manager else {}

    def _is_here(self, namespace: str, room: str) -> bool:
        return room in self._rooms(namespace)

    def _is_followed(self, chat_id: str, readers: Sequence[str]) -> bool:
        """Whether its visitor, or somebody who reads it, is connected to this process."""
        return self._is_here(VISITOR, visitor_room(chat_id)) or any(
            self._is_here(LISTENER, person_room(each)) for each in readers
        )

    # -- the teller ---------------------------------------------------------------------------

    def _loop(self) -> None:
        while True:
            event = self._queue.get()
            try:
                self._tell_one(event)
            except errors.NotFound:
                continue
            except Exception:
                log.exception("telling %s failed", type(event).__name__)

    def _tell_one(self, event: events.Event | HasSpoken) -> None:
        if isinstance(event, HasSpoken):
            self._spoken.discard((event.chat_id, event.sid))
            return
        if isinstance(event, events.MOVES_BOARDS):
            self._boards_moved = True
        for kind, tell in AUDIENCE.items():
            if isinstance(event, kind):
                tell(self, event)
                return

    def _message(self, event: events.MessageSaid) -> None:
        """This message and whatever before it was not told yet, in order, each once."""
        waited = self._overtaking.pop(event, 0)
        told = self._following.seqs.get(event.chat_id, event.seq - 1)
        if told >= event.seq:
            return
        if told < event.seq - 1 and self._waits(event, waited):
            return
        now = self._clock()
        with self._reading() as tx:
            chat = chats.parties(tx, event.chat_id)
            readers = _readers(tx, chat, now)
            if not self._is_followed(chat.id, readers):
                self._following.forget(chat.id)
                return
            said, _ = chats.messages_after(tx, chat.id, told, limit=event.seq - told)
            flagged = any(
                each.author == "visitor" and flags.has_any(tx, chat.id, each.seq) for each in said
            )
            worded = [
                (
                    each.seq,
                    visitor_board.message(tx, each, chat, now, own=True),
                    {
                        reader: listener_board.message(tx, each, chat, reader, now)
                        for reader in readers
                    },
                )
                for each in said
            ]
        for seq, to_visitor, to_readers in worded:
            skip = event.via if seq == event.seq else None
            self._following.seqs[chat.id] = seq
            self._emit("message", to_visitor, VISITOR, visitor_room(chat.id), skip)
            for reader, told_them in to_readers.items():
                self._emit("message", told_them, LISTENER, person_room(reader), skip)
        if flagged:
            self._chat_to_readers(chat.id)

    def _waits(self, event: events.MessageSaid, waited: int) -> bool:
        """For what was said before it: shortly, and longer for what is said here, because only its
        own event says who is to hear no echo."""
        is_ours = any(chat_id == event.chat_id for chat_id, _ in list(self._spoken))
        if waited >= (WAITS_FOR_OURS if is_ours else 1):
            return False
        self._overtaking[event] = waited + 1
        runtime.spawn(self._again, event)
        return True

    def _again(self, event: events.Event) -> None:
        runtime.sleep(HOLE_WAITS)
        self._queue.put(event)

    def _chat(self, event: events.ChatEvent) -> None:
        with self._reading() as tx:
            stands = standing.of_chat(tx, event.chat_id)
            readers = _readers(tx, chats.parties(tx, event.chat_id), self._clock())
        if stands is None or not self._is_followed(event.chat_id, readers):
            self._following.forget(event.chat_id)
            return
        self._following.shown[event.chat_id] = stands
        self._chat_to_visitor(event.chat_id)
        self._chat_to_readers(event.chat_id)
        if stands.is_void:  # it was told elsewhere, and we were not
            self._let_go(VISITOR, visitor_room(event.chat_id))

    def _chat_to_visitor(self, chat_id: str) -> None:
        if self._is_here(VISITOR, visitor_room(chat_id)):
            snapshot = visitor_board.chat_of(self._need_store(), chat_id, self._clock())
            self._emit("chat", snapshot, VISITOR, visitor_room(chat_id))

    def _chat_to_readers(self, chat_id: str) -> None:
        with self._reading() as tx:
            readers = _readers(tx, chats.parties(tx, chat_id), self._clock())
        for reader in readers:
            self._chat_to(chat_id, reader)

    def _chat_to(self, chat_id: str, person_id: str) -> None:
        """The chat as this person may see it now, whether or not it is theirs."""
        if not self._is_here(LISTENER, person_room(person_id)):
            return
        with self._reading() as tx:
            who = people.who(people.person(tx, person_id))
            shown = listener_board.chat_dict(tx, chats.chat(tx, chat_id), who, self._clock())
        self._emit("chat", shown, LISTENER, person_room(person_id))

    def _moved_on(self, event: events.BesideNoMore | events.ChatTakenOver) -> None:
        """Whose it was, or who read along, sees it go; all others see who is there now."""
        self._chat(event)
        self._chat_to(event.chat_id, event.person_id)

    def _whispered(self, event: events.Whispered) -> None:
        """To the holder and the leads beside them; never to a visitor's room."""
        self._chat(event)
        with self._reading() as tx:
            readers = _readers(tx, chats.parties(tx, event.chat_id), self._clock())
            told = {
                each: listener_board.whisper(tx, event.note_id, event.chat_id, each)
                for each in readers
            }
        for each, words in told.items():
            if words is not None:
                self._emit("whisper", words, LISTENER, person_room(each))

    def _contact_given(self, event: events.ContactGiven) -> None:
        """A gentle word to the listener, and none of what was written."""
        if not self._is_here(LISTENER, person_room(event.person_id)):
            return
        language = self._who(event.person_id).language
        hint = CONTACT_OF_VISITOR if event.by_visitor else CONTACT_HINTS[event.kind]
        told = {"chat": event.chat_id, "code": "contact_details", "text": say(language, hint)}
        self._emit("hint", told, LISTENER, person_room(event.person_id))

    def _released(self, event: events.ChatReleased) -> None:
        self._chat(event)
        with self._reading() as tx:
            language = chats.chat(tx, event.chat_id).language
        if event.person_id is not None:
            self._chat_to(event.chat_id, event.person_id)
        if event.why == "lost":
            notice = visitor_board.notice("listener_lost", language)
            self._emit("notice", notice, VISITOR, visitor_room(event.chat_id))

    def _slipped(self, event: events.PromiseSlipped) -> None:
        with self._reading() as tx:
            language = chats.chat(tx, event.chat_id).language
        notice = visitor_board.notice("slipped", language)
        self._emit("notice", notice, VISITOR, visitor_room(event.chat_id))

    def _line_closed(self, event: events.LineClosed) -> None:
        """Those in line, each in their language: they keep their place."""
        with self._reading() as tx:
            waiting = [(chat.id, chat.language) for chat in chats.in_line(tx)]
        for chat_id, language in waiting:
            notice = visitor_board.notice("line_closing", language)
            self._emit("notice", notice, VISITOR, visitor_room(chat_id))

    def _offered(self, event: events.ChatOffered) -> None:
        if not self._is_here(LISTENER, person_room(event.person_id)):
            return
        offer = listener_board.offer_of(self._need_store(), event.offer_id, self._clock())
        self._emit("offer", offer, LISTENER, person_room(event.person_id))

    def _offer_ended(self, event: events.OfferEnded) -> None:
        gone = {"id": event.offer_id, "why": event.why}
        self._emit("offer_gone", gone, LISTENER, person_room(event.person_id))

    def _hand_off(self, event: events.HandOffChanged) -> None:
        self._chat_to_visitor(event.chat_id)
        if not self._is_here(LISTENER, person_room(event.person_id)):
            return
        told = handoff_board.one(self._need_store(), event.offer_id, self._clock())
        self._emit("hand_off", told, LISTENER, person_room(event.person_id))
        self._chat_to(event.chat_id, event.person_id)

    def _alert(self, event: events.AlertRaised | events.AlertOwned | events.AlertOver) -> None:
        with self._reading() as tx:
            alert = alerts.alert(tx, event.alert_id)
            for person in people.everyone(tx):
                who = people.who(person)
                if not alert_board.is_told(tx, alert, who):
                    continue
                told = alert_board.as_dict(tx, alert, who.language)
                if Role.LEAD in who.roles:
                    self._emit("alert", told, LISTENER, person_room(who.id))
                if Role.COORDINATOR in who.roles and alert_board.is_for_coordinators(alert):
                    self._emit("alert", told, COORDINATOR, person_room(who.id))

    def _signed_out(self, event: events.SignedOut) -> None:
        for namespace in (LISTENER, COORDINATOR):
            self._let_go(namespace, person_room(event.person_id))

    def _token_voided(self, event: events.TokenVoided) -> None:
        self._chat(events.ChatChanged(event.chat_id))
        self._let_go(VISITOR, visitor_room(event.chat_id))

    def _let_go(self, namespace: str, room: str) -> None:
        server = self._need_server()
        for sid, _ in list(server.manager.get_participants(namespace, room)):
            server.disconnect(sid, namespace=namespace)

    # -- boards -------------------------------------------------------------------------------

    def _show_boards(self) -> None:
        rest = BOARDS_REST
        while True:
            runtime.sleep(rest)
            if not self._boards_moved:
                continue
            self._boards_moved = False
            began = self._clock()
            try:
                self.show_boards()
            except Exception:
                log.exception("showing the boards failed")
            took = (self._clock() - began).total_seconds()
            rest = min(max(BOARDS_REST, BOARDS_SHARE * took), BOARDS_REST_AT_MOST)

    def show_boards(self) -> None:
        """Everybody connected here sees the line as it is now."""
        store, now = self._need_store(), self._clock()
        with self._reading() as tx:
            self._following.version = standing.board_version(tx)
        for person_id in self.present(LISTENER, "person:"):
            who = self._who(person_id)
            board = listener_board.board(store, who, now)
            self._emit("board", board, LISTENER, person_room(person_id))
        for person_id in self.present(COORDINATOR, "person:"):
            board = coordinator_board.board(store, self._who(person_id), now)
            self._emit("board", board, COORDINATOR, person_room(person_id))
        self._show_places(now)

    def _show_places(self, now: datetime) -> None:
        """Those who wait see their place and the range for it."""
        here = set(self.present(VISITOR, "visitor:"))
        if not here:
            return
        with self._reading() as tx:
            shown = visitor_board.of_all_who_wait(tx, here, now)
        for chat_id, snapshot in shown.items():
            self._emit("chat", snapshot, VISITOR, visitor_room(chat_id))

    def catch_up(self) -> list[str]:
        """Tells what the store has and nobody here was told, a second or two after it was lost.

        Gives the chats whose visitor is connected here and taken for gone.
        """
        chat_ids, person_ids = self.present(VISITOR, "visitor:"), self.present(LISTENER, "person:")
        with self._reading() as tx:
            version = standing.board_version(tx)
            stands = standing.of_followed(tx, chat_ids, person_ids)
        self.tell(self._following.missed(stands))
        if self._following.boards_are_behind(version):
            self._boards_moved = True
        return [each for each in chat_ids if each in stands and stands[each].is_missed]

    def _who(self, person_id: str) -> Who:
        with self._reading() as tx:
            return people.who(people.person(tx, person_id))

    # -- small things -------------------------------------------------------------------------

    def _emit(
        self, event: str, data: Any, namespace: str, room: str, skip: str | None = None
    ) -> None:
        if self._is_here(namespace, room):
            self._need_server().emit(event, data, to=room, namespace=namespace, skip_sid=skip)

    def _reading(self) -> Any:
        return self._need_store().reading()

    def _need_store(self) -> Store:
        assert self._store is not None, "live was not started"
        return self._store

    def _need_server(self) -> Server:
        assert self._server is not None, "live was not started"
        return self._server


AUDIENCE: dict[type[events.Event], Callable[[Live, Any], None]] = {
    events.MessageSaid: Live._message,
    events.ChatOffered: Live._offered,
    events.OfferEnded: Live._offer_ended,
    events.HandOffChanged: Live._hand_off,
    events.ChatReleased: Live._released,
    events.ContactGiven: Live._contact_given,
    events.BesideNoMore: Live._moved_on,
    events.ChatTakenOver: Live._moved_on,
    events.Whispered: Live._whispered,
    events.PromiseSlipped: Live._slipped,
    events.AlertRaised: Live._alert,
    events.AlertOwned: Live._alert,
    events.AlertOver: Live._alert,
    events.LineClosed: Live._line_closed,
    events.SignedOut: Live._signed_out,
    events.TokenVoided: Live._token_voided,
    events.Typed: Live._typed,
    events.ChatEvent: Live._chat,  # every other change of a chat
}
