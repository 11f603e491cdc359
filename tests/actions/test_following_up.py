"""A check-in: proposed, agreed to, written in time or told of, and nothing without a yes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from helpline.actions import (
    directing,
    following_up,
    forgetting,
    furnishing,
    returning,
    sparing,
    visiting,
    welcoming,
)
from helpline.boards import casebook
from helpline.boards import following_up as board
from helpline.boards import listener as listener_board
from helpline.boards import visitor as visitor_board
from helpline.domain import errors
from helpline.domain import follow_ups as rules
from helpline.domain.access import Who
from helpline.domain.follow_ups import State
from helpline.store import follow_ups, people
from helpline.store.return_tables import FollowUp
from helpline.store.shift_tables import Notice
from helpline.store.tables import Message, Moment
from tests import makers
from tests.actions.evening import Evening
from tests.conftest import NOW

TOMORROW, SIX, EIGHT = date(2026, 11, 19), time(18), time(20)
STARTS, ENDS = (
    datetime.fromisoformat("2026-11-19T18:00Z"),
    datetime.fromisoformat("2026-11-19T20:00Z"),
)
CODE = "a-hash"
HOUR = timedelta(hours=1)
WORDS = "I hope that the heronfeather day was kind to you."


@pytest.fixture
def pushed_by() -> str:
    """Nothing of this is nudged."""
    return "sweeps"


@pytest.fixture
def talk(evening: Evening) -> visiting.Opened:
    """Leo talks with Vera."""
    evening.hold_open()
    evening.ready(evening.cast.leo, evening.cast.sol)
    return evening.talks(evening.cast.leo)


@pytest.fixture
def asked(evening: Evening, talk: visiting.Opened) -> str:
    return proposes(evening, talk)


@pytest.fixture
def agreed(evening: Evening, talk: visiting.Opened, asked: str) -> str:
    says(evening, talk, asked, agrees=True)
    return asked


def proposes(evening: Evening, talk: visiting.Opened, who: Who | None = None, **window) -> str:
    on = {"day": TOMORROW, "since": SIX, "until": EIGHT} | window
    who = who or evening.cast.leo
    return following_up.offer(evening.store, who, talk.chat_id, **on, now=evening.now)


def says(evening: Evening, talk: visiting.Opened, which: str, *, agrees: bool) -> None:
    following_up.answer(evening.store, talk.token, which, agrees=agrees, now=evening.now)


def writes(evening: Evening, which: str, who: Who | None = None, words: str = WORDS) -> None:
    following_up.write(evening.store, who or evening.cast.leo, which, words, now=evening.now)


def row(evening: Evening, which: str) -> FollowUp | None:
    with evening.store.reading() as tx:
        return follow_ups.find(tx, which)


def state(evening: Evening, which: str) -> str:
    found = row(evening, which)
    assert found is not None
    return found.state


def seen(evening: Evening, talk: visiting.Opened) -> dict | None:
    """The check-in on this visitor's page, by their token."""
    return visitor_board.page(evening.store, talk.token, evening.now)["chat"]["follow_up"]


def due_reminders(evening: Evening) -> dict[str, datetime]:
    with evening.store.reading() as tx:
        names = people.names(tx)
        found = tx.session.scalars(select(Notice).where(Notice.given_up_at.is_(None)))
        return {f"{each.kind} {names[each.person_id]}": each.due_at for each in found}


def at(evening: Evening, moment: datetime) -> None:
    evening.now = moment
    evening.sweep("follow_ups")


def told(evening: Evening) -> set[str]:
    """The kinds of alert about check-ins that are open."""
    return {each for each in evening.alerts() if each.startswith("follow_up")}


def ends(evening: Evening, talk: visiting.Opened) -> None:
    evening.closes(evening.cast.leo, talk.chat_id)


# -- asked and answered ---------------------------------------------------------------------------


def test_the_visitor_is_asked_in_full_and_the_line_says_that_there_is_a_question(
    evening: Evening, talk: visiting.Opened, asked: str
) -> None:
    shown = seen(evening, talk)

    assert shown["state"] == "asked"
    assert "on Thursday, November 19, between 18:00 and 20:00 (Ireland Time)" in shown["text"]
    assert "we cannot reach you otherwise" in shown["text"]
    assert "nothing of what you wrote" in shown["text"]
    assert makers.transcript(evening.store, talk.chat_id)[-1] == "[follow_up_asked]"
    assert due_reminders(evening) == {}
    mine = listener_board.chat_of(evening.store, evening.cast.leo, talk.chat_id, evening.now)
    assert mine["follow_up"]["state"] == "asked"


