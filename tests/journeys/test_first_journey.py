"""The whole way in a real browser: two visitors, two listeners, from the first word to the end."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.people import SOON
from tests.journeys.records import every_acknowledged_word_is_kept, server_was_calm

pytestmark = [pytest.mark.browser, pytest.mark.sockets]


def test_urgent_words_come_first_and_both_are_answered(server, visit, listen):
    leo = listen("leo")
    lin = listen("lin")
    bored, vera = visit(), visit()

    bored.open("boring day")
    vera.open("I took all my pills")
    expect(vera.page.locator("#urgent")).to_have_attribute("open", "", timeout=SOON)
    expect(vera.page.locator("#emergency a").first).to_have_attribute("href", "tel:112")
    expect(bored.page.locator("#urgent")).not_to_have_attribute("open", "")

    leo.ready()
    assert "critical" in leo.offer().lower()
    leo.accept()
    leo.sees("I took all my pills")
    expect(leo.page.locator("#transcript mark").first).to_be_visible()
    expect(leo.page.locator("#flags")).to_contain_text("life-threatening")

    leo.say("Hi, I am Leo. I am here with you.")
    vera.sees("Hi, I am Leo. I am here with you.")
    vera.say("ok. thank you for answering 🙏")
    leo.sees("ok. thank you for answering 🙏")

    leo.page.locator("#find-resource").fill("Samaritans")
    leo.page.locator("#resources").get_by_role("button").first.click()
    vera.sees("Samaritans")

    lin.ready()
    lin.accept()  # the boring day
    leo.page.get_by_role("button", name="Assess", exact=True).click()
    assess = leo.page.locator("#assess-dialog")
    assess.get_by_label("High").check()
    assess.get_by_label("Your reason").fill("The ambulance is on its way.")
    assess.get_by_role("button", name="Keep the assessment").click()
    expect(assess).to_be_hidden(timeout=SOON)
    leo.page.locator("#deeds").get_by_role("button", name="Hand over").click()
    dialog = leo.page.locator("#hand-off-dialog")
    colleague = dialog.locator("#hand-off-person option", has_text="Lin")
    dialog.locator("#hand-off-person").select_option(colleague.get_attribute("value"))
    dialog.get_by_role("button", name="Next").click()
    dialog.locator("#hand-off-note").fill("An ambulance is on its way.")
    dialog.get_by_role("button", name="Next").click()
    expect(dialog.locator("#hand-off-told")).to_contain_text("You can say no.")
    dialog.get_by_role("button", name="Hand over").click()
    vera.sees("Leo would like to pass this chat to a colleague")
    assert "An ambulance is on its way." in lin.offer()
    lin.accept()
    vera.sees("Lin is here for you now")
    lin.say("Hello, I am Lin.")
    vera.sees("Hello, I am Lin.")

    lin.page.locator("#deeds").get_by_role("button", name="End chat").click()
    ending = lin.page.locator("#close-dialog")
    ending.locator("#outcomes").get_by_role("radio").first.check()
    ending.get_by_role("button", name="End the chat").click()
    vera.wait_for_state("closed")
    vera.page.locator("#feedback").get_by_role("button", name="Better").click()
    expect(vera.page.locator("#thanks")).to_be_visible(timeout=SOON)

    assert vera.transcript()[:2] == ["I took all my pills", "Hi, I am Leo. I am here with you."]
    every_acknowledged_word_is_kept(server, vera, leo, lin, bored)
    server_was_calm(server)
