"""One look at the queue: its CPU, and how it grows with those who wait and those who listen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from benchmarks.timing import side_by_side
from helpline.domain import queue, routing
from helpline.domain.urgency import Level

NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)


def run() -> None:
    for waiting, listeners in ((1_000, 50), (10_000, 500)):
        chats, people = _chats(waiting), _people(listeners)
        ordering, choosing = side_by_side(
            lambda chats=chats: queue.order(chats),
            lambda people=people: [
                routing.choose(_candidate(n), people, NOW) for n in range(len(people))
            ],
        )
        print(f"order {waiting:6d} waiting            {ordering * 1e3:8.1f} ms CPU")
        print(f"choose for {listeners:4d} among {listeners:4d} people {choosing * 1e3:8.1f} ms CPU")


def _chats(count: int) -> list[queue.Waiting]:
    return [
        queue.Waiting(f"chat-{n}", Level(n % 4), NOW - timedelta(seconds=n * 7 % 3_600))
        for n in range(count)
    ]


def _candidate(n: int) -> routing.Candidate:
    return routing.Candidate(f"chat-{n}", Level(n % 4), "en", NOW)


def _people(count: int) -> list[routing.Listener]:
    return [
        routing.Listener(
            f"person-{n}",
            on_shift=True,
            ready=True,
            here=True,
            seats=2,
            used=n % 3,
            languages=frozenset({"en", "es"} if n % 4 == 0 else {"en"}),
        )
        for n in range(count)
    ]