def test_a_yes_stays_in_the_chat_and_reminds_whoever_agreed(
    evening: Evening, talk: visiting.Opened, agreed: str
) -> None:
    said = visitor_board.page(evening.store, talk.token, evening.now)["messages"][-1]["text"]

    assert state(evening, agreed) == State.AGREED
    assert "between 18:00 and 20:00 (Ireland Time)" in said
    assert "cancel" in said
    assert "Keep a way back" in said
    assert due_reminders(evening) == {
        "follow_up_soon Leo": STARTS - 2 * HOUR,  # less than a day ahead
        "follow_up_due Leo": STARTS,
    }


def test_a_no_changes_nothing_else(evening: Evening, talk: visiting.Opened, asked: str) -> None:
    before = evening.chat(talk)

    says(evening, talk, asked, agrees=False)

    after = evening.chat(talk)
    assert state(evening, asked) == State.DECLINED
    assert seen(evening, talk) is None
    assert due_reminders(evening) == {}
    assert (after.state, after.level, after.holder_id) == (
        before.state,
        before.level,
        before.holder_id,
    )
    assert makers.transcript(evening.store, talk.chat_id)[-1] == "[follow_up_asked]"


def test_a_double_click_and_two_tabs_agree_once(
    evening: Evening, talk: visiting.Opened, asked: str
) -> None:
    start = Barrier(2)

    def agrees() -> None:
        start.wait()
        says(evening, talk, asked, agrees=True)

    both = [Thread(target=agrees) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    says(evening, talk, asked, agrees=True)

    assert makers.transcript(evening.store, talk.chat_id).count("[follow_up_agreed]") == 1
    assert len(due_reminders(evening)) == 2


def test_a_no_in_another_tab_counts_after_the_yes_and_a_yes_after_the_no_does_not(
    evening: Evening, talk: visiting.Opened, agreed: str
) -> None:
    says(evening, talk, agreed, agrees=False)
    says(evening, talk, agreed, agrees=False)

    assert state(evening, agreed) == State.CANCELLED
    assert due_reminders(evening) == {}
    with pytest.raises(errors.OfferGone):
        says(evening, talk, agreed, agrees=True)


def test_one_at_a_time_and_the_same_one_again_asks_nothing_twice(
    evening: Evening, talk: visiting.Opened, asked: str
) -> None:
    assert proposes(evening, talk) == asked
    with pytest.raises(rules.OneAtATime):
        proposes(evening, talk, until=time(21))

    says(evening, talk, asked, agrees=False)
    another = proposes(evening, talk, until=time(21))

    assert row(evening, asked) is None
    assert state(evening, another) == State.ASKED
    with pytest.raises(errors.OfferGone):
        says(evening, talk, asked, agrees=True)


def test_only_whoever_holds_the_chat_proposes_where_check_ins_are_made(
    evening: Evening, talk: visiting.Opened
) -> None:
    with pytest.raises(errors.NotFound):
        proposes(evening, talk, evening.cast.lin)
    furnishing.tune(evening.store, "way_back", {"follow_ups": 0}, now=evening.now)
    with pytest.raises(errors.NotAllowed):
        proposes(evening, talk)
    furnishing.tune(evening.store, "way_back", {"follow_ups": 1}, now=evening.now)
    furnishing.tune(evening.store, "way_back", {"follow_up_days": 1}, now=evening.now)
    with pytest.raises(rules.TooFar):
        proposes(evening, talk, day=TOMORROW + timedelta(days=1))


def test_nobody_else_answers_the_question(
    evening: Evening, talk: visiting.Opened, asked: str
) -> None:
    stranger = evening.opens()

    with pytest.raises(errors.OfferGone):
        says(evening, stranger, asked, agrees=True)
    with pytest.raises(errors.OfferGone):
        following_up.cancel(evening.store, stranger.token, now=evening.now)

    assert state(evening, asked) == State.ASKED


def test_a_question_lapses_when_its_time_begins(
    evening: Evening, talk: visiting.Opened, asked: str
) -> None:
    evening.now = STARTS
    assert seen(evening, talk) is None
    with pytest.raises(errors.OfferGone):
        says(evening, talk, asked, agrees=True)

    at(evening, STARTS)

    assert state(evening, asked) == State.LAPSED
    assert told(evening) == set()


# -- taken back -----------------------------------------------------------------------------------


@pytest.mark.parametrize("is_over", [False, True])
def test_the_visitor_takes_it_back_in_the_chat_and_after_it(
    evening: Evening, talk: visiting.Opened, agreed: str, is_over: bool
) -> None:
    if is_over:
        ends(evening, talk)
        evening.now += HOUR

    following_up.cancel(evening.store, talk.token, now=evening.now)
    following_up.cancel(evening.store, talk.token, now=evening.now)

    assert state(evening, agreed) == State.CANCELLED
    assert due_reminders(evening) == {}
    assert seen(evening, talk)["state"] == "cancelled"
    said = makers.transcript(evening.store, talk.chat_id).count("[follow_up_cancelled]")
    assert said == (0 if is_over else 1)
    at(evening, ENDS)
    assert told(evening) == set()
    with pytest.raises(errors.OfferGone):
        writes(evening, agreed)


@pytest.mark.parametrize("is_over", [False, True])
def test_who_proposed_it_takes_it_back_and_the_visitor_is_told_in_words(
    evening: Evening, talk: visiting.Opened, agreed: str, is_over: bool
) -> None:
    if is_over:
        ends(evening, talk)
    with pytest.raises(errors.NotFound):
        following_up.withdraw(evening.store, evening.cast.lin, agreed, now=evening.now)

    following_up.withdraw(evening.store, evening.cast.leo, agreed, now=evening.now)
    following_up.withdraw(evening.store, evening.cast.sol, agreed, now=evening.now)

    assert "We are sorry" in seen(evening, talk)["text"]
    assert due_reminders(evening) == {}
    said = makers.transcript(evening.store, talk.chat_id).count("[follow_up_withdrawn]")
    assert said == (0 if is_over else 1)


# -- due, late, missed ----------------------------------------------------------------------------


def test_the_leads_hear_in_the_middle_all_who_answer_for_it_at_the_end_and_it_is_an_incident(
    evening: Evening, talk: visiting.Opened, agreed: str
) -> None:
    ends(evening, talk)

    at(evening, STARTS + timedelta(minutes=59))
    assert told(evening) == set()
    at(evening, STARTS + HOUR)
    at(evening, STARTS + HOUR)
    assert told(evening) == {"follow_up_waits"}
    assert evening.paged("follow_up_waits") == ["Sol"]
    at(evening, ENDS)
    at(evening, ENDS)
    assert told(evening) == {"follow_up_late"}
    assert evening.paged("follow_up_late") == ["Cora", "Sol"]
    at(evening, ENDS + 24 * HOUR)
    at(evening, ENDS + 24 * HOUR)

    assert state(evening, agreed) == State.MISSED
    assert told(evening) == set()
    shown = casebook.board(evening.store, evening.cast.sol, None, evening.now)["incidents"]
    assert [each["kind"] for each in shown] == ["check-in missed"]
    assert "We are sorry" in seen(evening, talk)["text"]


def test_a_sweep_that_comes_days_late_tells_it_once_and_as_it_is(
    evening: Evening, talk: visiting.Opened, agreed: str
) -> None:
    ends(evening, talk)

    at(evening, ENDS + 48 * HOUR)
    at(evening, ENDS + 48 * HOUR)

    assert state(evening, agreed) == State.MISSED
    kinds = makers.journal_kinds(evening.store, talk.chat_id)
    assert (kinds.count("incident"), kinds.count("follow_up_missed")) == (1, 1)


def test_two_processes_at_once_miss_it_once(
    evening: Evening, talk: visiting.Opened, agreed: str
) -> None:
    evening.now = ENDS + 24 * HOUR
    start = Barrier(2)

    def looks() -> None:
        start.wait()
        following_up.look(evening.store, now=evening.now)

    both = [Thread(target=looks) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert makers.journal_kinds(evening.store, talk.chat_id).count("incident") == 1


def leaves_the_house(evening: Evening, talk: visiting.Opened) -> None:
    welcoming.let_go(evening.store, evening.cast.cora, evening.cast.leo.id, now=evening.now)


def wants_no_more_of_them(evening: Evening, talk: visiting.Opened) -> None:
    sparing.keep_apart(evening.store, evening.cast.leo, talk.chat_id, apart=True, now=evening.now)


@pytest.mark.parametrize("goes", [leaves_the_house, wants_no_more_of_them])
def test_without_whoever_agreed_the_leads_have_it_when_it_begins(
    evening: Evening, talk: visiting.Opened, agreed: str, goes: Callable[..., None]
) -> None:
    ends(evening, talk)
    goes(evening, talk)

    at(evening, STARTS)

    assert evening.paged("follow_up_waits") == ["Sol"]
    writes(evening, agreed, evening.cast.sol)
    assert told(evening) == set()


# -- written --------------------------------------------------------------------------------------


def test_it_is_written_once_in_its_time_sealed_and_read_on_the_page_of_the_chat(
    evening: Evening, talk: visiting.Opened, agreed: str
) -> None:
    ends(evening, talk)
    with pytest.raises(errors.NotAllowed):
        writes(evening, agreed)
    at(evening, STARTS + HOUR)

    writes(evening, agreed)

    assert told(evening) == set()
    with pytest.raises(errors.OfferTaken):
        writes(evening, agreed, evening.cast.sol)
    found = row(evening, agreed)
    assert b"heronfeather" not in (found.words_sealed or b"")
    assert (seen(evening, talk)["words"], seen(evening, talk)["name"]) == (WORDS, "Leo")
    shown = board.board(evening.store, evening.cast.leo, evening.now)
    assert [each["id"] for each in shown["written"]] == [agreed]
    assert "heronfeather" not in str(shown)


def test_of_two_who_write_at_once_one_did(
    evening: Evening, talk: visiting.Opened, agreed: str
) -> None:
    at(evening, STARTS)
    start, refused = Barrier(2), []

    def tries(who: Who) -> None:
        start.wait()
        try:
            writes(evening, agreed, who, who.name)
        except errors.OfferTaken:
            refused.append(who.name)

    both = [Thread(target=tries, args=[who]) for who in (evening.cast.leo, evening.cast.sol)]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert sorted([*refused, seen(evening, talk)["words"]]) == ["Leo", "Sol"]


def test_whoever_saw_it_before_it_moved_moves_it_no_more(
    evening: Evening, talk: visiting.Opened, agreed: str
) -> None:
    with evening.store.transaction() as tx:
        seen_now = follow_ups.follow_up(tx, agreed)
        seen_before = FollowUp(id=agreed, state=seen_now.state)

        assert follow_ups.move(tx, seen_now, State.WRITTEN)
        assert not follow_ups.move(tx, seen_before, State.MISSED)

    assert state(evening, agreed) == State.WRITTEN


def test_others_do_not_write_it(evening: Evening, talk: visiting.Opened, agreed: str) -> None:
    at(evening, ENDS)

    with pytest.raises(errors.NotFound):
        writes(evening, agreed, evening.cast.lin)
    with pytest.raises(errors.NotAllowed):
        writes(evening, agreed, evening.cast.cora)
    assert board.board(evening.store, evening.cast.lin, evening.now)["others"] == []


def test_what_was_missed_can_still_be_written_and_is_read_for_a_week(
    evening: Evening, talk: visiting.Opened, agreed: str
) -> None:
    ends(evening, talk)
    at(evening, ENDS + 72 * HOUR)

    writes(evening, agreed, evening.cast.sol)

    evening.now += timedelta(days=6)
    assert seen(evening, talk)["words"] == WORDS
    evening.now += timedelta(days=1)
    with pytest.raises(errors.UnknownToken):
        seen(evening, talk)


def test_a_lead_sees_what_is_due_and_a_listener_their_own(
    evening: Evening, talk: visiting.Opened, agreed: str
) -> None:
    sol, leo = evening.cast.sol, evening.cast.leo

    def listed(who: Who, part: str) -> list[tuple[str, bool]]:
        shown = board.board(evening.store, who, evening.now)[part]
        return [(each["id"], each["may_write"]) for each in shown]

    assert (listed(leo, "mine"), listed(sol, "others")) == ([(agreed, False)], [])
    evening.now = STARTS
    assert (listed(leo, "mine"), listed(sol, "others")) == ([(agreed, True)], [(agreed, True)])
    assert listener_board.board(evening.store, leo, evening.now)["follow_ups"] == 1


# -- the page after the chat ----------------------------------------------------------------------


def test_after_fifteen_minutes_the_page_opens_for_the_check_in_and_shows_no_words(
    evening: Evening, talk: visiting.Opened, agreed: str
) -> None:
    ends(evening, talk)
    evening.now += timedelta(minutes=14)
    assert visitor_board.page(evening.store, talk.token, evening.now)["messages"]
    evening.now += timedelta(minutes=1)

    page = visitor_board.page(evening.store, talk.token, evening.now)

    assert page["messages"] == []
    assert page["chat"]["summary"] is None
    assert page["chat"]["open_until"] is None
    assert page["chat"]["follow_up"]["state"] == "agreed"
    _, said, more = visiting.come_back(evening.store, talk.token, 0, now=evening.now)
    assert (said, more) == ([], False)
    with pytest.raises(errors.ChatClosed):
        evening.says(talk, "hello?")


def test_without_a_yes_the_page_closes_after_fifteen_minutes_as_ever(
    evening: Evening, talk: visiting.Opened, asked: str
) -> None:
    ends(evening, talk)
    says(evening, talk, asked, agrees=False)
    evening.now += timedelta(minutes=15)

    with pytest.raises(errors.UnknownToken):
        seen(evening, talk)


def test_a_yes_that_is_taken_back_keeps_the_page_no_longer(
    evening: Evening, talk: visiting.Opened, agreed: str
) -> None:
    ends(evening, talk)
    evening.now += HOUR
    following_up.cancel(evening.store, talk.token, now=evening.now)
    assert seen(evening, talk)["state"] == "cancelled"
    evening.now += timedelta(minutes=15)

    with pytest.raises(errors.UnknownToken):
        seen(evening, talk)


def test_a_yes_after_the_end_keeps_the_page_too(
    evening: Evening, talk: visiting.Opened, asked: str
) -> None:
    ends(evening, talk)
    says(evening, talk, asked, agrees=True)
    evening.now = STARTS

    assert seen(evening, talk)["state"] == "due"


# -- coming back with a code ----------------------------------------------------------------------


def comes_back(evening: Evening, talk: visiting.Opened) -> visiting.Opened:
    wish = visiting.Opening(client_id=makers.client_id(), text=None)
    return returning.come_again(evening.store, CODE, wish, now=evening.now)


def with_code(evening: Evening) -> str:
    return " ".join(board.with_code(evening.store, CODE, "en", evening.now))


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        (STARTS - HOUR, "we keep to it"),
        (STARTS + HOUR, "It is good that you are here"),
        (ENDS + HOUR, "did not write in time. We are sorry"),
        (ENDS + 48 * HOUR, "did not write in time. We are sorry"),
    ],
)
def test_the_code_tells_that_it_was_agreed_and_nothing_of_the_chat(
    evening: Evening, talk: visiting.Opened, agreed: str, when: datetime, sentence: str
) -> None:
    returning.keep(evening.store, talk.token, CODE, now=evening.now)
    ends(evening, talk)
    at(evening, when)

    assert sentence in with_code(evening)
    assert "somebody answers you" in with_code(evening)
    fresh = comes_back(evening, talk)

    page = visitor_board.page(evening.store, fresh.token, evening.now)
    assert page["messages"] == []
    assert sentence in page["chat"]["follow_up"]["text"]
    assert with_code(evening) == ""  # it is void now


