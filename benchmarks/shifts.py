"""Two processes look after 300 shifts on PostgreSQL, and 21 times one of them is killed with -9.

Every shift must open once, and everybody be asked and reminded once. The clock of the shifts runs
90 times as fast; the lease goes by the true one.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from contextlib import ExitStack, closing
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

from sqlalchemy import select

from benchmarks import shift_worker
from helpline.actions import furnishing
from helpline.store import migrations
from helpline.store.engines import open_engine
from helpline.store.secrets import new_id
from helpline.store.shift_tables import Notice, ShiftRow
from helpline.store.tables import Booking, Moment, Person, ShiftPattern
from helpline.store.transaction import Store
from helpline.store.vault import Vault
from tests.postgres import running

DAY = date(2027, 6, 16)
FIRST = datetime(2027, 6, 16, 12, tzinfo=UTC)
PER_MINUTE = 20  # shifts that start together
SPEED = 90  # a minute and a half in a second
MINUTE = timedelta(minutes=1)
SETTINGS = {"ladder_confirm": 4, "ladder_remind": 120}


def run(kills: int = 21, shifts: int = 300, seed: int = 1) -> bool:
    random = Random(seed)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="helpline-shifts-")))
        server = next(stack.enter_context(closing(running())))
        url = server.database()
        store = _plan(url, folder, shifts)
        began, since = time.time(), FIRST - timedelta(hours=3, minutes=30)
        lasts = (FIRST + (shifts // PER_MINUTE + 6) * MINUTE - since).total_seconds() / SPEED

        store.engine.dispose()  # nobody inherits a connection

        def start() -> BaseProcess:
            """Forked, with all modules read: back within a moment, as under a supervisor that
            keeps one warm."""
            told = (url, str(folder / "keys"), began, since, SPEED)
            made = get_context("fork").Process(target=shift_worker.main, args=told, daemon=True)
            made.start()
            return made

        workers = [start(), start()]
        killed = 0
        try:
            while (passed := time.time() - began) < lasts:
                time.sleep(0.05)
                if killed < kills and passed >= (killed + random.random()) * lasts / (kills + 1):
                    victim = random.randrange(2)
                    workers[victim].kill()
                    workers[victim].join()
                    workers[victim] = start()
                    killed += 1
            time.sleep(8)  # a lease that died with its holder
        finally:
            for each in workers:
                each.kill()
                each.join()
        kept = _count(store, shifts, killed)
        store.engine.dispose()
    return kept


def _plan(url: str, folder: Path, shifts: int) -> Store:
    """One pattern and one person for each, twenty a minute, six hours long."""
    engine = open_engine(url)
    migrations.upgrade(engine)
    store = Store(engine, Vault(folder / "keys"))
    planned = FIRST - timedelta(days=2)
    furnishing.set_up_line(
        store, name="Line", zone="UTC", country="IE", languages=["en"], policies=SETTINGS,
        now=planned,
    )  # fmt: skip
    with store.transaction() as tx:
        for number in range(shifts):
            starts = FIRST + number // PER_MINUTE * MINUTE
            pattern, person = new_id(), new_id()
            tx.session.add(
                ShiftPattern(
                    id=pattern, title=str(number), weekday=DAY.weekday(), first_date=DAY,
                    starts=f"{starts:%H:%M}", ends=f"{starts + timedelta(hours=6):%H:%M}",
                    last_date=DAY,
                )
            )  # fmt: skip
            tx.session.add(
                Person(
                    id=person, email=f"{number}@example.org", name=str(number),
                    roles=["listener"], languages=["en"], created_at=planned,
                )
            )  # fmt: skip
            tx.session.flush()
            tx.session.add(
                Booking(id=new_id(), pattern_id=pattern, person_id=person, first_date=DAY)
            )
    return store


def _count(store: Store, shifts: int, killed: int) -> bool:
    with store.reading() as tx:
        rows = list(tx.session.scalars(select(ShiftRow)))
        opened = list(tx.session.scalars(select(Moment).where(Moment.kind == "shift_opened")))
        said = [
            each
            for each in tx.session.scalars(select(Notice))
            if each.kind in ("confirm", "reminder")
        ]
    about = Counter((each.kind, each.detail["pattern"], each.person_id) for each in said)
    sent = sum(each.sent_at is not None for each in said)
    late = sum(each.sent_at is not None and each.sent_at >= each.valid_until for each in said)
    delays = sorted((each.opened_at - each.starts_at) / SPEED for each in rows if each.opened_at)
    once = Counter(each.detail["pattern"] for each in opened)
    print(f"killed {killed} times with -9, two processes, PostgreSQL")
    print(f"shifts opened: {len(once)} of {shifts}, opened twice: {len(opened) - len(once)}")
    print(f"reminders: {sent} of {2 * shifts}, twice: {len(said) - len(about)}, late: {late}")
    if delays:
        middle, last = delays[len(delays) // 2], delays[-1]
        print(
            f"opened after: median {middle.total_seconds():.1f} s, "
            f"longest {last.total_seconds():.1f} s"
        )
    return (
        len(rows) == len(once) == len(opened) == shifts
        and sent == len(about) == len(said) == 2 * shifts
        and late == 0
    )
