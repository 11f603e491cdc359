"""axe on every page, light and dark, narrow and wide, under the real policy headers."""

from __future__ import annotations

import json

import pytest

from tests.journeys.people import SOON
from tests.server import ROOT, Server

pytestmark = [pytest.mark.browser, pytest.mark.sockets]

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = [(width, scheme) for width in (320, 1280) for scheme in ("light", "dark")]


def violations(page) -> list[str]:
    if not AXE.exists():
        pytest.fail("axe-core is missing: run `make test-assets`.")
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: tags}).then(r => JSON.stringify(r.violations))", TAGS
    )
    return [
        f"{each['id']}: {node['html'][:120]}"
        for each in json.loads(found)
        for node in each["nodes"]
    ]


def fits(page) -> bool:
    """No scrolling sideways."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.fixture
def in_every_look(browser, server: Server):
    """Calls `look(page)` in each width and colour scheme, and gathers what axe finds."""

    def run(look, width_and_scheme) -> list[str]:
        width, scheme = width_and_scheme
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        page = context.new_page()
        found = []
        for name in look(page):
            found += [f"{name}: {each}" for each in violations(page)]
            if not fits(page):
                found.append(f"{name}: scrolls sideways at {width}")
        context.close()
        return found

    return run


@pytest.mark.parametrize("look", LOOKS)
def test_a_visitor_meets_no_barrier(server, in_every_look, look):
    def visit(page):
        page.goto(f"{server.url}/")
        yield "welcome"
        page.locator("textarea").first.fill("I took all my pills")
        page.get_by_role("button", name="Start chat").click()
        page.locator("#chat[data-state=waiting]").wait_for(timeout=SOON)
        yield "waiting, urgent help open"
        page.get_by_role("button", name="End chat").click()
        page.locator("#chat[data-state=left]").wait_for(timeout=SOON)
        yield "ended"
        page.goto(f"{server.url}/chat/nothing-here")
        yield "gone"

    assert in_every_look(visit, look) == []


@pytest.mark.parametrize("look", LOOKS)
def test_staff_meet_no_barrier(server, in_every_look, look):
    def sign_in(page, name):
        page.goto(f"{server.url}/sign-in")
        page.get_by_label("Email").fill(f"{name}@example.org")
        page.get_by_label("Password").fill(server.sign_ins[f"{name}@example.org"])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/listener" if name != "cora" else "**/coordinator")

    def console(page):
        page.goto(f"{server.url}/sign-in")
        yield "sign-in"
        sign_in(page, "sol")
        page.locator("#presence button").first.wait_for(timeout=SOON)
        yield "console"
        page.context.clear_cookies()
        sign_in(page, "cora")
        for path in (
            "/coordinator",
            "/coordinator/shifts",
            "/coordinator/people",
            "/coordinator/packs/en",
        ):
            page.goto(f"{server.url}{path}")
            yield path

    assert in_every_look(console, look) == []
