"""A check-in in a browser: agreed on a phone, reminded, written, read on return, and not by code."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys.people import SOON, ListenerPage
from tests.journeys.test_accessible import barriers
from tests.journeys.test_way_back import SIX_WORDS, comes_with

pytestmark = [pytest.mark.browser, pytest.mark.sockets]

PHONE = {"width": 320, "height": 568}


@pytest.fixture
def server(emptied):
    return emptied


def test_a_check_in_is_agreed_on_a_phone_written_in_time_and_read_on_return(
    server, shared, visit, listen
):
    leo = listen("leo")
    leo.ready()
    phone = visit(viewport=PHONE, has_touch=True, is_mobile=True)
    phone.open("my heavy heron")
    leo.accept()
    leo.page.get_by_role("button", name="Agree a check-in").click()
    day = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
    leo.page.get_by_label("Day", exact=True).fill(day)
    assert barriers("the dialog", leo.page) == []
    leo.page.get_by_role("button", name="Ask them").click()
    expect(leo.page.locator("#check-in")).to_contain_text("They have not answered", timeout=SOON)

    card = phone.page.locator("#follow-up")
    expect(card).to_contain_text("we cannot reach you otherwise", timeout=SOON)
    expect(card).to_contain_text("between 18:00 and 20:00")
    yes, no = (card.get_by_role("button", name=each) for each in ("Yes, please", "No, thank you"))
    sizes = [(box["width"], box["height"]) for box in (yes.bounding_box(), no.bounding_box())]
    assert sizes[0] == sizes[1]
    assert sizes[0][1] >= 44
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert barriers("the question", phone.page) == []
    yes.click()
    phone.sees("We check in with you")
    expect(leo.page.locator("#check-in")).to_contain_text("They said yes", timeout=SOON)
    phone.page.get_by_role("button", name="Show the code").click()
    expect(phone.page.locator("#code")).to_have_text(SIX_WORDS, timeout=SOON)
    code = phone.page.locator("#code").inner_text()
    phone.page.get_by_role("button", name="End chat").click()
    phone.wait_for_state("closed")

    time_goes_by(shared)
    phone.page.reload()
    expect(card).to_contain_text("Nobody has written yet.", timeout=SOON)
    expect(phone.page.locator("#messages li")).to_have_count(0)
    expect(phone.page.get_by_label("Write again")).to_be_hidden()
    is_reminded(leo)
    leo.page.goto(f"{server.url}/listener")
    leo.page.get_by_role("link", name="Check-ins").click()
    leo.page.set_viewport_size(PHONE)
    assert barriers("the page of check-ins", leo.page) == []
    assert "heron" not in leo.page.content()
    leo.page.get_by_label("What you write to them").fill("I thought of you this week.")
    leo.page.get_by_role("button", name="Keep it for them to read").click()
    expect(leo.page.locator(".notice.ok")).to_contain_text("It is kept.")

    expect(card).to_contain_text("I thought of you this week.", timeout=SOON)
    phone.page.reload()
    expect(card).to_contain_text("Leo writes:", timeout=SOON)

    library = visit(viewport={"width": 1280, "height": 900})
    comes_with(library, code)
    expect(library.page.locator("main")).to_contain_text("we thought of you")
    library.page.get_by_role("button", name="Start chat").click()
    library.wait_for_state("waiting")
    expect(library.page.locator("#follow-up")).to_contain_text("we thought of you")
    for word in ("this week", "heron"):
        assert word not in library.page.content()


def is_reminded(leo: ListenerPage) -> None:
    """By the notices of the house, which a sweep delivers."""
    main = leo.page.locator("main")
    for _ in range(10):
        leo.page.goto(f"{leo.server.url}/notices")
        if "Now is the check-in" in main.inner_text():
            break
        leo.page.wait_for_timeout(1000)
    expect(main).to_contain_text("Now is the check-in that you agreed on")
    assert "heron" not in leo.page.content()


def time_goes_by(shared) -> None:
    """Two days: the chat is over for long, and the window has begun."""
    shared.change("UPDATE chats SET ended_at = datetime('now', '-2 days')")
    shared.change(
        "UPDATE follow_ups SET starts_at = datetime('now', '-1 minute'), "
        "ends_at = datetime('now', '+1 hour')"
    )
    shared.change(
        "UPDATE notices SET due_at = datetime('now', '-1 minute'), "
        "valid_until = datetime('now', '+1 hour')"
    )
