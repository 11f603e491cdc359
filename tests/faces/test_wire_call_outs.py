"""Call-outs on the wire: a stranger's console is asked, answers, helps and is thanked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from helpline.actions import answering, entering
from helpline.domain.access import Who
from tests.faces.strangers import (
    PRESENCE,
    Floor,
    Payload,
    eventually,
    every_time_is_utc,
    has_exactly,
    is_refused,
)

pytestmark = pytest.mark.sockets

CALL_OUT = {"id", "since", "state", "text"}
OF_LINE = {
    "id", "running", "started_at", "over_at", "why", "waves", "asked", "come", "cannot",
    "unreached", "when", "why_words", "words",
}  # fmt: skip


def is_asked(board: Payload) -> bool:
    return (board["call_out"] or {}).get("state") == "asked"


@pytest.fixture
def nia(floor: Floor, off_shift: str) -> Any:
    """At the console, on no shift, and willing to be asked."""
    person = floor.staff(off_shift)
    assert person.ask("may_be_asked", when="any_time")["may_be_asked"] == "any_time"
    return person


def test_who_comes_is_offered_a_chat_and_keeps_it_when_it_is_over(floor: Floor, nia: Any):
    cora = floor.staff("cora", "/coordinator")
    started = cora.ask("call_out")
    assert set(started) == {"ok", "call_out"}
    assert cora.ask("call_out")["call_out"] == started["call_out"]
    told = nia.wait_for("board", is_asked)["call_out"]
    assert set(told) == CALL_OUT
    assert (told["id"], told["state"]) == (started["call_out"], "asked")
    every_time_is_utc(told)

    answer = nia.ask("answer_call_out", call_out=told["id"], comes=True)

    assert set(answer) == {"ok", "presence", "call_out"}
    has_exactly(answer["presence"], PRESENCE)
    assert answer["presence"]["state"] == "ready"
    assert answer["call_out"]["state"] == "helping"
    _, opened = floor.opened()
    floor.take(nia, opened["chat"]["id"])
    (shown,) = [each for each in cora.ask("sync")["board"]["call_outs"] if each["running"]]
    assert set(shown) == OF_LINE
    assert shown["come"] == ["Nia"]
    assert shown["why"] == "by_hand"

    assert cora.ask("end_call_out", call_out=told["id"]) == {"ok": True}

    board = nia.ask("sync")["board"]
    assert board["me"]["state"] == "off_shift"
    assert [each["state"] for each in board["chats"]] == ["active"]
    assert board["call_out"]["state"] == "covered"
    is_refused(nia.ask("ready"), "not_on_shift")


def test_no_is_an_answer_and_late_is_none_to_worry_about(floor: Floor, nia: Any):
    cora = floor.staff("cora", "/coordinator")
    call_out = cora.ask("call_out")["call_out"]

    no = nia.ask("answer_call_out", call_out=call_out, comes=False)
    assert no["call_out"]["state"] == "declined"
    assert no["presence"]["state"] == "off_shift"
    (shown,) = [each for each in cora.ask("sync")["board"]["call_outs"] if each["running"]]
    assert (shown["come"], shown["cannot"]) == ([], 1)
    assert "Nia" not in str(shown)
    cora.ask("end_call_out", call_out=call_out)
    late = nia.ask("answer_call_out", call_out=call_out, comes=True)

    assert late["ok"]
    assert late["call_out"]["state"] == "covered"
    assert late["presence"]["state"] == "off_shift"


def test_what_cannot_be_read_or_found_changes_nothing(floor: Floor, nia: Any):
    cora = floor.staff("cora", "/coordinator")
    call_out = cora.ask("call_out")["call_out"]

    is_refused(nia.ask("may_be_asked", when="always"), "bad_request")
    is_refused(nia.ask("may_be_asked"), "bad_request")
    is_refused(nia.ask("answer_call_out", call_out=call_out), "bad_request")
    is_refused(nia.ask("answer_call_out", call_out="unknown", comes=True), "not_found")
    is_refused(cora.ask("end_call_out", call_out="unknown"), "not_found")
    is_refused(cora.ask("end_call_out"), "bad_request")

    board = nia.ask("sync")["board"]
    assert (board["may_be_asked"], board["call_out"]["state"]) == ("any_time", "asked")


def test_nobody_who_wants_no_call_sees_one(floor: Floor, nia: Any):
    nia.ask("may_be_asked", when="never")
    leo = floor.ready("leo")
    floor.staff("cora", "/coordinator").ask("call_out")

    eventually(lambda: floor.count("call_outs", "over_at IS NULL") == 1)

    assert nia.ask("sync")["board"]["call_out"] is None
    assert leo.ask("sync")["board"]["call_out"] is None


def test_a_line_that_runs_asks_by_itself_and_without_a_word(floor: Floor, nia: Any):
    now = datetime.now(UTC)
    pia = entering.add_person(
        floor.store, email="pia@example.org", name="Pia", roles=["listener"], languages=["en"],
        skills=[], seats=1, password=None, now=now,
    )  # fmt: skip
    who = Who(pia.id, pia.name, frozenset(pia.roles))
    answering.choose_when(floor.store, who, "any_time", now=now)
    floor.change("UPDATE call_outs SET over_by = NULL")  # nobody ended one just now
    nia.heard.clear()

    floor.opened("I took all my pills, heronfeather")

    board = nia.wait_for("board", is_asked)
    assert board["call_out"]["text"] == "People are waiting on the line. Can you help?"
    assert "heronfeather" not in str(board)
    sent = "person_id = :id AND sent_at IS NOT NULL"
    eventually(lambda: floor.count("asks", sent, id=pia.id) == 1)  # the pager of the practice site
    floor.change("UPDATE people SET may_be_asked = 'never' WHERE id = :id", id=pia.id)


def test_some_of_the_practice_week_may_be_asked(floor: Floor):
    told = "may_be_asked = 'any_time' AND email IN ('ada@example.org', 'finn@example.org')"

    assert floor.count("people", told) == 2
    assert floor.count("people", "may_be_asked = 'never' AND email = 'leo@example.org'") == 1
