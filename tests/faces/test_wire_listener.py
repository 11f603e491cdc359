"""The listener's namespace, as a stranger would build a console after the contract."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.faces.strangers import (
    FLAG,
    HAND_OFF,
    LEVELS,
    LISTENER_BOARD,
    LISTENER_CHAT,
    MESSAGE,
    OFFER,
    PRESENCE,
    Floor,
    eventually,
    every_time_is_utc,
    has_exactly,
    is_refused,
    some_id,
    walk,
)
from tests.faces.strangers import (
    RESOURCE as RESOURCE_CARD,
)

pytestmark = pytest.mark.sockets

URGENT = "I took all my pills"
RESOURCE = "ie-samaritans"


def test_the_board_is_one_versioned_snapshot(floor: Floor):
    leo = floor.staff("leo")

    answer = leo.ask("sync")

    assert set(answer) == {"ok", "board"}
    board = answer["board"]
    has_exactly(board, LISTENER_BOARD)
    assert isinstance(board["version"], int)
    has_exactly(board["me"], PRESENCE)
    assert set(board["shift"]) == {"starts_at", "ends_at"}
    colleague = board["on_shift"][0]
    assert set(colleague) == {
        "id", "name", "role", "presence", "seats", "used", "here", "had_enough",
    }  # fmt: skip
    every_time_is_utc(board)


def test_ready_and_away_answer_with_the_presence(floor: Floor):
    leo = floor.staff("leo")

    ready, away = leo.ask("ready"), leo.ask("away", reason="tea")

    assert set(ready) == set(away) == {"ok", "presence"}
    has_exactly(ready["presence"], PRESENCE)
    assert ready["presence"]["state"] == "ready"
    assert away["presence"]["state"] == "away"
    assert ready["presence"]["seats"] == 2


def test_who_is_asked_whether_they_are_fit_answers_by_being_ready_or_not(floor: Floor):
    floor.change("UPDATE presences SET fit_at = NULL")
    leo = floor.staff("leo")
    assert leo.ask("sync")["board"]["me"]["fit_due"] is True

    assert leo.ask("ready", fit=True)["presence"]["fit_due"] is False
    assert leo.ask("away")["presence"]["fit_due"] is False
    is_refused(leo.ask("ready", fit="yes"), "bad_request")
    answer = leo.ask("not_fit")
    assert answer["presence"]["state"] == "away"
    assert floor.count("alerts", "kind = 'not_fit' AND over_at IS NULL") == 1


def test_presence_knows_the_pause_and_the_end_of_a_shift(floor: Floor, off_shift: str):
    leo = floor.ready("leo")
    stranger = floor.staff(off_shift)
    floor.change("UPDATE presences SET paused = 1")

    assert leo.ask("sync")["board"]["me"]["state"] == "paused"
    assert stranger.ask("sync")["board"]["me"]["state"] == "off_shift"
    assert stranger.ask("sync")["board"]["shift"] is None
    is_refused(stranger.ask("ready"), "not_on_shift")


def test_a_board_comes_by_itself_and_its_version_only_rises(floor: Floor):
    leo = floor.ready("leo")
    before = leo.ask("sync")["board"]["version"]
    _, opened = floor.opened()

    floor.take(leo, opened["chat"]["id"])

    leo.wait_for(
        "board", lambda data: [each["id"] for each in data["chats"]] == [opened["chat"]["id"]]
    )
    versions = [data["version"] for kind, data in leo.heard if kind == "board"]
    assert versions == sorted(versions)
    assert versions[-1] > before


def test_an_offer_tells_how_urgent_and_why_but_no_words_and_no_places(floor: Floor):
    leo = floor.ready("leo")
    floor.opened(URGENT, nickname="Very Private", topic="pills")

    offer = leo.wait_for("offer")
    board = leo.ask("sync")["board"]

    has_exactly(offer, OFFER)
    assert offer["level"] == "critical"
    assert (offer["ring"], offer["surge"]) == (True, False)
    assert offer["flags"]
    for flag in offer["flags"]:
        has_exactly(flag, FLAG)
        assert flag["start"] is None
        assert flag["end"] is None
    shown = json.dumps([offer, board])
    assert not any(word in shown for word in (URGENT, "Very Private", '"pills"'))
    every_time_is_utc(offer)


def test_accepting_gives_the_chat_with_its_words_and_flags(floor: Floor):
    leo = floor.ready("leo")
    visitor, opened = floor.opened(URGENT, nickname="Vee", topic="pills")

    accepted = floor.take(leo, opened["chat"]["id"])

    assert set(accepted) == {"ok", "chat", "messages", "more"}
    chat = accepted["chat"]
    has_exactly(chat, LISTENER_CHAT)
    assert (chat["state"], chat["epoch"], chat["nickname"], chat["topic"]) == (
        "active",
        1,
        "Vee",
        "pills",
    )
    assert chat["listener"]["name"] == "Leo"
    assert chat["level"] == chat["urgency"] == "critical"
    assert chat["assessed"] is None
    assert chat["urgent"] is True
    for flag in chat["flags"]:
        has_exactly(flag, FLAG)
    assert [each["seq"] for each in accepted["messages"]] == [1, 2]
    for message in accepted["messages"]:
        has_exactly(message, MESSAGE)
    joined = visitor.wait_for("chat", lambda data: data["state"] == "active")
    assert joined["listener"] == {"name": "Leo"}
    every_time_is_utc(accepted)


def test_accepting_again_is_the_same_answer(floor: Floor):
    leo = floor.ready("leo")
    floor.opened()
    offer = leo.wait_for("offer")["id"]

    first, second = leo.ask("accept", offer=offer), leo.ask("accept", offer=offer)

    assert first["ok"]
    assert second["ok"]
    assert first["chat"]["epoch"] == second["chat"]["epoch"] == 1
    assert first["messages"] == second["messages"]


def test_somebody_elses_offer_is_as_unknown_as_none(floor: Floor):
    leo, lin = floor.ready("leo"), floor.staff("lin")
    floor.opened()
    offer = leo.wait_for("offer")["id"]

    foreign, unknown = lin.ask("accept", offer=offer), lin.ask("accept", offer="nothing")

    assert foreign == unknown
    is_refused(foreign, "not_found")
    assert lin.ask("decline", offer=offer) == unknown


def test_a_declined_offer_passes_on_and_is_gone(floor: Floor):
    leo, lin = floor.ready("leo"), floor.ready("lin")
    _, opened = floor.opened()
    eventually(lambda: any(k == "offer" for k, _ in leo.heard + lin.heard))
    asked, other = (leo, lin) if any(k == "offer" for k, _ in leo.heard) else (lin, leo)
    offer = asked.wait_for("offer")["id"]

    assert asked.ask("decline", offer=offer) == {"ok": True}

    assert asked.wait_for("offer_gone") == {"id": offer, "why": "declined"}
    is_refused(asked.ask("accept", offer=offer), "offer_gone")
    assert floor.take(other, opened["chat"]["id"])["chat"]["epoch"] == 1


def test_an_offer_that_lapsed_is_gone(floor: Floor):
    leo = floor.ready("leo")
    floor.opened()
    offer = leo.wait_for("offer")["id"]
    past = datetime.now(UTC).replace(tzinfo=None) - timedelta(seconds=1)
    floor.change("UPDATE offers SET expires_at = :at WHERE id = :id", at=str(past), id=offer)

    is_refused(leo.ask("accept", offer=offer), "offer_gone")

    assert leo.wait_for("offer_gone")["why"] == "lapsed"


def test_saying_is_stored_once_and_heard_by_the_visitor(floor: Floor):
    visitor, opened, leo, _ = floor.talk()
    chat = opened["chat"]["id"]
    words = {"chat": chat, "client_id": some_id(), "text": "I am here", "epoch": 1}

    first, second = leo.ask("say", words), leo.ask("say", words)

    assert first == second
    assert set(first) == {"ok", "seq", "sent_at"}
    heard = visitor.wait_for("message", lambda data: data["seq"] == first["seq"])
    assert (heard["from"], heard["name"], heard["text"], heard["client_id"]) == (
        "listener",
        "Leo",
        "I am here",
        None,
    )
    is_refused(leo.ask("say", words | {"text": "other words"}), "client_id_reused")
    assert floor.count("messages", "chat_id = :id AND author = 'listener'", id=chat) == 1


def test_words_of_an_old_epoch_are_stale(floor: Floor):
    _, opened, leo, _ = floor.talk()
    chat = opened["chat"]["id"]
    words = {"chat": chat, "client_id": some_id(), "text": "late"}

    is_refused(leo.ask("say", words | {"epoch": 0}), "stale")
    is_refused(leo.ask("say", words | {"epoch": 2}), "stale")
    assert leo.ask("hand_off", chat=chat, to={"kind": "queue"}, note="")["ok"]
    is_refused(leo.ask("say", words), "stale")
    is_refused(leo.ask("resume", chat=chat, after=0), "stale")
    assert floor.count("messages", "chat_id = :id AND author = 'listener'", id=chat) == 0


def test_somebody_elses_chat_is_as_unknown_as_none(floor: Floor):
    _, opened, leo, accepted = floor.talk(URGENT)
    lin = floor.staff("lin")
    flag = accepted["chat"]["flags"][0]["id"]

    for event, fields in _everything_about(opened["chat"]["id"], flag):
        nothing = _everything_about("nothing-here", "no-flag")
        unknown = dict(nothing)[event]
        assert lin.ask(event, fields) == lin.ask(event, unknown), event
        is_refused(lin.ask(event, fields), "not_found")
    assert leo.ask("say", chat=opened["chat"]["id"], client_id=some_id(), text="still mine")["ok"]


def _everything_about(chat: str, flag: str) -> list[tuple[str, dict]]:
    return [
        ("say", {"chat": chat, "client_id": "c", "text": "hello"}),
        ("resume", {"chat": chat, "after": 0}),
        ("typing", {"chat": chat}),
        ("send_resource", {"chat": chat, "resource": RESOURCE, "client_id": "c"}),
        ("assess", {"chat": chat, "level": "routine", "reason": "no"}),
        ("answer_flag", {"flag": flag, "verdict": "misread"}),
        ("missed", {"chat": chat, "seq": 1}),
        ("note", {"chat": chat, "text": "hello"}),
        ("keep_apart", {"chat": chat}),
        ("ask_help", {"chat": chat}),
        ("step_out", {"chat": chat}),
        ("hand_off", {"chat": chat, "to": {"kind": "queue"}, "note": ""}),
        ("close", {"chat": chat, "outcome": "other", "anyway": "no"}),
        ("reopen", {"chat": chat}),
    ]


def test_a_resource_goes_into_the_chat_as_a_card(floor: Floor):
    visitor, opened, leo, _ = floor.talk()
    sent = {"chat": opened["chat"]["id"], "resource": RESOURCE, "client_id": some_id()}

    first, second = leo.ask("send_resource", sent), leo.ask("send_resource", sent)

    assert first == second
    assert first["seq"] == 3
    card = visitor.wait_for("message", lambda data: data["resource"])
    assert card["resource"]["id"] == RESOURCE
    assert card["from"] == "listener"
    is_refused(
        leo.ask("send_resource", sent | {"resource": "none", "client_id": some_id()}), "not_found"
    )
    is_refused(leo.ask("send_resource", sent | {"resource": "ie-112"}), "client_id_reused")


def test_a_listener_finds_what_fits_the_visitor(floor: Floor):
    _visitor, _opened, leo, accepted = floor.talk("hello")
    chat = accepted["chat"]["id"]

    found = leo.ask("find_resources", {"query": "samaritns", "chat": chat})
    assert set(found) == {"ok", "resources", "widened"}
    assert [each["id"] for each in found["resources"]] == [RESOURCE]  # of the visitor's country
    assert found["widened"] == ""
    has_exactly(found["resources"][0], RESOURCE_CARD)

    widened = leo.ask("find_resources", {"query": "samaritans", "chat": chat, "way": "visit"})
    assert [each["id"] for each in widened["resources"]] == [RESOURCE]
    assert "how to reach it" in widened["widened"]

    is_refused(leo.ask("find_resources", {"chat": "none"}), "not_found")
    is_refused(floor.staff("lin").ask("find_resources", {"chat": chat}), "not_found")
    is_refused(leo.ask("find_resources", {"age": "old"}), "bad_request")


def test_an_assessment_counts_until_a_later_flag_is_higher(floor: Floor):
    visitor, opened, leo, accepted = floor.talk("everything feels hopeless")
    chat = opened["chat"]["id"]

    assessed = leo.ask("assess", chat=chat, level="high", reason="a plan for tonight")
    visitor.ask("say", client_id=some_id(), text=URGENT)
    raised = leo.wait_for("chat", lambda data: data["level"] == "critical")

    assert set(assessed) == {"ok", "chat"}
    assert assessed["chat"]["assessed"] == assessed["chat"]["level"] == "high"
    assert assessed["chat"]["urgency"] == accepted["chat"]["urgency"]
    assert raised["assessed"] == "high"
    assert raised["urgency"] == "critical"
    assert {raised["level"], assessed["chat"]["level"]} <= set(LEVELS)


def test_lowering_a_critical_tells_the_lead(floor: Floor):
    sol = floor.staff("sol")
    _, opened, leo, _ = floor.talk(URGENT)
    chat = opened["chat"]["id"]

    assert leo.ask("assess", chat=chat, level="elevated", reason="safe with a friend")["ok"]

    alert = sol.wait_for("alert", lambda data: data["kind"] == "critical_lowered")
    assert alert["chat"] == chat
    assert "friend" not in json.dumps(alert)


def test_a_word_about_a_flag_changes_no_level(floor: Floor):
    _, opened, leo, accepted = floor.talk(URGENT)
    flag = accepted["chat"]["flags"][0]["id"]

    assert leo.ask("answer_flag", flag=flag, verdict="misread") == {"ok": True}
    assert leo.ask("answer_flag", flag=flag, verdict="agree") == {"ok": True}
    assert leo.ask("missed", chat=opened["chat"]["id"], seq=1) == {"ok": True}
    assert leo.ask("missed", chat=opened["chat"]["id"]) == {"ok": True}

    told = leo.wait_for("chat", lambda data: any(each["verdict"] for each in data["flags"]))
    assert told["level"] == "critical"


def test_a_note_stays_with_the_listener(floor: Floor):
    visitor, opened, leo, _ = floor.talk()

    assert leo.ask("note", chat=opened["chat"]["id"], text="wears a red coat") == {"ok": True}

    told = leo.wait_for("chat", lambda data: data["notes"])
    assert told["notes"][0]["text"] == "wears a red coat"
    resumed = floor.visitor().ask("resume", token=opened["token"])
    assert "red coat" not in json.dumps([resumed, visitor.heard])


def test_asking_for_help_tells_the_leads_at_once_without_words(floor: Floor):
    sol = floor.staff("sol")
    _, opened, leo, _ = floor.talk()

    assert leo.ask("ask_help", chat=opened["chat"]["id"], why="I am not sure") == {"ok": True}

    alert = sol.wait_for("alert", lambda data: data["kind"] == "help_asked")
    assert alert["acknowledged_by"] is None
    assert "not sure" not in json.dumps(alert)
    assert sol.ask("acknowledge", alert=alert["id"]) == {"ok": True}
    owned = sol.wait_for("alert", lambda data: data["acknowledged_by"])
    assert owned["acknowledged_by"] == "Sol"
    is_refused(leo.ask("acknowledge", alert=alert["id"]), "not_allowed")
    every_time_is_utc(alert)


def test_a_listener_chooses_what_they_do_not_want_today(floor: Floor):
    leo = floor.staff("leo")

    assert leo.ask("not_today", topics=["violence", "abuse"])["not_today"] == ["abuse", "violence"]
    assert leo.ask("sync")["board"]["not_today"] == ["abuse", "violence"]
    is_refused(leo.ask("not_today", topics=["mondays"]), "bad_request")
    is_refused(leo.ask("not_today", topics="abuse"), "bad_request")
    assert leo.ask("not_today", topics=[])["not_today"] == []


def test_a_listener_is_kept_apart_from_a_person_and_a_lead_may_say_it_for_them(floor: Floor):
    sol, lin = floor.staff("sol"), _id_of(floor, "lin")
    _, opened, leo, _ = floor.talk()
    chat = opened["chat"]["id"]

    assert leo.ask("keep_apart", chat=chat) == {"ok": True}
    assert leo.wait_for("chat", lambda data: data["apart"])["state"] == "active"
    assert leo.ask("keep_apart", chat=chat, apart=False) == {"ok": True}
    is_refused(leo.ask("keep_apart", chat=chat, listener=lin), "not_allowed")
    assert sol.ask("keep_apart", chat=chat, listener=lin) == {"ok": True}


def test_stepping_out_is_one_press_and_hides_the_words(floor: Floor):
    visitor, opened, leo, _ = floor.talk("you are all useless", nickname="Nobody")
    chat = opened["chat"]["id"]
    sol = floor.staff("sol")

    assert leo.ask("step_out", chat=chat) == {"ok": True}

    hidden = leo.wait_for("chat", lambda data: data["state"] != "active")
    assert hidden["nickname"] is None
    assert hidden["flags"] == []
    is_refused(leo.ask("resume", chat=chat, after=0), "stale")
    told = visitor.wait_for("message", lambda data: data["code"] == "stepped_out")
    assert "Leo" in told["text"]
    assert floor.take(sol, chat)["chat"]["listener"]["name"] == "Sol"


@pytest.mark.parametrize("kind, name", [("listener", "lin"), ("lead", "sol")])
def test_a_hand_off_is_an_offer_and_the_sender_keeps_the_chat_until_then(
    floor: Floor, kind: str, name: str
):
    visitor, opened, leo, _ = floor.talk()
    taker = floor.staff(name)
    chat, to = opened["chat"]["id"], _id_of(floor, name)

    asked = leo.ask("hand_off", chat=chat, to={"kind": kind, "id": to}, note="likes tea")

    has_exactly(asked["hand_off"], HAND_OFF - {"chat"})
    assert asked["hand_off"]["state"] == "pending"
    assert asked["hand_off"]["to"] == {"kind": kind, "id": to}
    assert leo.ask("say", chat=chat, client_id=some_id(), text="I am still here", epoch=1)["ok"]
    offer = taker.wait_for("offer", lambda data: data["id"] == asked["hand_off"]["id"])
    assert offer["words"] == "likes tea"
    accepted = taker.ask("accept", offer=offer["id"])
    assert accepted["chat"]["epoch"] == 2
    told = leo.wait_for("hand_off", lambda data: data["state"] == "accepted")
    has_exactly(told, HAND_OFF)
    is_refused(leo.ask("say", chat=chat, client_id=some_id(), text="too late"), "stale")
    assert visitor.wait_for("message", lambda data: data["code"] == "handed_over")


def test_a_hand_off_can_be_declined_and_taken_back(floor: Floor):
    _, opened, leo, _ = floor.talk()
    lin = floor.staff("lin")
    chat, to = opened["chat"]["id"], _id_of(floor, "lin")
    first = leo.ask("hand_off", chat=chat, to={"kind": "listener", "id": to}, note="")["hand_off"]

    assert lin.ask("decline", offer=first["id"]) == {"ok": True}
    leo.wait_for("hand_off", lambda data: data["state"] == "declined")
    second = leo.ask("hand_off", chat=chat, to={"kind": "listener", "id": to}, note="")["hand_off"]
    assert leo.ask("withdraw", hand_off=second["id"]) == {"ok": True}

    leo.wait_for("hand_off", lambda data: data["state"] == "withdrawn")
    is_refused(lin.ask("accept", offer=second["id"]), "offer_gone")
    is_refused(lin.ask("withdraw", hand_off=second["id"]), "not_found")
    assert leo.ask("say", chat=chat, client_id=some_id(), text="we go on", epoch=1)["ok"]


def test_a_hand_off_to_the_queue_keeps_the_place_and_the_arrival(floor: Floor):
    visitor, opened, leo, accepted = floor.talk()
    chat = opened["chat"]["id"]

    answer = leo.ask("hand_off", chat=chat, to={"kind": "queue"}, note="speaks softly")

    assert answer["hand_off"]["state"] == "accepted"
    assert answer["hand_off"]["to"]["kind"] == "queue"
    assert visitor.wait_for("message", lambda data: data["code"] == "handed_to_queue")
    leo.ask("away")
    lin = floor.ready("lin")
    again = floor.take(lin, chat)
    assert again["chat"]["arrived_at"] == accepted["chat"]["arrived_at"]


def test_the_visitor_says_no_and_the_sender_keeps_the_chat(floor: Floor):
    visitor, opened, leo, _ = floor.talk()
    lin = floor.staff("lin")
    chat, to = opened["chat"]["id"], _id_of(floor, "lin")
    asked = leo.ask("hand_off", chat=chat, to={"kind": "listener", "id": to}, why="rest", note="")
    told = visitor.wait_for("chat", lambda data: data["hand_off"] is not None)["hand_off"]
    assert (told["id"], told["kind"], told["answer"]) == (asked["hand_off"]["id"], "listener", None)
    line = visitor.wait_for("message", lambda data: data["code"] == "pass_listener:rest")
    assert "You can say no." in line["text"]

    answer = visitor.ask("answer_hand_off", hand_off=told["id"], agrees=False)

    assert answer["chat"]["hand_off"] is None
    leo.wait_for("hand_off", lambda data: data["state"] == "refused")
    is_refused(lin.ask("accept", offer=told["id"]), "offer_gone")
    is_refused(visitor.ask("answer_hand_off", hand_off=told["id"], agrees=True), "offer_gone")
    assert leo.ask("say", chat=chat, client_id=some_id(), text="we go on", epoch=1)["ok"]


def test_a_no_after_the_colleague_accepted_brings_the_listener_back(floor: Floor):
    visitor, opened, leo, _ = floor.talk()
    lin = floor.staff("lin")
    chat, to = opened["chat"]["id"], _id_of(floor, "lin")
    asked = leo.ask("hand_off", chat=chat, to={"kind": "listener", "id": to}, note="")["hand_off"]
    lin.wait_for("offer", lambda data: data["id"] == asked["id"])
    assert lin.ask("accept", offer=asked["id"])["ok"]
    told = visitor.wait_for(
        "chat", lambda data: (data["hand_off"] or {}).get("state") == "accepted"
    )
    assert told["listener"] == {"name": "Lin"}

    answer = visitor.ask("answer_hand_off", hand_off=asked["id"], agrees=False)

    assert (answer["chat"]["hand_off"], answer["chat"]["listener"]) == (None, {"name": "Leo"})
    lin.wait_for("chat", lambda data: (data["listener"] or {}).get("name") == "Leo")
    leo.wait_for("hand_off", lambda data: data["state"] == "refused")
    mine = leo.wait_for("chat", lambda data: data["epoch"] == 3)
    assert mine["listener"]["name"] == "Leo"
    is_refused(lin.ask("say", chat=chat, client_id=some_id(), text="too late"), "stale")
    assert leo.ask("say", chat=chat, client_id=some_id(), text="we go on", epoch=3)["ok"]


def test_a_resource_is_handed_to_warmly_and_the_outcome_is_told_by_either(floor: Floor):
    visitor, opened, leo, _ = floor.talk()
    chat, to = opened["chat"]["id"], {"kind": "resource", "id": "ie-samaritans"}

    asked = leo.ask("hand_off", chat=chat, to=to, note="")["hand_off"]

    assert (asked["state"], asked["to"]) == ("offered", to)
    assert visitor.wait_for("message", lambda data: data["resource"] is not None)
    told = visitor.wait_for("chat", lambda data: data["hand_off"] is not None)["hand_off"]
    assert (told["kind"], told["to_name"]) == ("resource", "Samaritans")
    assert visitor.ask("answer_hand_off", hand_off=told["id"], state="calling")["ok"]
    leo.wait_for("hand_off", lambda data: data["state"] == "calling")
    ended = leo.ask("tell_outcome", hand_off=told["id"], state="not_reached")["hand_off"]
    has_exactly(ended, HAND_OFF)
    assert ended["state"] == "not_reached"
    assert visitor.wait_for("message", lambda data: data["code"] == "not_reached")


@pytest.mark.parametrize("to", [{"kind": "nobody"}, {"kind": "resource"}, {"kind": "emergency!"}])
def test_hand_offs_to_nobody_known_are_refused(floor: Floor, to: dict[str, str]):
    _, opened, leo, _ = floor.talk()

    answer = leo.ask("hand_off", chat=opened["chat"]["id"], to=to, note="")

    is_refused(answer, "bad_request")


def test_hand_offs_to_who_cannot_take_them_are_refused(floor: Floor, off_shift: str):
    _, opened, leo, _ = floor.talk()
    chat = opened["chat"]["id"]

    def hand(kind: str, who: str | None) -> dict:
        return leo.ask("hand_off", chat=chat, to={"kind": kind, "id": who}, note="")

    is_refused(hand("listener", _id_of(floor, off_shift)), "not_on_shift")
    is_refused(hand("listener", "nobody"), "not_found")
    is_refused(hand("lead", None), "not_on_shift")
    is_refused(hand("listener", None), "no_free_seat")
    is_refused(hand("listener", _id_of(floor, "leo")), "bad_request")
    floor.staff("lin")
    is_refused(hand("lead", _id_of(floor, "lin")), "not_found")


def test_closing_asks_for_an_assessment_first_when_it_matters(floor: Floor):
    visitor, opened, leo, _ = floor.talk(URGENT)
    chat = opened["chat"]["id"]

    is_refused(leo.ask("close", chat=chat, outcome="felt_heard"), "not_allowed")
    is_refused(leo.ask("close", chat=chat, outcome="no such"), "bad_request")
    closed = leo.ask("close", chat=chat, outcome="felt_heard", note="ok", anyway="ambulance there")

    assert closed == {"ok": True}
    assert visitor.wait_for("chat", lambda data: data["state"] == "closed")
    assert visitor.wait_for("message", lambda data: data["code"] == "closed")
    is_refused(leo.ask("say", chat=chat, client_id=some_id(), text="more"), "chat_closed")
    resting = leo.ask("sync")["board"]["me"]
    assert resting["until"] is not None
    assert leo.ask("close", chat=chat, outcome="felt_heard") == {"ok": True}


def test_a_closing_can_be_taken_back(floor: Floor):
    visitor, opened, leo, _ = floor.talk()
    chat = opened["chat"]["id"]
    leo.ask("close", chat=chat, outcome="other")

    reopened = leo.ask("reopen", chat=chat)

    assert set(reopened) == {"ok", "chat"}
    assert reopened["chat"]["state"] == "active"
    assert leo.ask("say", chat=chat, client_id=some_id(), text="back")["ok"]
    visitor.wait_for("message", lambda data: data["text"] == "back")


@pytest.mark.parametrize("event", ["watch", "whisper", "join", "take_over"])
def test_what_leads_may_is_refused_to_listeners(floor: Floor, event: str):
    _, opened, _, _ = floor.talk()
    lin = floor.staff("lin")

    answer = lin.ask(event, chat=opened["chat"]["id"], reason="r", text="t")

    is_refused(answer, "not_found" if event == "whisper" else "not_allowed")


def test_presence_is_per_person_and_not_per_tab(floor: Floor):
    first, second = floor.ready("leo"), floor.staff("leo")

    first.close()
    _, opened = floor.opened()

    assert second.ask("sync")["board"]["me"]["state"] == "ready"
    assert floor.take(second, opened["chat"]["id"])["ok"]
    third = floor.staff("leo")
    third.ask("away")
    second.wait_for("board", lambda data: data["me"]["state"] == "away")


def test_both_tabs_of_a_listener_hear_what_one_of_them_says(floor: Floor):
    _, opened, leo, _ = floor.talk()
    chat, client_id = opened["chat"]["id"], some_id()
    tab = floor.staff("leo")

    leo.ask("say", chat=chat, client_id=client_id, text="from the first tab")

    heard = tab.wait_for("message", lambda data: data["text"] == "from the first tab")
    assert heard["client_id"] == client_id


def test_seen_and_typing_ask_for_nothing_more_than_they_say(floor: Floor):
    _, opened, leo, _ = floor.talk()
    chat = opened["chat"]["id"]

    assert leo.ask("seen", chat=chat, seq=2) == {"ok": True}
    assert leo.ask("typing", chat=chat) == {"ok": True}


def test_no_payload_of_a_console_holds_an_unknown_level(floor: Floor):
    _, _, leo, accepted = floor.talk(URGENT)
    board = leo.ask("sync")["board"]

    levels = {value for key, value in walk([board, accepted]) if key in ("level", "urgency")}

    assert levels <= set(LEVELS)


def _id_of(floor: Floor, name: str) -> str:
    found: str = floor.value("SELECT id FROM people WHERE email = :m", m=f"{name}@example.org")
    return found


# -- silence and likeness ---------------------------------------------------------------------------


def test_only_a_quiet_chat_is_set_aside_and_it_is_taken_up_again(floor: Floor):
    visitor, opened, leo, _ = floor.talk("hello")
    chat = opened["chat"]["id"]
    leo.ask("say", chat=chat, client_id=some_id(), text="I am here")
    is_refused(leo.ask("park", chat=chat), "not_allowed")
    before = str(datetime.now(UTC).replace(tzinfo=None) - timedelta(minutes=4))
    floor.change("UPDATE chats SET turn_since = :at WHERE id = :id", at=before, id=chat)

    parked = leo.ask("park", chat=chat)

    assert parked["chat"]["parked"] is not None
    assert parked["chat"]["state"] == "active"
    assert leo.ask("sync")["board"]["me"]["used"] == 0
    told = visitor.wait_for("chat", lambda data: data["parked"])
    assert (told["state"], told["listener"]) == ("active", None)
    assert leo.ask("take_up", chat=chat)["chat"]["parked"] is None


def test_who_writes_in_a_chat_set_aside_is_offered_to_the_one_before_at_once(floor: Floor):
    visitor, opened, leo, _ = floor.talk("hello")
    chat = opened["chat"]["id"]
    leo.ask("say", chat=chat, client_id=some_id(), text="I am here")
    before = str(datetime.now(UTC).replace(tzinfo=None) - timedelta(minutes=4))
    floor.change("UPDATE chats SET turn_since = :at WHERE id = :id", at=before, id=chat)
    assert leo.ask("park", chat=chat)["ok"]
    leo.heard.clear()

    assert visitor.ask("say", client_id=some_id(), text="I am back")["ok"]

    floor.take(leo, chat)
    back = visitor.wait_for("message", lambda data: data["code"] == "back_from_hold")
    assert back["from"] == "line"


def test_an_alert_that_asks_nothing_takes_no_answer(floor: Floor):
    _, opened, leo, _ = floor.talk("hello")
    sol = floor.staff("sol")
    leo.ask("ask_help", chat=opened["chat"]["id"])
    alert = sol.wait_for("alert", lambda data: data["kind"] == "help_asked")

    assert alert["answers"] == []
    is_refused(sol.ask("answer_alert", alert=alert["id"], answer="close"), "bad_request")
    is_refused(leo.ask("answer_alert", alert=alert["id"], answer="close"), "not_allowed")


def test_a_lead_links_two_chats_and_their_listener_sees_it(floor: Floor):
    _, opened, leo, _ = floor.talk("hello")
    _, other = floor.opened("I keep thinking about suicide")
    one, two, sol = opened["chat"]["id"], other["chat"]["id"], floor.staff("sol")
    is_refused(leo.ask("link", chat=one, other=two), "not_allowed")

    assert sol.ask("link", chat=one, other=two) == {"ok": True}

    seen = leo.wait_for("chat", lambda data: data["same_person"])
    assert seen["same_person"] == [{"chat": two, "level": "high", "goes_on": True}]
    assert seen["level"] == "high"
    assert sol.ask("unlink", chat=one, other=two) == {"ok": True}
    leo.wait_for("chat", lambda data: data["id"] == one and not data["same_person"])
