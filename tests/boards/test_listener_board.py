"""What a listener sees: their chats with words and reasons, offers without, and the shift."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from helpline.actions import directing, handing, judging, listening, verifying, visiting
from helpline.boards import finding
from helpline.boards import listener as board
from helpline.domain.directory import Wish
from helpline.domain.urgency import Level
from helpline.store.transaction import Store
from tests import makers
from tests.actions.evening import CRITICAL, HIGH, ROUTINE, Evening, load_directory
from tests.cast import Cast

MINUTE = timedelta(minutes=1)
CHAT = {
    "id", "state", "seq", "epoch", "language", "topic", "nickname", "level", "urgency", "assessed",
    "flags", "arrived_at", "deadline", "here", "listener", "hand_off", "urgent",
}  # fmt: skip
OFFER = {
    "id", "chat", "level", "flags", "waited_s", "language", "expires_at", "ring", "surge", "note",
}  # fmt: skip
FLAG = {
    "id", "seq", "rule", "category", "level", "reason", "start", "end", "pack", "lowered_by",
}  # fmt: skip
BOARD = {
    "version", "me", "chats", "offers", "alerts", "on_shift", "shift", "not_today", "overrunning",
    "call_out", "may_be_asked", "line_chats", "heavy_weeks", "call_outs", "at_risk", "along",
    "left_messages", "follow_ups",
}  # fmt: skip


@pytest.fixture
def evening(store: Store, cast: Cast, now: datetime) -> Evening:
    load_directory(store, now)
    return Evening(store, cast, now)


def board_of(evening: Evening, who) -> dict:  # type: ignore[no-untyped-def]
    return board.board(evening.store, who, evening.now)


# -- the whole board ----------------------------------------------------------------------------


def test_every_key_of_the_board_is_there(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    evening.talks(leo, HIGH)
    evening.opens()
    evening.sweep()

    shown = board_of(evening, leo)

    assert set(shown) == BOARD
    assert set(shown["chats"][0]) >= CHAT
    assert set(shown["chats"][0]["flags"][0]) >= FLAG
    assert set(shown["offers"][0]) >= OFFER
    json.dumps(shown)


@pytest.mark.parametrize("act", ["opens", "sweep", "ready", "hold_open"])
def test_whatever_a_board_shows_raises_its_version(evening: Evening, act: str) -> None:
    evening.hold_open()
    evening.ready(evening.cast.leo)
    evening.opens()
    before = board_of(evening, evening.cast.leo)["version"]

    getattr(evening, act)(*([evening.cast.lin] if act == "ready" else []))

    assert board_of(evening, evening.cast.leo)["version"] > before


def test_words_alone_leave_the_version(evening: Evening) -> None:
    """They have sequence numbers of their own."""
    evening.ready(evening.cast.leo)
    opened = evening.talks(evening.cast.leo)
    before = board_of(evening, evening.cast.leo)["version"]

    evening.says(opened, "hello")

    assert board_of(evening, evening.cast.leo)["version"] == before


def test_a_chat_says_of_which_boards_it_is(evening: Evening) -> None:
    """So that a page knows which of two was made before the other."""
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.opens()
    evening.sweep()
    before = board_of(evening, leo)

    evening.accepts(leo)

    taken = board.chat_of(evening.store, leo, opened.chat_id, evening.now)
    assert before["chats"] == []
    assert taken["version"] > before["version"]
    assert taken["version"] == board_of(evening, leo)["version"]


# -- words, for whoever holds the chat ----------------------------------------------------------


def test_words_and_reasons_are_for_the_holder(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo)
    opened = evening.talks(leo, HIGH, nickname="Sam", topic="school")
    judging.write_note(evening.store, leo, opened.chat_id, "is at home", now=evening.now)

    mine, others = (
        board.chat_of(evening.store, who, opened.chat_id, evening.now) for who in (leo, lin)
    )

    assert (mine["nickname"], mine["topic"]) == ("Sam", "school")
    assert [(each["kind"], each["by"], each["text"]) for each in mine["notes"]] == [
        ("note", "Leo", "is at home")
    ]
    flag = mine["flags"][0]
    assert HIGH[flag["start"] : flag["end"]]
    assert (flag["level"], flag["seq"], flag["source"]) == ("high", 1, "message")
    assert (others["nickname"], others["topic"]) == (None, None)
    assert others["flags"] == others["notes"] == []
    assert set(mine) == set(others)


def test_an_offer_says_why_but_not_a_word_of_it(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.opens(HIGH, nickname="Sam", topic="school")
    evening.now += 8 * MINUTE
    evening.beat()
    evening.sweep()

    offer = board_of(evening, leo)["offers"][0]

    assert (offer["chat"], offer["level"], offer["waited_s"]) == (opened.chat_id, "high", 480)
    assert offer["flags"]
    assert all(each["start"] is None and each["end"] is None for each in offer["flags"])
    assert all(each["reason"] for each in offer["flags"])
    told = json.dumps(offer)
    for word in ("Sam", "school", "keep", "thinking"):
        assert word not in told
    assert offer["expires_at"] == "2026-11-18T20:08:30.000Z"
    assert (offer["ring"], offer["surge"], offer["note"]) == (False, False, None)


# -- chats --------------------------------------------------------------------------------------


def test_the_deadline_and_levels_of_a_chat(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo, CRITICAL)
    judging.assess(
        evening.store, leo, opened.chat_id, Level.ELEVATED, "spoke about it", now=evening.now
    )

    shown = board.chat_of(evening.store, leo, opened.chat_id, evening.now)

    assert (shown["urgency"], shown["assessed"], shown["level"]) == (
        "critical", "elevated", "elevated",
    )  # fmt: skip
    assert shown["deadline"] == "2026-11-18T20:20:00.000Z"
    assert shown["urgent"] is False


def test_a_hand_off_is_seen_by_its_sender_while_it_is_open(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    opened = evening.talks(leo)
    handed = handing.hand_off(
        evening.store, leo, opened.chat_id, kind="listener", to_id=lin.id, words="takes over",
        now=evening.now,
    )  # fmt: skip

    def shown() -> dict | None:
        return board.chat_of(evening.store, leo, opened.chat_id, evening.now)["hand_off"]

    assert shown()["id"] == handed.id
    handing.withdraw_hand_off(evening.store, leo, handed.id, now=evening.now)
    assert shown() is None


def test_chats_stay_on_the_board_while_they_can_be_reopened(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo)
    evening.closes(leo, opened.chat_id)

    def shown() -> list[tuple[str, bool]]:
        return [(each["state"], each["can_reopen"]) for each in board_of(evening, leo)["chats"]]

    assert shown() == [("wrapping_up", True)]
    evening.now += 14 * MINUTE
    evening.sweep("wrap_ups")
    assert shown() == [("closed", True)]
    evening.now += MINUTE
    assert shown() == []


def test_a_chat_that_went_back_to_the_line_is_gone_from_the_board(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo)

    handing.hand_off(
        evening.store, leo, opened.chat_id, kind="queue", to_id=None, words=None, now=evening.now
    )

    assert board_of(evening, leo)["chats"] == []


# -- presence -----------------------------------------------------------------------------------


def presence(evening: Evening) -> tuple[str, int, int]:
    shown = board.presence_of(evening.store, evening.cast.leo, evening.now)
    return shown["state"], shown["used"], shown["seats"]


def test_presence_and_seats_as_they_change(evening: Evening) -> None:
    leo = evening.cast.leo
    assert presence(evening) == ("away", 0, 2)

    evening.ready(leo)
    assert presence(evening) == ("ready", 0, 2)
    evening.opens()
    evening.sweep()
    assert presence(evening) == ("ready", 1, 2)
    evening.accepts(leo)
    evening.talks(leo, CRITICAL)
    assert presence(evening) == ("ready", 2, 2)
    listening.go_away(evening.store, leo, now=evening.now)

    assert presence(evening) == ("away", 2, 2)


def test_a_critical_chat_shows_all_seats_taken(evening: Evening) -> None:
    evening.ready(evening.cast.leo)
    evening.talks(evening.cast.leo, CRITICAL)

    assert presence(evening) == ("ready", 2, 2)


def test_the_rest_after_a_chat_says_until_when(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    evening.closes(leo, evening.talks(leo).chat_id)

    shown = board_of(evening, leo)["me"]

    assert (shown["state"], shown["until"]) == ("ready", "2026-11-18T20:05:00.000Z")


def test_who_is_not_on_shift_is_off_shift(evening: Evening) -> None:
    ada = evening.hires("ada", booked=False)

    shown = board_of(evening, ada)

    assert (shown["me"]["state"], shown["shift"]) == ("off_shift", None)
    assert "Ada" not in [each["name"] for each in shown["on_shift"]]
    nobody = board.presence_of(evening.store, evening.cast.cora, evening.now)
    assert nobody == {
        "state": "off_shift",
        "until": None,
        "seats": 0,
        "used": 0,
        "recovers": False,
        "fit_due": False,
    }


def test_everybody_on_shift_is_seen_with_role_and_load(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    evening.talks(lin, CRITICAL)
    evening.loses(leo)
    evening.passes(31)

    shown = {each["name"]: each for each in board_of(evening, leo)["on_shift"]}

    assert {
        name: (each["role"], each["presence"], each["here"], each["used"])
        for name, each in shown.items()
    } == {
        "Leo": ("listener", "ready", False, 0),
        "Lin": ("listener", "ready", True, 2),
        "Sol": ("lead", "away", False, 0),
    }


def test_the_shift_is_the_whole_stint(evening: Evening) -> None:
    """Adjacent shifts are one: three days are as far as it is followed each way."""
    shown = board_of(evening, evening.cast.leo)["shift"]

    assert shown["starts_at"] < "2026-11-16"
    assert shown["ends_at"] > "2026-11-20"


# -- messages, heads and the shelf --------------------------------------------------------------


def test_messages_bear_the_readers_own_client_ids_only(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo, "hello", client_id="v-1")
    listening.say(evening.store, leo, opened.chat_id, "l-1", "hi", now=evening.now)
    said, _ = listening.read_on(evening.store, leo, opened.chat_id, 0, now=evening.now)

    for reader, ids in ((leo, [None, None, "l-1"]), (evening.cast.lin, [None, None, None])):
        shown = board.messages(evening.store, reader, opened.chat_id, said, evening.now)
        assert [each["client_id"] for each in shown] == ids


def test_heads_show_what_a_console_is_missing(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo)
    evening.says(opened, "hello")

    version, heads = board.heads(evening.store, leo, evening.now)

    assert heads == {opened.chat_id: 3}
    assert version == board_of(evening, leo)["version"]
    assert board.heads(evening.store, evening.cast.lin, evening.now) == (version, {})


def test_what_lies_ready(evening: Evening) -> None:
    shown = board.shelf(evening.store, evening.cast.leo, evening.now)

    assert [each["id"] for each in shown["resources"]] == ["ie-112", "ie-ear"]
    assert [(each["name"], each["role"]) for each in shown["people"]] == [
        ("Lin", "listener"), ("Sol", "lead"),
    ]  # fmt: skip
    assert "felt_heard" in shown["outcomes"]


def test_a_listener_sees_what_nobody_has_checked_for_long(evening: Evening) -> None:
    evening.now += timedelta(days=181)
    leo = evening.cast.leo
    stale = board.shelf(evening.store, leo, evening.now)["resources"]
    found = finding.for_listener(evening.store, leo, Wish(), None, evening.now)["resources"]
    verifying.verify(evening.store, evening.cast.cora, "ie-ear", now=evening.now)
    after = board.shelf(evening.store, evening.cast.leo, evening.now)["resources"]

    assert stale
    assert found
    assert all(each["checked"].startswith("Not checked since ") for each in stale + found)
    assert {each["id"]: "checked" in each for each in after} == {"ie-112": True, "ie-ear": False}


# -- alerts -------------------------------------------------------------------------------------


def test_a_lead_sees_alerts_and_a_listener_none(evening: Evening) -> None:
    leo, sol = evening.cast.leo, evening.cast.sol
    evening.ready(leo)
    opened = evening.talks(leo)
    handing.ask_help(evening.store, leo, opened.chat_id, None, now=evening.now)

    alert = board_of(evening, sol)["alerts"][0]

    assert (alert["kind"], alert["chat"], alert["acknowledged_by"]) == (
        "help_asked", opened.chat_id, None,
    )  # fmt: skip
    assert alert["text"] == "A listener asks for help with a chat."
    assert board_of(evening, leo)["alerts"] == []
    directing.acknowledge(evening.store, sol, alert["id"], now=evening.now)
    assert board_of(evening, sol)["alerts"][0]["acknowledged_by"] == "Sol"


def test_a_lead_sees_no_words_of_a_chat_that_another_holds(evening: Evening) -> None:
    leo, sol = evening.cast.leo, evening.cast.sol
    evening.ready(leo, sol)
    opened = evening.talks(leo, "the secret of Vera", nickname="Vera")
    handing.ask_help(evening.store, leo, opened.chat_id, "she is alone", now=evening.now)

    told = json.dumps(board_of(evening, sol))

    for word in ("secret", "Vera", "alone"):
        assert word not in told


def test_who_left_quickly_is_marked(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo)

    visiting.leave(evening.store, opened.token, quick=True, now=evening.now)

    shown = board_of(evening, leo)["chats"][0]
    assert (shown["left_quickly"], shown["can_reopen"], shown["here"]) == (True, False, False)
    assert makers.transcript(evening.store, opened.chat_id)[0] == ROUTINE
