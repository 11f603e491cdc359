"""In a real browser: a warm hand-off, on which the listener stays, and an emergency call, from the
number on top to the sign-off by a lead."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.people import SOON

pytestmark = [pytest.mark.browser, pytest.mark.sockets]


@pytest.fixture
def server(emptied):
    return emptied


def talk(visit, listen, words):
    leo, vera = listen("leo"), visit()
    leo.ready()
    vera.open(words)
    leo.accept()
    leo.sees(words)
    return leo, vera


def test_a_warm_hand_off_stays_with_the_visitor_and_goes_on_to_the_next(visit, listen):
    leo, vera = talk(visit, listen, "boring day")
    leo.page.locator("#deeds").get_by_role("button", name="Hand over").click()
    dialog = leo.page.locator("#hand-off-dialog")
    dialog.get_by_label("A service that they call, while you stay").check()
    dialog.locator("#hand-off-find").fill("samaritns")
    dialog.get_by_role("button", name="Next").click()  # nothing is found yet, so nobody goes on
    found = dialog.locator("#hand-off-resource option")
    expect(found).to_have_text(["Samaritans"], timeout=SOON)
    dialog.get_by_role("button", name="Next").click()
    dialog.get_by_role("button", name="Next").click()
    expect(dialog.locator("#hand-off-told")).to_contain_text("Leo stays here with you")
    dialog.get_by_role("button", name="Hand over").click()
    expect(dialog).to_be_hidden(timeout=SOON)

    vera.sees("Samaritans")
    asked = vera.page.locator("#passing")
    expect(asked).to_contain_text("How is it going with Samaritans?", timeout=SOON)
    asked.get_by_role("button", name="I am calling or writing now").click()
    expect(leo.page.locator("#talk-head")).to_contain_text("Stay with them", timeout=SOON)
    leo.say("I am here while you call.")
    vera.sees("I am here while you call.")
    asked.get_by_role("button", name="I reached nobody").click()

    vera.sees("it is not your fault")
    expect(asked).to_be_hidden(timeout=SOON)
    expect(leo.page.locator("#notices")).to_contain_text("You could offer it next.", timeout=SOON)
    assert vera.state() == "active"


def test_an_emergency_call_begins_with_the_number_and_ends_with_a_sign_off(visit, listen):
    sol = listen("sol")
    leo, vera = talk(visit, listen, "I took all my pills")
    leo.page.locator("#talk-head").get_by_role("button", name="Emergency call").press("Enter")
    dialog = leo.page.locator("#emergency-dialog")
    number = dialog.locator("#emergency-numbers a").first
    expect(number).to_have_attribute("href", "tel:112")
    expect(number).to_be_focused()
    expect(dialog.locator("#emergency-log li")).to_have_count(0)

    dialog.get_by_role("button", name="I am calling now").press("Enter")
    expect(dialog.locator("#emergency-log li")).to_have_count(2, timeout=SOON)
    expect(sol.page.locator("#alerts")).to_contain_text(
        "calling the emergency services", timeout=SOON
    )
    dialog.get_by_label("Yes. They are told").check()
    dialog.get_by_role("button", name="Keep it").click()
    vera.sees("Leo is calling the emergency services, as you agreed.")
    expect(dialog.locator("#emergency-unknown")).to_be_visible()
    dialog.get_by_label("Town or area").fill("by the harbour")
    dialog.get_by_role("button", name="Keep it").click()
    expect(dialog.locator("#emergency-log")).to_contain_text("Something of the place is known")
    expect(number).to_be_visible()
    dialog.get_by_role("button", name="Next").click()
    dialog.get_by_label("Help is on its way").check()
    dialog.get_by_role("button", name="The call is over").click()
    expect(dialog).to_be_hidden(timeout=SOON)

    sol.page.goto(f"{sol.server.url}/listener/sign-offs")
    call = sol.page.locator("#call-1")
    expect(call).to_contain_text("Ended: help is on its way")
    expect(call).not_to_contain_text("harbour")
    call.get_by_role("button", name="Read the notes").click()
    expect(call).to_contain_text("by the harbour")
    call.get_by_role("button", name="Sign it off").click()
    expect(sol.page.locator("#call-1")).to_contain_text("Signed off by")

    leo.ends("other", anyway="help is on its way")
    hard = leo.page.locator("#talk-head").get_by_text("That was a hard one.")
    expect(hard).to_be_visible(timeout=SOON)
    leo.page.locator("#talk-head").get_by_role("button", name="Talk to the lead").click()
    expect(hard).to_have_count(0, timeout=SOON)
    expect(leo.page.locator("#notices")).to_contain_text("The lead knows", timeout=SOON)


def test_a_no_brings_the_listener_back_from_whoever_took_the_chat_at_once(visit, listen):
    lin = listen("lin")
    leo, vera = talk(visit, listen, "boring day")
    lin.ready()
    leo.page.locator("#deeds").get_by_role("button", name="Hand over").click()
    dialog = leo.page.locator("#hand-off-dialog")
    dialog.locator("input[type=radio]").first.check()
    for _ in range(2):
        dialog.get_by_role("button", name="Next").click()
    dialog.get_by_role("button", name="Hand over").click()
    lin.accept()
    asked = vera.page.locator("#passing")
    expect(asked).to_contain_text("Somebody else is here with you now.", timeout=SOON)

    asked.get_by_role("button", name="I would rather stay").click()

    vera.sees("Leo is here with you again")
    expect(asked).to_be_hidden(timeout=SOON)
    leo.sees("boring day")
    leo.say("Here I am.")
    vera.sees("Here I am.")
    expect(lin.page.locator("#notices")).to_contain_text("somebody else now", timeout=SOON)
