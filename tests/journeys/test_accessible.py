"""axe on every page, light and dark, narrow and wide, low and high, under the real policy headers.

Everybody who takes part shares one server; each look is one way through all pages of a face.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from helpline.actions import entering
from helpline.store import left
from tests.faces.strangers import some_id
from tests.journeys.people import SOON, ListenerPage
from tests.server import ROOT, Client, Server

pytestmark = [pytest.mark.browser, pytest.mark.sockets]

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PASSWORD = "a long enough practice password"
LOOKS = [(320, 568, "light"), (320, 568, "dark"), (1280, 800, "light"), (1280, 800, "dark")]
# Of pages that are many and for staff: each width and each scheme once.
TWO_LOOKS = pytest.mark.parametrize(
    "page", [LOOKS[1], LOOKS[2]], indirect=True, ids=["320-dark", "1280-light"]
)


@pytest.fixture
def server(emptied: Server) -> Server:
    return emptied


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[2]}")
def page(browser, request) -> Iterator[Page]:
    width, height, scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


def barriers(name: str, page: Page) -> list[str]:
    """What axe finds on the page as it stands, and whether it scrolls sideways."""
    page.wait_for_load_state()  # styles too: a size is measured
    if not AXE.exists():
        pytest.fail("axe-core is missing: run `make test-assets`.")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: tags}).then(r => JSON.stringify(r.violations))", TAGS
    )
    told = [
        f"{name}: {each['id']}: {node['html'][:120]}"
        for each in json.loads(found)
        for node in each["nodes"]
    ]
    if not page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
        told.append(f"{name}: scrolls sideways")
    return told


def open_chat(page: Page, text: str) -> None:
    page.locator("textarea").first.fill(text)
    page.get_by_role("button", name="Start chat").click()
    page.locator("#chat[data-state=waiting]").wait_for(timeout=SOON)


def answer(leo: Client) -> str:
    """Takes the next offer and says hello; the chat."""
    leo.heard.clear()
    leo.ask("ready")
    offer = leo.wait_for("offer", within=SOON / 1000)
    leo.ask("accept", offer=offer["id"])
    leo.ask("say", chat=offer["chat"], client_id=some_id(), text="Hi, I am Leo.")
    return str(offer["chat"])


def test_a_visitor_meets_no_barrier(server, shared, page):
    leo, cora = shared.staff("leo"), shared.staff("cora", "/coordinator")

    def way() -> Iterator[str]:
        page.goto(f"{server.url}/")
        yield "welcome"
        open_chat(page, "I took all my pills")
        yield "waiting, urgent help open"
        cora.ask("set_line", open=False, reason="a test")
        page.locator("#line-closed").wait_for(timeout=SOON)
        yield "waiting, the line closed"
        cora.ask("set_line", open=True, reason="")
        chat = answer(leo)
        page.locator("#chat[data-state=active]").wait_for(timeout=SOON)
        expect(page.locator("#messages")).to_contain_text("Hi, I am Leo.", timeout=SOON)
        yield "in conversation"
        page.get_by_role("button", name="Delete what I wrote").click()
        page.locator("#erase-dialog").wait_for(timeout=SOON)
        yield "the question before deleting"
        page.locator("#erase-dialog").get_by_role("button", name="Keep it").click()
        leo.ask("close", chat=chat, outcome="felt_heard", anyway="a test")
        page.locator("#ended").wait_for(timeout=SOON)
        yield "ended, asked how it was"
        page.locator("#feedback").get_by_role("button", name="Better").click()
        page.locator("#more summary").click(timeout=SOON)
        yield "thanks, with a box for more"

    assert [each for name in way() for each in barriers(name, page)] == []


def test_a_visitor_meets_no_barrier_at_the_edges(server, shared, page):
    cora = shared.staff("cora", "/coordinator")

    def way() -> Iterator[str]:
        page.goto(f"{server.url}/widget")
        yield "widget"
        page.goto(f"{server.url}/chat/nothing-here")
        yield "gone"
        page.goto(f"{server.url}/")
        open_chat(page, "a long day")
        page.evaluate("document.getElementById('erase').submit()")  # as without a script
        page.locator("input[name=sure]").wait_for(state="attached", timeout=SOON)
        yield "the question before deleting, as a page"
        page.goto(f"{server.url}/")
        page.locator("#chat[data-state=waiting]").wait_for(timeout=3 * SOON)
        page.get_by_role("button", name="End chat").click()
        page.locator("#chat[data-state=left]").wait_for(timeout=SOON)
        yield "left"
        cora.ask("set_line", open=False, reason="a test")
        page.evaluate("sessionStorage.clear()")
        page.goto(f"{server.url}/")
        expect(page.locator("h1").first).to_contain_text("No one is here")
        yield "the closed door"
        page.goto(f"{server.url}/help")
        yield "/help"
        page.locator("#query").fill("xyzzy")
        page.get_by_role("button", name="Search").click()
        expect(page.locator("main [role=status]")).to_contain_text("Nothing fits all of that.")
        yield "/help, where nothing fits"

    assert [each for name in way() for each in barriers(name, page)] == []


def test_a_listener_meets_no_barrier(server, shared, page):
    vera, ben = shared.visitor(), shared.visitor()

    def way() -> Iterator[str]:
        page.goto(f"{server.url}/sign-in")
        yield "sign-in"
        sol = ListenerPage(page, server, "sol")
        page.locator("#presence button").first.wait_for(timeout=SOON)
        yield "console"
        sol.ready()
        vera.ask("open", client_id=some_id(), text="hello")
        sol.offer()
        yield "an offer"
        sol.accept()
        sol.sees("hello")
        vera.ask("say", client_id=some_id(), text="I feel hopeless")
        sol.sees("I feel hopeless")
        yield "a chat"
        ben.ask("open", client_id=some_id(), text="I took all my pills")
        page.locator("#offers [data-do=unfold]").click(timeout=SOON)
        yield "a chat, and another offer"
        shared.staff("sol").ask("away")
        page.locator("#set-away").wait_for(timeout=SOON)
        yield "set to away"
        for deed, dialog in DIALOGS.items():
            page.locator(f"[data-do={deed}]").first.click()
            page.locator(dialog).wait_for(timeout=SOON)
            yield dialog
            page.keyboard.press("Escape")

    assert [each for name in way() for each in barriers(name, page)] == []


DIALOGS = {
    "hand-off": "#hand-off-dialog",
    "emergency": "#emergency-dialog",
    "concern": "#concern-dialog",
    "ask-lead": "#ask-lead-dialog",
    "assess": "#assess-dialog",
    "end-chat": "#close-dialog",
    "not-today": "#not-today-dialog",
    "settings": "#settings-dialog",
    "keys": "#keys-dialog",
}


@TWO_LOOKS
def test_a_lead_who_hands_the_shift_over_meets_no_barrier(server, shared, page):
    sol = ListenerPage(page, server, "sol")
    sol.page.locator("#presence button").first.wait_for(timeout=SOON)
    sol.page.get_by_role("link", name="Hand-over at a change of shift").click()
    sol.page.get_by_label("What to watch for").fill("Somebody may call back about the flood")
    sol.page.get_by_role("button", name="Leave it for the next lead").click()
    expect(sol.page.locator("p.notice.ok")).to_contain_text("left for the next lead", timeout=SOON)
    expect(sol.page.locator("#left-1")).to_contain_text("the flood")
    assert barriers("a hand-over", sol.page) == []

    sol.page.goto(f"{server.url}/shifts")
    assert barriers("my shifts", sol.page) == []
    sol.page.get_by_role("link", name="Trade or cancel").first.click()
    assert barriers("one of my shifts", sol.page) == []


@TWO_LOOKS
def test_a_lead_meets_no_barrier_in_what_was_left_and_what_is_to_sign_off(server, shared, page):
    _, opened, leo, _ = shared.talk("I took all my pills")
    chat, now = opened["chat"]["id"], datetime.now(UTC)
    call = leo.ask("hand_off", chat=chat, to={"kind": "emergency"}, note="")["hand_off"]["id"]
    leo.ask("log_call", emergency=call, step="place", place={"area": "by the harbour"})
    leo.ask("raise_concern", chat=chat, about="child", concern="a bruise was spoken of")
    with shared.store.transaction() as tx:
        left.add(
            tx, client_id=some_id(), code_hash=some_id(), language="en", level=0,
            words="a boring day", now=now,
        )  # fmt: skip
    ListenerPage(page, server, "sol")

    def way() -> Iterator[str]:
        for path in OF_LISTENERS:
            page.goto(f"{server.url}{path}")
            yield path
        page.get_by_role("button", name="Take it and read").click()
        expect(page.locator("main")).to_contain_text("a boring day")
        yield "a message to answer"
        page.get_by_label("Your answer").fill("Come and talk.")
        page.get_by_role("button", name="Keep the answer").first.click()
        expect(page.locator(".notice.ok")).to_be_visible()
        yield "an answer"
        page.goto(f"{server.url}/listener/sign-offs")
        page.get_by_role("button", name="Read the notes").first.click()
        page.get_by_role("button", name="Read the words").first.click()
        expect(page.locator("main")).to_contain_text("a bruise was spoken of")
        yield "a call and a concern with their words"
        for _ in range(2):
            page.get_by_role("button", name="Sign it off").first.click()
            expect(page.locator(".notice.ok")).to_be_visible()
        yield "both signed off"

    assert [each for name in way() for each in barriers(name, page)] == []


OF_LISTENERS = ("/listener/sign-offs", "/listener/plans", "/listener/left")


@TWO_LOOKS
def test_a_coordinator_meets_no_barrier(server, shared, page):
    ListenerPage(page, server, "cora")
    shared.visitor().ask("open", client_id=some_id(), text="I took all my pills")

    def way() -> Iterator[str]:
        for path in PAGES:
            page.goto(f"{server.url}{path}")
            yield path
        page.goto(f"{server.url}/coordinator/shifts")
        page.locator("main a[href*='/coordinator/shifts/']").first.click()
        yield "one shift"
        page.goto(f"{server.url}/coordinator/packs/en")
        page.locator("details.card summary").first.click()
        yield "an entry of a pack"

    assert [each for name in way() for each in barriers(name, page)] == []


PAGES = (
    "/coordinator",
    "/coordinator/shifts",
    "/coordinator/days",
    "/coordinator/people",
    "/coordinator/requests",
    "/coordinator/hours",
    "/coordinator/packs",
    "/coordinator/resources",
    "/coordinator/resources/import",
    "/coordinator/looking-back",
    "/coordinator/records",
    "/coordinator/reports",
    "/coordinator/information/private/en",
    "/coordinator/settings",
)


def test_who_is_called_in_off_shift_meets_no_barrier_and_comes(server, shared, browser):
    """Nia at home says that she may be asked, is, comes, takes a chat, and is thanked; Cora asks."""
    entering.add_person(
        shared.store, email="nia@example.org", name="Nia", roles=["listener"], languages=["en"],
        skills=[], seats=1, password=PASSWORD, now=datetime.now(UTC),
    )  # fmt: skip
    server.sign_ins["nia@example.org"] = PASSWORD
    small = browser.new_context(viewport={"width": 320, "height": 568}, color_scheme="dark")
    nia = ListenerPage(small.new_page(), server, "nia")
    cora = ListenerPage(browser.new_context().new_page(), server, "cora")

    def way() -> Iterator[tuple[str, Page]]:
        nia.page.locator("#presence button").first.wait_for(timeout=SOON)
        nia.page.get_by_label("You may ask me at any hour").check()
        nia.page.get_by_role("button", name="Keep this choice").click()
        expect(nia.page.locator("#notices")).to_contain_text("Your choice is kept", timeout=SOON)
        cora.page.get_by_role("button", name="Ask people off shift to help").click()
        expect(cora.page.locator("#calls")).to_contain_text("Running now", timeout=SOON)
        nia.page.locator("#call-out").wait_for(timeout=SOON)
        yield "asked", nia.page
        nia.page.get_by_role("button", name="I can help now").click()
        expect(nia.page.locator("#presence")).to_contain_text("Ready for offers", timeout=SOON)
        expect(cora.page.locator("#calls")).to_contain_text("1 comes: Nia", timeout=SOON)
        yield "a call-out on the dashboard", cora.page
        shared.opened("hello")
        nia.accept()
        nia.sees("hello")
        cora.page.get_by_role("button", name="End this call-out").click()
        expect(nia.page.locator("#call-out")).to_contain_text("covered now", timeout=SOON)
        expect(nia.page.locator("#presence")).to_contain_text("Not on shift", timeout=SOON)
        nia.sees("hello")
        yield "covered, with a chat in hand", nia.page

    try:
        assert [each for name, page in way() for each in barriers(name, page)] == []
        assert nia.complaints + cora.complaints == []
    finally:
        for each in (nia, cora):
            each.page.context.close()
