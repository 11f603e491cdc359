"""Redis is killed under load, two processes: what is lost, and when both sides are equal again."""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median

from tests.postgres import running as postgres_running
from tests.promises.pair import Pages, Pair, eventually, practice_week
from tests.redis_server import Redis

CHATS = 10
A_SECOND = 20  # messages, each heard at the other process
BEFORE, AWAY, AFTER = 5, float(os.environ.get("BENCH_AWAY_S", "60")), 15  # seconds


def run() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        postgres = stack.enter_context(closing(postgres_running()))
        hints = stack.enter_context(closing(Redis().start()))
        week = practice_week(next(postgres), folder)
        pair = stack.enter_context(closing(Pair(week, folder, REDIS_URL=hints.url).start()))
        pages = Pages(pair, pair.a, pair.b, CHATS)

        pages.write(A_SECOND, BEFORE)
        killed = pages.now()
        hints.kill()
        pages.write(A_SECOND, AWAY)
        hints.start()
        returned = pages.now()
        pages.write(A_SECOND, AFTER)
        equal = eventually(pages.are_equal, within=12)

        delays = pages.delays()
        slow = [said for said, took in delays if said > returned and took > SOON]
        print(
            f"{len(delays)} messages said, {pages.missing()} lost, {pages.disordered()} disordered"
        )
        for name, since, until in (
            ("before", 0.0, killed),
            ("away", killed, returned),
            ("after", returned, pages.now()),
        ):
            took = [each for said, each in delays if since <= said < until]
            print(
                f"{name:8} heard after {median(took):6.3f} s (median), {max(took):6.3f} s (slowest)"
            )
        back = max(slow) - returned if slow else 0.0
        print(
            f"heard at once again {back:.1f} s after its return; equal {equal:.1f} s after the end"
        )


SOON = 0.5  # seconds
