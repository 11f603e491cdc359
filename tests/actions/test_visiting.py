"""A visitor comes, writes, loses the connection, comes back, leaves, and writes again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from helpline.actions import directing, listening, visiting
from helpline.boards import alerts as alert_board
from helpline.boards import listener as listener_board
from helpline.boards import visitor as visitor_board
from helpline.domain import chat as rules
from helpline.domain import errors, events, retention
from helpline.domain.chat import ChatState
from helpline.domain.urgency import Level
from helpline.store import chats, people
from tests import makers
from tests.actions.evening import CRITICAL, ELEVATED, HIGH, ROUTINE, Evening

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def pushed_by() -> str:
    """What a visitor does waits for no router."""
    return "sweeps"


def comes_back(evening: Evening, opened: visiting.Opened) -> str:
    chat_id = visiting.come_back(evening.store, opened.token, 0, now=evening.now)[0]
    evening.connected.add(chat_id)
    return chat_id


def leaves(evening: Evening, opened: visiting.Opened, *, quick: bool = False) -> None:
    visiting.leave(evening.store, opened.token, quick=quick, now=evening.now)
    evening.connected.discard(opened.chat_id)


def seen(evening: Evening, opened: visiting.Opened) -> dict:
    return visitor_board.chat_of(evening.store, opened.chat_id, evening.now)


# -- opening ------------------------------------------------------------------------------------

WISH = visiting.Opening("an-opening", text="hello", nickname="Sam", topic="school")


@pytest.fixture
def line_is_open(evening: Evening) -> None:
    evening.hold_open()


@pytest.mark.usefixtures("line_is_open")
def test_opening_again_finds_the_same_chat_under_a_new_token(evening: Evening) -> None:
    first = visiting.open_chat(evening.store, WISH, now=evening.now)
    evening.now += retention.OPEN_REPEATS_WITHIN

    again = visiting.open_chat(evening.store, WISH, now=evening.now)

    assert replace(again, token="") == replace(first, token="")
    assert again.token != first.token
    assert makers.transcript(evening.store, first.chat_id) == ["hello"]
    assert comes_back(evening, again) == first.chat_id
    with pytest.raises(errors.UnknownToken):
        comes_back(evening, first)


@pytest.mark.usefixtures("line_is_open")
@pytest.mark.parametrize("text", ["hello!", None])
def test_opening_again_with_other_words_stores_nothing(evening: Evening, text: str | None) -> None:
    first = visiting.open_chat(evening.store, WISH, now=evening.now)

    with pytest.raises(errors.ClientIdReused):
        visiting.open_chat(evening.store, replace(WISH, text=text), now=evening.now)

    assert makers.transcript(evening.store, first.chat_id) == ["hello"]
    assert evening.in_line() == {first.chat_id}
    assert comes_back(evening, first) == first.chat_id


@pytest.mark.usefixtures("line_is_open")
def test_an_opening_repeated_too_late_opens_nothing(evening: Evening) -> None:
    visiting.open_chat(evening.store, WISH, now=evening.now)
    evening.now += retention.OPEN_REPEATS_WITHIN + SECOND

    with pytest.raises(errors.ClientIdReused):
        visiting.open_chat(evening.store, WISH, now=evening.now)

    assert len(evening.in_line()) == 1


@pytest.mark.usefixtures("line_is_open")
@pytest.mark.parametrize("quick", [True, False])
def test_sending_the_opening_again_does_not_bring_back_what_was_left(
    evening: Evening, quick: bool
) -> None:
    """As from the browser's history, by whoever sits at that computer now."""
    first = visiting.open_chat(evening.store, WISH, now=evening.now)
    leaves(evening, first, quick=quick)

    with pytest.raises(errors.ClientIdReused):
        visiting.open_chat(evening.store, WISH, now=evening.now)

    assert evening.in_line() == set()


@pytest.mark.usefixtures("line_is_open")
def test_one_can_come_in_without_a_word(evening: Evening) -> None:
    opened = evening.opens(None)

    assert (opened.seq, opened.sent_at) == (None, None)
    assert evening.says(opened, "now I can").seq == 1


@pytest.mark.usefixtures("line_is_open")
def test_a_nickname_and_a_topic_reach_the_listener_only(evening: Evening) -> None:
    opened = visiting.open_chat(evening.store, WISH, now=evening.now)
    evening.ready(evening.cast.leo)
    evening.sweep()
    offer = listener_board.board(evening.store, evening.cast.leo, evening.now)["offers"][0]
    assert "Sam" not in str(offer)
    assert "school" not in str(offer)

    evening.accepts(evening.cast.leo)

    board = listener_board.board(evening.store, evening.cast.leo, evening.now)
    assert [(each["nickname"], each["topic"]) for each in board["chats"]] == [("Sam", "school")]
    assert "Sam" not in str(listener_board.board(evening.store, evening.cast.lin, evening.now))
    assert opened.chat_id == board["chats"][0]["id"]


