"""A hand-off is an offer: the sender keeps the chat until somebody has accepted it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpline.actions import handing, listening, visiting
from helpline.boards import listener as listener_board
from helpline.boards import visitor as visitor_board
from helpline.domain import errors, routing
from helpline.domain.access import Who
from helpline.domain.chat import ChatState
from tests import makers
from tests.actions.evening import CRITICAL, Evening

MINUTE = timedelta(minutes=1)


@pytest.fixture
def pushed_by() -> str:
    """Hand-offs wait for no router."""
    return "sweeps"


def hand(
    evening: Evening, who: Who, chat_id: str, kind: str = "listener", to: Who | None = None,
    words: str | None = None,
) -> handing.HandedOff:  # fmt: skip
    return handing.hand_off(
        evening.store, who, chat_id, kind=kind, to_id=to.id if to else None, words=words,
        now=evening.now,
    )  # fmt: skip


def accept(evening: Evening, who: Who, offer_id: str) -> str:
    return listening.accept(evening.store, who, offer_id, now=evening.now)[0]


def holds(evening: Evening, who: Who, opened: visiting.Opened) -> bool:
    chat = evening.chat(opened)
    return chat.state == ChatState.ACTIVE and chat.holder_id == who.id


def test_the_sender_keeps_the_chat_until_it_is_accepted(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    opened = evening.talks(leo, "hello")
    handed = hand(evening, leo, opened.chat_id, to=lin)

    assert holds(evening, leo, opened)
    listening.say(
        evening.store, leo, opened.chat_id, makers.client_id(), "Lin will join us.", now=evening.now
    )
    assert accept(evening, lin, handed.id) == opened.chat_id

    assert holds(evening, lin, opened)
    assert makers.transcript(evening.store, opened.chat_id)[-1] == "[handed_over]"
    with pytest.raises(errors.Stale):
        listening.say(
            evening.store, leo, opened.chat_id, makers.client_id(), "And I go.", now=evening.now
        )


@pytest.mark.parametrize("answer", ["declined", "lapsed"])
def test_a_hand_off_that_nobody_takes_leaves_the_chat_with_the_sender(
    evening: Evening, answer: str
) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    opened = evening.talks(leo)
    handed = hand(evening, leo, opened.chat_id, to=lin)

    if answer == "declined":
        listening.decline(evening.store, lin, handed.id, now=evening.now)
    else:
        evening.passes(routing.HAND_OFF_LASTS.total_seconds(), every=30)

    assert evening.offers_of(opened.chat_id)[-1].state == answer
    assert holds(evening, leo, opened)
    assert evening.chat(opened).epoch == 1
    shown = listener_board.chat_of(evening.store, leo, opened.chat_id, evening.now)
    assert shown["hand_off"] is None
    with pytest.raises(errors.OfferGone):
        accept(evening, lin, handed.id)


def test_accepting_a_hand_off_twice_is_fine(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    opened = evening.talks(leo)
    handed = hand(evening, leo, opened.chat_id, to=lin)

    assert accept(evening, lin, handed.id) == accept(evening, lin, handed.id)

    assert evening.chat(opened).epoch == 2
    assert makers.transcript(evening.store, opened.chat_id).count("[handed_over]") == 1


def test_a_note_goes_with_it_and_only_to_the_one_asked(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    opened = evening.talks(leo)

    hand(evening, leo, opened.chat_id, to=lin, words="She asked for Spanish.")

    offer = listener_board.board(evening.store, lin, evening.now)["offers"][0]
    assert (offer["from"], offer["words"]) == ("Leo", "She asked for Spanish.")
    assert listener_board.board(evening.store, evening.cast.sol, evening.now)["offers"] == []


def test_a_chat_handed_to_the_queue_keeps_its_place_and_comes_first(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo)
    evening.now += MINUTE
    evening.beat()
    other = evening.opens()

    handed = hand(evening, leo, opened.chat_id, kind="queue", words="I have to go.")

    chat = evening.chat(opened)
    assert (handed.state, chat.state) == ("accepted", ChatState.WAITING)
    assert (chat.arrived_at, chat.returned) == (opened.sent_at, True)
    places = [
        visitor_board.chat_of(evening.store, each.chat_id, evening.now)["place"]
        for each in (opened, other)
    ]
    assert places == [1, 2]
    assert makers.transcript(evening.store, opened.chat_id)[-1] == "[handed_to_queue]"


def test_who_handed_it_to_the_queue_is_not_asked_at_once_but_in_the_end(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo)
    hand(evening, leo, opened.chat_id, kind="queue")

    evening.passes(119, every=17)
    assert evening.offered(leo) == []
    evening.passes(1)

    assert evening.offered(leo) == [opened.chat_id]


def test_it_is_refused_to_who_has_no_free_seat(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    opened = evening.talks(leo)
    evening.talks(lin, CRITICAL)

    with pytest.raises(errors.NoFreeSeat):
        hand(evening, leo, opened.chat_id, to=lin)
    with pytest.raises(errors.NoFreeSeat):
        hand(evening, leo, opened.chat_id)
    assert holds(evening, leo, opened)


def test_a_pending_hand_off_counts_as_load(evening: Evening) -> None:
    leo, ada = evening.cast.leo, evening.hires("ada", seats=1)
    evening.ready(leo, ada)
    first, second = evening.talks(leo), evening.talks(leo)
    hand(evening, leo, first.chat_id, to=ada)

    with pytest.raises(errors.NoFreeSeat):
        hand(evening, leo, second.chat_id, to=ada)


def test_it_is_refused_to_who_is_not_there(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo)
    opened = evening.talks(leo)
    ada = evening.hires("ada", booked=False)
    listening.be_here(evening.store, ada, now=evening.now)

    for away in (lin, ada):
        with pytest.raises(errors.NotOnShift):
            hand(evening, leo, opened.chat_id, to=away)
    with pytest.raises(errors.NotOnShift):
        hand(evening, leo, opened.chat_id, kind="lead")


@pytest.mark.parametrize(
    "kind, to, refusal",
    [
        ("listener", Who("nobody", "Nobody"), errors.NotFound),
        ("listener", "cora", errors.NotFound),  # a coordinator takes no chats
        ("lead", "lin", errors.NotFound),  # not a lead
        ("listener", "leo", errors.BadRequest),  # oneself
    ],
)
def test_it_is_refused_to_who_cannot_take_it(
    evening: Evening, kind: str, to: Who | str, refusal: type[errors.Refused]
) -> None:
    evening.ready(evening.cast.leo, evening.cast.lin)
    opened = evening.talks(evening.cast.leo)

    with pytest.raises(refusal):
        hand(
            evening,
            evening.cast.leo,
            opened.chat_id,
            kind,
            getattr(evening.cast, to) if isinstance(to, str) else to,
        )


def test_only_the_holder_hands_off(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    opened = evening.talks(leo)

    with pytest.raises(errors.NotFound):
        hand(evening, lin, opened.chat_id, kind="queue")
    evening.closes(leo, opened.chat_id)
    with pytest.raises(errors.ChatClosed):
        hand(evening, leo, opened.chat_id, to=lin)


def test_a_lead_is_found_and_can_take_it_although_busy(evening: Evening) -> None:
    leo, sol = evening.cast.leo, evening.cast.sol
    evening.ready(leo, sol)
    opened = evening.talks(leo)
    evening.talks(sol, CRITICAL)

    handed = hand(evening, leo, opened.chat_id, kind="lead")

    assert handed.to_id == sol.id
    accept(evening, sol, handed.id)
    assert holds(evening, sol, opened)


def test_the_sender_takes_it_back(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    opened = evening.talks(leo)
    handed = hand(evening, leo, opened.chat_id, to=lin)

    with pytest.raises(errors.NotFound):
        handing.withdraw_hand_off(evening.store, lin, handed.id, now=evening.now)
    for _ in range(2):
        handing.withdraw_hand_off(evening.store, leo, handed.id, now=evening.now)

    assert evening.offered(lin) == []
    assert holds(evening, leo, opened)
    with pytest.raises(errors.OfferGone):
        accept(evening, lin, handed.id)
    assert hand(evening, leo, opened.chat_id, to=lin).id != handed.id


def test_asking_twice_is_asking_once(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    opened = evening.talks(leo)

    first, second = (hand(evening, leo, opened.chat_id, to=lin) for _ in range(2))

    assert first == second
    assert len(evening.offered(lin)) == 1


def test_asking_for_a_lead_takes_back_what_was_asked_of_a_listener(evening: Evening) -> None:
    leo, lin, sol = evening.cast.leo, evening.cast.lin, evening.cast.sol
    evening.ready(leo, lin, sol)
    opened = evening.talks(leo)
    first = hand(evening, leo, opened.chat_id, to=lin)

    second = hand(evening, leo, opened.chat_id, kind="lead")

    assert (second.kind, second.to_id) == ("lead", sol.id)
    assert evening.offered(lin) == []
    assert evening.offered(sol) == [opened.chat_id]
    with pytest.raises(errors.OfferGone):
        accept(evening, lin, first.id)
    shown = listener_board.chat_of(evening.store, leo, opened.chat_id, evening.now)["hand_off"]
    assert (shown["id"], shown["to"]["kind"], shown["to"]["name"]) == (second.id, "lead", "Sol")


def test_asking_somebody_else_takes_back_what_was_asked_before(evening: Evening) -> None:
    leo, lin, sol = evening.cast.leo, evening.cast.lin, evening.cast.sol
    evening.ready(leo, lin, sol)
    opened = evening.talks(leo)
    hand(evening, leo, opened.chat_id, to=lin)

    again = hand(evening, leo, opened.chat_id, to=sol)

    assert (again.kind, again.to_id) == ("listener", sol.id)
    assert evening.offered(lin) == []


def test_asking_for_a_lead_when_there_is_none_takes_back_nothing(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    opened = evening.talks(leo)
    hand(evening, leo, opened.chat_id, to=lin)

    with pytest.raises(errors.NotOnShift):
        hand(evening, leo, opened.chat_id, kind="lead")

    assert evening.offered(lin) == [opened.chat_id]


@pytest.mark.parametrize("end", ["closed", "left"])
def test_a_hand_off_ends_with_the_chat(evening: Evening, end: str) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    opened = evening.talks(leo)
    handed = hand(evening, leo, opened.chat_id, to=lin)

    if end == "closed":
        evening.closes(leo, opened.chat_id)
    else:
        visiting.leave(evening.store, opened.token, quick=True, now=evening.now)

    assert evening.offered(lin) == []
    with pytest.raises(errors.OfferGone):
        accept(evening, lin, handed.id)


def test_a_hand_off_cannot_be_taken_after_the_sender_was_lost(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    opened = evening.talks(leo)
    evening.loses(leo)
    evening.passes(80)
    handed = hand(evening, leo, opened.chat_id, to=lin)
    evening.passes(10)

    assert evening.chat(opened).state in (ChatState.WAITING, ChatState.OFFERED)
    with pytest.raises(errors.OfferGone):
        accept(evening, lin, handed.id)


def test_the_visitor_is_asked_and_never_sees_whom_nor_that_somebody_passed(
    evening: Evening,
) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    opened = evening.talks(leo, "hello")

    handed = hand(evening, leo, opened.chat_id, to=lin)
    asked = visitor_board.chat_of(evening.store, opened.chat_id, evening.now)
    listening.decline(evening.store, lin, handed.id, now=evening.now)

    assert "Lin" not in str(asked)
    assert lin.id not in str(asked)
    after = visitor_board.chat_of(evening.store, opened.chat_id, evening.now)
    assert (after["hand_off"], after["listener"]) == (None, {"name": "Leo"})
    said = makers.transcript(evening.store, opened.chat_id)
    assert said == ["hello", "[joined]", "[pass_listener]", "[stays]"]
