"""The same way with JavaScript off: plain forms from the first word to the feedback."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.records import open_records, server_was_calm
from tests.server import staff

pytestmark = [pytest.mark.browser, pytest.mark.sockets]


@pytest.fixture
def server(emptied):
    return emptied


def test_a_page_without_javascript_goes_all_the_way(server, visit):
    leo = staff(server, "leo")
    leo.ask("ready")
    vera = visit(java_script_enabled=False)
    page = vera.page

    page.goto(f"{server.url}/")
    page.locator("textarea").first.fill("I took all my pills")
    page.get_by_role("button", name="Start chat").click()
    expect(page.locator("#urgent")).to_have_attribute("open", "")
    expect(page.locator("#emergency a").first).to_have_attribute("href", "tel:112")
    assert "/chat/" in page.url
    first_ticket = page.url

    offer = leo.wait_for("offer")
    assert leo.ask("accept", offer=offer["id"])["ok"]
    assert leo.ask("say", chat=offer["chat"], client_id="leo-1", text="Hi, I am Leo.")["ok"]
    page.locator("#say textarea").fill("thank you <b>Leo</b>")
    page.locator("#say button").click()
    expect(page.locator("#messages")).to_contain_text("Hi, I am Leo.")
    expect(page.locator("#messages")).to_contain_text("thank you <b>Leo</b>")
    assert leo.wait_for("message", lambda m: m["from"] == "visitor")["text"].startswith("thank")

    token = page.locator("#say input[name=token]").get_attribute("value")
    assert token
    assert token not in page.url
    assert page.context.cookies() == []
    page.goto(first_ticket)  # void: its successor was used
    expect(page.get_by_role("link", name="Start again")).to_be_visible()
    expect(page.locator("#urgent")).to_be_attached()
    page.go_back()

    assert leo.ask("assess", chat=offer["chat"], level="high", reason="help came")["ok"]
    assert leo.ask("close", chat=offer["chat"], outcome="felt_heard")["ok"]
    page.locator("noscript a").first.click()
    page.locator("#feedback").get_by_role("button", name="Better").click()
    expect(page.locator("#thanks")).to_be_visible()

    with open_records(server).reading() as tx:
        from helpline.store import chats

        said, _ = chats.messages_after(tx, offer["chat"], 0)
        words = [each.text for each in said if each.text]
        assert words == ["I took all my pills", "Hi, I am Leo.", "thank you <b>Leo</b>"]
        assert chats.chat(tx, offer["chat"]).feeling == "better"
    vera.expect_complaints("404")
    server_was_calm(server)


def test_leaving_without_javascript_voids_the_chat(server, visit):
    visitor = visit(java_script_enabled=False)
    visitor.expect_complaints("404")  # the page of a chat that was left is no more
    page = visitor.page
    page.route("**/*met.ie/**", lambda route: route.fulfill(status=200, body="weather"))
    page.goto(f"{server.url}/")
    page.locator("textarea").first.fill("someone is coming")
    page.get_by_role("button", name="Start chat").click()
    chat_page = page.url

    page.get_by_role("button", name="Leave this site").click()
    page.wait_for_url("**met.ie/**")
    page.goto(chat_page)

    expect(page.locator("#messages li")).to_have_count(0)
    with open_records(server).reading() as tx:
        from sqlalchemy import select

        from helpline.store.tables import Chat

        newest = tx.session.scalars(select(Chat).order_by(Chat.arrived_at.desc())).first()
        assert newest is not None
        assert (newest.state, newest.left_quickly) == ("left", True)
