"""Two listeners take the same chat at the same moment, again and again; who got it is counted."""

from __future__ import annotations

import multiprocessing
import queue
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import URL, select, text, update
from sqlalchemy.exc import IntegrityError

from helpline.actions import furnishing, listening, visiting
from helpline.domain import errors, routing
from helpline.domain.access import Who
from helpline.store import chats, offers
from helpline.store.engines import open_engine
from helpline.store.secrets import new_id
from helpline.store.tables import Chat, Holding
from helpline.store.transaction import Store
from helpline.store.vault import Vault

TIMES = {"offer": 50, "hand_off": 20}
A_FEW = 5  # for a planted fault, which shows at once
WON = "won"
MAY_LOSE_WITH = {"offer_taken", "offer_gone"}
TOGETHER_WITHIN = 30  # seconds


@dataclass(frozen=True)
class Round:
    """One chat, and the offer that each of the two was made."""

    chat: str
    offers: dict[str, str]
    epoch: int  # as it must be when exactly one has taken it


def rounds_of(
    store: Store,
    two: Iterable[Who],
    *,
    now: datetime,
    sender: Who | None = None,
    times: int,
) -> list[Round]:
    """Chats offered to both at once: from the queue, or as a hand-off from `sender`."""
    furnishing.set_door_limit(store, 0, now=now)
    opened = [
        visiting.open_chat(store, visiting.Opening(new_id(), text="hello"), now=now).chat_id
        for _ in range(times)
    ]
    made = []
    with store.transaction() as tx:
        for chat in opened:
            if sender is not None:
                assert chats.claim(tx, chat, sender.id, now)
            else:
                tx.session.execute(update(Chat).where(Chat.id == chat).values(state="offered"))
            asked = {
                who.id: offers.add(
                    tx,
                    chat,
                    who.id,
                    now=now,
                    expires_at=now + timedelta(minutes=10),
                    from_id=sender.id if sender else None,
                ).id
                for who in two
            }
            made.append(Round(chat, asked, epoch=2 if sender else 1))
    return made


# -- at the same moment -----------------------------------------------------------------------


def accept(store: Store, who: Who, offer: str, now: datetime) -> str:
    """`won`, the code of a refusal, or the name of a fault."""
    try:
        listening.accept(store, who, offer, now=now)
    except errors.Refused as refused:
        return refused.code
    except IntegrityError as fault:
        return type(fault).__name__
    return WON


def race(rounds: list[Round], contenders: dict[str, Callable[[str], str]]) -> dict[str, list[str]]:
    """Each contender in a thread of its own; all start each round together."""
    together = threading.Barrier(len(contenders))
    outcomes: dict[str, list[str]] = {name: [] for name in contenders}

    def run(name: str, take: Callable[[str], str]) -> None:
        for each in rounds:
            together.wait(TOGETHER_WITHIN)
            outcomes[name].append(take(each.offers[name.partition("#")[0]]))

    threads = [threading.Thread(target=run, args=each) for each in contenders.items()]
    for each in threads:
        each.start()
    for each in threads:
        each.join(TOGETHER_WITHIN * 2)
    return outcomes


def race_in_processes(
    rounds: list[Round],
    two: Iterable[Who],
    database: URL,
    keys: Path,
    faults: list[str],
    now: datetime,
) -> dict[str, list[str]]:
    """As `race`, each contender in a process with a store of its own."""
    spawn = multiprocessing.get_context("spawn")
    together, answers = spawn.Barrier(2), spawn.Queue()
    runners = [
        spawn.Process(
            target=_run_alone,
            args=(
                who,
                [each.offers[who.id] for each in rounds],
                database,
                keys,
                faults,
                now,
                together,
                answers,
            ),
        )
        for who in two
    ]
    for each in runners:
        each.start()
    try:
        return dict(answers.get(timeout=TOGETHER_WITHIN * 2) for _ in runners)
    except queue.Empty:
        raise AssertionError("somebody never answered") from None
    finally:
        for each in runners:
            each.join(TOGETHER_WITHIN)


def _run_alone(
    who: Who,
    mine: list[str],
    database: URL,
    keys: Path,
    faults: list[str],
    now: datetime,
    together: Any,
    answers: Any,
) -> None:
    store = Store(open_engine(database.render_as_string(hide_password=False)), Vault(keys))
    plant(faults, setattr)
    outcomes = []
    for offer in mine:
        together.wait(TOGETHER_WITHIN)
        outcomes.append(accept(store, who, offer, now))
    answers.put((who.id, outcomes))
    store.engine.dispose()


# -- who has it -------------------------------------------------------------------------------


def violations(
    store: Store, rounds: list[Round], outcomes: dict[str, list[str]], *, winners: int = 1
) -> list[str]:
    """What is not as promised: one winner each time, and the other is told so kindly."""
    found = []
    with store.reading() as tx:
        for number, each in enumerate(rounds):
            ended = {name.partition("#")[0]: told[number] for name, told in outcomes.items()}
            told = [answers[number] for answers in outcomes.values()]
            won = [name for name, outcome in ended.items() if outcome == WON]
            if told.count(WON) != winners:
                found.append(f"{number}: {told.count(WON)} have won")
            found += [
                f"{number}: told {each}" for each in told if each not in MAY_LOSE_WITH | {WON}
            ]
            query = select(Holding.person_id).where(Holding.chat_id == each.chat)
            holders = list(tx.session.scalars(query.where(Holding.until.is_(None))))
            if holders != won[:1]:
                found.append(f"{number}: held by {len(holders)}")
            chat = chats.chat(tx, each.chat)
            if (chat.state, chat.epoch) != ("active", each.epoch) or chat.holder_id not in won:
                found.append(f"{number}: the chat says something else")
    return found


# -- faults -----------------------------------------------------------------------------------


class _Forgetful:
    """An UPDATE of a chat that remembers only the first condition: which chat, not whether free."""

    def where(self, first: Any, *_forgotten: Any) -> Any:
        return update(Chat).where(first)


def plant(faults: Iterable[str], put: Callable[[Any, str, Any], None]) -> None:
    """`stale_reads`: both have looked before either wrote, as on a database that lets writers run
    side by side. `no_where`: the claim takes the chat whether it is free or not."""
    for fault in faults:
        if fault == "stale_reads":
            put(routing, "require_still_open", lambda *_: None)
        if fault == "no_where":
            put(chats, "update", lambda table: _Forgetful() if table is Chat else update(table))


def drop_index(store: Store) -> None:
    with store.transaction() as tx:
        tx.session.execute(text("DROP INDEX one_holder_per_chat"))
