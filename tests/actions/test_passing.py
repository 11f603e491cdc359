"""The visitor is told of every hand-off before it happens, and may say no; a warm hand-off to a
resource leaves the chat where it is."""

from __future__ import annotations

from typing import Any

import pytest

from helpline.actions import accompanying, handing, listening, passing, visiting
from helpline.boards import listener as listener_board
from helpline.boards import visitor as visitor_board
from helpline.boards.wording import line_says
from helpline.domain import errors, events, handoffs
from helpline.domain.access import Who
from helpline.domain.chat import ChatState
from helpline.store import hand_offs, offers
from tests import makers
from tests.actions.evening import CRITICAL, HIGH, ROUTINE, Evening


@pytest.fixture
def on() -> str:
    """One hand at a time: one database says enough."""
    return "sqlite"


@pytest.fixture
def pushed_by() -> str:
    return "sweeps"


def hand(evening: Evening, who: Who, chat_id: str, kind: str, **how: Any) -> handing.HandedOff:
    given = {"to_id": None, "words": None, **how}
    return handing.hand_off(evening.store, who, chat_id, kind=kind, now=evening.now, **given)


def answers(evening: Evening, opened: visiting.Opened, hand_off: str, agrees: bool) -> None:
    passing.answer(evening.store, opened.token, hand_off, agrees=agrees, now=evening.now)


def asked(evening: Evening, opened: visiting.Opened) -> dict[str, Any] | None:
    """What the visitor's page asks."""
    shown = visitor_board.chat_of(evening.store, opened.chat_id, evening.now)
    found: dict[str, Any] | None = shown["hand_off"]
    return found


def said(evening: Evening, opened: visiting.Opened) -> list[str]:
    return makers.transcript(evening.store, opened.chat_id)[2:]


def writes(evening: Evening, who: Who, opened: visiting.Opened) -> None:
    said_with = makers.client_id()
    listening.say(evening.store, who, opened.chat_id, said_with, "Hello.", now=evening.now)


def state_of(evening: Evening, hand_off: str) -> str:
    with evening.store.reading() as tx:
        return hand_offs.any_kind(tx, hand_off).state


# -- to people --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind, to", [("listener", "lin"), ("lead", "sol")])
def test_they_are_told_why_and_may_say_no(evening: Evening, kind: str, to: str) -> None:
    leo, taker = evening.cast.leo, getattr(evening.cast, to)
    evening.ready(leo, taker)
    opened = evening.talks(leo)
    handed = hand(evening, leo, opened.chat_id, kind, to_id=taker.id, why="shift_ends")
    assert said(evening, opened) == [f"[pass_{kind}:shift_ends]"]
    assert asked(evening, opened) is not None

    answers(evening, opened, handed.id, False)

    assert evening.chat(opened).holder_id == leo.id
    assert said(evening, opened)[-1] == "[stays]"
    assert state_of(evening, handed.id) == "refused"
    with pytest.raises(errors.OfferGone):
        listening.accept(evening.store, taker, handed.id, now=evening.now)


def test_the_sentence_says_who_why_and_that_no_is_an_answer() -> None:
    text = line_says("en", "pass_lead:shift_ends", "Leo")

    assert text.startswith("Leo would like to pass this chat to the shift lead")
    assert "It is because their shift ends soon." in text
    assert text.endswith("Until then Leo stays with you. You can say no.")
    assert line_says("es", "pass_lead:shift_ends", "Leo") != text