def test_what_was_written_is_never_shown_to_whoever_has_the_code(
    evening: Evening, talk: visiting.Opened, agreed: str
) -> None:
    returning.keep(evening.store, talk.token, CODE, now=evening.now)
    ends(evening, talk)
    early = comes_back(evening, talk)
    at(evening, STARTS)
    writes(evening, agreed)

    shown = seen(evening, early)

    assert (shown["words"], shown["name"]) == (None, None)
    assert "we thought of you" in shown["text"]
    assert seen(evening, talk)["words"] == WORDS


def test_when_the_line_is_closed_the_code_says_so_honestly(
    evening: Evening, talk: visiting.Opened, agreed: str
) -> None:
    returning.keep(evening.store, talk.token, CODE, now=evening.now)
    directing.set_line(evening.store, evening.cast.cora, is_open=False, reason="", now=evening.now)

    assert "closed right now" in with_code(evening)


def test_whoever_takes_the_fresh_chat_knows_and_the_check_in_is_kept_by_talking(
    evening: Evening, talk: visiting.Opened, agreed: str
) -> None:
    returning.keep(evening.store, talk.token, CODE, now=evening.now)
    ends(evening, talk)
    at(evening, STARTS + HOUR)
    assert told(evening) == {"follow_up_waits"}
    fresh = comes_back(evening, talk)
    at(evening, STARTS + HOUR)
    assert state(evening, agreed) == State.AGREED  # nobody has answered them yet

    evening.ready(evening.cast.lin)
    evening.sweep()
    taken = makers.take_next(evening.store, evening.cast.lin, now=evening.now)
    at(evening, STARTS + HOUR)

    assert taken == fresh.chat_id
    mine = listener_board.chat_of(evening.store, evening.cast.lin, taken, evening.now)
    assert "They come for an agreed check-in" in mine["follow_up"]["text"]
    assert state(evening, agreed) == State.MET
    assert told(evening) == set()


