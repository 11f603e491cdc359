"""A listener's own words stay in sight from the press to their place in the talk."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from tests.faces.clients import node

KEPT = Path(__file__).parent / "clients" / "kept.mjs"
STATIC = Path(__file__).parents[2] / "helpline" / "static"
MODULES = ("listener/outbox.js", "listener/talks.js", "listener/state.js", "shared/clock.js",
           "shared/dom.js")  # fmt: skip


def test_words_that_are_kept_stay_in_sight_while_what_was_said_before_is_on_its_way(tmp_path: Path):
    for name in MODULES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(STATIC / name, tmp_path / name)
    (tmp_path / "package.json").write_text('{"type": "module"}')

    ran = subprocess.run(
        [node.find(), str(KEPT), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["shown"] == [["mine"], ["mine"], ["before", "mine"]]
    assert told["lost"] == 0  # nothing that leaves the page with the chat was not kept
