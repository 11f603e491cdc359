"""The browser of a run, or of a worker: one for all journeys and promises."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.server import ROOT

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str:
    """Where set-up found a browser, or a failure that says what to do."""
    named = os.environ.get("HELPLINE_TEST_CHROMIUM")
    found = ROOT / ".setup" / "chromium"
    if named:
        return named
    if found.exists():
        return found.read_text().strip()
    pytest.fail("No Chromium was set up for the browser tests: run `make browser`.")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield launched
        launched.close()
