"""Shift leads beside a chat: reading along, whispering, joining, taking over, and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from helpline.actions import (
    attending,
    forgetting,
    furnishing,
    handing,
    judging,
    listening,
    parting,
    sparing,
    visiting,
)
from helpline.boards import listener as listener_board
from helpline.boards import visitor as visitor_board
from helpline.domain import errors, events
from helpline.domain.access import Who
from helpline.domain.chat import ChatState
from helpline.store import beside, chats, offers
from helpline.store.lead_tables import ReadAlong
from helpline.store.tables import Chat, Holding, Person
from tests import makers
from tests.actions.evening import CRITICAL, HIGH, ROUTINE, Evening


@pytest.fixture
def evening(quiet_evening: Evening) -> Evening:
    """Nothing here is moved by a sweep of routing: one kind of evening is enough."""
    return quiet_evening


@pytest.fixture
def talk(evening: Evening) -> visiting.Opened:
    """Leo holds a calm chat; Sol leads the shift and is there."""
    evening.ready(evening.cast.leo, evening.cast.sol)
    return evening.talks(evening.cast.leo)


def hears(evening: Evening, opened: visiting.Opened) -> list[str]:
    """Who hears the chat beside its holder, by name."""
    names = {evening.cast.sol.id: "Sol"}
    with evening.store.reading() as tx:
        rows = beside.of_chat(tx, opened.chat_id, evening.now)
        return [names.get(each.person_id, each.person_id) for each in rows]


def shown(evening: Evening, who: Who, opened: visiting.Opened) -> dict:
    return listener_board.chat_of(evening.store, who, opened.chat_id, evening.now)


def watch(evening: Evening, opened: visiting.Opened, reason: str | None = "first week") -> None:
    attending.watch(evening.store, evening.cast.sol, opened.chat_id, reason, now=evening.now)


def lines(evening: Evening, opened: visiting.Opened) -> list[tuple[str, str]]:
    """What the line said in this chat: code and name."""
    with evening.store.reading() as tx:
        said, _ = chats.messages_after(tx, opened.chat_id, 0)
        return [(each.line_code, each.line_name) for each in said if each.line_code]


def reads(evening: Evening, who: Who, opened: visiting.Opened) -> list[str]:
    said, _ = listening.read_on(evening.store, who, opened.chat_id, 0, now=evening.now)
    return [each.text for each in said if each.text]


# -- reading along ------------------------------------------------------------------------------


def test_a_lead_who_says_why_reads_along_and_the_listener_sees_who_and_why(evening, talk):
    leo, sol = evening.cast.leo, evening.cast.sol
    with pytest.raises(errors.NotFound):
        reads(evening, sol, talk)

    said, more = attending.watch(evening.store, sol, talk.chat_id, "first week", now=evening.now)

    assert [each.text for each in said if each.text] == [ROUTINE] == reads(evening, sol, talk)
    assert not more
    assert hears(evening, talk) == ["Sol"]
    (seen,) = shown(evening, leo, talk)["beside"]
    assert (seen["name"], seen["reason"], seen["joined"]) == ("Sol", "first week", False)
    assert shown(evening, sol, talk)["along"] is not None
    assert shown(evening, leo, talk)["along"] is None


def test_reading_along_is_recorded_with_who_when_and_why_and_the_reason_is_sealed(evening, talk):
    watch(evening, talk, "heronfeather")

    with evening.store.reading() as tx:
        (row,) = tx.session.scalars(select(ReadAlong))
        assert (row.person_id, row.since, row.why) == (evening.cast.sol.id, evening.now, "said")
        assert b"heronfeather" not in row.reason_sealed
        assert beside.reason(tx, row) == "heronfeather"
    assert "watch" in makers.journal_kinds(evening.store, talk.chat_id)


def test_the_visitor_learns_nothing_of_who_reads_along_or_whispers(evening, talk):
    before = visitor_board.chat_of(evening.store, talk.chat_id, evening.now)

    watch(evening, talk)
    attending.whisper(evening.store, evening.cast.sol, talk.chat_id, "slowly", now=evening.now)
    attending.unwatch(evening.store, evening.cast.sol, talk.chat_id, now=evening.now)

    assert visitor_board.chat_of(evening.store, talk.chat_id, evening.now) == before
    assert [code for code, _ in lines(evening, talk)] == ["joined"]


@pytest.mark.parametrize("words", [HIGH, CRITICAL])
def test_at_risk_one_press_is_enough_and_the_reason_is_recorded(evening, talk, words):
    evening.says(talk, words)

    watch(evening, talk, None)

    (seen,) = shown(evening, evening.cast.leo, talk)["beside"]
    assert (seen["why"], seen["reason"]) == ("high_risk", "high risk")


def test_without_risk_and_without_a_call_it_takes_a_reason(evening, talk):
    with pytest.raises(errors.BadRequest) as refused:
        watch(evening, talk, None)

    assert refused.value.field == "reason"
    assert hears(evening, talk) == []


def test_who_comes_because_help_was_asked_for_is_on_it(evening, talk):
    handing.ask_help(evening.store, evening.cast.leo, talk.chat_id, None, now=evening.now)

    watch(evening, talk, None)

    assert evening.alerts()["help_asked"].acknowledged_by == evening.cast.sol.id
    assert shown(evening, evening.cast.leo, talk)["beside"][0]["why"] == "asked"


def test_a_line_may_want_a_call_or_risk_first(evening, talk):
    furnishing.set_policy(evening.store, "supervised", False, now=evening.now)
    sol, acts = evening.cast.sol, (attending.join, attending.take_over)

    with pytest.raises(errors.NotUnasked):
        watch(evening, talk)
    for act in acts:
        with pytest.raises(errors.NotUnasked):
            act(evening.store, sol, talk.chat_id, now=evening.now)
    assert evening.chat(talk).holder_id == evening.cast.leo.id

    handing.ask_help(evening.store, evening.cast.leo, talk.chat_id, None, now=evening.now)
    watch(evening, talk)
    assert hears(evening, talk) == ["Sol"]


def test_a_chat_that_is_kept_apart_from_a_lead_is_closed_to_them(evening, talk):
    sol = evening.cast.sol
    watch(evening, talk)

    sparing.keep_others_apart(evening.store, sol, talk.chat_id, sol.id, apart=True, now=evening.now)

    assert hears(evening, talk) == []
    for act in (attending.join, attending.take_over):
        with pytest.raises(errors.KeptApart):
            act(evening.store, sol, talk.chat_id, now=evening.now)
    with pytest.raises(errors.KeptApart):
        watch(evening, talk)
    with pytest.raises(errors.NotFound):
        reads(evening, sol, talk)


def test_a_chat_in_line_is_taken_and_not_read_along(evening, talk):
    waiting = evening.opens()

    with pytest.raises(errors.NobodyHolds):
        watch(evening, waiting)


def test_a_lead_off_shift_reads_nothing(evening, talk):
    sue = evening.hires("sue", lead=True, booked=False)
    listening.be_here(evening.store, sue, now=evening.now)

    with pytest.raises(errors.NotOnShift):
        attending.watch(evening.store, sue, talk.chat_id, "why", now=evening.now)


# -- how it ends --------------------------------------------------------------------------------


def goes_away(evening: Evening, talk: visiting.Opened) -> None:
    listening.go_away(evening.store, evening.cast.sol, now=evening.now)


def says_so(evening: Evening, talk: visiting.Opened) -> None:
    attending.unwatch(evening.store, evening.cast.sol, talk.chat_id, now=evening.now)


def loses_the_lease(evening: Evening, talk: visiting.Opened) -> None:
    evening.loses(evening.cast.sol)
    evening.passes(40)


def forgets_about_it(evening: Evening, talk: visiting.Opened) -> None:
    evening.passes(30 * 60, every=600)


def leads_no_more(evening: Evening, talk: visiting.Opened) -> None:
    with evening.store.transaction() as tx:
        tx.session.execute(
            update(Person).where(Person.id == evening.cast.sol.id).values(roles=["listener"])
        )


def the_chat_ends(evening: Evening, talk: visiting.Opened) -> None:
    evening.closes(evening.cast.leo, talk.chat_id)


def the_visitor_leaves(evening: Evening, talk: visiting.Opened) -> None:
    visiting.leave(evening.store, talk.token, quick=True, now=evening.now)


def it_is_erased(evening: Evening, talk: visiting.Opened) -> None:
    forgetting.erase(evening.store, talk.token, now=evening.now)
    with evening.store.transaction() as tx:
        tx.session.execute(update(Chat).values(erase_asked_at=evening.now - timedelta(hours=25)))
    forgetting.forget_due(evening.store, now=evening.now)


@pytest.mark.parametrize(
    "ends",
    [
        says_so, goes_away, loses_the_lease, forgets_about_it, leads_no_more, the_chat_ends,
        the_visitor_leaves, it_is_erased,
    ],
)  # fmt: skip
def test_an_ended_watch_reads_nothing_any_more(
    evening: Evening, talk: visiting.Opened, ends: Callable[[Evening, visiting.Opened], None]
):
    watch(evening, talk)
    evening.passes(25)
    assert hears(evening, talk) == ["Sol"]

    ends(evening, talk)

    assert hears(evening, talk) == []
    with pytest.raises(errors.NotFound):
        reads(evening, evening.cast.sol, talk)
    seen = shown(evening, evening.cast.sol, talk)
    assert (seen["flags"], seen["notes"], seen["beside"], seen["nickname"]) == ([], [], [], None)
    parting.look(evening.store, now=evening.now)
    with evening.store.reading() as tx:
        assert beside.open_rows(tx) == []


def test_it_ends_with_the_shift(evening, talk, monkeypatch):
    watch(evening, talk)
    monkeypatch.setattr(beside.floor, "on_shift", lambda tx, now: {evening.cast.leo.id})

    assert hears(evening, talk) == []


def test_said_again_it_goes_on_as_long_again_and_is_one_record(evening, talk):
    watch(evening, talk)
    evening.passes(20 * 60, every=600)
    watch(evening, talk, "still")

    evening.passes(20 * 60, every=600)

    assert hears(evening, talk) == ["Sol"]
    with evening.store.reading() as tx:
        assert len(list(tx.session.scalars(select(ReadAlong)))) == 1


def test_a_listener_who_is_lost_leaves_the_lead_in_the_picture(evening, talk):
    """Whoever may have to help at once is not put out by it."""
    watch(evening, talk)

    handing.hand_off(
        evening.store, evening.cast.leo, talk.chat_id, kind="queue", to_id=None, words=None,
        now=evening.now,
    )  # fmt: skip

    assert evening.chat(talk).state in (ChatState.WAITING, ChatState.OFFERED)
    assert hears(evening, talk) == ["Sol"]


def test_who_read_along_and_why_is_forgotten_with_the_chat(evening, talk):
    watch(evening, talk)
    it_is_erased(evening, talk)

    with evening.store.reading() as tx:
        assert list(tx.session.scalars(select(ReadAlong))) == []
    assert "watch" in makers.journal_kinds(evening.store, talk.chat_id)


# -- whispers -----------------------------------------------------------------------------------


def test_a_whisper_is_kept_with_the_chat_for_its_listeners_and_never_said(evening, talk):
    attending.whisper(evening.store, evening.cast.sol, talk.chat_id, "slowly", now=evening.now)

    (note,) = shown(evening, evening.cast.leo, talk)["notes"]
    assert (note["kind"], note["by"], note["text"]) == ("whisper", "Sol", "slowly")
    assert makers.transcript(evening.store, talk.chat_id) == [ROUTINE, "[joined]"]


def test_the_listener_answers_a_whisper_to_who_reads_along(evening, talk):
    watch(evening, talk)

    attending.whisper(evening.store, evening.cast.leo, talk.chat_id, "thanks", now=evening.now)

    (note,) = shown(evening, evening.cast.sol, talk)["notes"]
    assert (note["by"], note["text"]) == ("Leo", "thanks")
    attending.unwatch(evening.store, evening.cast.sol, talk.chat_id, now=evening.now)
    assert shown(evening, evening.cast.sol, talk)["notes"] == []


def test_a_listener_whispers_only_in_their_own_chat(evening, talk):
    with pytest.raises(errors.NotFound):
        attending.whisper(evening.store, evening.cast.lin, talk.chat_id, "psst", now=evening.now)


def test_an_answer_tells_nobody_that_a_chat_is_there(evening, talk):
    for chat_id in (talk.chat_id, "no-such-chat"):
        with pytest.raises(errors.NotFound):
            attending.whisper(evening.store, evening.cast.lin, chat_id, "psst", now=evening.now)
        with pytest.raises(errors.NotAllowed):
            attending.watch(evening.store, evening.cast.lin, chat_id, "why", now=evening.now)


# -- joining ------------------------------------------------------------------------------------


def test_a_lead_who_joins_writes_too_and_the_visitor_knows_who_writes(evening, talk):
    sol = evening.cast.sol

    attending.join(evening.store, sol, talk.chat_id, now=evening.now)
    listening.say(
        evening.store, sol, talk.chat_id, makers.client_id(), "I am Sol.", now=evening.now
    )

    assert lines(evening, talk)[-1] == ("lead_joined", "Sol")
    with evening.store.reading() as tx:
        said, _ = chats.messages_after(tx, talk.chat_id, 0)
        chat = chats.chat(tx, talk.chat_id)
        told = [visitor_board.message(tx, each, chat, evening.now, own=True) for each in said]
    assert (told[-1]["from"], told[-1]["name"], told[-1]["text"]) == (
        "listener",
        "Sol",
        "I am Sol.",
    )
    assert chat.holder_id == evening.cast.leo.id


def test_to_join_twice_is_to_join_once(evening, talk):
    for _ in range(2):
        attending.join(evening.store, evening.cast.sol, talk.chat_id, now=evening.now)

    assert [code for code, _ in lines(evening, talk)].count("lead_joined") == 1


def test_who_only_reads_along_cannot_write(evening, talk):
    watch(evening, talk)

    with pytest.raises(errors.NotFound):
        listening.say(
            evening.store, evening.cast.sol, talk.chat_id, makers.client_id(), "hi",
            now=evening.now,
        )  # fmt: skip


@pytest.mark.parametrize("leaves", [says_so, goes_away, loses_the_lease])
def test_leaving_is_announced_by_name_and_ends_the_writing(evening, talk, leaves):
    sol = evening.cast.sol
    attending.join(evening.store, sol, talk.chat_id, now=evening.now)

    leaves(evening, talk)
    parting.look(evening.store, now=evening.now)

    assert lines(evening, talk)[-1] == ("lead_left", "Sol")
    with pytest.raises(errors.NotFound):
        listening.say(evening.store, sol, talk.chat_id, makers.client_id(), "late", now=evening.now)


def test_a_chat_that_ends_says_nothing_of_who_leaves_it(evening, talk):
    attending.join(evening.store, evening.cast.sol, talk.chat_id, now=evening.now)

    the_chat_ends(evening, talk)

    assert lines(evening, talk)[-1] == ("closed", "Leo")


# -- taking over --------------------------------------------------------------------------------


def test_a_lead_takes_over_and_the_visitor_the_listener_and_the_record_know(evening, talk, told):
    leo, sol, epoch = evening.cast.leo, evening.cast.sol, evening.chat(talk).epoch
    watch(evening, talk)
    told.clear()

    said, _ = attending.take_over(evening.store, sol, talk.chat_id, now=evening.now)

    chat = evening.chat(talk)
    assert (chat.holder_id, chat.epoch, chat.state) == (sol.id, epoch + 1, ChatState.ACTIVE)
    assert [each.text for each in said if each.text] == [ROUTINE]
    assert lines(evening, talk)[-1] == ("taken_over", "Sol")
    assert events.ChatTakenOver(talk.chat_id, leo.id) in told
    assert hears(evening, talk) == []
    with pytest.raises(errors.Stale):
        listening.say(evening.store, leo, talk.chat_id, makers.client_id(), "hi", now=evening.now)
    assert shown(evening, leo, talk)["notes"] == []
    assert evening.presence(leo).resting_until > evening.now


def test_over_the_seats_it_is_allowed_and_counts(evening, talk):
    sol = evening.cast.sol
    for _ in range(2):
        evening.talks(sol)

    attending.take_over(evening.store, sol, talk.chat_id, now=evening.now)

    with evening.store.reading() as tx:
        assert len(chats.held_by(tx, sol.id)) == 3
        board = listener_board.board(evening.store, sol, evening.now)
    assert board["me"]["used"] == board["me"]["seats"]


def test_what_was_offered_of_the_chat_is_offered_no_more(evening, talk):
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(lin)
    handed = handing.hand_off(
        evening.store, leo, talk.chat_id, kind="listener", to_id=lin.id, words=None,
        now=evening.now,
    )  # fmt: skip

    attending.take_over(evening.store, evening.cast.sol, talk.chat_id, now=evening.now)

    with evening.store.reading() as tx:
        assert offers.offer(tx, handed.id).state == "taken"
    with pytest.raises(errors.OfferTaken):
        listening.accept(evening.store, lin, handed.id, now=evening.now)


def test_two_leads_at_once_make_one_holder(evening, talk, monkeypatch):
    """The second saw Leo as the holder, and comes a moment too late."""
    sue, store = evening.hires("sue", lead=True), evening.store
    evening.ready(sue)
    leo_id, real = evening.cast.leo.id, chats.claim
    attending.take_over(store, evening.cast.sol, talk.chat_id, now=evening.now)

    def as_it_was(tx, chat_id, person_id, now, *, from_id=None):
        return real(tx, chat_id, person_id, now, from_id=leo_id)

    monkeypatch.setattr(chats, "claim", as_it_was)
    with pytest.raises(errors.OfferTaken):
        attending.take_over(store, sue, talk.chat_id, now=evening.now)

    assert evening.chat(talk).holder_id == evening.cast.sol.id
    with store.reading() as tx:
        open_ones = select(Holding).where(Holding.chat_id == talk.chat_id, Holding.until.is_(None))
        assert [each.person_id for each in tx.session.scalars(open_ones)] == [evening.cast.sol.id]


def test_to_take_over_what_one_holds_is_answered_as_before(evening, talk):
    sol = evening.cast.sol
    attending.take_over(evening.store, sol, talk.chat_id, now=evening.now)
    epoch = evening.chat(talk).epoch

    attending.take_over(evening.store, sol, talk.chat_id, now=evening.now)

    assert evening.chat(talk).epoch == epoch
    assert [code for code, _ in lines(evening, talk)].count("taken_over") == 1


# -- their board --------------------------------------------------------------------------------


def test_chats_at_risk_are_on_a_leads_board_without_a_word_of_theirs(evening, talk):
    leo, sol = evening.cast.leo, evening.cast.sol
    evening.says(talk, HIGH)
    judging.write_note(evening.store, leo, talk.chat_id, "heronfeather", now=evening.now)
    waiting = evening.opens(CRITICAL, nickname="reedwarbler")

    listed = listener_board.board(evening.store, sol, evening.now)["at_risk"]

    assert [each["chat"] for each in listed] == [waiting.chat_id, talk.chat_id]
    assert [each["level"] for each in listed] == ["critical", "high"]
    assert [each["listener"] and each["listener"]["name"] for each in listed] == [None, "Leo"]
    assert all(each["flags"] for each in listed)
    assert not any(word in str(listed) for word in (HIGH, CRITICAL, "heronfeather", "reedwarbler"))
    assert not any("start" in flag or "seq" in flag for each in listed for flag in each["flags"])
    assert listener_board.board(evening.store, leo, evening.now)["at_risk"] == []


def test_what_a_lead_reads_along_in_is_on_their_board_and_in_their_heads(evening, talk):
    sol = evening.cast.sol
    watch(evening, talk)

    board = listener_board.board(evening.store, sol, evening.now)
    _, heads = listener_board.heads(evening.store, sol, evening.now)

    assert [each["id"] for each in board["along"]] == [talk.chat_id]
    assert talk.chat_id not in [each["id"] for each in board["chats"]]
    assert heads[talk.chat_id] == evening.chat(talk).last_seq
    assert listener_board.board(evening.store, evening.cast.leo, evening.now)["along"] == []


def test_no_lead_is_ever_made_to_watch(evening, talk):
    """Risk brings it to their board, and puts nobody beside it."""
    evening.says(talk, CRITICAL)
    evening.look()

    assert hears(evening, talk) == []
