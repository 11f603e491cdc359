"""Two tabs of one browser share one chat, whichever of them began."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.people import SOON, VisitorPage

pytestmark = [pytest.mark.browser, pytest.mark.sockets]


@pytest.fixture
def server(emptied):
    return emptied


@pytest.fixture
def tabs(server, visit):
    """Two tabs in one browser, both at the door."""
    vera = visit()
    other = VisitorPage(vera.page.context.new_page(), server)
    for each in (vera, other):
        each.page.goto(f"{server.url}/")
    return vera, other


def start(tab: VisitorPage, text: str) -> None:
    tab.page.get_by_role("textbox").first.fill(text)
    tab.page.get_by_role("button", name="Start chat").dblclick()
    expect(tab.page.locator("#chat")).to_be_visible(timeout=SOON)


def test_who_starts_in_two_tabs_has_one_chat_in_both(tabs, listen):
    vera, other = tabs
    start(vera, "a long day")
    vera.wait_for_state("waiting")

    start(other, "and a longer night")

    for each in tabs:
        each.sees("a long day")
        each.sees("and a longer night")
        assert each.transcript() == ["a long day", "and a longer night"]
    leo = listen("leo")
    leo.ready()
    leo.accept()
    leo.say("Hi, I am Leo.")
    for each in tabs:
        each.sees("Hi, I am Leo.")
    expect(leo.page.locator("#offers").get_by_role("button", name="Accept")).to_have_count(0)


def test_leaving_the_site_in_one_takes_the_words_from_the_other(tabs):
    vera, other = tabs
    start(vera, "a long day")
    vera.wait_for_state("waiting")
    start(other, "and a longer night")
    vera.sees("and a longer night")

    other.page.route("https://www.bbc.com/**", lambda route: route.fulfill(body="weather"))
    other.page.get_by_role("button", name="Leave this site").click()

    expect(vera.page.locator("#welcome")).to_be_visible(timeout=2 * SOON)
    expect(vera.page.locator("#messages > li")).to_have_count(0)


def test_leaving_the_site_where_one_reads_about_it_leaves_the_chat_too(server, visit):
    """The page about the line stands in a tab of its own, and knows no chat."""
    vera = visit()
    vera.page.context.route("**/*met.ie/**", lambda route: route.fulfill(body="weather"))
    vera.open("a long day")
    vera.wait_for_state("waiting")
    with vera.page.context.expect_page() as opened:
        vera.page.get_by_role("link", name="How this works").click()
    about = opened.value
    expect(about.locator("#private")).to_be_visible(timeout=SOON)
    about.locator("html.js").wait_for(timeout=SOON)  # its script is there

    about.get_by_role("button", name="Leave this site").click()

    about.wait_for_url("**/*met.ie/**")
    vera.page.wait_for_url("**/*met.ie/**")


def test_leaving_the_chat_leaves_the_page_about_it_too(server, visit):
    vera = visit()
    vera.page.context.route("**/*met.ie/**", lambda route: route.fulfill(body="weather"))
    about = vera.page.context.new_page()
    about.goto(f"{server.url}/about")
    about.locator("html.js").wait_for(timeout=SOON)
    vera.open("a long day")
    vera.wait_for_state("waiting")

    vera.page.get_by_role("button", name="Leave this site").click()

    about.wait_for_url("**/*met.ie/**")
