"""Leaving at once: a button, or Shift three times; nothing is left behind."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.people import SOON

pytestmark = [pytest.mark.browser, pytest.mark.sockets]


@pytest.fixture
def server(emptied):
    return emptied


@pytest.fixture
def vera(visit):
    vera = visit()
    vera.page.route("**/*met.ie/**", lambda route: route.fulfill(status=200, body="weather"))
    vera.open("I have to be quick")
    return vera


def leave_by_button(page):
    page.get_by_role("button", name="Leave this site").click()


def leave_by_shift(page):
    for _ in range(3):
        page.keyboard.press("Shift")


@pytest.mark.parametrize("leave", [leave_by_button, leave_by_shift])
def test_leaving_blanks_voids_and_tells_the_listener(server, vera, listen, leave):
    leo = listen("leo")
    leo.ready()
    leo.accept()
    vera.wait_for_state("active")

    leave(vera.page)

    vera.page.wait_for_url("**met.ie/**")
    expect(leo.page.locator("#talk")).to_contain_text("perhaps not alone", timeout=SOON)
    expect(leo.page.locator("#reply")).to_be_disabled()
    vera.page.go_back()
    expect(vera.page.locator("body")).not_to_contain_text("I have to be quick")
    vera.page.goto(f"{server.url}/")
    assert vera.page.evaluate("sessionStorage.length") == 0
    expect(vera.page.locator("body")).not_to_contain_text("I have to be quick")


def test_shift_for_capitals_does_not_leave(vera):
    box = vera.page.locator("#say textarea")

    box.press_sequentially("Dear All Of You")

    expect(box).to_have_value("Dear All Of You")
    assert vera.page.url.startswith("http://127.0.0.1")