# -- how often ----------------------------------------------------------------------------------


def refuse(level: Level) -> None:
    raise errors.SlowDown(retry_after_s=1)


@pytest.mark.usefixtures("line_is_open")
def test_who_comes_too_often_is_refused_before_anything_is_kept(evening: Evening) -> None:
    with pytest.raises(errors.SlowDown):
        visiting.open_chat(evening.store, WISH, now=evening.now, take=refuse)

    assert evening.in_line() == set()


@pytest.mark.usefixtures("line_is_open")
def test_an_opening_sent_again_is_never_too_often(evening: Evening) -> None:
    first = visiting.open_chat(evening.store, WISH, now=evening.now)

    again = visiting.open_chat(evening.store, WISH, now=evening.now, take=refuse)

    assert again.chat_id == first.chat_id


@pytest.mark.usefixtures("line_is_open")
@pytest.mark.parametrize(
    "wish, level",
    [
        (replace(WISH, text=ROUTINE), Level.ROUTINE),
        (replace(WISH, text=CRITICAL), Level.CRITICAL),
        (replace(WISH, text=None, topic=CRITICAL), Level.CRITICAL),
    ],
)
def test_whoever_counts_openings_hears_how_urgent_each_is(
    evening: Evening, wish: visiting.Opening, level: Level
) -> None:
    heard: list[Level] = []

    visiting.open_chat(evening.store, wish, now=evening.now, take=heard.append)

    assert heard == [level]


# -- saying -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("line_is_open")
def test_the_same_words_under_the_same_id_are_kept_once(evening: Evening) -> None:
    opened = evening.opens("hello")
    first = visiting.say(evening.store, opened.token, "m-1", "again", now=evening.now)

    again = visiting.say(evening.store, opened.token, "m-1", "again", now=evening.now + MINUTE)

    assert again == first
    assert makers.transcript(evening.store, opened.chat_id) == ["hello", "again"]


@pytest.mark.usefixtures("line_is_open")
def test_the_same_words_call_for_help_as_they_did_the_first_time(evening: Evening) -> None:
    """Whatever was said, or judged, in between."""
    opened = evening.opens("hello")

    def say(client_id: str, text: str) -> bool:
        return visiting.say(evening.store, opened.token, client_id, text, now=evening.now).urgent

    first = [say("m-1", ROUTINE), say("m-2", CRITICAL), say("m-3", ROUTINE)]
    again = [say("m-1", ROUTINE), say("m-2", CRITICAL), say("m-3", ROUTINE)]

    assert first == again == [False, True, False]


@pytest.mark.usefixtures("line_is_open")
def test_other_words_under_the_same_id_are_refused(evening: Evening) -> None:
    opened = evening.opens("hello")
    visiting.say(evening.store, opened.token, "m-1", "one", now=evening.now)

    with pytest.raises(errors.ClientIdReused):
        visiting.say(evening.store, opened.token, "m-1", "two", now=evening.now)

    assert makers.transcript(evening.store, opened.chat_id) == ["hello", "one"]


def test_a_listeners_words_are_kept_once_too(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo, "hello")

    def say(client_id: str, text: str) -> listening.Kept:
        return listening.say(evening.store, leo, opened.chat_id, client_id, text, now=evening.now)

    assert say("l-1", "I am Leo.") == say("l-1", "I am Leo.")
    with pytest.raises(errors.ClientIdReused):
        say("l-1", "I am Lin.")
    visitors_id = "v-1"
    visiting.say(evening.store, opened.token, visitors_id, "hi", now=evening.now)
    with pytest.raises(errors.ClientIdReused):
        say(visitors_id, "hi")
    assert makers.transcript(evening.store, opened.chat_id)[2:] == ["I am Leo.", "hi"]


@pytest.mark.parametrize("token", ["", "no-such-token"])
def test_an_unknown_token_opens_nothing(evening: Evening, token: str) -> None:
    opened = visiting.Opened("", token, None, None)
    acts = [
        lambda: evening.says(opened, "hello"),
        lambda: comes_back(evening, opened),
        lambda: leaves(evening, opened),
        lambda: visiting.give_feedback(evening.store, token, "better", None, now=evening.now),
    ]

    for act in acts:
        with pytest.raises(errors.UnknownToken):
            act()


