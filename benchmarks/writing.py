"""CPU of a durable, sealed, triaged message: shared commits against one commit each."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.timing import side_by_side
from helpline.actions import furnishing, visiting
from helpline.bootstrap import LEXICON
from helpline.store import migrations, packs
from helpline.store.engines import open_engine
from helpline.store.secrets import new_id
from helpline.store.transaction import Store
from helpline.store.vault import Vault
from helpline.store.writer import BATCH, Writer, _Piece

MESSAGES = 300
TEXT = "had a long day at work and nobody to talk to about it, it helps to write it down somewhere"


def run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store, tokens = _line(Path(folder))
        writer = Writer(store)

        def each_alone() -> None:
            for token in tokens:
                _say(store, token)

        def together() -> None:
            for start in range(0, len(tokens), BATCH):
                writer._write(_pieces(tokens[start : start + BATCH]))

        alone, shared = side_by_side(each_alone, together)
    print(f"one commit each   {alone / MESSAGES * 1e6:8.0f} us CPU a message")
    print(f"shared commits    {shared / MESSAGES * 1e6:8.0f} us CPU a message")
    print(f"ratio             {shared / alone:8.2f}")


def _line(folder: Path) -> tuple[Store, Sequence[str]]:
    now = datetime.now(UTC)
    engine = open_engine(f"sqlite:///{folder}/bench.db")
    migrations.upgrade(engine)
    store = Store(engine, Vault(folder / "keys"), packs=packs.load_folder(LEXICON))
    furnishing.set_up_line(
        store, name="Bench", zone="UTC", country="IE", languages=["en"], by_hand="open", now=now
    )
    opened = [
        visiting.open_chat(store, visiting.Opening(new_id(), text="hello"), now=now)
        for _ in range(MESSAGES)
    ]
    return store, [each.token for each in opened]


def _say(store: Store, token: str) -> Any:
    return visiting.say(store, token, new_id(), TEXT, now=datetime.now(UTC))


def _pieces(tokens: Sequence[str]) -> list[_Piece]:
    from helpline.store.secrets import digest

    now = datetime.now(UTC)
    return [_Piece(visiting._say, (digest(token), new_id(), TEXT, now, None)) for token in tokens]
