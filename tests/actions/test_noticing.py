"""Contact details in a chat: a calm notice to the leads and a hint to the listener, no words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from helpline.actions import furnishing, listening, visiting
from helpline.boards import alerts as alert_board
from helpline.boards.wording import CONTACT_HINTS, CONTACT_OF_VISITOR
from helpline.store import resources
from tests import makers
from tests.actions.evening import Evening, load_directory
from tests.actions.test_heard_beside import Ears

NUMBER = "087 123 4567"


@pytest.fixture
def talk(quiet_evening: Evening) -> visiting.Opened:
    quiet_evening.ready(quiet_evening.cast.leo, quiet_evening.cast.sol)
    return quiet_evening.talks(quiet_evening.cast.leo)


def says(evening: Evening, opened: visiting.Opened, text: str) -> None:
    leo = evening.cast.leo
    listening.say(evening.store, leo, opened.chat_id, makers.client_id(), text, now=evening.now)


@pytest.mark.parametrize("by_visitor", [False, True])
def test_the_leads_are_told_calmly_and_the_listener_gently(quiet_evening, talk, by_visitor):
    evening, ears = quiet_evening, Ears(quiet_evening, talk.chat_id)
    text = f"call me: {NUMBER}"

    evening.says(talk, text) if by_visitor else says(evening, talk, text)

    alert = evening.alerts()["contact_details"]
    assert (alert.chat_id, alert.person_id) == (talk.chat_id, evening.cast.leo.id)
    assert evening.paged("contact_details") == []
    with evening.store.reading() as tx:
        told = alert_board.as_dict(tx, alert, "en")["text"]
    assert "Leo" in told
    assert NUMBER not in told
    (hint,) = ears.by(evening.cast.leo, "hint")
    assert hint["text"] == (CONTACT_OF_VISITOR if by_visitor else CONTACT_HINTS["phone"])
    assert text in makers.transcript(evening.store, talk.chat_id)
    assert "hint" not in [event for _, _, event, _ in ears.heard]


def test_what_the_line_hands_out_is_no_contact_of_anybodys(quiet_evening, talk):
    load_directory(quiet_evening.store, quiet_evening.now)
    furnishing.load_quick_replies(
        quiet_evening.store,
        [{"id": "ours", "language": "en", "title": "Office", "text": "Ring us on 01 809 2020."}],
    )

    for text in ("text HELLO to 50808", "112", "+353 1 809 2020", "it was on 2024-11-03"):
        says(quiet_evening, talk, text)

    assert "contact_details" not in quiet_evening.alerts()


def test_a_number_that_was_imported_and_not_verified_is_not_ours(quiet_evening, talk):
    store = quiet_evening.store
    load_directory(store, quiet_evening.now)
    with store.transaction() as tx:
        known = resources.find(tx, "ie-ear")
        theirs = (replace(known.ways[0], kind="call", value=NUMBER),)
        resources.put(tx, replace(known, id="imported", ways=theirs, shown=False))

    says(quiet_evening, talk, NUMBER)

    assert "contact_details" in quiet_evening.alerts()


def test_who_waits_has_given_nobody_anything_yet(quiet_evening, talk):
    waiting = quiet_evening.opens()

    quiet_evening.says(waiting, NUMBER)

    assert "contact_details" not in quiet_evening.alerts()
