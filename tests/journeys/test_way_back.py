"""The way back on another device: with a code from a chat, and to the answer to what was left;
and what one takes along at the end."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.journeys.people import SOON, VisitorPage

SIX_WORDS = re.compile(r"^\S+( \S+){5}$")

pytestmark = [pytest.mark.browser, pytest.mark.sockets]


@pytest.fixture
def server(emptied):
    return emptied


@pytest.fixture
def taking_messages(shared):
    """The line takes messages while it is closed."""
    wished = "UPDATE line SET policies = :policies, version = version + 1"
    before = shared.value("SELECT policies FROM line")
    shared.change(wished, policies=json.dumps({**json.loads(before), "left_messages": 1}))
    yield
    shared.change(wished, policies=before)


def comes_with(visitor: VisitorPage, code: str) -> None:
    page = visitor.page
    page.goto(f"{visitor.server.url}/")
    page.get_by_text("I have a code").click()
    page.get_by_label("Your six words").fill(code)
    page.get_by_role("button", name="Come back").click()


def test_a_code_opens_a_fresh_chat_on_a_second_device(server, visit):
    phone, library = visit(), visit(viewport={"width": 1280, "height": 900})
    phone.open("my heavy heron")
    phone.sees("my heavy heron")
    expect(phone.page.locator("#code")).to_be_hidden()

    phone.page.get_by_text("Keep a way back").click()
    phone.page.get_by_role("button", name="Show the code").click()
    expect(phone.page.locator("#code")).to_have_text(SIX_WORDS, timeout=SOON)
    code = phone.page.locator("#code").inner_text()
    comes_with(library, code.upper())
    expect(library.page.get_by_role("heading", name="It is good that you are back")).to_be_visible()
    library.page.get_by_role("button", name="Start chat").click()

    library.wait_for_state("waiting")
    library.say("it is me again")
    library.sees("it is me again")
    assert library.transcript() == ["it is me again"]
    assert "heron" not in library.page.content()
    phone.say(code)  # already used, and still no message by mistake
    expect(phone.page.locator("#say-problem")).to_contain_text("This is a code for the way back.")
    assert phone.transcript() == ["my heavy heron"]


def test_a_message_left_while_closed_is_read_the_next_day(
    server, shared, visit, listen, taking_messages
):
    shared.change("UPDATE line SET by_hand = 'closed', version = version + 1")
    phone, library = visit(), visit(java_script_enabled=False)
    page = phone.page
    page.goto(f"{server.url}/")
    expect(page.locator("#unread")).to_contain_text("No one reads it until")
    page.get_by_role("textbox").first.fill("a boring heron day")
    page.get_by_role("button", name="Leave this message").click()
    expect(page.get_by_role("heading", name="Your code")).to_be_visible(timeout=SOON)
    code = page.locator(".code").inner_text()
    comes_with(library, code)
    expect(library.page.get_by_role("heading", name="There is no answer yet")).to_be_visible()

    shared.change("UPDATE line SET by_hand = 'open', version = version + 1")
    shared.change(
        "UPDATE left_messages SET left_at = datetime(left_at, '-1 day'), "
        "open_since = datetime(left_at, '-1 hour')"
    )
    leo = listen("leo")
    leo.page.locator("#left-messages a").click()
    leo.page.get_by_role("button", name="Take it and read").click()
    expect(leo.page.locator("main")).to_contain_text("a boring heron day")
    leo.page.get_by_label("Your answer").fill("Boredom can be heavy. Come and talk.")
    leo.page.get_by_role("button", name="Keep the answer").click()
    expect(leo.page.locator(".notice.ok")).to_contain_text("Your answer is kept.")

    comes_with(library, code)
    expect(library.page.locator("main")).to_contain_text("Boredom can be heavy. Come and talk.")
    assert "heron" not in library.page.content()
    library.page.get_by_role("button", name="Start chat").click()
    expect(library.page.locator("#chat")).to_have_attribute("data-state", "waiting", timeout=SOON)


def test_at_the_end_one_says_what_was_not_right_and_takes_a_next_step_along(server, visit, listen):
    """All of it over the wire: the page that was opened is the page that is left."""
    leo, vera = listen("leo"), visit()
    leo.ready()
    vera.open("boring day")
    leo.accept()
    page = vera.page
    expect(page.locator("#chat.live")).to_be_visible(timeout=SOON)
    page.evaluate("window.isTheSame = true")

    page.get_by_text("Something was not right in this chat").click()
    page.get_by_label("What was it?").fill("he asked where I live, heronfeather")
    page.get_by_role("button", name="Tell the people in charge").click()
    expect(page.locator("#complained")).to_contain_text("looks into it", timeout=SOON)
    expect(page.locator("#complaint")).not_to_have_attribute("open", "")
    expect(page.locator("#complaint-text")).to_have_value("")

    leo.ends("felt_heard")
    vera.wait_for_state("closed")
    page.locator("#step").fill("call my sister")
    page.locator("#next-step").get_by_role("button").click()
    summary = page.locator("#summary-text")
    expect(summary).to_contain_text("My next step: call my sister", timeout=SOON)
    page.get_by_role("button", name="Copy").and_(page.locator("#copy-summary")).click()
    expect(page.locator("#summary-copied")).not_to_be_empty()
    words, box = summary.inner_text(), page.locator("#text")
    box.press("ControlOrMeta+V")
    expect(box).to_have_value(words)
    box.fill("")

    page.get_by_role("button", name="Delete what I wrote").click()
    page.locator("#erase-dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(page.locator("#held")).to_contain_text("A complaint about this chat", timeout=SOON)
    assert page.evaluate("window.isTheSame")
    left = page.locator("#summary").evaluate("it => it.innerHTML + it.querySelector('input').value")
    assert "sister" not in left
    assert "heronfeather" not in leo.page.content() + page.content()
