"""A lead beside a chat, in real browsers: the listener sees it, the visitor hears names and no whisper."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.people import SOON
from tests.journeys.records import server_was_calm

pytestmark = [pytest.mark.browser, pytest.mark.sockets, pytest.mark.full]


def test_a_lead_reads_along_whispers_joins_and_takes_over(server, visit, listen):
    vera, leo = visit(), listen("leo")
    vera.open("I keep thinking about suicide")
    leo.ready()
    leo.accept()
    sol = listen("sol", viewport={"width": 320, "height": 640})
    at_risk = sol.page.locator("#at-risk")
    expect(at_risk).to_contain_text("With Leo.", timeout=SOON)

    at_risk.get_by_role("button", name="Read along").press("Enter")
    sol.sees("I keep thinking about suicide")
    expect(leo.page.locator("#talk-head")).to_contain_text("Sol is reading along: high risk")
    expect(sol.page.locator("#reply")).to_be_disabled()
    vera.say("and nobody knows")
    sol.sees("and nobody knows")

    sol.page.locator("#talk-head").get_by_role("button", name="Whisper").press("Enter")
    sol.page.locator("#whisper-text").fill("Ask about tonight.")
    sol.page.locator("#whisper-dialog").get_by_role("button", name="Whisper").click()
    leo.sees("Ask about tonight.")
    leo.say("Are you safe tonight?")

    sol.page.locator("#talk-head").get_by_role("button", name="Join").click()
    vera.sees("Sol, who leads this shift, has joined")
    sol.say("Hello, I am Sol.")
    vera.sees("Hello, I am Sol.")
    leo.sees("Hello, I am Sol.")

    sol.page.locator("#talk-head").get_by_role("button", name="Take over").click()
    sol.page.locator("#take-over-dialog").get_by_role("button", name="Take over now").click()
    vera.sees("Sol, who leads this shift, is here for you now")
    expect(leo.page.locator("#talk")).to_be_hidden(timeout=SOON)
    vera.say("thank you both")
    sol.sees("thank you both")

    assert "Ask about tonight." not in vera.page.content()
    server_was_calm(server)
