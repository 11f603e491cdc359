"""People who write without pause, whatever happens to the server, and what must be true after."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import socketio

from helpline import clock
from helpline.store import chats
from helpline.store.chats import Said
from tests.promises.practice import House, client_id
from tests.server import Client

ANSWER_WITHIN = 4  # seconds until somebody says it again
BACK_WITHIN = 60
PAUSE = 0.02
A_MOMENT = 0.1  # seconds, in which a kill comes
SLOWEST = 0.1  # seconds for one acknowledgement, at worst
BETWEEN_KILLS = 20  # acknowledgements, of everybody together
EVERY_LOST = 5  # one ack in so many never reaches its page


class Voice:
    """One page: says, counts only what was acknowledged, comes back, resumes, says again."""

    def __init__(
        self, house: House, namespace: str, auth: Any, chat: str, binding: dict[str, Any]
    ) -> None:
        self.house, self.namespace, self.auth, self.chat = house, namespace, auth, chat
        self.binding = binding  # what `resume` and `say` carry to say which chat is meant
        self.acked: list[tuple[str, int]] = []  # client ids and their seq, in the order of the acks
        self.answered_otherwise: list[str] = []
        self.shown: dict[int, str] = {}
        self._answers = 0
        self._client: Client | None = None

    def write_on(self, enough: threading.Event) -> None:
        while not enough.is_set():
            self.say(client_id(), f"{self.namespace} says {len(self.acked)}")
            time.sleep(PAUSE)

    def say(self, id: str, words: str) -> None:
        """The same id and words until an ack arrives; every fifth one is lost on its way."""
        said = {"client_id": id, "text": words} | self._names_chat()
        first: int | None = None
        while True:
            ack = self._ask("say", said)
            if ack is None:
                continue
            assert ack["ok"], ack
            self._answers += 1
            if first is None and self._answers % EVERY_LOST == 0:
                first = ack["seq"]
                continue
            if first not in (None, ack["seq"]):
                self.answered_otherwise.append(id)
            self.acked.append((id, ack["seq"]))
            self.shown.setdefault(ack["seq"], words)
            return

    def look(self) -> None:
        """Shows what was heard and asks for what is missing, to the end."""
        more = True
        while more:
            ack = self._ask("resume", self.binding | {"after": self._last()})
            if ack is None:
                continue
            assert ack["ok"], ack
            self._show(ack["messages"])
            more = ack["more"]
        assert self._client is not None
        self._show(
            data
            for kind, data in self._client.heard
            if kind == "message" and data["chat"] == self.chat
        )

    def close(self) -> None:
        if self._client is not None:
            self._client.close()

    def _names_chat(self) -> dict[str, Any]:
        return {key: value for key, value in self.binding.items() if key == "chat"}

    def _last(self) -> int:
        last = 0
        while last + 1 in self.shown:
            last += 1
        return last

    def _show(self, messages: Any) -> None:
        for each in messages:
            before = self.shown.setdefault(each["seq"], each["text"])
            if before != each["text"]:
                self.answered_otherwise.append(f"seq {each['seq']}")

    def _ask(self, event: str, payload: dict[str, Any]) -> dict[str, Any] | None:
        """The ack, or nothing when the connection died first."""
        answers: list[dict[str, Any]] = []
        arrived = threading.Event()

        def answered(ack: dict[str, Any]) -> None:
            answers.append(ack)
            arrived.set()

        try:
            io = self._connected().io
            io.emit(event, payload, namespace=self.namespace, callback=answered)
            until = time.monotonic() + ANSWER_WITHIN
            while not arrived.wait(0.05) and io.connected and time.monotonic() < until:
                pass
        except socketio.exceptions.SocketIOError:
            pass
        return answers[0] if answers else None

    def _connected(self) -> Client:
        if self._client is not None and self._client.io.connected:
            return self._client
        until = time.monotonic() + BACK_WITHIN
        while True:
            try:
                self._client = Client(self.house, self.namespace, self.auth)
                break
            except socketio.exceptions.SocketIOError:
                assert time.monotonic() < until, "the server never came back"
                time.sleep(0.1)
        self.look()
        return self._client


@dataclass
class Evidence:
    """What everybody was told, and what there is."""

    acked: dict[str, list[list[tuple[str, int]]]] = field(default_factory=dict)
    stored: dict[str, list[Said]] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=dict)  # `last_seq` of each chat
    shown: dict[str, list[dict[int, str]]] = field(default_factory=dict)
    answered_otherwise: list[str] = field(default_factory=list)
    arrived: dict[str, Any] = field(default_factory=dict)  # of the chats that waited, before
    in_line: dict[str, Any] = field(default_factory=dict)  # of those in line, after

    @property
    def acknowledged(self) -> int:
        return sum(len(writer) for chat in self.acked.values() for writer in chat)


def violations(seen: Evidence) -> list[str]:
    """What was promised and is not so; nothing when every promise was kept."""
    found = [f"answered otherwise the second time: {each}" for each in seen.answered_otherwise]
    for chat, stored in seen.stored.items():
        places = {said.client_id: said.seq for said in stored if said.client_id}
        times = Counter(said.client_id for said in stored if said.client_id)
        found += [
            f"{chat}: {id} is there {count} times" for id, count in times.items() if count > 1
        ]
        for writer in seen.acked.get(chat, []):
            found += [f"{chat}: {id} is lost" for id, _ in writer if id not in places]
            found += [
                f"{chat}: {id} was acknowledged at {seq} and is at {places[id]}"
                for id, seq in writer
                if places.get(id, seq) != seq
            ]
            order = [places[id] for id, _ in writer if id in places]
            if order != sorted(order):
                found.append(f"{chat}: not in the order in which it was said")
        seqs = [said.seq for said in stored]
        if seqs != list(range(1, seen.counted[chat] + 1)):
            found.append(f"{chat}: the sequence has holes")
        texts = {said.seq: said.text for said in stored}
        for page in seen.shown.get(chat, []):
            spoken = {seq: page.get(seq) for seq, text in texts.items() if text}
            if set(page) != set(texts) or spoken != {seq: texts[seq] for seq in spoken}:
                found.append(f"{chat}: a transcript differs from the database")
    for chat, arrived in seen.arrived.items():
        if chat not in seen.in_line:
            found.append(f"{chat}: no longer in the queue")
        elif seen.in_line[chat] != arrived:
            found.append(f"{chat}: its arrival changed")
    return found


def write_through_kills(
    house: House,
    kills: int,
    *,
    between: int = BETWEEN_KILLS,
    seed: int = 1,
    patience: float = BACK_WITHIN,
) -> Evidence:
    """Four conversations and two people who wait, all writing; the server is killed and comes back.

    `seed` chooses the moments: never the same point of whatever they do.
    """
    chance = random.Random(seed)
    talking = {chat: [visitor, listener] for chat, visitor, listener in _conversations(house)}
    waiting = {voice.chat: [voice] for voice in (_arrives(house) for _ in range(2))}
    everybody = talking | waiting
    arrived = {chat: row.arrived_at for chat, row in _in_line(house).items() if chat in waiting}
    assert len(arrived) == 2

    enough = threading.Event()
    writers = [
        threading.Thread(target=voice.write_on, args=[enough], daemon=True)
        for voices in everybody.values()
        for voice in voices
    ]
    for each in writers:
        each.start()
    for _ in range(kills):
        _hear_more(everybody, between, patience)
        time.sleep(chance.uniform(0, A_MOMENT))
        house.kill()
        house.start()
    _hear_more(everybody, between, patience)
    enough.set()
    for each in writers:
        each.join(patience)
        assert not each.is_alive(), "somebody was never acknowledged"
    return _gather(house, everybody, arrived)


def _hear_more(everybody: dict[str, list[Voice]], more: int, patience: float) -> None:
    """Until there are so many more acknowledgements, from everybody together."""

    def heard() -> int:
        return sum(len(voice.acked) for voices in everybody.values() for voice in voices)

    before, until = heard(), time.monotonic() + patience + more * SLOWEST
    while heard() < before + more:
        assert time.monotonic() < until, "nobody is acknowledged any more"
        time.sleep(0.01)


def _conversations(house: House) -> list[tuple[str, Voice, Voice]]:
    """Leo and Lin with two seats each, all taken."""
    started = []
    for name in ("leo", "lin"):
        token = house.token(name)
        console = Client(house, "/listener", {"token": token})
        assert console.ask("ready")["ok"]
        for _ in range(2):
            visitor = _arrives(house)
            offer = console.wait_for("offer", lambda data, chat=visitor.chat: data["chat"] == chat)
            assert console.ask("accept", offer=offer["id"])["ok"]
            listener = Voice(
                house, "/listener", {"token": token}, visitor.chat, {"chat": visitor.chat}
            )
            started.append((visitor.chat, visitor, listener))
        console.close()
    return started


def _arrives(house: House) -> Voice:
    first = house.visitor()
    opened = first.ask("open", client_id=client_id(), text="hello")
    assert opened["ok"], opened
    first.close()
    return Voice(house, "/visitor", None, opened["chat"]["id"], {"token": opened["token"]})


def _in_line(house: House) -> dict[str, Any]:
    with house.store.reading() as tx:
        return {row.id: row for row in chats.in_line(tx)}


def _gather(house: House, everybody: dict[str, list[Voice]], arrived: dict[str, Any]) -> Evidence:
    seen = Evidence(arrived=arrived)
    for chat, voices in everybody.items():
        for voice in voices:
            voice.look()
            voice.close()
            seen.answered_otherwise += voice.answered_otherwise
        seen.acked[chat] = [voice.acked for voice in voices]
        seen.shown[chat] = [voice.shown for voice in voices]
    seen.in_line = {chat: row.arrived_at for chat, row in _in_line(house).items()}
    with house.store.reading() as tx:
        for chat in everybody:
            seen.stored[chat] = _all_of(tx, chat)
            seen.counted[chat] = chats.chat(tx, chat).last_seq
    return seen


def _all_of(tx: Any, chat: str) -> list[Said]:
    said, more = chats.messages_after(tx, chat, 0)
    while more:
        page, more = chats.messages_after(tx, chat, said[-1].seq)
        said += page
    return said


def said(seq: int, id: str | None, text: str = "hi") -> Said:
    """A stored message for the tests of the checker itself."""
    return Said("c", seq, "visitor", None, id, text, None, None, None, clock.now())