def test_a_retry_after_the_end_is_answered_and_reopens_nothing(evening: Evening) -> None:
    """The ack was lost, the listener closed meanwhile, the page sends the same words again."""
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo)
    kept = visiting.say(evening.store, opened.token, "m-1", "bye", now=evening.now)
    evening.closes(leo, opened.chat_id)

    again = visiting.say(evening.store, opened.token, "m-1", "bye", now=evening.now)

    assert again == kept
    assert evening.chat(opened).state == ChatState.WRAPPING_UP


# -- leaving ------------------------------------------------------------------------------------


def test_leaving_the_line_is_counted(evening: Evening) -> None:
    evening.hold_open()
    opened = evening.opens()

    leaves(evening, opened)

    assert seen(evening, opened)["state"] == "left"
    assert evening.chat(opened).outcome == "visitor_left"
    assert makers.journal_kinds(evening.store, opened.chat_id) == ["arrived", "left"]


@pytest.mark.parametrize("words, is_told", [(ELEVATED, False), (HIGH, True), (CRITICAL, True)])
@pytest.mark.parametrize("how", ["leaves", "leaves in haste", "is lost"])
def test_who_leaves_at_risk_before_anyone_answered_is_looked_at(
    evening: Evening, words: str, is_told: bool, how: str
) -> None:
    evening.hold_open()
    opened = evening.opens(words)

    if how == "is lost":
        evening.disconnects(opened)
        evening.now += timedelta(hours=1)
        evening.sweep()
    else:
        leaves(evening, opened, quick=how == "leaves in haste")

    assert evening.chat(opened).state == ChatState.LEFT
    assert ("left_unanswered" in evening.alerts()) == is_told
    assert evening.paged("left_unanswered") == (["Sol"] if is_told else [])


def test_a_visitor_ends_a_conversation(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo)

    leaves(evening, opened)

    chat = evening.chat(opened)
    assert (chat.state, chat.outcome, chat.left_quickly) == (
        ChatState.WRAPPING_UP, "visitor_left", False,
    )  # fmt: skip
    assert comes_back(evening, opened) == opened.chat_id
    evening.now += retention.TOKEN_LIVES_AFTER_CLOSE
    with pytest.raises(errors.UnknownToken):
        comes_back(evening, opened)


def test_leaving_in_haste_voids_the_token_at_once_and_warns_the_listener(
    evening: Evening, told: list[events.Event]
) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo)

    leaves(evening, opened, quick=True)

    assert events.TokenVoided(opened.chat_id, evening.now) in told
    with pytest.raises(errors.UnknownToken):
        comes_back(evening, opened)
    shown = listener_board.chat_of(evening.store, leo, opened.chat_id, evening.now)
    assert (shown["left_quickly"], shown["can_reopen"]) == (True, False)
    assert makers.transcript(evening.store, opened.chat_id)[-1] == "[visitor_left_quickly]"
    with pytest.raises(errors.ChatClosed):
        listening.reopen(evening.store, leo, opened.chat_id, now=evening.now)


def test_leaving_in_haste_after_the_end_voids_the_token_too(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo)
    evening.closes(leo, opened.chat_id)

    leaves(evening, opened, quick=True)

    with pytest.raises(errors.UnknownToken):
        comes_back(evening, opened)
    shown = listener_board.chat_of(evening.store, leo, opened.chat_id, evening.now)
    assert (shown["left_quickly"], shown["can_reopen"]) == (True, False)


# -- a lost connection --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words, minutes", [(ROUTINE, 10), (ELEVATED, 10), (HIGH, 60), (CRITICAL, 60)]
)
def test_a_lost_connection_changes_nothing_for_a_while(
    evening: Evening, words: str, minutes: int
) -> None:
    evening.hold_open()
    opened = evening.opens(words)
    evening.now += MINUTE
    evening.disconnects(opened)

    evening.now += minutes * MINUTE - SECOND
    evening.sweep()
    assert evening.in_line() == {opened.chat_id}
    evening.now += SECOND
    evening.sweep()

    assert evening.chat(opened).state == ChatState.LEFT
    assert evening.chat(opened).outcome == "lost"
    assert seen(evening, opened)["state"] == "left"


def test_coming_back_after_that_waits_again_with_the_arrival_unchanged(evening: Evening) -> None:
    evening.hold_open()
    opened = evening.opens()
    evening.disconnects(opened)
    evening.now += 5 * MINUTE
    other = evening.opens()
    for _ in range(5):
        evening.passes(60, every=60)
    assert evening.in_line() == {other.chat_id}

    comes_back(evening, opened)

    assert evening.chat(opened).arrived_at == opened.sent_at
    assert (seen(evening, opened)["place"], seen(evening, other)["place"]) == (1, 2)
    evening.ready(evening.cast.leo)
    evening.sweep()
    assert evening.asked(opened.chat_id) == ["Leo"]


