"""A board that was made before a chat changed hands, and comes after it, does not undo it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from tests.faces.clients import node

STALE = Path(__file__).parent / "clients" / "stale_board.mjs"
STATIC = Path(__file__).parents[2] / "helpline" / "static"


def test_a_chat_just_taken_stays_and_one_just_given_away_stays_gone(tmp_path: Path):
    for name in ("listener/state.js", "shared/dom.js"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(STATIC / name, tmp_path / name)
    (tmp_path / "package.json").write_text('{"type": "module"}')

    ran = subprocess.run(
        [node.find(), str(STALE), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["held"] == [["new", "old"], ["new", "old"], ["new"], ["new"], [], []]
    assert told["gone"] == [[], [], ["old"], [], ["new"], []]
