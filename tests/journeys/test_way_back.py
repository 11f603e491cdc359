"""The way back on another device: with a code from a chat, and to the answer to what was left."""

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