def test_coming_back_to_what_one_has_left_waits_for_a_word(evening: Evening) -> None:
    """Looking is not asking again: only who writes is in line again."""
    evening.hold_open()
    opened = evening.opens()
    leaves(evening, opened)

    comes_back(evening, opened)
    assert evening.chat(opened).state == ChatState.LEFT
    evening.says(opened, "I am still here")

    assert evening.chat(opened).state == ChatState.WAITING
    assert evening.chat(opened).arrived_at == opened.sent_at


def test_a_lost_connection_is_seen_by_the_listener(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo)

    def is_here() -> bool:
        return listener_board.chat_of(evening.store, leo, opened.chat_id, evening.now)["here"]

    assert is_here()
    evening.disconnects(opened)
    assert not is_here()
    comes_back(evening, opened)
    assert is_here()
    evening.connected.clear()
    evening.passes(31, sweeps=["visitors"])
    assert not is_here()
    assert not evening.chat(opened).visitor_here


# -- writing again after the end ----------------------------------------------------------------


def test_writing_again_goes_on_with_the_same_listener(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo, "hello")
    evening.closes(leo, opened.chat_id)
    evening.passes(rules.REOPEN_FOR.total_seconds() - 1, every=60, sweeps=["wrap_ups"])

    evening.says(opened, "one more thing")

    chat = evening.chat(opened)
    assert (chat.state, chat.holder_id, chat.ended_at) == (ChatState.ACTIVE, leo.id, None)
    assert makers.transcript(evening.store, opened.chat_id)[-2:] == ["[reopened]", "one more thing"]
    assert comes_back(evening, opened) == opened.chat_id
    evening.passes(30 * 60, every=300)
    assert comes_back(evening, opened) == opened.chat_id


def is_lost(evening: Evening) -> None:
    evening.loses(evening.cast.leo)
    evening.now += MINUTE


def went_away(evening: Evening) -> None:
    listening.go_away(evening.store, evening.cast.leo, now=evening.now)


def is_full_by_now(evening: Evening) -> None:
    evening.ready(evening.cast.leo)
    evening.talks(evening.cast.leo, CRITICAL)


@pytest.mark.parametrize("listener", [is_lost, went_away, is_full_by_now])
def test_writing_again_is_first_in_line_when_the_listener_cannot_go_on(
    evening: Evening, listener
) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo)
    opened = evening.talks(leo)
    evening.closes(leo, opened.chat_id)
    evening.now += SECOND
    other = evening.opens(HIGH)
    evening.sweep()
    listener(evening)

    evening.says(opened, "one more thing")

    chat = evening.chat(opened)
    assert (chat.state, chat.returned, chat.holder_id) == (ChatState.WAITING, True, None)
    assert chat.arrived_at == opened.sent_at
    assert (seen(evening, opened)["place"], seen(evening, other)["place"]) == (1, 2)
    evening.ready(lin)
    evening.sweep()
    assert evening.asked(opened.chat_id) == ["Lin"]


def test_after_a_quarter_of_an_hour_it_is_over(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo)
    evening.closes(leo, opened.chat_id)
    evening.now += rules.REOPEN_FOR

    with pytest.raises(errors.UnknownToken):
        evening.says(opened, "one more thing")

    assert evening.chat(opened).state == ChatState.WRAPPING_UP


# -- a closed line ------------------------------------------------------------------------------


@pytest.fixture
def line_is_closed(evening: Evening) -> None:
    evening.ready(evening.cast.leo)
    directing.set_line(
        evening.store, evening.cast.cora, is_open=False, reason="storm", now=evening.now
    )


@pytest.mark.usefixtures("line_is_closed")
@pytest.mark.parametrize("words", [ROUTINE, ELEVATED, None])
def test_a_closed_line_keeps_nothing_of_what_is_not_urgent(
    evening: Evening, words: str | None
) -> None:
    with pytest.raises(errors.LineClosed):
        evening.opens(words)

    assert evening.in_line() == set()
    assert list(evening.store.vault._directory.iterdir()) == []
    assert evening.alerts() == {}


@pytest.mark.usefixtures("line_is_closed")
@pytest.mark.parametrize("words", [HIGH, CRITICAL])
def test_a_closed_line_lets_urgent_words_in_and_pages_the_lead(
    evening: Evening, words: str
) -> None:
    opened = evening.opens(words)

    assert makers.transcript(evening.store, opened.chat_id) == [words]
    assert "urgent_while_closed" in evening.alerts()
    assert evening.paged("urgent_while_closed") == ["Cora", "Sol"]
    evening.sweep()
    assert evening.asked(opened.chat_id) == ["Leo"]
    evening.accepts(evening.cast.leo)
    evening.sweep("watching")
    assert "urgent_while_closed" not in evening.alerts()


