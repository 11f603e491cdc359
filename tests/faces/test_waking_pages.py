"""A phone that slept: whatever wakes a page, it asks at once for what it missed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.faces.clients import node

WOKEN = Path(__file__).parent / "clients" / "woken.mjs"
STATIC = Path(__file__).parents[2] / "helpline" / "static"
PAGES = {"visitor": "visitor/connection.js", "staff": "shared/connection.js"}
COUNTS = "() => (globalThis.asked += 1)"
NEIGHBOURS = {
    "shared/dom.js": "export const byId = () => document.getElementById(); export const el = byId;",
    "visitor/chat.js": f"export const isOpen = () => true; export const resume = {COUNTS};",
    "visitor/wire.js": f"export const isUp = () => true; export const open = {COUNTS};"
    f"export const restart = {COUNTS}; export const tell = () => {{}};",
    "visitor/outbox.js": "export const halt = () => {};",
    "visitor/sentences.js": "export const say = () => '';",
    "visitor/status.js": "",
    "visitor/transcript.js": "",
}


def source(page: str) -> str:
    return (STATIC / PAGES[page]).read_text("utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_a_phone_that_slept_asks_for_what_it_missed(tmp_path: Path, page: str):
    for name, text in (NEIGHBOURS | {PAGES[page]: source(page)}).items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
    (tmp_path / "package.json").write_text('{"type": "module"}')

    ran = subprocess.run(
        [node.find(), str(WOKEN), str(tmp_path / PAGES[page]), page],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == ["visibilitychange", "pageshow", "online"]
