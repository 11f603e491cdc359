"""A small phone at the moment that matters: the call, the listener's words and the box, all in
sight; and a console on which an offer does not cover the talk."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.people import SOON

pytestmark = [pytest.mark.browser, pytest.mark.sockets]


@pytest.fixture
def server(emptied):
    return emptied


PHONES = [(320, 568), (320, 700), (390, 500)]

IN_SIGHT = """selector => {
  const node = [...document.querySelectorAll(selector)].at(-1);
  const { left, top, bottom } = node.getBoundingClientRect();
  return [top + 3, (top + bottom) / 2, bottom - 3].map((y) =>
    node.contains(document.elementFromPoint(left + 10, y)));
}"""


def in_sight(page, selector: str) -> None:
    """Nothing lies over the last of these, from its upper edge to its lower one."""
    page.wait_for_function(f"selector => ({IN_SIGHT})(selector).every(Boolean)", arg=selector)


def test_on_a_small_phone_the_call_the_words_and_the_box_are_in_sight(server, visit, listen):
    leo = listen("leo")
    leo.ready()
    for width, height in PHONES:
        size = {"width": width, "height": height}
        vera = visit(viewport=size, has_touch=True, is_mobile=True)
        vera.open("hello")
        leo.accept()
        leo.say("Hi, I am Leo.")
        vera.sees("Hi, I am Leo.")

        vera.say("I took all my pills")
        expect(vera.page.locator("#urgent")).to_have_attribute("open", "", timeout=SOON)
        leo.say("Can you call 112 with me now?")
        vera.sees("Can you call 112 with me now?")

        for part in ("#emergency a", ".message.them .bubble", "#text"):
            in_sight(vera.page, part)
        leo.ends("other", anyway="the next phone")
        vera.wait_for_state("closed")
        leo.ready()


def test_the_call_comes_first_in_the_card_before_anything_was_written(server, visit):
    vera = visit(viewport={"width": 320, "height": 568})
    vera.page.goto(f"{server.url}/")

    vera.page.locator("#urgent summary").click()

    in_sight(vera.page, "#emergency a")


def test_an_offer_during_a_chat_is_one_line_and_only_the_first_names_its_keys(
    server, visit, listen
):
    narrow = {"width": 320, "height": 568}
    leo = listen("leo", viewport=narrow)
    leo.ready()
    first, second = visit(), visit()
    first.open("hello")
    offers = leo.page.locator("#offers .offer")
    expect(offers).to_have_count(1, timeout=SOON)
    assert offers.first.locator("kbd").all_inner_texts() == ["a", "p"]
    leo.accept()
    second.open("I took all my pills")
    expect(offers).to_have_class("offer folded critical", timeout=SOON)

    assert offers.bounding_box()["height"] < 60
    leo.page.locator("#reply").scroll_into_view_if_needed()
    in_sight(leo.page, "#reply")
    assert leo.page.locator(".staff-header").bounding_box()["height"] < 200

    offers.get_by_role("button", name="Why").click()
    expect(offers).to_contain_text("life-threatening")
    first.page.get_by_role("button", name="End chat").click()
    second.page.get_by_role("button", name="End chat").click()


def test_who_was_set_to_away_hears_of_it_and_presses_ready(server, listen):
    lin = listen("lin")
    lin.ready()
    notice = lin.page.locator("#set-away")

    lin.page.get_by_role("button", name="Away", exact=True).click()
    expect(lin.page.locator("#presence")).to_contain_text("Away: no offers", timeout=SOON)
    expect(notice).to_have_count(0)  # as they wished
    lin.ready()
    elsewhere = listen("lin")
    elsewhere.page.get_by_role("button", name="Away", exact=True).click()

    expect(notice).to_contain_text("You were set to away, but not here.", timeout=SOON)
    expect(lin.page.locator("#aloud-now")).to_contain_text("You were set to away")
    notice.get_by_role("button", name="Ready again").click()
    expect(notice).to_have_count(0, timeout=SOON)
    expect(lin.page.locator("#presence")).to_contain_text("Ready for offers", timeout=SOON)


def test_who_lost_the_connection_is_told_that_they_are_away(server, listen):
    lin, elsewhere = listen("lin"), listen("lin")
    wires = []

    def pass_on(socket):
        socket.connect_to_server()
        wires.append(socket)

    lin.page.route_web_socket("**/socket.io/**", pass_on)
    lin.page.reload()
    lin.ready()

    wires[0].close()
    elsewhere.page.get_by_role("button", name="Away", exact=True).click()

    expect(lin.page.locator("#set-away")).to_contain_text(
        "You were set to away while you were disconnected.", timeout=SOON
    )
