"""One look at the queue: its CPU, and how it grows with those who wait and those who listen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from benchmarks.timing import side_by_side
from helpline.domain import assigning, queue, routing
from helpline.domain.urgency import Level

NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)


def run() -> None:
    for waiting, listeners in ((1_000, 50), (1_000, 500), (10_000, 500)):
        chats, people = _chats(waiting), _people(listeners)
        showing, asking = side_by_side(
            lambda chats=chats: queue.order(chats),
            lambda chats=chats, people=people: _pass(chats, people),
        )
        print(
            f"{waiting:6d} waiting, {listeners:4d} listeners: "
            f"whole order {showing * 1e3:7.1f} ms CPU, one pass {asking * 1e3:7.1f} ms CPU"
        )


def _pass(chats: list[queue.Waiting], people: list[routing.Listener]) -> list[assigning.Asking]:
    """As `offering.offer_waiting` does it, without the database."""
    in_turn = (_candidate(each) for each in queue.in_turn(chats))
    return list(assigning.plan(in_turn, people, NOW))


def _chats(count: int) -> list[queue.Waiting]:
    return [
        queue.Waiting(f"chat-{n}", Level(n % 4), NOW - timedelta(seconds=n * 7 % 3_600))
        for n in range(count)
    ]


def _candidate(chat: queue.Waiting) -> routing.Candidate:
    return routing.Candidate(chat.id, chat.level, "en", chat.arrived_at)


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
