"""Whoever is lost at high risk is looked after by a lead; a complaint by who was not in the chat."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from helpline.actions import (
    attending,
    complaining,
    directing,
    forgetting,
    listening,
    paging,
    retaining,
    returning,
    reviewing,
    visiting,
)
from helpline.boards import alerts as alert_board
from helpline.boards import casebook, complaints
from helpline.boards import listener as listener_board
from helpline.boards import visitor as visitor_board
from helpline.domain import errors, retention
from helpline.domain.access import Who
from helpline.domain.incidents import Kind
from helpline.domain.urgency import Level
from helpline.store import chats, holds, incidents
from tests import makers
from tests.actions.evening import CRITICAL, HIGH, ROUTINE, Evening

DAY = timedelta(days=1)
WORDS = "he asked where I live, heronfeather"


@pytest.fixture
def evening(store, cast, now) -> Evening:
    made = Evening(store, cast, now)
    made.hold_open()
    made.ready(cast.leo)
    return made


def the(evening: Evening, opened, kind: Kind):
    with evening.store.reading() as tx:
        (row,) = incidents.of_chat(tx, opened.chat_id, kind)
        return row


def lost(evening: Evening, opened) -> bool:
    with evening.store.reading() as tx:
        return incidents.unreviewed(tx, opened.chat_id, Kind.CONTACT_LOST) is not None


# -- contact lost -----------------------------------------------------------------------------


def test_who_leaves_the_line_at_high_risk_is_one_matter_until_a_lead_reviewed_it(evening, cast):
    opened = evening.opens(HIGH)
    visiting.leave(evening.store, opened.token, quick=True, now=evening.now)

    row, alert = the(evening, opened, Kind.CONTACT_LOST), evening.alerts()["left_unanswered"]
    assert (row.level, row.state, row.opened_by) == (Level.HIGH, "open", None)
    assert row.signs["visitor_wrote"] == evening.now.isoformat()
    directing.acknowledge(evening.store, cast.sol, alert.id, now=evening.now)
    evening.sweep("watching")
    assert set(evening.alerts()) & {"left_unanswered", "contact_lost"} == {"left_unanswered"}

    reviewing.review(evening.store, cast.sol, row.id, "learned", WORDS, now=evening.now)

    assert "left_unanswered" not in evening.alerts()
    row = the(evening, opened, Kind.CONTACT_LOST)
    assert (row.state, row.outcome, row.reviewed_by) == ("reviewed", "learned", cast.sol.id)
    with pytest.raises(errors.NotAllowed):
        reviewing.review(evening.store, cast.cora, row.id, "learned", None, now=evening.now)


def test_lost_twice_before_anybody_looked_is_one_matter(evening, cast):
    opened = evening.opens(HIGH)
    visiting.leave(evening.store, opened.token, quick=True, now=evening.now)

    with evening.store.transaction() as tx:
        chat = chats.chat(tx, opened.chat_id)
        reviewing.contact_lost(tx, chat, "contact_lost", evening.now)

    assert the(evening, opened, Kind.CONTACT_LOST).state == "open"
    assert set(evening.alerts()) & {"left_unanswered", "contact_lost"} == {"left_unanswered"}


@pytest.mark.parametrize("text, is_lost", [(HIGH, True), (ROUTINE, False)])
def test_who_fell_silent_and_is_gone_when_a_talk_ends_is_lost(evening, cast, text, is_lost):
    opened = evening.talks(cast.leo, text)
    _answer(evening, cast, opened)
    evening.disconnects(opened)

    evening.closes(cast.leo, opened.chat_id, anyway="silent")

    assert lost(evening, opened) == is_lost
    assert ("contact_lost" in evening.alerts()) == is_lost
    assert "left_unanswered" not in evening.alerts()


def test_a_goodbye_is_no_lost_contact(evening, cast):
    opened = evening.talks(cast.leo, CRITICAL)
    _answer(evening, cast, opened)

    evening.closes(cast.leo, opened.chat_id, anyway="they are safe")

    assert not lost(evening, opened)


def test_who_leaves_a_critical_talk_in_haste_is_lost_and_who_ends_it_is_not(evening, cast):
    hasty = evening.talks(cast.leo, CRITICAL)
    visiting.leave(evening.store, hasty.token, quick=True, now=evening.now)
    assert lost(evening, hasty)

    evening.ready(cast.lin)
    calm = evening.talks(cast.lin, HIGH)
    visiting.leave(evening.store, calm.token, quick=False, now=evening.now)
    assert not lost(evening, calm)


def test_who_comes_back_needs_no_review(evening, cast):
    opened = evening.talks(cast.leo, HIGH)
    _answer(evening, cast, opened)
    evening.disconnects(opened)
    evening.closes(cast.leo, opened.chat_id, anyway="silent")

    evening.says(opened, "I am here again")

    row = the(evening, opened, Kind.CONTACT_LOST)
    assert (row.state, row.outcome) == ("closed", "came_back")
    assert "contact_lost" not in evening.alerts()


def test_the_holder_reviews_it_only_if_no_other_lead_could(evening, cast):
    evening.ready(cast.sol)
    opened = evening.talks(cast.sol, HIGH)
    _answer(evening, cast, opened, cast.sol)
    evening.disconnects(opened)
    evening.closes(cast.sol, opened.chat_id, anyway="silent")
    row = the(evening, opened, Kind.CONTACT_LOST)

    other = evening.hires("ana", lead=True)
    with pytest.raises(errors.IsConcerned):
        reviewing.review(evening.store, cast.sol, row.id, "learned", None, now=evening.now)

    reviewing.review(evening.store, other, row.id, "learned", None, now=evening.now)


def _answer(evening: Evening, cast, opened, who=None) -> None:
    listening.say(
        evening.store, who or cast.leo, opened.chat_id, makers.client_id(), "Go on", now=evening.now
    )


# -- complaints -------------------------------------------------------------------------------


@pytest.fixture
def complained(evening, cast):
    opened = evening.talks(cast.leo, ROUTINE)
    complaining.complain(evening.store, opened.token, WORDS, now=evening.now)
    return opened


def test_a_complaint_holds_the_chat_for_14_days_and_one_person_prolongs_it(
    evening, cast, complained
):
    with evening.store.reading() as tx:
        (hold,) = holds.of_chat(tx, complained.chat_id)
        assert holds.held_until(tx, complained.chat_id, evening.now) == evening.now + 14 * DAY
    assert forgetting.erase(evening.store, complained.token, now=evening.now).held

    retaining.agree(evening.store, cast.cora, hold.id, now=evening.now + DAY)

    with evening.store.reading() as tx:
        assert holds.held(tx, complained.chat_id, evening.now + 31 * DAY - DAY / 24)


def test_leads_and_coordinators_are_told_without_a_word_and_the_listener_is_not(
    evening, cast, complained
):
    alert = evening.alerts()["complaint"]
    assert alert.chat_id is None
    assert "heronfeather" not in str(alert.detail)
    leo_leads = Who(cast.leo.id, cast.leo.name, cast.sol.roles)
    with evening.store.reading() as tx:
        shown = {
            who.name: "complaint" in {each["kind"] for each in alert_board.open_alerts(tx, who)}
            for who in (cast.sol, cast.cora, leo_leads)
        }
    assert shown == {"Sol": True, "Cora": True, "Leo": False}
    assert evening.paged("complaint") == ["Sol"]
    assert "complain" not in str(listener_board.board(evening.store, cast.leo, evening.now))
    assert (
        "looks into it"
        in visitor_board.page(evening.store, complained.token, evening.now)["chat"]["complained"]
    )


def test_the_lead_who_was_in_the_chat_is_not_even_paged(evening, cast):
    evening.ready(cast.sol)
    opened = evening.talks(cast.sol, ROUTINE)

    complaining.complain(evening.store, opened.token, None, now=evening.now)

    assert evening.paged("complaint") == ["Cora"]
    row = the(evening, opened, Kind.COMPLAINT)
    for deed in (
        lambda: reviewing.take(evening.store, cast.sol, row.id, now=evening.now),
        lambda: reviewing.review(evening.store, cast.sol, row.id, "learned", None, now=evening.now),
        lambda: reviewing.read(evening.store, cast.sol, row.id, "why", now=evening.now),
    ):
        with pytest.raises(errors.IsConcerned):
            deed()


def test_the_lead_complained_of_is_not_called_later_either_and_cannot_own_it(evening, cast):
    """Whoever leads the shift is called again about what nobody owns, and owns all at a press."""
    evening.ready(cast.sol)
    opened = evening.talks(cast.sol, ROUTINE)
    complaining.complain(evening.store, opened.token, None, now=evening.now)

    evening.now += timedelta(minutes=5)
    paging.call_again(evening.store, now=evening.now)
    assert evening.paged("complaint") == ["Cora", "Cora"]

    directing.own_everything(evening.store, cast.sol, now=evening.now)
    with pytest.raises(errors.NotFound):
        directing.acknowledge(
            evening.store, cast.sol, evening.alerts()["complaint"].id, now=evening.now
        )
    assert evening.alerts()["complaint"].acknowledged_by is None
    directing.own_everything(evening.store, cast.cora, now=evening.now)
    assert evening.alerts()["complaint"].acknowledged_by == cast.cora.id


@pytest.mark.parametrize("why, is_told", [("complaint", False), ("safety", True)])
def test_a_hold_for_a_complaint_tells_who_was_in_the_chat_no_more(evening, cast, why, is_told):
    evening.ready(cast.sol)
    opened = evening.talks(cast.sol, ROUTINE)

    retaining.ask(evening.store, cast.cora, opened.chat_id, why, "they wrote", 30, now=evening.now)

    with evening.store.reading() as tx:
        shown = {
            who.name: "hold_asked" in {each["kind"] for each in alert_board.open_alerts(tx, who)}
            for who in (cast.sol, cast.cora)
        }
    assert shown == {"Sol": is_told, "Cora": True}


def test_who_takes_the_chat_over_after_the_complaint_is_called_no_more(evening, cast, complained):
    evening.ready(cast.sol)
    assert evening.paged("complaint") == ["Sol"]
    attending.take_over(evening.store, cast.sol, complained.chat_id, now=evening.now)

    evening.now += timedelta(minutes=5)
    paging.call_again(evening.store, now=evening.now)

    assert evening.paged("complaint") == ["Cora", "Sol"]


def test_words_of_a_complaint_are_heard_like_any_and_its_flags_are_not_the_listeners(evening, cast):
    opened = evening.talks(cast.leo, ROUTINE)

    made = complaining.complain(evening.store, opened.token, CRITICAL, now=evening.now)

    assert made.urgent
    assert evening.chat(opened).level == Level.CRITICAL
    (shown,) = listener_board.board(evening.store, cast.leo, evening.now)["chats"]
    assert {each["source"] for each in shown["flags"]} <= {"message"}


def test_pressed_again_it_is_the_same_one_and_there_are_three_at_most(evening, cast, complained):
    for _ in range(3):
        complaining.complain(evening.store, complained.token, None, now=evening.now)
    assert the(evening, complained, Kind.COMPLAINT)
    for words in ("more", "and more"):
        complaining.complain(evening.store, complained.token, words, now=evening.now)
    with pytest.raises(errors.SlowDown):
        complaining.complain(evening.store, complained.token, "again", now=evening.now)
    with evening.store.reading() as tx:
        assert len(holds.of_chat(tx, complained.chat_id)) == 1


def test_a_lead_who_looks_into_it_reads_the_held_chat_and_that_is_written_down(
    evening, cast, complained
):
    store, row = evening.store, the(evening, complained, Kind.COMPLAINT)
    with pytest.raises(errors.Empty):
        reviewing.read(store, cast.sol, row.id, " ", now=evening.now)

    said = reviewing.read(store, cast.sol, row.id, "to see it", now=evening.now)

    assert [each.text for each in said if each.author == "visitor"] == [ROUTINE]
    assert makers.journal_kinds(store, complained.chat_id)[-1] == "held_chat_read"
    assert the(evening, complained, Kind.COMPLAINT).taken_by == cast.sol.id
    with store.reading() as tx:
        (reading,) = incidents.readings(tx, row)
        assert (reading.person_id, incidents.reason_of(tx, reading)) == (cast.sol.id, "to see it")
        (hold,) = holds.of_chat(tx, complained.chat_id)
    retaining.release(store, cast.cora, hold.id, now=evening.now)
    with pytest.raises(errors.NotFound):  # nothing is held any more
        reviewing.read(store, cast.sol, row.id, "again", now=evening.now)


CODE = "the hash of a code"
ANSWER = "We are sorry. We spoke about it, curlewstone."


def in_chat(evening, opened) -> str:
    """What the visitor reads of it in their chat."""
    return visitor_board.page(evening.store, opened.token, evening.now)["chat"]["complained"]


def with_code(evening) -> str:
    return " ".join(complaints.with_code(evening.store, CODE, "en"))


def test_a_visitor_follows_their_complaint_in_the_chat_and_with_their_code(
    evening, cast, complained
):
    store, row = evening.store, the(evening, complained, Kind.COMPLAINT)
    assert "Somebody is looking into it" not in in_chat(evening, complained)
    returning.keep(store, complained.token, CODE, now=evening.now)
    assert with_code(evening) == "You told us that something was not right. We have it."

    reviewing.take(store, cast.cora, row.id, now=evening.now)
    for shown in (in_chat(evening, complained), with_code(evening)):
        assert "Somebody is looking into it now." in shown
    reviewing.answer(store, cast.cora, row.id, "A first answer.", now=evening.now)
    reviewing.answer(store, cast.sol, row.id, ANSWER, now=evening.now)
    reviewing.review(store, cast.cora, row.id, "changed", "heronfeather", now=evening.now)

    for shown in (in_chat(evening, complained), with_code(evening)):
        assert f"It has been looked into. We answer you: {ANSWER}" in shown
        assert "A first answer." not in shown
        assert "heronfeather" not in shown
    assert b"curlewstone" not in the(evening, complained, Kind.COMPLAINT).answer_sealed


def test_whoever_was_in_the_chat_neither_answers_nor_sees_the_answer(evening, cast, complained):
    store, row = evening.store, the(evening, complained, Kind.COMPLAINT)
    reviewing.answer(store, cast.cora, row.id, ANSWER, now=evening.now)
    assert the(evening, complained, Kind.COMPLAINT).state == "taken"
    leads = replace(cast.leo, roles=cast.sol.roles)

    with pytest.raises(errors.IsConcerned):
        reviewing.answer(store, leads, row.id, "nothing was wrong", now=evening.now)

    for shown in (
        listener_board.board(store, leads, evening.now),
        listener_board.chat_of(store, leads, complained.chat_id, evening.now),
        casebook.board(store, leads, None, evening.now),
    ):
        assert "curlewstone" not in str(shown)
    assert "curlewstone" in str(casebook.board(store, cast.sol, None, evening.now))


def test_the_answer_goes_with_the_chat_and_the_code_opens_nothing_then(evening, cast, complained):
    store, row = evening.store, the(evening, complained, Kind.COMPLAINT)
    returning.keep(store, complained.token, CODE, now=evening.now)
    reviewing.answer(store, cast.cora, row.id, ANSWER, now=evening.now)
    evening.closes(cast.leo, complained.chat_id)

    listening.end_wrap_ups(store, now=evening.now + DAY)

    forgetting.forget_due(store, now=evening.now + 31 * DAY)

    assert with_code(evening) == ""
    with store.reading() as tx:
        assert incidents.answer_of(tx, incidents.incident(tx, row.id)) == ""
    with pytest.raises(errors.NotFound):
        reviewing.answer(store, cast.cora, row.id, ANSWER, now=evening.now)


def test_only_a_complaint_that_is_not_closed_is_answered(evening, cast, complained):
    store, row = evening.store, the(evening, complained, Kind.COMPLAINT)
    other = reviewing.report(store, cast.sol, "other", None, "a thing", None, now=evening.now)
    with pytest.raises(errors.NotFound):
        reviewing.answer(store, cast.cora, other, ANSWER, now=evening.now)
    with pytest.raises(errors.Empty):
        reviewing.answer(store, cast.cora, row.id, " ", now=evening.now)
    reviewing.review(store, cast.cora, row.id, "changed", None, now=evening.now)
    reviewing.close(store, cast.cora, row.id, now=evening.now)

    with pytest.raises(errors.NotFound):
        reviewing.answer(store, cast.cora, row.id, ANSWER, now=evening.now)


def test_a_coordinator_handles_a_complaint_and_reads_no_word(evening, cast, complained):
    store, row = evening.store, the(evening, complained, Kind.COMPLAINT)
    reviewing.take(store, cast.cora, row.id, now=evening.now)
    with pytest.raises(errors.NotAllowed):
        reviewing.read(store, cast.cora, row.id, "why", now=evening.now)

    with pytest.raises(errors.NotFound):  # nothing is closed that nobody reviewed
        reviewing.close(store, cast.cora, row.id, now=evening.now)
    reviewing.review(store, cast.cora, row.id, "changed", "we spoke", now=evening.now)
    reviewing.close(store, cast.cora, row.id, now=evening.now)

    assert "complaint" not in evening.alerts()
    assert the(evening, complained, Kind.COMPLAINT).state == "closed"


# -- what is kept -----------------------------------------------------------------------------


def test_words_about_a_chat_go_with_its_key_and_others_with_their_own(evening, cast, complained):
    store = evening.store
    bare = reviewing.report(store, cast.cora, "technical", None, WORDS, None, now=evening.now)
    about = reviewing.report(
        store, cast.sol, "threat", complained.chat_id, WORDS, "we called", now=evening.now
    )
    evening.closes(cast.leo, complained.chat_id)
    later = evening.now + 60 * DAY
    listening.end_wrap_ups(store, now=evening.now + timedelta(minutes=6))
    forgetting.forget_due(store, now=later)

    with store.reading() as tx:
        assert incidents.words_of(tx, incidents.incident(tx, about))["what"] == ""
        assert incidents.words_of(tx, incidents.incident(tx, bare))["what"] == WORDS

    forgetting.forget_due(store, now=evening.now + retention.RECORDS_KEPT + DAY)
    with store.reading() as tx:
        assert incidents.find(tx, bare) is incidents.find(tx, about) is None
    assert not store.vault.holds(f"incident-{bare}")


def test_reports_need_words_and_a_kind(evening, cast):
    for kind, what, refused in (("threat", " ", errors.Empty), ("rain", "x", errors.BadRequest)):
        with pytest.raises(refused):
            reviewing.report(evening.store, cast.cora, kind, None, what, None, now=evening.now)
    with evening.store.reading() as tx:
        assert incidents.latest(tx, 10) == []
