"""The visitor's namespace: no account, no cookie; a token binds a connection to its chat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar

from helpline.actions import (
    accompanying,
    complaining,
    forgetting,
    passing,
    taking_along,
    visiting,
)
from helpline.boards import visitor as board
from helpline.boards.resources import Card
from helpline.boards.wording import iso
from helpline.domain import chat as rules
from helpline.domain import errors, handoffs, text
from helpline.faces import limits, wire
from helpline.faces.house import House
from helpline.faces.visitor import following_up, languages, own_code, way_back
from helpline.faces.visitor.wishes import language_from, token_from, wish_from
from helpline.faces.wire import Ack, Payload
from helpline.live import VISITOR, visitor_room

UNBOUND_FOR = timedelta(seconds=60)


@dataclass(slots=True)
class Connection:
    """What we know of one socket: when it came, from where (a passing name), and its token."""

    since: datetime
    source: str
    language: str
    token: str | None = None
    chat_id: str | None = None
    hidden: bool = False  # its page is out of sight
    opened: set[str] = field(default_factory=set)  # whose cards: counted once, remembered here only


class VisitorNamespace(wire.Namespace):
    def __init__(self, house: House) -> None:
        super().__init__(VISITOR, house)
        self._connections: dict[str, Connection] = {}
        self._seen_at: dict[str, datetime] = {}  # the visitor of a chat, by this process

    def enter(self, sid: str, environ: Mapping[str, Any], auth: Any, now: datetime) -> None:
        source = self.house.limits.source(str(environ.get("REMOTE_ADDR", "")), now=now)
        wished = environ.get("HTTP_ACCEPT_LANGUAGE", "")
        language = languages.best(str(wished), self.house.default_language)
        self._connections[sid] = Connection(now, source, language)

    def leave(self, sid: str, now: datetime) -> None:
        connection = self._connections.pop(sid, None)
        if connection is None or connection.chat_id is None:
            return
        if not self._of(connection.chat_id):
            seen_at = self._seen_at.pop(connection.chat_id, now)
            visiting.gone(self.house.store, connection.chat_id, seen_at=seen_at, now=now)
        elif not connection.hidden:
            self._tell_sight(connection.chat_id, now)

    def language_of(self, sid: str) -> str:
        connection = self._connections.get(sid)
        return connection.language if connection else self.house.default_language

    def close_unbound(self, now: datetime) -> None:
        """A socket that binds to no chat within a minute goes."""
        for sid, connection in list(self._connections.items()):
            if connection.chat_id is None and now - connection.since > UNBOUND_FOR:
                self.disconnect(sid)

    def beat(self, now: datetime) -> None:
        """Renews the leases of who is connected here, and tells each what it should have."""
        bound = {sid: each.chat_id for sid, each in list(self._connections.items()) if each.chat_id}
        if not bound:
            return
        ids = sorted(set(bound.values()))
        seen = [each for each in ids if self._is_in_sight(each)]
        heads = visiting.still_here(self.house.store, ids, now=now, in_sight=seen)
        for sid, chat_id in bound.items():
            if sid in self._connections:  # it may have left meanwhile
                self._seen_at[chat_id] = now
            self.emit("beat", {"heads": {chat_id: heads.get(chat_id, 0)}}, to=sid)

    def are_here(self, chat_ids: Sequence[str], now: datetime) -> None:
        """Of these visitors another process thinks that they are gone: it knew another page."""
        here = [each for each in chat_ids if self._of(each)]
        if here:
            seen = [each for each in here if self._is_in_sight(each)]
            visiting.still_here(self.house.store, here, now=now, in_sight=seen)

    def act(self, event: Any, sid: str, said: tuple[Any, ...], now: datetime) -> Ack | None:
        """A refusal for haste stores nothing, and carries where else there is help; one at the
        closed door says whether a message can be left."""
        try:
            return super().act(event, sid, said, now)
        except errors.SlowDown as refused:
            refused.extra["resources"] = self._help(sid, now)
            raise
        except errors.LineClosed as refused:
            if board.may_leave(self.house.store, now, calls=self.house.calls):
                refused.extra["may_leave"] = True
            raise

    # -- what a visitor may say ---------------------------------------------------------------

    def on_open(self, sid: str, payload: Payload, now: datetime) -> Ack:
        connection = self.connection(sid)
        if connection.chat_id is not None:
            raise errors.AlreadyOpen
        connection.language = language_from(payload) or connection.language
        wish = wish_from(payload, connection.language)
        connection.language = wish.language
        if wish.text is not None:
            own_code.refuse_at_the_door(self.house, wish.text, connection.source, now=now)
        take = partial(self.house.limits.take_opening, connection.source, now=now)

        opened = visiting.open_chat(
            self.house.store,
            wish,
            now=now,
            via=sid,
            take=take,
            canary=wish.client_id in self.house.canaries,
        )
        self.bind(sid, opened.token, opened.chat_id, now)
        chat = board.chat_of(self.house.store, opened.chat_id, now)
        ack: Ack = {"token": opened.token, "chat": chat, "urgent_help": chat["urgent_help"]}
        if chat["urgent_help"]:
            ack["resources"] = chat["resources"]
        if opened.seq is not None:
            ack |= {"seq": opened.seq, "sent_at": iso(opened.sent_at)}
        return ack

    def on_resume(self, sid: str, payload: Payload, now: datetime) -> Ack:
        connection = self.connection(sid)
        token = token_from(payload)
        after = wire.number(payload, "after", default=0)
        chat_id = visiting.bound_to(self.house.store, token, now=now)
        # first: what is said from here on is heard
        self.bind(sid, token, chat_id, now)
        _, said, more = visiting.come_back(self.house.store, token, after, now=now)
        chat = board.chat_of(self.house.store, chat_id, now)
        connection.language = chat["language"]
        messages = board.messages(self.house.store, chat_id, said, now, own=True)
        return {"chat": chat, "messages": messages, "more": more}

    def on_say(self, sid: str, payload: Payload, now: datetime) -> Ack:
        connection = self.connection(sid)
        token, chat_id = connection.token, connection.chat_id
        if token is None or chat_id is None:
            raise errors.NotOpen
        client_id = wire.word(payload, "client_id")
        words = text.clean(payload.get("text"), limit=rules.MESSAGE_LENGTH, field="text")
        self.house.limits.take(limits.SAY, f"say:{chat_id}", now=now)
        own_code.refuse_in_a_chat(self.house, words, chat_id)

        with self.house.live.speaking(chat_id, sid):
            kept = visiting.say(self.house.store, token, client_id, words, now=now, via=sid)
        ack: Ack = {"seq": kept.seq, "sent_at": iso(kept.sent_at), "urgent_help": kept.urgent}
        if kept.urgent:
            ack["resources"] = board.urgent(self.house.store, chat_id, now)
        return ack

    def on_typing(self, sid: str, payload: Payload, now: datetime) -> None:
        _, chat_id = self.bound(sid, now)
        holder = visiting.types(self.house.store, chat_id, now=now)
        self.house.live.typing(chat_id, by_visitor=True, holder_id=holder)

    def on_seen(self, sid: str, payload: Payload, now: datetime) -> None:
        self.bound(sid, now)
        wire.number(payload, "seq")

    def on_page(self, sid: str, payload: Payload, now: datetime) -> None:
        """Two tabs of one visitor are out of sight only together."""
        _, chat_id = self.bound(sid, now)
        self.connection(sid).hidden = wire.required_flag(payload, "hidden")
        self._tell_sight(chat_id, now)

    def on_card(self, sid: str, payload: Payload, now: datetime) -> None:
        """A button of a card was pressed; again on this connection it is counted no more."""
        token, _ = self.bound(sid, now)
        resource = wire.word(payload, "resource")
        seen = self.connection(sid).opened
        if resource not in seen:
            visiting.open_card(self.house.store, token, resource, now=now)
            seen.add(resource)

    def on_leave(self, sid: str, payload: Payload, now: datetime) -> None:
        token, _ = self.bound(sid, now)
        visiting.leave(self.house.store, token, quick=wire.flag(payload, "quick"), now=now)

    def on_erase(self, sid: str, payload: Payload, now: datetime) -> Ack:
        token, chat_id = self.bound(sid, now)
        erased = forgetting.erase(self.house.store, token, now=now)
        ack: Ack = {"erased": erased.when, "at": iso(erased.at), "kept": list(erased.kept)}
        if erased.held:
            ack["held"] = board.held_of(self.house.store, chat_id, now)
        return ack

    def on_feedback(self, sid: str, payload: Payload, now: datetime) -> Ack:
        token, chat_id = self.bound(sid, now)
        feeling = wire.choice(payload, "feeling", rules.FEELINGS)
        words = text.clean_or_none(payload.get("text"), limit=rules.MESSAGE_LENGTH, field="text")
        urgent = visiting.give_feedback(self.house.store, token, feeling, words, now=now)
        if urgent:
            cards = board.urgent(self.house.store, chat_id, now)
            return {"urgent_help": True, "resources": cards}
        return {"urgent_help": False}

    def on_answer_hand_off(self, sid: str, payload: Payload, now: datetime) -> Ack:
        token, chat_id = self.bound(sid, now)
        hand_off_id = wire.word(payload, "hand_off")
        state = payload.get("state")
        if state is None:
            agrees = wire.required_flag(payload, "agrees")
            passing.answer(self.house.store, token, hand_off_id, agrees=agrees, now=now)
        else:
            said = wire.choice(payload, "state", handoffs.SAID_OF_RESOURCES)
            accompanying.say_as_visitor(self.house.store, token, hand_off_id, said, now=now)
        return {"chat": board.chat_of(self.house.store, chat_id, now)}

    def on_next_step(self, sid: str, payload: Payload, now: datetime) -> Ack:
        token, chat_id = self.bound(sid, now)
        limit = rules.NEXT_STEP_LENGTH
        words = text.clean_or_none(payload.get("text"), limit=limit, field="text")
        urgent = taking_along.write_step(self.house.store, token, words, now=now)
        ack: Ack = {"urgent_help": urgent}
        if urgent:
            ack["resources"] = board.urgent(self.house.store, chat_id, now)
        return ack

    def on_complain(self, sid: str, payload: Payload, now: datetime) -> Ack:
        token, chat_id = self.bound(sid, now)
        words = text.clean_or_none(payload.get("text"), limit=rules.MESSAGE_LENGTH, field="text")
        made = complaining.complain(self.house.store, token, words, now=now)
        ack: Ack = {"held_until": iso(made.held_until), "urgent_help": made.urgent}
        if made.urgent:
            ack["resources"] = board.urgent(self.house.store, chat_id, now)
        return ack

    # -- who is asking ------------------------------------------------------------------------

    def connection(self, sid: str) -> Connection:
        connection = self._connections.get(sid)
        if connection is None:
            raise errors.NotOpen
        return connection

    def _of(self, chat_id: str) -> list[Connection]:
        return [each for each in list(self._connections.values()) if each.chat_id == chat_id]

    def _is_in_sight(self, chat_id: str) -> bool:
        return any(not each.hidden for each in self._of(chat_id))

    def _tell_sight(self, chat_id: str, now: datetime) -> None:
        hidden = not self._is_in_sight(chat_id)
        visiting.shows(self.house.store, chat_id, hidden=hidden, now=now)

    def _help(self, sid: str, now: datetime) -> list[Card]:
        connection = self.connection(sid)
        if connection.chat_id is not None:
            return board.urgent(self.house.store, connection.chat_id, now)
        return board.urgent_at_the_door(self.house.store, connection.language, None, now)

    def bind(self, sid: str, token: str, chat_id: str, now: datetime) -> None:
        """From here on this connection is of this chat; of another one it was in no longer."""
        connection = self.connection(sid)
        if connection.chat_id not in (None, chat_id):
            self.leave_room(sid, visitor_room(connection.chat_id or ""))
        connection.token, connection.chat_id = token, chat_id
        self._seen_at[chat_id] = now
        self.enter_room(sid, visitor_room(chat_id))

    def unbind(self, sid: str, now: datetime) -> None:
        """This connection is of no chat any more; who has no other one is gone from it."""
        connection = self.connection(sid)
        chat_id, connection.chat_id, connection.token = connection.chat_id, None, None
        if chat_id is None:
            return
        self.leave_room(sid, visitor_room(chat_id))
        if not self._of(chat_id):
            seen_at = self._seen_at.pop(chat_id, now)
            visiting.gone(self.house.store, chat_id, seen_at=seen_at, now=now)

    def bound(self, sid: str, now: datetime) -> tuple[str, str]:
        """The token of this connection and its chat, which the store confirms for every act."""
        connection = self.connection(sid)
        if connection.token is None:
            raise errors.NotOpen
        chat_id = visiting.bound_to(self.house.store, connection.token, now=now)
        return connection.token, chat_id

    EVENTS: ClassVar[dict[str, wire.Handler]] = {
        "open": on_open,
        "resume": on_resume,
        "say": on_say,
        "typing": on_typing,
        "seen": on_seen,
        "page": on_page,
        "card": on_card,
        "leave": on_leave,
        "erase": on_erase,
        "feedback": on_feedback,
        **way_back.EVENTS,
        **following_up.EVENTS,
        "answer_hand_off": on_answer_hand_off,
        "complain": on_complain,
        "next_step": on_next_step,
    }
