"""Calling the emergency services, and concerns about somebody at risk: nothing stands before the
call, the visitor is told as the way says, and no sign-off is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from helpline.actions import (
    attending,
    directing,
    forgetting,
    furnishing,
    handing,
    paging,
    safeguarding,
    summoning,
    visiting,
    welcoming,
)
from helpline.actions.safeguarding import Raised
from helpline.boards import emergencies as board
from helpline.boards import listener as listener_board
from helpline.boards import visitor as visitor_board
from helpline.boards.wording import alert_text
from helpline.domain import errors, retention
from helpline.domain.access import Role, Who
from helpline.domain.emergency import Step
from helpline.domain.safeguarding import Words
from helpline.store import emergencies, resources
from tests import makers
from tests.actions.evening import CRITICAL, Evening


@pytest.fixture
def on() -> str:
    return "sqlite"


@pytest.fixture
def pushed_by() -> str:
    return "sweeps"


@pytest.fixture
def talk(evening: Evening, directory: list[str]) -> visiting.Opened:
    """Leo talks with somebody in danger."""
    evening.ready(evening.cast.leo)
    return evening.talks(evening.cast.leo, CRITICAL)


@pytest.fixture
def call(evening: Evening, talk: visiting.Opened) -> str:
    """The protocol has begun; its id."""
    handed = handing.hand_off(
        evening.store, evening.cast.leo, talk.chat_id, kind="emergency", to_id=None, words=None,
        now=evening.now,
    )  # fmt: skip
    assert handed.state == "begun"
    return handed.id


def logs(evening: Evening, call: str, step: str, who: Who | None = None, **said: Any) -> None:
    summoning.log(evening.store, who or evening.cast.leo, call, Step(step, **said), now=evening.now)


def signs(evening: Evening, call: str, who: Who) -> None:
    summoning.sign_off(evening.store, who, call, now=evening.now)


def shown(evening: Evening, talk: visiting.Opened) -> dict[str, Any]:
    found = listener_board.chat_of(evening.store, evening.cast.leo, talk.chat_id, evening.now)
    emergency: dict[str, Any] = found["emergency"]
    return emergency


def said(evening: Evening, talk: visiting.Opened) -> list[str]:
    return makers.transcript(evening.store, talk.chat_id)[2:]


# -- the call ---------------------------------------------------------------------------------


def test_the_number_is_there_before_anything_begins(
    evening: Evening, talk: visiting.Opened
) -> None:
    assert shown(evening, talk) == {
        "numbers": [{"name": "Emergency", "number": "112"}],
        "ways": ["agreed", "told", "not_told"],
        "call": None,
    }


def test_a_number_that_nobody_here_has_verified_is_not_the_one_to_call(
    evening: Evening, talk: visiting.Opened
) -> None:
    with evening.store.transaction() as tx:
        known = resources.find(tx, "ie-112")
        assert known
        wrong = (replace(known.ways[0], value="0900 112"),)
        resources.put(tx, replace(known, id="imported", ways=wrong, shown=False))

    assert shown(evening, talk)["numbers"] == [{"name": "Emergency", "number": "112"}]


def test_a_lead_is_told_at_once_and_nothing_is_sent(
    evening: Evening, talk: visiting.Opened, call: str
) -> None:
    assert evening.paged("emergency_begun") == ["Sol"]
    assert evening.alerts()["emergency_begun"].chat_id == talk.chat_id
    assert said(evening, talk) == []
    begun = shown(evening, talk)["call"]
    assert (begun["id"], begun["place"], [each["step"] for each in begun["log"]]) == (
        call, {}, ["begun"],
    )  # fmt: skip


@pytest.mark.parametrize(
    "way, line",
    [("agreed", ["[emergency_agreed]"]), ("told", ["[emergency_told]"]), ("not_told", [])],
)
def test_the_visitor_is_told_as_the_way_says(
    evening: Evening, talk: visiting.Opened, call: str, way: str, line: list[str]
) -> None:
    for _ in range(2):
        logs(evening, call, "way", way=way, note="because")

    assert said(evening, talk) == line
    assert shown(evening, talk)["call"]["way"] == way


def test_what_is_known_of_the_place_grows_and_is_sealed(
    evening: Evening, talk: visiting.Opened, call: str
) -> None:
    logs(evening, call, "place", place={"area": "by the harbour"})
    logs(evening, call, "place", place={"phone": "0123"})

    assert shown(evening, talk)["call"]["place"] == {"area": "by the harbour", "phone": "0123"}
    with evening.store.reading() as tx:
        assert b"harbour" not in (emergencies.one(tx, call).place_sealed or b"")


def test_the_log_goes_on_when_the_visitor_has_left(
    evening: Evening, talk: visiting.Opened, call: str
) -> None:
    visiting.leave(evening.store, talk.token, quick=True, now=evening.now)

    logs(evening, call, "called")
    logs(evening, call, "way", way="told")

    assert "[emergency_told]" not in said(evening, talk)
    assert [each["step"] for each in shown(evening, talk)["call"]["log"]] == [
        "begun", "called", "told",
    ]  # fmt: skip


def test_a_call_can_begin_after_the_visitor_left_and_runs_once(
    evening: Evening, talk: visiting.Opened
) -> None:
    visiting.leave(evening.store, talk.token, quick=True, now=evening.now)

    one, two = (
        summoning.begin(evening.store, evening.cast.leo, talk.chat_id, now=evening.now)
        for _ in range(2)
    )

    assert one.id == two.id


def test_somebody_else_writes_nothing_into_it(evening: Evening, call: str) -> None:
    for who in (evening.cast.lin, evening.cast.sol):
        with pytest.raises(errors.NotFound):
            logs(evening, call, "called", who)


def test_a_way_that_is_not_allowed_is_refused_and_the_call_is_not(
    evening: Evening, call: str
) -> None:
    furnishing.tune(evening.store, "emergency", {"may_tell": 0}, now=evening.now)

    with pytest.raises(errors.NotAllowed):
        logs(evening, call, "way", way="told")
    logs(evening, call, "called")


# -- the sign-off -----------------------------------------------------------------------------


def test_it_waits_for_a_lead_and_calls_until_it_is_done(evening: Evening, call: str) -> None:
    logs(evening, call, "ended", result="help_comes")
    assert set(evening.alerts()) == {"emergency_to_sign_off"}
    directing.own_everything(evening.store, evening.cast.sol, now=evening.now)

    for _ in range(3):
        evening.now += timedelta(hours=1)
        summoning.look(evening.store, now=evening.now)
        paging.call_again(evening.store, now=evening.now)

    assert evening.paged("emergency_to_sign_off") == ["Sol"] * 4
    signs(evening, call, evening.cast.sol)
    assert evening.alerts() == {}


def test_a_call_that_nobody_ends_is_to_sign_off_all_the_same(evening: Evening, call: str) -> None:
    evening.passes(30 * 60, every=600, sweeps=("emergencies",))

    assert {"emergency_begun", "emergency_to_sign_off"} <= set(evening.alerts())
    signs(evening, call, evening.cast.sol)
    evening.passes(60, sweeps=("emergencies",))
    assert "emergency" not in " ".join(evening.alerts())


def test_an_alert_that_was_lost_is_raised_again(evening: Evening, call: str) -> None:
    logs(evening, call, "ended", result="called_off")
    with evening.store.transaction() as tx:
        directing.settle(tx, "emergency_to_sign_off", call, evening.now)

    evening.sweep("watching", "emergencies")

    assert "emergency_to_sign_off" in evening.alerts()


def test_nobody_signs_off_their_own_call_while_there_is_another_lead(evening: Evening) -> None:
    ada = evening.hires("ada", lead=True)
    evening.ready(ada)
    talk = evening.talks(ada, CRITICAL)
    call = summoning.begin(evening.store, ada, talk.chat_id, now=evening.now).id

    with pytest.raises(errors.OwnDeed):
        signs(evening, call, ada)
    welcoming.let_go(evening.store, evening.cast.cora, evening.cast.sol.id, now=evening.now)
    signs(evening, call, ada)

    with evening.store.reading() as tx:
        assert emergencies.one(tx, call).signed_alone


def test_who_called_though_another_had_begun_it_signs_it_off_no_more_than_they(
    evening: Evening, talk: visiting.Opened, call: str
) -> None:
    sol, ada = evening.cast.sol, evening.hires("ada", lead=True)
    attending.take_over(evening.store, sol, talk.chat_id, now=evening.now)
    logs(evening, call, "called", sol)

    with pytest.raises(errors.OwnDeed):
        signs(evening, call, sol)
    signs(evening, call, ada)


def test_the_first_sign_off_stays(evening: Evening, call: str) -> None:
    ada = evening.hires("ada", lead=True)
    signs(evening, call, ada)

    signs(evening, call, evening.cast.sol)

    with evening.store.reading() as tx:
        row = emergencies.one(tx, call)
        assert row.signed_by == ada.id
        assert [each.step for each in emergencies.steps(tx, row)] == ["begun", "signed"]


# -- a line without any shift lead ------------------------------------------------------------


@pytest.fixture
def leadless(evening: Evening, call: str) -> str:
    """The call has ended, and Sol, the only lead, is gone."""
    welcoming.let_go(evening.store, evening.cast.cora, evening.cast.sol.id, now=evening.now)
    logs(evening, call, "ended", result="help_comes")
    return call


def test_without_any_lead_the_coordinators_are_told_what_they_can_do(
    evening: Evening, leadless: str
) -> None:
    assert set(evening.alerts()) == {"nobody_may_sign_off"}
    assert "Please make somebody one, under People" in alert_text("en", "nobody_may_sign_off")

    for minute in range(0, 180, 10):  # it pages each hour, and never stops
        if minute == 90:
            directing.own_everything(evening.store, evening.cast.cora, now=evening.now)
        evening.now += timedelta(minutes=10)
        evening.sweep("emergencies", "watching")
        paging.call_again(evening.store, now=evening.now)

    assert evening.paged("nobody_may_sign_off") == ["Cora"] * 4
    assert evening.paged("emergency_to_sign_off") == []
    with pytest.raises(errors.NotAllowed):
        signs(evening, leadless, evening.cast.cora)


def test_who_is_made_a_lead_is_called_at_once_and_signs(evening: Evening, leadless: str) -> None:
    cora, lin = evening.cast.cora, evening.cast.lin

    welcoming.make_lead(evening.store, cora, lin.id, now=evening.now)
    evening.sweep("emergencies", "watching")

    assert set(evening.alerts()) == {"emergency_to_sign_off"}
    assert evening.paged("emergency_to_sign_off") == ["Lin"]
    signs(evening, leadless, replace(lin, roles=lin.roles | {Role.LEAD}))
    evening.sweep("emergencies", "watching")
    assert evening.alerts() == {}


def test_a_concern_that_is_due_says_the_same(evening: Evening, talk: visiting.Opened) -> None:
    raises(evening, talk, due_hours=1)
    welcoming.let_go(evening.store, evening.cast.cora, evening.cast.sol.id, now=evening.now)

    evening.now += timedelta(hours=1)
    evening.sweep("concerns", "watching")

    assert "nobody_may_sign_off" in evening.alerts()
    assert "concern_due" not in evening.alerts()


def test_listeners_and_coordinators_sign_off_nothing(evening: Evening, call: str) -> None:
    for who in (evening.cast.leo, evening.cast.cora):
        with pytest.raises(errors.NotAllowed):
            signs(evening, call, who)
        with pytest.raises(errors.NotAllowed):
            board.sign_offs(evening.store, who, evening.now)


def test_a_lead_reads_the_notes_only_after_saying_so_and_the_log_keeps_it(
    evening: Evening, call: str
) -> None:
    sol = evening.cast.sol
    logs(evening, call, "note", note="She is on the bridge.")
    logs(evening, call, "place", place={"area": "the bridge"})
    before = board.sign_offs(evening.store, sol, evening.now)["calls"][0]
    assert "bridge" not in str(before)

    summoning.read(evening.store, sol, call, now=evening.now)

    after = board.sign_offs(evening.store, sol, evening.now)["calls"][0]
    assert after["place_words"] == [("Town or area", "the bridge")]
    assert "She is on the bridge." in str(after["log_words"])
    assert after["log"][-1]["step"] == "read"


def test_the_log_outlives_the_words(evening: Evening, talk: visiting.Opened, call: str) -> None:
    logs(evening, call, "note", note="She is on the bridge.")
    logs(evening, call, "ended", result="help_comes")
    evening.closes(evening.cast.leo, talk.chat_id, anyway="help is there")
    forgetting.erase(evening.store, talk.token, now=evening.now)

    signs(evening, call, evening.cast.sol)

    with evening.store.reading() as tx:
        kept = emergencies.steps(tx, emergencies.one(tx, call))
    assert [(each.step, each.note) for each in kept] == [
        ("begun", ""), ("note", ""), ("help_comes", ""), ("signed", ""),
    ]  # fmt: skip


def test_it_is_forgotten_after_its_sign_off_and_never_before(
    evening: Evening, talk: visiting.Opened, call: str
) -> None:
    later = evening.now + retention.RECORDS_KEPT + timedelta(days=1)
    forgetting.forget_due(evening.store, now=later)
    with evening.store.reading() as tx:
        assert emergencies.find(tx, call)

    signs(evening, call, evening.cast.sol)
    forgetting.forget_due(evening.store, now=later)

    with evening.store.reading() as tx:
        assert emergencies.find(tx, call) is None


# -- what the page promises -------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings, has, has_not",
    [
        ({}, ["for you", "without your yes", "more danger"], ["never call", "do not call the"]),
        ({"calls_untold": 0}, ["never call them without telling"], ["more danger"]),
        ({"may_tell": 0}, ["If you want that", "tell no one"], ["without your yes"]),
        ({"may_tell": 0, "calls_agreed": 0}, ["do not call the emergency"], ["If you want that"]),
    ],
)
def test_the_confidentiality_text_is_made_from_the_policy(
    evening: Evening, settings: dict[str, int], has: list[str], has_not: list[str]
) -> None:
    if settings:
        furnishing.tune(evening.store, "emergency", settings, now=evening.now)

    text = " ".join(visitor_board.front(evening.store, "en", None, evening.now)["confidentiality"])

    assert all(each in text for each in has), text
    assert not any(each in text for each in has_not), text
    assert "We do not know where you are, unless you tell us." in text


# -- concerns ---------------------------------------------------------------------------------


def raises(evening: Evening, talk: visiting.Opened, **how: Any) -> str:
    words = Words("A bruise was spoken of.", "he hits me", "")
    raised = Raised("child", how.pop("words", words), **how)
    return safeguarding.raise_concern(
        evening.store, evening.cast.leo, talk.chat_id, raised, now=evening.now
    )


def test_a_concern_has_a_lead_and_a_due_time_and_is_told_at_once(
    evening: Evening, talk: visiting.Opened
) -> None:
    concern = raises(evening, talk)

    assert evening.paged("concern_raised") == ["Sol"]
    shown = board.sign_offs(evening.store, evening.cast.sol, evening.now)["concerns"][0]
    assert (shown["id"], shown["lead"], shown["overdue"]) == (concern, "Sol", False)
    assert "hits" not in str(shown)
    safeguarding.read(evening.store, evening.cast.sol, concern, now=evening.now)
    read = board.sign_offs(evening.store, evening.cast.sol, evening.now)["concerns"][0]
    assert read["words"].their_words == "he hits me"


def test_a_concern_that_is_due_pages_until_it_is_signed_off(
    evening: Evening, talk: visiting.Opened
) -> None:
    concern = raises(evening, talk, due_hours=1)
    evening.now += timedelta(minutes=59)
    evening.sweep("concerns")
    assert "concern_due" not in evening.alerts()
    evening.now += timedelta(minutes=1)
    evening.sweep("concerns")
    assert evening.paged("concern_due") == ["Sol"]

    safeguarding.sign_off(evening.store, evening.cast.sol, concern, now=evening.now)
    evening.sweep("concerns", "watching")

    assert not {"concern_due", "concern_raised"} & set(evening.alerts())


def test_whom_one_told_is_kept_with_its_time(evening: Evening, talk: visiting.Opened) -> None:
    concern = raises(evening, talk)
    evening.now += timedelta(minutes=5)

    safeguarding.tell_whom(
        evening.store, evening.cast.sol, concern, "the duty social worker", now=evening.now
    )

    found = listener_board.chat_of(evening.store, evening.cast.leo, talk.chat_id, evening.now)
    assert found["concerns"][0]["told_at"] == board.iso(evening.now)
    with pytest.raises(errors.NotFound):
        safeguarding.tell_whom(evening.store, evening.cast.lin, concern, "me", now=evening.now)


@pytest.mark.parametrize(
    "how, refusal",
    [
        ({"words": Words()}, errors.Empty),
        ({"due_hours": 999}, errors.BadRequest),
        ({"lead_id": "nobody"}, errors.NotFound),
    ],
)
def test_a_concern_without_what_it_needs_is_refused(
    evening: Evening, talk: visiting.Opened, how: dict[str, Any], refusal: type[errors.Refused]
) -> None:
    with pytest.raises(refusal):
        raises(evening, talk, **how)