def test_a_talk_before_its_time_is_no_check_in(
    evening: Evening, talk: visiting.Opened, agreed: str
) -> None:
    returning.keep(evening.store, talk.token, CODE, now=evening.now)
    ends(evening, talk)
    comes_back(evening, talk)
    evening.ready(evening.cast.lin)
    taken = makers.take_next(evening.store, evening.cast.lin, now=evening.now)
    evening.closes(evening.cast.lin, taken)

    at(evening, STARTS + HOUR)

    assert state(evening, agreed) == State.AGREED
    assert told(evening) == {"follow_up_waits"}


def test_after_coming_back_the_visitor_takes_it_back_there(
    evening: Evening, talk: visiting.Opened, agreed: str
) -> None:
    returning.keep(evening.store, talk.token, CODE, now=evening.now)
    ends(evening, talk)
    fresh = comes_back(evening, talk)

    following_up.cancel(evening.store, fresh.token, now=evening.now)

    assert state(evening, agreed) == State.CANCELLED
    assert seen(evening, fresh) is None


def test_who_comes_for_a_check_in_changes_nobodys_place_in_line(
    evening: Evening, talk: visiting.Opened, agreed: str
) -> None:
    returning.keep(evening.store, talk.token, CODE, now=evening.now)
    at(evening, STARTS)

    fresh = evening.chat(comes_back(evening, talk))
    other = evening.chat(evening.opens(None))

    assert (fresh.level, fresh.returned) == (other.level, other.returned)


