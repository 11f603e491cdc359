"""An offer is a lease on a chat: it lapses, passes on, comes again, and counts as load."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpline.actions import directing, handing, listening, offering, visiting
from helpline.domain import errors
from helpline.domain.chat import ChatState
from helpline.store import people
from tests import makers
from tests.actions.evening import CRITICAL, HIGH, ROUTINE, Evening

SECOND = timedelta(seconds=1)

# -- how long it lasts, and to whom it passes ---------------------------------------------------


def test_an_offer_lasts_thirty_seconds_and_not_one_more(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.opens()
    evening.sweep()
    offer = makers.offered_to(evening.store, leo)[0]

    evening.passes(29)
    assert evening.offered(leo) == [opened.chat_id]
    evening.passes(1)

    assert offer.expires_at - offer.offered_at == timedelta(seconds=30)
    assert evening.offered(leo) == []
    assert evening.chat(opened).state == ChatState.WAITING


def test_an_offer_that_is_over_cannot_be_accepted_even_before_the_sweep(
    quiet_evening: Evening,
) -> None:
    evening, leo = quiet_evening, quiet_evening.cast.leo
    evening.ready(leo)
    evening.opens()
    evening.sweep()
    offer = makers.offered_to(evening.store, leo)[0]
    evening.now += 30 * SECOND

    with pytest.raises(errors.OfferGone):
        listening.accept(evening.store, leo, offer.id, now=evening.now)


@pytest.mark.parametrize("answer", ["declines", "lets it lapse"])
def test_an_offer_not_taken_passes_on_to_the_next(evening: Evening, answer: str) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo)
    opened = evening.opens()
    evening.sweep()
    evening.ready(lin)

    if answer == "declines":
        evening.declines(leo)
    else:
        evening.passes(31)
    evening.sweep()

    assert evening.asked(opened.chat_id) == ["Lin"]
    assert [each.state for each in evening.offers_of(opened.chat_id)] == [
        "declined" if answer == "declines" else "lapsed",
        "pending",
    ]


def test_declining_twice_is_no_error_and_no_second_decline(quiet_evening: Evening) -> None:
    evening, leo = quiet_evening, quiet_evening.cast.leo
    evening.ready(leo)
    opened = evening.opens()
    evening.sweep()
    offer = makers.offered_to(evening.store, leo)[0]

    for _ in range(2):
        listening.decline(evening.store, leo, offer.id, now=evening.now)

    assert makers.journal_kinds(evening.store, opened.chat_id).count("offer_declined") == 1


@pytest.mark.parametrize("words, pause", [(ROUTINE, 120), (HIGH, 20), (CRITICAL, 20)])
def test_the_same_person_is_asked_again_after_a_while_when_there_is_nobody_else(
    evening: Evening, words: str, pause: int
) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.opens(words)
    evening.sweep()
    evening.declines(leo)

    evening.passes(pause - 1)
    assert evening.offered(leo) == []
    evening.passes(1)

    assert evening.offered(leo) == [opened.chat_id]


def test_somebody_elses_offer_is_nobody_elses_business(quiet_evening: Evening) -> None:
    evening, leo = quiet_evening, quiet_evening.cast.leo
    evening.ready(leo)
    evening.opens()
    evening.sweep()
    offer = makers.offered_to(evening.store, leo)[0]

    for act in (listening.accept, listening.decline):
        with pytest.raises(errors.NotFound):
            act(evening.store, evening.cast.lin, offer.id, now=evening.now)
    with pytest.raises(errors.NotFound):
        listening.accept(evening.store, leo, "no-such-offer", now=evening.now)


def test_accepting_twice_gives_the_same_answer(quiet_evening: Evening) -> None:
    evening, leo = quiet_evening, quiet_evening.cast.leo
    evening.ready(leo)
    opened = evening.opens("hello")
    evening.sweep()
    offer = makers.offered_to(evening.store, leo)[0]

    first = listening.accept(evening.store, leo, offer.id, now=evening.now)
    again = listening.accept(evening.store, leo, offer.id, now=evening.now + 40 * SECOND)

    assert first == again
    assert evening.chat(opened).epoch == 1
    assert makers.transcript(evening.store, opened.chat_id) == ["hello", "[joined]"]


# -- two missed ---------------------------------------------------------------------------------


def misses(evening: Evening, who, count: int = 1) -> None:  # type: ignore[no-untyped-def]
    """Leaves so many offers unanswered, each of a chat of its own."""
    for _ in range(count):
        opened = evening.opens()
        evening.sweep()
        offering.assign(evening.store, evening.cast.sol, opened.chat_id, who.id, now=evening.now)
        evening.passes(30)
        visiting.leave(evening.store, opened.token, quick=False, now=evening.now)


def test_two_missed_offers_pause_further_ones_without_blame(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)

    misses(evening, leo)
    assert not evening.presence(leo).paused
    misses(evening, leo)

    assert evening.presence(leo).paused
    assert evening.presence(leo).ready
    assert "last_one_misses" not in evening.alerts()
    opened = evening.opens()
    evening.sweep()
    assert evening.asked(opened.chat_id) == ["Lin"]


def test_ready_ends_the_pause(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo, evening.cast.lin)
    misses(evening, leo, 2)
    assert evening.presence(leo).paused

    evening.ready(leo)

    assert not evening.presence(leo).paused
    assert evening.presence(leo).missed == 0
    evening.opens()
    evening.opens()
    evening.sweep()
    assert len(evening.offered(leo)) == 1


def test_an_answer_in_between_starts_the_count_anew(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    misses(evening, leo)
    opened = evening.opens()
    evening.sweep()
    offering.assign(evening.store, evening.cast.sol, opened.chat_id, leo.id, now=evening.now)
    evening.declines(leo)

    misses(evening, leo)

    assert not evening.presence(leo).paused


def test_the_last_one_who_is_there_is_never_paused_and_somebody_is_told(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)

    misses(evening, leo, 3)

    assert not evening.presence(leo).paused
    assert evening.alerts()["last_one_misses"].person_id == leo.id
    assert evening.paged("last_one_misses") == ["Cora", "Sol"]
    opened = evening.opens()
    evening.sweep()
    assert evening.offered(leo) == [opened.chat_id]


def test_who_is_full_does_not_count_as_somebody_else(evening: Evening) -> None:
    """Leo is the last who could take anything: Lin is with a critical chat."""
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    evening.talks(lin, CRITICAL)

    misses(evening, leo, 2)

    assert not evening.presence(leo).paused
    assert evening.alerts()["last_one_misses"].person_id == leo.id


def test_when_only_paused_people_are_there_somebody_is_told(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    misses(evening, leo, 2)

    listening.go_away(evening.store, lin, now=evening.now)
    evening.here.discard(lin)
    evening.opens()
    evening.passes(10, sweeps=["routing", "watching"])

    assert evening.paged("nobody_there") == ["Cora", "Sol"]


def test_a_hand_off_that_lapses_pauses_nobody(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo, lin)
    held = evening.talks(leo)

    for _ in range(2):
        handing.hand_off(
            evening.store, leo, held.chat_id, kind="listener", to_id=lin.id, words=None,
            now=evening.now,
        )  # fmt: skip
        evening.passes(90, every=30)

    assert evening.presence(lin).missed == 0
    assert not evening.presence(lin).paused


# -- load and seats -----------------------------------------------------------------------------


def test_a_critical_chat_fills_all_seats_from_the_offer_on(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    critical = evening.opens(CRITICAL)
    evening.sweep()
    routine = evening.opens()
    evening.sweep()
    assert evening.offered(leo) == [critical.chat_id]

    evening.accepts(leo)
    evening.sweep()

    assert evening.offered(leo) == []
    assert evening.chat(routine).state == ChatState.WAITING


def test_taking_a_critical_chat_passes_on_what_else_was_being_offered(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(leo)
    routine = evening.opens()
    evening.sweep()
    critical = evening.opens(CRITICAL)
    evening.sweep()
    assert set(evening.offered(leo)) == {routine.chat_id, critical.chat_id}

    offer = next(
        each for each in makers.offered_to(evening.store, leo) if each.chat_id == critical.chat_id
    )
    listening.accept(evening.store, leo, offer.id, now=evening.now)
    evening.ready(lin)
    evening.sweep()

    assert evening.asked(routine.chat_id) == ["Lin"]
    assert evening.presence(leo).missed == 0


def test_a_chat_that_turns_critical_in_talk_fills_the_seats_too(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    held = evening.talks(leo)
    evening.says(held, CRITICAL)

    other = evening.opens()
    evening.sweep()

    assert evening.asked(other.chat_id) == []


def test_a_new_listener_is_asked_about_one_chat_at_a_time(evening: Evening) -> None:
    ada = evening.hires("ada", seats=1)
    evening.ready(ada)
    evening.opens()
    evening.opens()

    evening.sweep()

    assert len(evening.offered(ada)) == 1


# -- who is asked first -------------------------------------------------------------------------


def test_leads_are_asked_last(evening: Evening) -> None:
    sol, leo = evening.cast.sol, evening.cast.leo
    evening.ready(sol, leo)

    for _ in range(2):
        evening.now += SECOND
        evening.opens()
        evening.sweep()

    assert (len(evening.offered(leo)), len(evening.offered(sol))) == (2, 0)
    last = evening.opens()
    evening.sweep()
    assert evening.asked(last.chat_id) == ["Sol"]


def test_who_speaks_the_language_is_asked_first(evening: Evening) -> None:
    leo, lin = evening.cast.leo, evening.cast.lin
    evening.ready(lin)
    evening.opens()
    evening.sweep()
    evening.now += SECOND
    evening.ready(leo)

    spanish = evening.opens(language="es")
    evening.sweep()

    assert evening.asked(spanish.chat_id) == ["Lin"]
    assert makers.pending(evening.store, spanish.chat_id)[0].note == ""


def test_who_has_the_training_is_asked_first(evening: Evening) -> None:
    evening.ready(evening.hires("ada", skills=()), evening.hires("ben", skills=["abuse"]))

    opened = evening.opens("he beats me every night")
    evening.sweep()

    assert evening.asked(opened.chat_id) == ["Ben"]


# -- by a coordinator's or lead's hand ----------------------------------------------------------


def test_a_lead_asks_a_certain_person(evening: Evening) -> None:
    leo, lin, sol = evening.cast.leo, evening.cast.lin, evening.cast.sol
    evening.ready(leo, lin)
    opened = evening.opens()
    evening.sweep()
    asked = evening.asked(opened.chat_id)
    other = lin if asked == ["Leo"] else leo

    first = offering.assign(evening.store, sol, opened.chat_id, other.id, now=evening.now)
    again = offering.assign(evening.store, sol, opened.chat_id, other.id, now=evening.now)

    assert first == again
    assert evening.asked(opened.chat_id) == [other.name]
    assert sorted(each.state for each in evening.offers_of(opened.chat_id)) == [
        "pending",
        "withdrawn",
    ]


def test_assigning_is_refused_where_it_makes_no_sense(quiet_evening: Evening) -> None:
    evening = quiet_evening
    leo, lin, sol = evening.cast.leo, evening.cast.lin, evening.cast.sol
    evening.ready(leo)
    busy = evening.talks(leo, CRITICAL)
    waiting = evening.opens()

    cases = [
        (leo, waiting.chat_id, leo.id, errors.NotAllowed),
        (sol, waiting.chat_id, leo.id, errors.NoFreeSeat),
        (sol, waiting.chat_id, lin.id, errors.NotOnShift),
        (sol, waiting.chat_id, "nobody", errors.NotFound),
        (sol, "no-such-chat", leo.id, errors.NotFound),
        (sol, busy.chat_id, leo.id, errors.OfferTaken),
    ]
    for who, chat_id, person_id, refusal in cases:
        with pytest.raises(refusal):
            offering.assign(evening.store, who, chat_id, person_id, now=evening.now)


def test_a_wish_of_the_line_to_close_leaves_those_who_wait_in_line(evening: Evening) -> None:
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.opens()

    counted = directing.set_line(
        evening.store, evening.cast.cora, is_open=False, reason="storm", now=evening.now
    )
    evening.sweep()

    assert counted == {"routine": 1, "elevated": 0, "high": 0, "critical": 0}
    assert evening.asked(opened.chat_id) == ["Leo"]


def test_the_load_of_nobody_is_nothing(quiet_evening: Evening) -> None:
    with quiet_evening.store.reading() as tx:
        assert people.loads(tx) == {}
