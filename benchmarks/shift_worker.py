"""One process that looks after shifts and nothing else: the lease, the sweeps, the mailbox.

`shifts.py` forks it and kills it. Its clock runs `speed` times as fast as the one on the wall, from
the same two moments in every process.
"""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path

from helpline.actions import laddering, notifying, reminding, shifting
from helpline.store import sweeper
from helpline.store.engines import open_engine
from helpline.store.sweeper import NotTheSweeper
from helpline.store.transaction import Store
from helpline.store.vault import Vault

LOOKS_EVERY = 0.2  # seconds
LADDER_EVERY = 10  # looks


def main(url: str, keys: str, began: float, since: datetime, speed: float) -> None:
    store = Store(open_engine(url), Vault(Path(keys)))
    process = str(uuid.uuid4())
    for number in count():
        time.sleep(LOOKS_EVERY)
        fence = sweeper.take_turn(store, process, now=datetime.now(UTC))
        if fence is not None:
            now = since + timedelta(seconds=(time.time() - began) * speed)
            guarded = store.guarded_by(partial(sweeper.require, fence=fence))
            look(guarded, now, ladder=number % LADDER_EVERY == 0)


def look(store: Store, now: datetime, *, ladder: bool) -> None:
    try:
        for sweep in (shifting.look, reminding.look, *([laddering.look] if ladder else [])):
            sweep(store, now=now)
        notifying.send_due(store, lambda _: False, reaches=lambda _: False, clock=lambda: now)
    except NotTheSweeper:
        return  # another looks after it by now; nothing of this look was kept