@pytest.mark.usefixtures("line_is_closed")
@pytest.mark.parametrize(
    "words", ["me quiero matar", "хочу умереть", "我想死", "\U0001f52a\U0001f62d"]
)
@pytest.mark.parametrize("where", ["text", "topic"])
def test_a_closed_line_lets_in_what_no_rule_can_read(
    evening: Evening, words: str, where: str
) -> None:
    """Risk undecided is treated as higher: an English line, and words it has no rules for."""
    opened = evening.opens(**{"text": None, where: words})

    assert evening.in_line() == {opened.chat_id}
    assert "urgent_while_closed" in evening.alerts()


@pytest.mark.usefixtures("line_is_closed")
def test_a_strange_nickname_opens_no_closed_line(evening: Evening) -> None:
    with pytest.raises(errors.LineClosed):
        evening.opens(ROUTINE, nickname="Zsófi")


@pytest.mark.usefixtures("line_is_closed")
def test_all_who_come_while_it_is_closed_are_one_alarm_with_their_number(
    evening: Evening, told: list[events.Event]
) -> None:
    def shown() -> str:
        with evening.store.reading() as tx:
            (alert,) = alert_board.open_alerts(tx, evening.cast.sol)
            return str(alert["text"])

    evening.opens(HIGH)
    assert shown().endswith("waits. (1)")
    evening.now += MINUTE
    evening.opens(HIGH)

    assert shown().endswith("waits. (2)")
    assert evening.paged("urgent_while_closed") == ["Cora", "Sol"]
    raised = [each for each in told if isinstance(each, events.AlertRaised)]
    assert len(raised) == 2


@pytest.mark.usefixtures("line_is_closed")
def test_that_alarm_is_over_when_the_line_opens(evening: Evening) -> None:
    evening.opens(HIGH)

    directing.let_line_run(evening.store, evening.cast.cora, now=evening.now)
    evening.sweep("watching")

    assert "urgent_while_closed" not in evening.alerts()


@pytest.mark.usefixtures("line_is_closed")
@pytest.mark.parametrize("where", ["nickname", "topic"])
def test_urgent_words_in_a_nickname_or_topic_open_a_closed_line_too(
    evening: Evening, where: str
) -> None:
    opened = evening.opens(None, **{where: CRITICAL})

    assert evening.chat(opened).level == 3
    assert "urgent_while_closed" in evening.alerts()


def test_an_open_line_pages_nobody_about_urgent_words(evening: Evening) -> None:
    evening.ready(evening.cast.leo)

    evening.opens(CRITICAL)

    assert evening.alerts() == {}


def test_a_line_without_a_lead_calls_its_coordinators(evening: Evening) -> None:
    with evening.store.transaction() as tx:
        sol = people.person(tx, evening.cast.sol.id)
        sol.active = False
        tx.session.add(sol)
    directing.set_line(evening.store, evening.cast.cora, is_open=False, reason="", now=evening.now)

    evening.opens(CRITICAL)

    assert evening.paged("urgent_while_closed") == ["Cora"]


# -- feedback -----------------------------------------------------------------------------------


def test_feedback_is_one_tap_and_words_if_they_like(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo)
    evening.closes(leo, opened.chat_id)

    urgent = visiting.give_feedback(
        evening.store, opened.token, "better", "thank you", now=evening.now
    )

    chat = evening.chat(opened)
    assert (urgent, chat.feeling) == (False, "better")
    with evening.store.reading() as tx:
        assert chats.unseal(tx, chat.id, "feedback", chat.feedback_sealed) == "thank you"
    assert evening.alerts() == {}
    with pytest.raises(errors.BadRequest):
        visiting.give_feedback(evening.store, opened.token, "great", None, now=evening.now)


@pytest.mark.parametrize("words, is_urgent", [(HIGH, False), (CRITICAL, True)])
def test_feedback_is_triaged_and_the_lead_told(
    evening: Evening, words: str, is_urgent: bool
) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo)
    evening.closes(leo, opened.chat_id)

    urgent = visiting.give_feedback(evening.store, opened.token, "worse", words, now=evening.now)

    assert urgent == is_urgent
    assert evening.alerts()["words_after_end"].chat_id == opened.chat_id
    assert evening.paged("words_after_end") == ["Sol"]
    assert seen(evening, opened)["urgent_help"] == is_urgent
