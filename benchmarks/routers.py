"""Sixteen routers at once, ten thousand chats, two hundred ended connections, on PostgreSQL."""

from __future__ import annotations

import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from tests.conftest import NOW
from tests.databases import Postgresql, Templates
from tests.postgres import running
from tests.promises import crowd
from tests.promises.crowd import Evidence, Size, violations

WHOLE = Size(routers=16, desks=4, listeners=40, chats=10_000, cuts=200, within=12 * 3600)


def run(chats: int = WHOLE.chats, routers: int = WHOLE.routers, cuts: int = WHOLE.cuts) -> bool:
    """False when a promise was broken. Fewer chats, routers or cuts make a shorter run."""
    size = replace(WHOLE, chats=chats, routers=routers, cuts=cuts)
    with tempfile.TemporaryDirectory() as place, closing(running()) as postgres:
        folder = Path(place)
        made = Templates(Postgresql(next(postgres), folder), NOW)
        url, cast = made.settled
        seen = crowd.gather(url, folder / "keys", cast, size)
    _show(seen)
    found = violations(seen)
    print("\n".join(["BROKEN", *found]) if found else "KEPT: nobody doubled, nobody forgotten")
    return not found


def _show(seen: Evidence) -> None:
    size = seen.size
    for what, count in (
        ("routers", size.routers),
        ("listeners, in processes", f"{size.listeners} in {size.desks}"),
        ("chats", seen.opened),
        ("offers, by their end", _listed(seen.offers)),
        ("connections ended", f"{seen.cuts.total()} ({_listed(seen.cuts)})"),
        ("what processes met", _listed(seen.met)),
        ("two people had one chat", seen.doubled),
        ("nobody was asked about it", seen.never_offered),
        ("more than their seats", seen.over_the_seats),
        ("no end", seen.unfinished),
        ("took", f"{seen.took:.0f} s"),
    ):
        print(f"{what:28} {count}")


def _listed(counted: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counted.items())) or "none"
