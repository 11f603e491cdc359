"""A listener judges, asks for help, steps out, ends a chat and takes an ending back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpline.actions import handing, judging, listening
from helpline.boards import listener as listener_board
from helpline.domain import chat as rules
from helpline.domain import errors
from helpline.domain.chat import ChatState
from helpline.domain.urgency import Level
from helpline.store import flags, notes, people
from tests import makers
from tests.actions.evening import CRITICAL, ELEVATED, HIGH, ROUTINE, Evening

SECOND = timedelta(seconds=1)


@pytest.fixture
def evening(quiet_evening: Evening) -> Evening:
    quiet_evening.ready(quiet_evening.cast.leo)
    return quiet_evening


def judge(evening: Evening, chat_id: str, level: Level) -> None:
    judging.assess(
        evening.store, evening.cast.leo, chat_id, level, "spoke about it", now=evening.now
    )


def written(evening: Evening, chat_id: str) -> list[tuple[str, str]]:
    with evening.store.reading() as tx:
        return [(each.kind, each.text) for each in notes.of_chat(tx, chat_id)]


# -- ending -------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [ROUTINE, ELEVATED])
def test_an_ordinary_chat_is_closed_with_an_outcome(evening: Evening, words: str) -> None:
    leo = evening.cast.leo
    opened = evening.talks(leo, words)

    evening.closes(leo, opened.chat_id, outcome="given_resource", note="gave the number")

    chat = evening.chat(opened)
    assert (chat.state, chat.outcome) == (ChatState.WRAPPING_UP, "given_resource")
    assert written(evening, opened.chat_id) == [("note", "gave the number")]
    evening.closes(leo, opened.chat_id)
    assert makers.transcript(evening.store, opened.chat_id).count("[closed]") == 1


@pytest.mark.parametrize("words", [HIGH, CRITICAL])
def test_a_grave_chat_asks_for_a_judgement_first(evening: Evening, words: str) -> None:
    leo = evening.cast.leo
    opened = evening.talks(leo, words)

    with pytest.raises(errors.NotAllowed) as refused:
        evening.closes(leo, opened.chat_id)
    assert refused.value.field == "anyway"
    assert evening.chat(opened).state == ChatState.ACTIVE

    judge(evening, opened.chat_id, Level.HIGH)
    evening.closes(leo, opened.chat_id)

    assert evening.chat(opened).state == ChatState.WRAPPING_UP


@pytest.mark.parametrize("words", [HIGH, CRITICAL])
def test_a_grave_chat_is_closed_anyway_with_a_reason_that_stays(
    evening: Evening, words: str
) -> None:
    leo = evening.cast.leo
    opened = evening.talks(leo, words)

    evening.closes(leo, opened.chat_id, anyway="the ambulance is there")

    assert evening.chat(opened).state == ChatState.WRAPPING_UP
    assert written(evening, opened.chat_id) == [("closed_anyway", "the ambulance is there")]


def test_an_outcome_is_one_of_the_list(evening: Evening) -> None:
    opened = evening.talks(evening.cast.leo)

    with pytest.raises(errors.BadRequest):
        evening.closes(evening.cast.leo, opened.chat_id, outcome="bored")

    assert evening.chat(opened).state == ChatState.ACTIVE


def test_only_who_holds_it_closes_it(evening: Evening) -> None:
    opened = evening.talks(evening.cast.leo)

    for stranger in (evening.cast.lin, evening.cast.sol):
        with pytest.raises(errors.NotFound):
            evening.closes(stranger, opened.chat_id)
    for stranger in (evening.cast.cora, evening.cast.max):
        with pytest.raises(errors.NotAllowed):
            evening.closes(stranger, opened.chat_id)


# -- the rest after it --------------------------------------------------------------------------


def test_five_minutes_of_wrap_up_are_free_of_offers(evening: Evening) -> None:
    leo = evening.cast.leo
    opened = evening.talks(leo)
    evening.closes(leo, opened.chat_id)
    waiting = evening.opens()

    evening.passes(299, every=60, sweeps=["routing", "wrap_ups"])
    assert evening.asked(waiting.chat_id) == []
    assert evening.chat(opened).state == ChatState.WRAPPING_UP
    shown = listener_board.presence_of(evening.store, leo, evening.now)
    assert (shown["state"], shown["until"]) == ("ready", "2026-11-18T20:05:00.000Z")
    evening.passes(1, sweeps=["routing", "wrap_ups"])

    assert evening.asked(waiting.chat_id) == ["Leo"]
    assert evening.chat(opened).state == ChatState.CLOSED


def test_ready_ends_the_rest_before_that(evening: Evening) -> None:
    leo = evening.cast.leo
    opened = evening.talks(leo)
    evening.closes(leo, opened.chat_id)

    evening.ready(leo)
    waiting = evening.opens()
    evening.sweep()

    assert evening.asked(waiting.chat_id) == ["Leo"]
    assert evening.chat(opened).state == ChatState.CLOSED


# -- taking it back -----------------------------------------------------------------------------


def test_an_ending_is_taken_back_for_a_quarter_of_an_hour(evening: Evening) -> None:
    leo = evening.cast.leo
    opened = evening.talks(leo)
    evening.closes(leo, opened.chat_id)
    evening.now += rules.REOPEN_FOR - SECOND
    evening.sweep("wrap_ups")
    board = listener_board.board(evening.store, leo, evening.now)
    assert [(each["id"], each["can_reopen"]) for each in board["chats"]] == [(opened.chat_id, True)]

    for _ in range(2):
        listening.reopen(evening.store, leo, opened.chat_id, now=evening.now)

    chat = evening.chat(opened)
    assert (chat.state, chat.holder_id, chat.outcome) == (ChatState.ACTIVE, leo.id, None)
    assert makers.transcript(evening.store, opened.chat_id)[-1] == "[reopened]"


def test_after_that_it_is_not(evening: Evening) -> None:
    leo = evening.cast.leo
    opened = evening.talks(leo)
    evening.closes(leo, opened.chat_id)
    evening.now += rules.REOPEN_FOR

    with pytest.raises(errors.ChatClosed):
        listening.reopen(evening.store, leo, opened.chat_id, now=evening.now)

    evening.sweep("wrap_ups")
    assert listener_board.board(evening.store, leo, evening.now)["chats"] == []


def test_nobody_takes_back_what_another_has_ended(evening: Evening) -> None:
    opened = evening.talks(evening.cast.leo)
    evening.closes(evening.cast.leo, opened.chat_id)

    with pytest.raises(errors.NotFound):
        listening.reopen(evening.store, evening.cast.lin, opened.chat_id, now=evening.now)


# -- judging ------------------------------------------------------------------------------------


def test_a_judgement_counts_until_graver_words_come(evening: Evening) -> None:
    opened = evening.talks(evening.cast.leo, CRITICAL)
    judge(evening, opened.chat_id, Level.ELEVATED)
    levels = []

    for words in (ROUTINE, ELEVATED, HIGH, ELEVATED, CRITICAL):
        evening.says(opened, words)
        levels.append(Level(evening.chat(opened).level))

    assert levels == [Level.ELEVATED, Level.ELEVATED, Level.HIGH, Level.HIGH, Level.CRITICAL]
    assert evening.chat(opened).urgency == Level.CRITICAL


def test_a_new_judgement_starts_anew(evening: Evening) -> None:
    opened = evening.talks(evening.cast.leo, HIGH)
    judge(evening, opened.chat_id, Level.ROUTINE)
    evening.says(opened, HIGH)
    assert evening.chat(opened).level == Level.HIGH

    judge(evening, opened.chat_id, Level.ELEVATED)

    assert evening.chat(opened).level == Level.ELEVATED
    shown = listener_board.chat_of(evening.store, evening.cast.leo, opened.chat_id, evening.now)
    assert (shown["level"], shown["assessed"], shown["urgency"]) == ("elevated", "elevated", "high")


def test_a_judgement_raises_too(evening: Evening) -> None:
    opened = evening.talks(evening.cast.leo, ROUTINE)

    judge(evening, opened.chat_id, Level.CRITICAL)

    chat = evening.chat(opened)
    assert (chat.level, chat.urgency) == (Level.CRITICAL, Level.ROUTINE)
    with evening.store.reading() as tx:
        assert people.loads(tx)[evening.cast.leo.id] == people.Load(1, Level.CRITICAL)


@pytest.mark.parametrize(
    "words, to, is_told",
    [
        (CRITICAL, Level.HIGH, True),
        (CRITICAL, Level.ROUTINE, True),
        (CRITICAL, Level.CRITICAL, False),
        (HIGH, Level.ROUTINE, False),
    ],
)
def test_lowering_a_critical_chat_tells_the_lead(
    evening: Evening, words: str, to: Level, is_told: bool
) -> None:
    opened = evening.talks(evening.cast.leo, words)

    judge(evening, opened.chat_id, to)

    assert ("critical_lowered" in evening.alerts()) == is_told
    assert evening.paged("critical_lowered") == (["Sol"] if is_told else [])
    assert written(evening, opened.chat_id) == [("assessment", "spoke about it")]


# -- a word about the rules ---------------------------------------------------------------------


@pytest.mark.parametrize("verdict", ["agree", "misread"])
def test_a_verdict_on_a_flag_is_kept_and_changes_no_level(evening: Evening, verdict: str) -> None:
    opened = evening.talks(evening.cast.leo, HIGH)
    with evening.store.reading() as tx:
        flag = flags.of_chat(tx, opened.chat_id)[0]

    judging.answer_flag(evening.store, evening.cast.leo, flag.id, verdict, now=evening.now)

    with evening.store.reading() as tx:
        kept = flags.flag(tx, flag.id)
        assert (kept.verdict, kept.verdict_by) == (verdict, evening.cast.leo.id)
        assert flags.verdict_counts(tx) == {flag.rule: {verdict: 1}}
    assert evening.chat(opened).level == Level.HIGH


def test_a_verdict_needs_the_chat(evening: Evening) -> None:
    opened = evening.talks(evening.cast.leo, HIGH)
    with evening.store.reading() as tx:
        flag = flags.of_chat(tx, opened.chat_id)[0]

    with pytest.raises(errors.NotFound):
        judging.answer_flag(evening.store, evening.cast.lin, flag.id, "agree", now=evening.now)
    with pytest.raises(errors.NotFound):
        judging.answer_flag(evening.store, evening.cast.leo, "none", "agree", now=evening.now)


def test_words_that_raised_nothing_are_reported(evening: Evening) -> None:
    opened = evening.talks(evening.cast.leo)

    judging.report_missed(evening.store, evening.cast.leo, opened.chat_id, 1, now=evening.now)

    with evening.store.reading() as tx:
        assert flags.verdict_counts(tx) == {"-": {"missed": 1}}
    assert "missed" in makers.journal_kinds(evening.store, opened.chat_id)


# -- help ---------------------------------------------------------------------------------------


def test_asking_for_help_tells_the_leads_at_once_without_the_words(evening: Evening) -> None:
    leo = evening.cast.leo
    opened = evening.talks(leo)

    handing.ask_help(evening.store, leo, opened.chat_id, "they speak of a knife", now=evening.now)

    alert = evening.alerts()["help_asked"]
    assert (alert.chat_id, alert.person_id) == (opened.chat_id, leo.id)
    assert "knife" not in str(alert.detail)
    assert evening.paged("help_asked") == ["Sol"]
    assert written(evening, opened.chat_id) == [("help", "they speak of a knife")]
    shown = listener_board.board(evening.store, evening.cast.sol, evening.now)["alerts"]
    assert [each["kind"] for each in shown] == ["help_asked"]


def test_stepping_out_without_a_lead_offers_it_to_the_next(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(lin)
    opened = evening.talks(leo)

    handing.step_out(evening.store, leo, opened.chat_id, "abusive", now=evening.now)
    evening.sweep()

    assert evening.asked(opened.chat_id) == ["Lin"]
    assert evening.paged("stepped_out") == ["Sol"]
    assert written(evening, opened.chat_id) == [("step_out", "abusive")]
    evening.accepts(lin)
    assert "stepped_out" not in evening.alerts()


def test_a_lead_who_steps_out_is_not_asked_about_it_either(evening: Evening) -> None:
    sol = evening.cast.sol
    evening.ready(sol)
    opened = evening.talks(sol)

    handing.step_out(evening.store, sol, opened.chat_id, None, now=evening.now)

    assert evening.asked(opened.chat_id) == []


def test_a_critical_chat_stepped_out_of_is_unanswered_from_that_moment(evening: Evening) -> None:
    leo = evening.cast.leo
    opened = evening.talks(leo, CRITICAL)
    evening.passes(600, every=60, sweeps=["routing", "watching"])

    handing.step_out(evening.store, leo, opened.chat_id, None, now=evening.now)
    evening.passes(59, every=20, sweeps=["watching"])
    assert "unanswered" not in evening.alerts()
    evening.passes(1, sweeps=["watching"])

    assert evening.alerts()["unanswered"].chat_id == opened.chat_id


# -- talking ------------------------------------------------------------------------------------


def test_nobody_but_the_holder_says_or_reads_anything(evening: Evening) -> None:
    opened = evening.talks(evening.cast.leo)
    acts = [
        lambda who: listening.say(
            evening.store, who, opened.chat_id, makers.client_id(), "hi", now=evening.now
        ),
        lambda who: listening.read_on(evening.store, who, opened.chat_id, 0, now=evening.now),
        lambda who: judging.write_note(
            evening.store, who, opened.chat_id, "a note", now=evening.now
        ),
        lambda who: handing.ask_help(evening.store, who, opened.chat_id, None, now=evening.now),
        lambda who: handing.step_out(evening.store, who, opened.chat_id, None, now=evening.now),
        lambda who: judging.assess(
            evening.store, who, opened.chat_id, Level.ROUTINE, "no", now=evening.now
        ),
        lambda who: judging.report_missed(evening.store, who, opened.chat_id, 1, now=evening.now),
    ]

    for act in acts:
        for who, refusal in (
            (evening.cast.lin, errors.NotFound),
            (evening.cast.cora, errors.NotAllowed),
            (evening.cast.max, errors.NotAllowed),
        ):
            with pytest.raises(refusal):
                act(who)
    assert evening.chat(opened).holder_id == evening.cast.leo.id


def test_nothing_is_said_into_a_chat_that_has_ended(evening: Evening) -> None:
    leo = evening.cast.leo
    opened = evening.talks(leo)
    evening.closes(leo, opened.chat_id)

    with pytest.raises(errors.ChatClosed):
        listening.say(
            evening.store, leo, opened.chat_id, makers.client_id(), "wait", now=evening.now
        )


def test_a_resource_is_sent_as_a_card_once(evening: Evening, directory: list[str]) -> None:
    leo = evening.cast.leo
    opened = evening.talks(leo)

    def send(resource: str, client_id: str = "card-1") -> listening.Kept:
        return listening.send_resource(
            evening.store, leo, opened.chat_id, resource, client_id, now=evening.now
        )

    assert send(directory[1]) == send(directory[1])
    with pytest.raises(errors.ClientIdReused):
        send(directory[0])
    with pytest.raises(errors.NotFound):
        send("no-such-resource", "card-2")
    assert makers.transcript(evening.store, opened.chat_id)[2:] == [f"[{directory[1]}]"]