# -- forgotten ------------------------------------------------------------------------------------


def test_it_goes_with_the_words_of_its_chat(
    evening: Evening, talk: visiting.Opened, agreed: str
) -> None:
    at(evening, STARTS + HOUR)
    assert told(evening)

    forgetting.erase(evening.store, talk.token, now=evening.now)  # they talk: at the end of it

    assert row(evening, agreed) is None
    assert told(evening) == set()
    assert due_reminders(evening) == {}


def test_it_goes_when_its_chat_is_forgotten_and_its_fresh_chat_keeps_no_trace(
    evening: Evening, talk: visiting.Opened, agreed: str
) -> None:
    returning.keep(evening.store, talk.token, CODE, now=evening.now)
    ends(evening, talk)
    fresh = comes_back(evening, talk)
    evening.sweep("wrap_ups")
    evening.now += timedelta(minutes=5)
    evening.sweep("wrap_ups")
    with evening.store.transaction() as tx:
        tx.session.get(type(evening.chat(talk)), talk.chat_id).ended_at = NOW - timedelta(days=31)

    forgetting.forget_due(evening.store, now=evening.now)

    assert row(evening, agreed) is None
    assert evening.chat(fresh).follow_up is None
    assert due_reminders(evening) == {}


def test_the_fresh_chat_can_go_without_the_check_in(
    evening: Evening, talk: visiting.Opened, agreed: str
) -> None:
    returning.keep(evening.store, talk.token, CODE, now=evening.now)
    fresh = comes_back(evening, talk)

    forgetting.erase(evening.store, fresh.token, now=evening.now)

    assert state(evening, agreed) == State.AGREED
    assert row(evening, agreed).came_as is None
    assert seen(evening, talk)["state"] == "agreed"


def test_no_word_of_anybody_stands_in_notices_journal_or_alerts(
    evening: Evening, talk: visiting.Opened, agreed: str
) -> None:
    ends(evening, talk)
    at(evening, STARTS + HOUR)
    writes(evening, agreed)

    with evening.store.reading() as tx:
        kept = [str(each.detail) for each in tx.session.scalars(select(Notice))]
        kept += [str(each.detail) for each in tx.session.scalars(select(Moment))]
        kept += [str(each.line_name) for each in tx.session.scalars(select(Message))]
    assert "heronfeather" not in str(kept)
    assert "boring" not in str(kept)
