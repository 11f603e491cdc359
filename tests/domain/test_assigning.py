"""One pass over the queue: who is asked about whom, and who waits on."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpline.domain import assigning, routing
from helpline.domain.assigning import Asking, Policy
from helpline.domain.routing import Candidate, Listener
from helpline.domain.urgency import Level

NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
EN = frozenset(("en",))
SURGE = Policy(surge=True)


def listener(id: str, **facts: Any) -> Listener:
    given = {"on_shift": True, "ready": True, "here": True, "seats": 2, "used": 0, "languages": EN}
    return Listener(id, **(given | facts))


def full(id: str, **facts: Any) -> Listener:
    return listener(id, used=2, takes_surge=True, **facts)


def chat(id: str, level: Level = Level.ROUTINE, seconds: float = 0, **facts: Any) -> Candidate:
    arrived_at = NOW - timedelta(seconds=seconds)
    return Candidate(id, level, facts.pop("language", "en"), arrived_at, **facts)


def critical(id: str = "c", seconds: float = 0, **facts: Any) -> Candidate:
    return chat(id, Level.CRITICAL, seconds, **facts)


def plan(waiting: list[Candidate], listeners: list[Listener], policy: Policy | None = None):
    return list(assigning.plan(waiting, listeners, NOW, policy))


def asked(waiting: list[Candidate], listeners: list[Listener], policy: Policy | None = None):
    return {each.chat_id: each.person_ids for each in plan(waiting, listeners, policy)}


def test_each_seat_is_given_once_and_in_turn():
    waiting = [chat(f"{n}") for n in range(5)]

    found = asked(waiting, [listener("a"), listener("b", seats=1)])

    assert found == {"0": ("a",), "1": ("b",), "2": ("a",)}


def test_a_critical_chat_rings_three_for_fifteen_seconds():
    found = plan([critical()], [listener(id) for id in "abcde"])

    assert found == [Asking("c", ("a", "b", "c"), timedelta(seconds=15), ring=True)]


def test_who_is_rung_about_a_critical_chat_is_planned_for_nothing_else():
    """Else the act refuses what the plan gave them, and that chat waits beside a free listener."""
    waiting = [critical(asked={"b": NOW}), *(chat(f"{n}", seconds=9) for n in range(3))]

    found = asked(waiting, [listener("a"), listener("b", last_offered_at=NOW)])

    assert found == {"c": ("a",), "0": ("b",), "1": ("b",)}


def test_after_half_a_minute_everybody_who_may_is_rung():
    (found,) = plan([critical(seconds=30)], [listener(id) for id in "abcde"])

    assert found.person_ids == tuple("abcde")


def test_a_ring_is_topped_up_to_three():
    (found,) = plan([critical(ringing=frozenset("ab"))], [listener(id) for id in "abcde"])

    assert found.person_ids == ("c",)
    assert plan([critical(ringing=frozenset("abc"))], [listener(id) for id in "abcde"]) == []


def test_a_ring_of_half_a_minute_is_topped_up_with_everybody():
    waiting = critical(seconds=30, ringing=frozenset("abc"))
    (found,) = plan([waiting], [listener(id) for id in "abcde"])

    assert found.person_ids == ("d", "e")


def test_a_single_question_is_not_topped_up():
    waiting = chat("1", Level.HIGH, ringing=frozenset("a"))

    assert plan([waiting], [listener(id) for id in "ab"]) == []


@pytest.mark.parametrize("seconds, asked_too", [(29, []), (30, [("b",)])])
def test_while_it_rings_those_who_fit_less_wait_for_half_a_minute(seconds, asked_too):
    waiting = critical(seconds=seconds, needs=frozenset({"minors"}), ringing=frozenset("a"))
    trained = listener("a", skills=frozenset({"minors"}), used=1)

    assert [each.person_ids for each in plan([waiting], [trained, listener("b")])] == asked_too


def test_while_it_rings_nobody_is_asked_for_one_more_than_their_seats():
    waiting = critical(seconds=60, ringing=frozenset("a"))

    assert plan([waiting], [listener("a", used=2), full("b")], SURGE) == []


ABUSE = frozenset({"abuse"})


def spared(id: str, **facts: Any) -> Listener:
    return listener(id, not_today=ABUSE, **facts)


@pytest.mark.parametrize("level", [Level.ROUTINE, Level.ELEVATED, Level.HIGH])
def test_who_should_be_spared_a_topic_is_not_asked_about_it(level):
    assert plan([chat("1", level, 7200, topics=ABUSE)], [spared("a")]) == []
    assert asked([chat("1", level)], [spared("a")]) == {"1": ("a",)}


def test_somebody_else_is_asked_though_it_is_not_their_turn():
    waiting = [chat("1", Level.HIGH, topics=ABUSE), chat("2", Level.HIGH)]

    assert asked(waiting, [spared("a"), listener("b", leads=True)]) == {"1": ("b",), "2": ("a",)}


def test_about_a_critical_chat_they_are_asked_when_nobody_else_may_be_and_it_says_so():
    (found,) = plan([critical(topics=ABUSE)], [spared("a"), listener("b", used=2)])
    assert (found.person_ids, found.note, found.last_resort) == (("a",), "last_resort", True)

    (found,) = plan([critical(topics=ABUSE)], [spared("a"), listener("b")])
    assert (found.person_ids, found.note, found.last_resort) == (("b",), "", False)


def test_a_last_resort_without_the_training_says_both():
    (found,) = plan([critical(topics=ABUSE, needs=ABUSE)], [spared("a")])

    assert found.note == "training last_resort"


def test_nobody_waits_for_the_training_of_one_who_is_spared():
    waiting = chat("1", Level.HIGH, topics=ABUSE, needs=ABUSE)
    (found,) = plan([waiting], [spared("a", skills=ABUSE), listener("b")])

    assert (found.person_ids, found.note) == (("b",), "training")


def test_why_a_chat_waits_for_those_who_are_spared():
    choice = assigning.choose(chat("1", Level.HIGH, topics=ABUSE), [spared("a")], NOW)

    assert choice.why_waiting == "spared"


def test_a_surge_seat_spares_too():
    kept = full("a", not_today=ABUSE)

    assert plan([critical(topics=ABUSE)], [kept], SURGE) == []


def test_who_is_paused_is_rung_and_offered_nothing_else():
    paused = listener("a", paused=True)

    assert asked([critical(), chat("r")], [paused]) == {"c": ("a",)}


def test_who_drains_is_rung_and_offered_nothing_else():
    draining = listener("a", draining=True)

    assert asked([critical(), chat("r")], [draining]) == {"c": ("a",)}


def test_who_was_just_asked_is_left_alone_and_the_next_are_rung():
    waiting = critical(asked={"a": NOW - timedelta(seconds=19), "b": NOW - timedelta(seconds=20)})

    assert asked([waiting], [listener("a"), listener("b")]) == {"c": ("b",)}


def test_scarce_skills_are_kept_for_those_who_need_them():
    ana = listener("ana", languages=frozenset(("en", "es")), skills=frozenset(("minors",)))
    leo, lin = listener("leo", last_offered_at=NOW), listener("lin", last_offered_at=NOW)
    child = chat("child", needs=frozenset(("minors",)))

    found = asked([chat("1"), chat("2"), chat("3"), child], [ana, leo, lin])

    assert found == {"1": ("leo",), "2": ("lin",), "3": ("ana",), "child": ("ana",)}


def test_what_most_of_them_speak_is_not_scarce():
    both = frozenset(("en", "es"))
    earlier, later = NOW - timedelta(minutes=5), NOW - timedelta(minutes=1)
    ana = listener("ana", languages=both, last_offered_at=earlier)
    leo, lin = listener("leo", last_offered_at=later), listener("lin", languages=both, used=1)

    assert asked([chat("1")], [leo, ana, replace(lin, last_offered_at=later)]) == {"1": ("ana",)}


def test_leads_stay_free_while_somebody_else_is():
    lin = listener("lin", leads=True)

    assert asked([chat("1"), chat("2")], [lin, listener("leo", seats=1)]) == {
        "1": ("leo",),
        "2": ("lin",),
    }


def test_then_who_took_the_fewest_heavy_chats_is_next():
    waiting = [chat("1"), chat("2")]
    tired = listener("a", heavy_taken=2)
    rested = listener("b", heavy_taken=1, last_offered_at=NOW)

    assert asked(waiting, [tired, rested]) == {"1": ("b",), "2": ("a",)}


def recovering(id: str, **facts: Any) -> Listener:
    return listener(
        id, resting_until=NOW + timedelta(minutes=5), recovers_from=NOW - timedelta(minutes=5)
    )


def test_who_recovers_is_a_last_resort_for_a_critical_chat_only():
    assert plan([chat("1", Level.HIGH)], [recovering("a")]) == []
    (found,) = plan([critical()], [recovering("a")])
    assert (found.person_ids, found.note) == (("a",), "last_resort")
    assert asked([critical()], [recovering("a"), listener("b")]) == {"c": ("b",)}


def test_who_wraps_up_is_a_last_resort_too_but_not_at_once_after_a_critical_chat():
    soon = NOW + timedelta(minutes=3)
    wraps_up = listener("a", used=1, resting_until=soon)

    (found,) = plan([critical()], [wraps_up])
    assert (found.person_ids, found.note, found.surge) == (("a",), "last_resort", False)
    assert plan([chat("1", Level.HIGH)], [wraps_up]) == []
    assert plan([critical()], [replace(wraps_up, used=2, takes_surge=True)], SURGE) == []
    assert plan([critical()], [replace(wraps_up, recovers_from=soon)]) == []


def test_one_last_resort_is_asked_about_one_chat():
    assert asked([critical("1"), critical("2")], [recovering("a")]) == {"1": ("a",)}


def test_who_had_enough_is_asked_about_other_chats():
    enough = listener("a", had_enough=True)

    assert asked([chat("1", Level.HIGH)], [enough]) == {"1": ("a",)}
    assert asked([critical()], [enough, listener("b")]) == {"c": ("b",)}


def test_then_the_least_recently_offered_is_next():
    earlier, later = NOW - timedelta(minutes=5), NOW - timedelta(minutes=1)
    found = asked(
        [chat("1")], [listener("a", last_offered_at=later), listener("b", last_offered_at=earlier)]
    )

    assert found == {"1": ("b",)}


LANGUAGE = [(Level.CRITICAL, 30), (Level.HIGH, 180), (Level.ELEVATED, 600), (Level.ROUTINE, 1200)]


@pytest.mark.parametrize("level, seconds", LANGUAGE)
def test_a_language_is_waited_for_while_somebody_who_speaks_it_is_there(level, seconds):
    busy = listener("ana", languages=frozenset(("es",)), used=2)
    leo = listener("leo")

    assert plan([chat("1", level, seconds - 1, language="es")], [busy, leo]) == []
    (found,) = plan([chat("1", level, seconds, language="es")], [busy, leo])
    assert (found.person_ids, found.note) == (("leo",), "language")


def test_nobody_waits_for_one_who_is_not_there():
    absent = listener("ana", languages=frozenset(("es",)), here=False)

    assert asked([chat("1", language="es")], [absent, listener("leo")]) == {"1": ("leo",)}


# -- the surge seat ---------------------------------------------------------------------------


def test_a_surge_seat_is_off_until_the_organisation_turns_it_on():
    assert plan([critical()], [full("a")]) == []
    (found,) = plan([critical()], [full("a")], SURGE)
    assert (found.person_ids, found.ring, found.surge) == (("a",), True, True)


def test_a_free_seat_comes_before_a_surge_seat():
    (found,) = plan([critical()], [full("a"), listener("b")], SURGE)

    assert (found.person_ids, found.surge) == (("b",), False)


NEVER_ONTO = [
    {"takes_surge": False},
    {"on_surge": True},
    {"used": 3},
    {"holds_at_risk": True},
    {"holds_at_risk": True, "holds_critical": True},
    {"resting_until": NOW + timedelta(seconds=1)},
    {"draining": True},
    {"ready": False},
    {"here": False},
    {"on_shift": False},
]


@pytest.mark.parametrize("facts", NEVER_ONTO, ids=str)
def test_a_surge_seat_is_never_put_onto(facts):
    kept = {"used": 2, "takes_surge": True} | facts

    assert plan([critical()], [listener("a", **kept)], SURGE) == []


@pytest.mark.parametrize("level", [Level.HIGH, Level.ELEVATED, Level.ROUTINE])
def test_a_surge_seat_is_for_a_critical_chat_only(level):
    assert plan([chat("1", level)], [full("a")], SURGE) == []


def test_nobody_is_asked_for_two_surge_seats():
    found = asked([critical("1"), critical("2")], [full("a")], SURGE)

    assert found == {"1": ("a",)}


def test_who_passed_a_surge_seat_is_not_asked_at_once_again():
    waiting = critical(asked={"a": NOW})

    assert plan([waiting], [full("a")], SURGE) == []


# -- whatever the floor looks like --------------------------------------------------------------

people = st.builds(
    listener,
    st.sampled_from([f"p{n}" for n in range(9)]),
    on_shift=st.booleans(),
    ready=st.booleans(),
    here=st.booleans(),
    seats=st.integers(1, 2),
    used=st.integers(0, 3),
    paused=st.booleans(),
    draining=st.booleans(),
    holds_critical=st.booleans(),
    takes_surge=st.booleans(),
    languages=st.sampled_from([EN, frozenset(("es",)), frozenset(("en", "es"))]),
    skills=st.sampled_from([frozenset(), frozenset(("minors",))]),
)
floors = st.lists(people, max_size=9, unique_by=lambda each: each.id)
queues = st.lists(
    st.builds(
        chat,
        st.sampled_from([f"c{n}" for n in range(9)]),
        st.sampled_from(list(Level)),
        st.integers(0, 3000),
        language=st.sampled_from(["en", "es", "fr"]),
        needs=st.sampled_from([frozenset(), frozenset(("minors",))]),
    ),
    max_size=9,
    unique_by=lambda each: each.id,
).map(lambda chats: sorted(chats, key=lambda each: each.level is not Level.CRITICAL))


@settings(deadline=None)
@given(queues, floors, st.booleans())
def test_nobody_is_over_their_seats_and_everybody_asked_is_there(waiting, listeners, surge):
    known = {each.id: each for each in listeners}
    given_now = Counter[str]()

    for asking in plan(waiting, listeners, Policy(surge=surge)):
        for person_id in asking.person_ids:
            each = known[person_id]
            assert each.on_shift
            assert each.here
            assert each.ready
            given_now[person_id] += 1
            assert asking.surge or not each.holds_critical
    for person_id, count in given_now.items():
        each = known[person_id]
        assert each.used + count <= each.seats + surge


@settings(deadline=None)
@given(queues, floors)
def test_nobody_waits_whom_somebody_may_take_at_once(waiting, listeners):
    """What is left waiting has nobody free, or somebody fitting who is worth the wait."""
    found = asked(waiting, listeners)
    used = Counter(person_id for people in found.values() for person_id in people)
    grave = {each.id for each in waiting if each.level is Level.CRITICAL}
    rung = {person_id for chat_id in grave & set(found) for person_id in found[chat_id]}
    left = [
        replace(
            each,
            used=each.used + used[each.id],
            holds_critical=each.holds_critical or each.id in rung,
        )
        for each in listeners
    ]

    for each in waiting:
        if each.id in found:
            continue
        may = [other for other in left if routing.may_be_offered(other, each, NOW)]
        assert not any(routing.fits(other, each) for other in may)
        assert not may or any(
            routing.fits(other, each) and other.on_shift and other.here and other.ready
            for other in listeners
        )


@settings(deadline=None)
@given(queues, floors, st.booleans())
def test_who_is_not_asked_about_waits_for_a_reason_that_has_words(waiting, listeners, surge):
    for each in waiting:
        choice = assigning.choose(each, listeners, NOW, Policy(surge=surge))
        assert bool(choice.person_ids) == (choice.why_waiting == "")
        assert choice.why_waiting in ("", *assigning.WHY_WAITING)