def test_their_yes_is_seen_by_the_sender_and_the_offer_goes_on(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    opened = evening.talks(leo)
    handed = hand(evening, leo, opened.chat_id, "listener", to_id=lin.id)

    answers(evening, opened, handed.id, True)

    shown = listener_board.chat_of(evening.store, leo, opened.chat_id, evening.now)["hand_off"]
    assert (shown["state"], shown["visitor"]) == ("pending", "agrees")
    listening.accept(evening.store, lin, handed.id, now=evening.now)
    assert evening.chat(opened).holder_id == lin.id


def test_silence_is_no_refusal(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    opened = evening.talks(leo)
    handed = hand(evening, leo, opened.chat_id, "listener", to_id=lin.id)

    listening.accept(evening.store, lin, handed.id, now=evening.now)

    assert said(evening, opened) == ["[pass_listener]", "[handed_over]"]
    evening.passes(130)
    assert evening.chat(opened).holder_id == lin.id


# -- a colleague who accepts faster than the visitor reads -----------------------------------------


@pytest.fixture
def taken(evening: Evening, words: str) -> tuple[visiting.Opened, str]:
    """Lin took Leo's chat at once, before its visitor could say anything; the hand-off."""
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    opened = evening.talks(leo, words)
    handed = hand(evening, leo, opened.chat_id, "listener", to_id=lin.id)
    listening.accept(evening.store, lin, handed.id, now=evening.now)
    assert evening.chat(opened).holder_id == lin.id
    return opened, handed.id


@pytest.mark.parametrize("words", [ROUTINE, HIGH, CRITICAL])
def test_a_no_still_counts_for_two_minutes_after_somebody_took_it(
    evening: Evening, taken: tuple[visiting.Opened, str]
) -> None:
    (opened, handed), leo, lin = taken, evening.cast.leo, evening.cast.lin
    question = asked(evening, opened)
    assert question is not None
    assert (question["id"], question["state"], question["answer"]) == (handed, "accepted", None)
    evening.passes(110)
    epoch = evening.chat(opened).epoch

    for _ in range(2):  # pressed twice: once is enough
        answers(evening, opened, handed, False)

    chat = evening.chat(opened)
    assert (chat.holder_id, chat.state, chat.epoch) == (leo.id, ChatState.ACTIVE, epoch + 1)
    assert said(evening, opened) == ["[pass_listener]", "[handed_over]", "[came_back]"]
    assert state_of(evening, handed) == "refused"
    assert asked(evening, opened) is None
    with pytest.raises(errors.Stale):
        writes(evening, lin, opened)
    writes(evening, leo, opened)


@pytest.mark.parametrize("words", [ROUTINE])
def test_after_two_minutes_it_stays_as_it_is_and_nothing_is_asked(
    evening: Evening, taken: tuple[visiting.Opened, str]
) -> None:
    opened, handed = taken
    evening.passes(120)

    assert asked(evening, opened) is None
    for agrees in (False, True):
        with pytest.raises(errors.OfferGone):
            answers(evening, opened, handed, agrees)
    assert evening.chat(opened).holder_id == evening.cast.lin.id


def is_gone(evening: Evening) -> None:
    listening.go_away(evening.store, evening.cast.leo, now=evening.now)


def is_full(evening: Evening) -> None:
    for _ in range(2):
        evening.talks(evening.cast.leo)


def is_kept_apart(evening: Evening) -> None:
    with evening.store.transaction() as tx:
        chat_id = next(iter(evening.connected))
        offers.keep_apart(tx, chat_id, evening.cast.leo.id, evening.cast.leo.id, evening.now)


@pytest.mark.parametrize("words", [ROUTINE])
@pytest.mark.parametrize("cannot", [is_gone, is_full, is_kept_apart])
def test_who_cannot_come_back_does_not_and_nobody_is_left_alone(
    evening: Evening, taken: tuple[visiting.Opened, str], cannot: Any
) -> None:
    opened, handed = taken
    cannot(evening)

    answers(evening, opened, handed, False)

    assert evening.chat(opened).holder_id == evening.cast.lin.id
    assert said(evening, opened)[-1] == "[cannot_come_back]"
    assert line_says("en", "cannot_come_back", "Lin").startswith("Lin stays with you.")
    assert asked(evening, opened) is None
    answers(evening, opened, handed, False)
    assert said(evening, opened).count("[cannot_come_back]") == 1


@pytest.mark.parametrize("words", [ROUTINE])
def test_a_yes_afterwards_ends_the_question(
    evening: Evening, taken: tuple[visiting.Opened, str]
) -> None:
    opened, handed = taken

    answers(evening, opened, handed, True)

    assert asked(evening, opened) is None
    assert evening.chat(opened).holder_id == evening.cast.lin.id


@pytest.mark.parametrize("words", [ROUTINE])
def test_a_no_does_not_undo_what_came_later(
    evening: Evening, taken: tuple[visiting.Opened, str]
) -> None:
    (opened, handed), sol = taken, evening.cast.sol
    evening.ready(sol)
    later = hand(evening, evening.cast.lin, opened.chat_id, "lead", to_id=sol.id)
    listening.accept(evening.store, sol, later.id, now=evening.now)

    with pytest.raises(errors.OfferGone):
        answers(evening, opened, handed, False)

    assert evening.chat(opened).holder_id == sol.id
    answers(evening, opened, later.id, False)
    assert evening.chat(opened).holder_id == evening.cast.lin.id


def test_asking_another_colleague_asks_the_visitor_no_second_time(evening: Evening) -> None:
    leo, lin, sol = evening.cast.leo, evening.cast.lin, evening.cast.sol
    evening.ready(leo, lin, sol)
    opened = evening.talks(leo)
    first = hand(evening, leo, opened.chat_id, "listener", to_id=lin.id)
    answers(evening, opened, first.id, True)

    second = hand(evening, leo, opened.chat_id, "listener", to_id=sol.id)

    assert said(evening, opened) == ["[pass_listener]"]
    now_asked = asked(evening, opened)
    assert now_asked is not None
    assert (now_asked["id"], now_asked["answer"]) == (second.id, "agrees")


def test_nobody_answers_for_somebody_else(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    opened, other = evening.talks(leo), evening.opens()
    handed = hand(evening, leo, opened.chat_id, "listener", to_id=lin.id)

    with pytest.raises(errors.NotFound):
        answers(evening, other, handed.id, False)
    assert state_of(evening, handed.id) == "pending"


# -- back to the line -------------------------------------------------------------------------


def test_the_line_waits_a_minute_for_their_answer(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo)
    handed = hand(evening, leo, opened.chat_id, "queue", ask=True, words="He likes tea.")
    assert (handed.state, evening.chat(opened).holder_id) == ("pending", leo.id)

    evening.passes(59, sweeps=("hand_offs",))
    assert evening.chat(opened).holder_id == leo.id
    evening.passes(1, sweeps=("hand_offs",))

    assert evening.chat(opened).state == ChatState.WAITING
    assert said(evening, opened) == ["[pass_queue]", "[handed_to_queue]"]
    assert state_of(evening, handed.id) == "accepted"


@pytest.mark.parametrize("agrees, state", [(True, ChatState.WAITING), (False, ChatState.ACTIVE)])
def test_their_answer_is_heeded_at_once(evening: Evening, agrees: bool, state: ChatState) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo)
    handed = hand(evening, leo, opened.chat_id, "queue", ask=True)

    answers(evening, opened, handed.id, agrees)

    evening.passes(70, sweeps=("hand_offs",))
    assert evening.chat(opened).state == state
    assert said(evening, opened)[-1] == ("[handed_to_queue]" if agrees else "[stays]")


@pytest.mark.parametrize("words", [HIGH, CRITICAL])
def test_at_high_risk_it_goes_at_once(evening: Evening, words: str) -> None:
    evening.ready(evening.cast.leo)
    opened = evening.talks(evening.cast.leo, words)

    hand(evening, evening.cast.leo, opened.chat_id, "queue", ask=True)

    assert evening.chat(opened).state == ChatState.WAITING
    assert said(evening, opened) == ["[handed_to_queue]"]


def test_the_note_reaches_whoever_takes_it_from_the_line(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo)
    opened = evening.talks(leo)
    hand(evening, leo, opened.chat_id, "queue", ask=True, words="She asked for Spanish.")
    evening.passes(60, sweeps=("hand_offs",))
    evening.ready(lin)
    evening.sweep()

    offer = listener_board.board(evening.store, lin, evening.now)["offers"][0]
    assert "Spanish" not in str(offer)
    evening.accepts(lin)

    notes = listener_board.chat_of(evening.store, lin, opened.chat_id, evening.now)["notes"]
    assert [(each["kind"], each["text"]) for each in notes] == [
        ("hand_off", "She asked for Spanish.")
    ]


@pytest.mark.parametrize("end", ["step_out", "close", "leave", "take_back", "colleague"])
def test_whatever_happens_first_the_question_is_over(evening: Evening, end: str) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    opened = evening.talks(leo)
    handed = hand(evening, leo, opened.chat_id, "queue", ask=True)
    deeds = {
        "step_out": lambda: handing.step_out(
            evening.store, leo, opened.chat_id, None, now=evening.now
        ),
        "close": lambda: evening.closes(leo, opened.chat_id),
        "leave": lambda: visiting.leave(evening.store, opened.token, quick=False, now=evening.now),
        "take_back": lambda: handing.withdraw_hand_off(
            evening.store, leo, handed.id, now=evening.now
        ),
        "colleague": lambda: hand(evening, leo, opened.chat_id, "listener", to_id=lin.id),
    }

    deeds[end]()
    before = evening.chat(opened).state
    evening.passes(120, sweeps=("hand_offs",))

    assert state_of(evening, handed.id) == "withdrawn"
    assert evening.chat(opened).state == before


def test_a_listener_who_is_lost_keeps_nobody_for_a_question(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo)
    evening.loses(leo)
    evening.passes(80)
    handed = hand(evening, leo, opened.chat_id, "queue", ask=True)

    evening.passes(20)

    assert evening.chat(opened).state == ChatState.WAITING
    assert state_of(evening, handed.id) == "withdrawn"
    assert said(evening, opened)[-1] == "[listener_lost]"


# -- to a resource ----------------------------------------------------------------------------


@pytest.fixture
def talk(evening: Evening, directory: list[str]) -> visiting.Opened:
    """Leo talks with somebody; two resources are known."""
    evening.ready(evening.cast.leo)
    return evening.talks(evening.cast.leo)


def warm(evening: Evening, talk: visiting.Opened, to: str = "ie-ear") -> handing.HandedOff:
    return hand(evening, evening.cast.leo, talk.chat_id, "resource", to_id=to)


def test_the_card_is_sent_and_the_listener_stays(evening: Evening, talk: visiting.Opened) -> None:
    handed = warm(evening, talk)

    assert (handed.state, handed.to_id) == ("offered", "ie-ear")
    assert said(evening, talk) == ["[ie-ear]", "[we_stay]"]
    assert evening.chat(talk).holder_id == evening.cast.leo.id
    shown = asked(evening, talk)
    assert shown is not None
    assert (shown["kind"], shown["to_name"], shown["state"]) == (
        "resource", "An open ear", "offered",
    )  # fmt: skip
    assert warm(evening, talk) == handed
    assert len(said(evening, talk)) == 2


@pytest.mark.parametrize("outcome", ["reached", "not_reached", "did_not_want"])
def test_either_says_what_became_of_it(
    evening: Evening, talk: visiting.Opened, outcome: str
) -> None:
    handed = warm(evening, talk)
    accompanying.say_as_visitor(evening.store, talk.token, handed.id, "calling", now=evening.now)

    accompanying.say(evening.store, evening.cast.leo, handed.id, outcome, now=evening.now)

    assert state_of(evening, handed.id) == outcome
    assert asked(evening, talk) is None
    assert evening.chat(talk).holder_id == evening.cast.leo.id
    with evening.store.reading() as tx:
        assert hand_offs.counts(tx, talk.sent_at) == {"ie-ear": {outcome: 1}}  # type: ignore[arg-type]
    assert "resource_outcome" in makers.journal_kinds(evening.store, talk.chat_id)


def test_who_reached_nobody_is_shown_another_that_answers_now(
    evening: Evening, talk: visiting.Opened
) -> None:
    from helpline.boards import handoffs as board

    first = warm(evening, talk, "ie-112")
    accompanying.say(evening.store, evening.cast.leo, first.id, "not_reached", now=evening.now)
    shown = board.one(evening.store, first.id, evening.now)
    assert shown["next"]["id"] == "ie-ear"

    second = warm(evening, talk, "ie-ear")
    accompanying.say(evening.store, evening.cast.leo, second.id, "not_reached", now=evening.now)

    assert board.one(evening.store, second.id, evening.now)["next"] is None
    assert said(evening, talk)[-1] == "[not_reached]"


@pytest.mark.parametrize("end", ["close", "leave", "another"])
def test_without_a_word_its_outcome_is_unknown(
    evening: Evening, talk: visiting.Opened, end: str
) -> None:
    handed = warm(evening, talk)

    if end == "close":
        evening.closes(evening.cast.leo, talk.chat_id)
    elif end == "leave":
        visiting.leave(evening.store, talk.token, quick=True, now=evening.now)
    else:
        warm(evening, talk, "ie-112")

    assert state_of(evening, handed.id) == "unknown"


def test_the_listener_is_reminded_once_when_nobody_says(
    evening: Evening, talk: visiting.Opened, told: list[events.Event]
) -> None:
    warm(evening, talk)
    evening.passes(handoffs.RESOURCE_LASTS.total_seconds() - 1, every=600, sweeps=("hand_offs",))
    told.clear()

    evening.passes(1, sweeps=("hand_offs",))
    evening.passes(60, sweeps=("hand_offs",))

    reminders = [each for each in told if isinstance(each, events.HandOffChanged)]
    assert [each.person_id for each in reminders] == [evening.cast.leo.id]
    shown = listener_board.chat_of(evening.store, evening.cast.leo, talk.chat_id, evening.now)
    assert shown["hand_off"]["overdue"]


def test_it_goes_on_with_whoever_takes_the_chat(evening: Evening, talk: visiting.Opened) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(lin)
    called = warm(evening, talk)
    handed = hand(evening, leo, talk.chat_id, "listener", to_id=lin.id)
    listening.accept(evening.store, lin, handed.id, now=evening.now)

    with pytest.raises(errors.Stale):
        accompanying.say(evening.store, leo, called.id, "reached", now=evening.now)
    accompanying.say(evening.store, lin, called.id, "reached", now=evening.now)

    assert state_of(evening, called.id) == "reached"


def test_what_is_unknown_or_foreign_is_refused(evening: Evening, talk: visiting.Opened) -> None:
    other = evening.opens(ROUTINE)
    handed = warm(evening, talk)

    with pytest.raises(errors.NotFound):
        warm(evening, talk, "nowhere")
    with pytest.raises(errors.NotFound):
        accompanying.say_as_visitor(
            evening.store, other.token, handed.id, "reached", now=evening.now
        )
    with pytest.raises(errors.NotFound):
        answers(evening, talk, handed.id, False)
