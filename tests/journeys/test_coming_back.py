"""Reload, sleep, a lost connection, a server that dies: neither place nor words are lost."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from helpline.actions import furnishing
from tests.journeys.people import SOON
from tests.journeys.records import every_acknowledged_word_is_kept

pytestmark = [pytest.mark.browser, pytest.mark.sockets]


@pytest.fixture
def server(emptied):
    return emptied


def test_a_door_that_filled_meanwhile_tells_and_keeps_the_words_on_the_page(shared, server, visit):
    vera = visit()
    page = vera.page
    page.goto(f"{server.url}/widget")
    leo = shared.ready("leo")
    for _ in range(2):
        _, opened = shared.opened()
        shared.take(leo, opened["chat"]["id"])
    furnishing.set_door_limit(shared.store, 5, now=datetime.now(UTC))
    box, start = page.locator("#first"), page.get_by_role("button", name="Start chat")

    box.fill("a long day")
    start.click()

    told = page.locator("#open-problem")
    expect(told).to_contain_text("The wait is now longer than 5 minutes.", timeout=SOON)
    expect(page.locator("#urgent")).to_have_attribute("open", "")
    expect(page.locator("#resources a").first).to_be_visible()
    expect(box).to_have_value("a long day")

    box.fill("a long day, and I took all my pills")
    start.click()

    vera.sees("I took all my pills")
    vera.wait_for_state("waiting")
    furnishing.set_door_limit(shared.store, 0, now=datetime.now(UTC))


AWAY_ON_PURPOSE = ("ERR_CONNECTION_REFUSED", "ERR_INTERNET_DISCONNECTED", "WebSocket", "502")


def test_first_words_without_a_connection_stay_in_the_box_and_are_sent_later(server, visit):
    vera = visit()
    vera.expect_complaints(*AWAY_ON_PURPOSE)
    page, box = vera.page, vera.page.locator("#first")
    page.goto(f"{server.url}/")
    page.context.set_offline(True)

    box.fill("a long day")
    page.get_by_role("button", name="Start chat").click()

    told = page.locator("#open-problem")
    expect(told).to_contain_text("Your words stay in the box.", timeout=SOON)
    expect(box).to_have_value("a long day")
    page.context.set_offline(False)
    page.get_by_role("button", name="Start chat").click()

    vera.sees("a long day")
    vera.wait_for_state("waiting")
    assert vera.transcript() == ["a long day"]


def test_a_reload_keeps_the_place_and_the_words(server, visit):
    vera = visit()
    vera.open("a long day")
    vera.say("and a longer night")
    vera.sees("and a longer night")

    vera.page.reload()

    vera.sees("a long day")
    vera.sees("and a longer night")
    vera.wait_for_state("waiting")
    every_acknowledged_word_is_kept(server, vera)


def test_a_server_that_dies_in_mid_sentence_loses_nothing(server, visit, listen):
    leo, vera = listen("leo"), visit()
    vera.open("hello")
    leo.ready()
    leo.accept()
    leo.say("Hi, I am Leo.")
    vera.sees("Hi, I am Leo.")

    server.kill()
    vera.say("are you still there?")
    expect(vera.page.locator("#unsent")).to_contain_text("are you still there?", timeout=SOON)
    expect(vera.page.locator("#offline")).to_be_visible(timeout=SOON)
    leo.say("I think we lost the line")
    server.start()

    leo.sees("are you still there?")
    vera.sees("I think we lost the line")
    expect(vera.page.locator("#unsent li")).to_have_count(0, timeout=SOON)
    expect(vera.page.locator("#offline")).to_be_hidden(timeout=SOON)
    assert sorted(vera.transcript()) == sorted(
        ["hello", "Hi, I am Leo.", "are you still there?", "I think we lost the line"]
    )
    for each in (vera, leo):
        each.expect_complaints(*AWAY_ON_PURPOSE)
    every_acknowledged_word_is_kept(server, vera, leo)


def test_a_phone_that_slept_catches_up(server, visit, listen):
    leo, vera = listen("leo"), visit()
    vera.open("hello")
    leo.ready()
    leo.accept()
    vera.wait_for_state("active")

    vera.page.context.set_offline(True)
    leo.say("Take your time.")
    leo.say("I am still here.")
    vera.page.context.set_offline(False)
    vera.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    vera.sees("Take your time.")
    vera.sees("I am still here.")
    assert vera.transcript() == ["hello", "Take your time.", "I am still here."]
    vera.expect_complaints(*AWAY_ON_PURPOSE)
    every_acknowledged_word_is_kept(server, vera, leo)


def test_two_tabs_share_one_chat(server, visit, listen):
    leo, vera = listen("leo"), visit()
    vera.open("hello")
    leo.ready()
    leo.accept()
    token = vera.page.evaluate("Object.values({...sessionStorage}).join(' ')")
    other = vera.page.context.new_page()
    other.goto(f"{server.url}/")
    other.evaluate(
        "stored => Object.entries(stored).forEach(([k, v]) => sessionStorage.setItem(k, v))",
        vera.page.evaluate("({...sessionStorage})"),
    )

    other.reload()
    vera.say("written in the first tab")

    assert token
    expect(other.locator("#messages")).to_contain_text("written in the first tab", timeout=SOON)
    leo.sees("written in the first tab")
