"""Swaps, covers, time off and open shifts: every step looks again, and one hand wins."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from helpline.actions import (
    agreeing,
    asking,
    furnishing,
    planning,
    serving,
    welcoming,
)
from helpline.actions.asking import Shift
from helpline.domain import changes, errors, events, requests, shifts
from helpline.domain.access import Who
from helpline.domain.requests import State
from helpline.store import people, wishes
from helpline.store import requests as rows
from helpline.store import shifts as rota
from helpline.store.secrets import new_id
from helpline.store.shift_tables import Notice, ShiftRequest
from helpline.store.tables import Booking, ShiftOverride, ShiftPattern

NOW = datetime(2027, 1, 13, 12, 0, tzinfo=UTC)  # a Wednesday; the line's zone shows UTC
TODAY = NOW.date()
DAY = timedelta(days=1)
MON, TUE = TODAY + 5 * DAY, TODAY + 6 * DAY


@pytest.fixture
def team(store, cast):
    """Ida, Jon and Kim listen, Eve leads; all served once, so that none is new. Two evenings next
    week: Monday is Ida's with Eve, Tuesday is Jon's with Eve."""
    found = {}
    with store.transaction() as tx:
        for name, roles in (("ida", []), ("jon", []), ("kim", []), ("sol", ["lead"])):
            made = people.add(
                tx, email=f"{name}@example.com", name=name.title(), roles=["listener", *roles],
                languages=["en"], skills=[], seats=2, password_hash=None, now=NOW,
            )  # fmt: skip
            found[name] = Who(made.id, made.name, frozenset(made.roles))
        past = TODAY - 21 * DAY
        serves(tx, "Trial", past, *((who, "listener") for who in found.values()))
        for name, day, listens in (("mon", MON, "ida"), ("tue", TUE, "jon")):
            found[name] = serves(
                tx, name, day, (found[listens], "listener"), (found["sol"], "lead")
            )
        tx.announce(events.RosterChanged())
    return type("Team", (), found)


def serves(tx, title, day, *whom):
    """One evening, with these people."""
    row = ShiftPattern(
        id=new_id(), title=title, weekday=day.weekday(), starts="18:00", ends="21:00",
        first_date=day, last_date=day,
    )  # fmt: skip
    tx.session.add(row)
    tx.session.flush()
    for who, role in whom:
        tx.session.add(
            Booking(
                id=new_id(), pattern_id=row.id, person_id=who.id, role=role,
                first_date=day, last_date=day,
            )
        )  # fmt: skip
    return Shift(row.id, day)


def serve(store, shift):
    with store.reading() as tx:
        span = requests.occurrence(rota.plan(tx), *shift)
    return {each.person_id: each.role for each in span.people}


def state(store, request_id):
    with store.reading() as tx:
        return rows.request(tx, request_id).state


def told(store, kind):
    with store.reading() as tx:
        query = select(Notice.person_id).where(Notice.kind == kind, Notice.given_up_at.is_(None))
        return sorted(tx.session.scalars(query))


def setting(store, name, number):
    furnishing.tune(store, "shifts", {name: number}, now=NOW)


def need(store, cast, listeners):
    for day in (MON, TUE):
        planning.set_need(store, cast.cora, day.weekday(), 18, 21, listeners, 1, now=NOW)


# -- open shifts -----------------------------------------------------------------------------------


def test_an_open_place_is_taken_and_stands_in_the_plan(store, cast, team):
    need(store, cast, 5)

    serving.take(store, team.kim, *team.mon, "listener", now=NOW)

    assert serve(store, team.mon)[team.kim.id] == "listener"
    with store.reading() as tx:
        (layer,) = tx.session.scalars(select(ShiftOverride))
        (request,) = tx.session.scalars(select(ShiftRequest))
    assert (layer.request_id, layer.made_by) == (request.id, team.kim.id)
    assert (request.kind, request.state) == ("take", "done")


def test_a_double_click_takes_it_once(store, cast, team):
    need(store, cast, 5)
    for _ in range(2):
        serving.take(store, team.kim, *team.mon, "listener", now=NOW)

    with store.reading() as tx:
        assert len(list(tx.session.scalars(select(ShiftOverride)))) == 1


def test_two_who_take_the_last_place_are_one(store, open_again, cast, team):
    """The cast serves too, around the clock: three listeners and one of the evening are there."""
    need(store, cast, len([r for r in serve(store, team.mon).values() if r == "listener"]) + 3)
    stores = (store, open_again())

    def takes(place):
        try:
            serving.take(stores[place], (team.kim, team.jon)[place], *team.mon, "listener", now=NOW)
            return "has it"
        except requests.PlaceIsTaken:
            return "taken"

    with ThreadPoolExecutor(2) as both:
        outcomes = sorted(both.map(takes, range(2)))

    assert outcomes == ["has it", "taken"]
    assert len({team.kim.id, team.jon.id} & set(serve(store, team.mon))) == 1


def test_what_is_not_needed_cannot_be_taken(store, cast, team):
    with pytest.raises(requests.PlaceIsTaken):
        serving.take(store, team.kim, *team.mon, "listener", now=NOW)


def test_who_may_not_is_told_why(store, cast, team):
    need(store, cast, 9)
    serving.keep_free(store, team.kim, MON, MON, now=NOW)

    with pytest.raises(requests.MayNotTake) as refusal:
        serving.take(store, team.kim, *team.mon, "listener", now=NOW)
    assert [each.why for each in refusal.value.obstacles] == ["blackout"]
    with pytest.raises(changes.NotTheirRole):
        serving.take(store, team.jon, *team.mon, "lead", now=NOW)


def test_a_shift_opens_its_days_ahead_and_not_before(store, cast, team):
    need(store, cast, 9)
    setting(store, "opens_days", 4)

    with pytest.raises(requests.MayNotTake) as refusal:
        serving.take(store, team.kim, *team.mon, "listener", now=NOW)
    assert refusal.value.obstacles[0].at == NOW + DAY
    serving.take(store, team.kim, *team.mon, "listener", now=NOW + DAY)


# -- covers and swaps ------------------------------------------------------------------------------


def test_a_cover_changes_nothing_until_the_other_agrees(store, team):
    asked = asking.ask_cover(store, team.ida, team.mon, team.kim.id, now=NOW)

    assert team.ida.id in serve(store, team.mon)
    assert told(store, "request_asked") == [team.kim.id]

    assert agreeing.agree(store, team.kim, asked, now=NOW + DAY) == "done"

    there = serve(store, team.mon)
    assert team.ida.id not in there
    assert there[team.kim.id] == "listener"
    assert told(store, "request_agreed") == [team.ida.id]
    assert told(store, "request_asked") == []  # had it not left yet, it would not leave now


def test_whoever_may_is_asked_and_the_first_to_agree_has_it(store, open_again, team):
    asked = asking.ask_cover(store, team.ida, team.mon, now=NOW)
    assert set(told(store, "request_asked")) >= {team.jon.id, team.kim.id}
    stores = (store, open_again())

    def agrees(place):
        try:
            return agreeing.agree(stores[place], (team.jon, team.kim)[place], asked, now=NOW)
        except errors.NotFound:  # by then it is asked of the other
            return "too late"

    with ThreadPoolExecutor(2) as both:
        outcomes = sorted(both.map(agrees, range(2)))

    assert outcomes == ["done", "too late"]
    assert len({team.jon.id, team.kim.id} & set(serve(store, team.mon))) == 1


def test_a_swap_moves_both_in_their_roles_and_agreeing_twice_is_once(store, team):
    asked = asking.ask_swap(store, team.ida, team.mon, team.tue, team.jon.id, now=NOW)

    for _ in range(2):
        assert agreeing.agree(store, team.jon, asked, now=NOW) == "done"

    assert {team.jon.id, team.ida.id} & set(serve(store, team.mon)) == {team.jon.id}
    assert {team.jon.id, team.ida.id} & set(serve(store, team.tue)) == {team.ida.id}


def test_a_lead_is_covered_by_a_lead_only(store, team):
    with pytest.raises(requests.AskSomebodyElse):
        asking.ask_cover(store, team.sol, team.mon, team.kim.id, now=NOW)


def test_a_coordinator_has_the_last_word_where_the_line_wants_it(store, cast, team):
    setting(store, "swaps_approved", 1)
    asked = asking.ask_cover(store, team.ida, team.mon, team.kim.id, now=NOW)

    assert agreeing.agree(store, team.kim, asked, now=NOW) == "agreed"
    assert team.ida.id in serve(store, team.mon)
    assert told(store, "request_to_decide") == [cast.cora.id]

    assert agreeing.decide(store, cast.cora, asked, True, now=NOW) == "done"
    assert team.kim.id in serve(store, team.mon)
    assert team.ida.id not in serve(store, team.mon)
    assert told(store, "request_granted") == sorted([team.ida.id, team.kim.id])
    with pytest.raises(requests.RequestIsOver):
        agreeing.decide(store, cast.cora, asked, False, now=NOW)


def test_a_coordinators_no_leaves_everything_as_it_was(store, cast, team):
    setting(store, "swaps_approved", 1)
    asked = asking.ask_swap(store, team.ida, team.mon, team.tue, team.jon.id, now=NOW)
    agreeing.agree(store, team.jon, asked, now=NOW)

    assert agreeing.decide(store, cast.cora, asked, False, now=NOW) == "refused"
    assert team.ida.id in serve(store, team.mon)
    assert team.jon.id in serve(store, team.tue)


@pytest.mark.parametrize("first", ["withdraw", "agree"])
def test_agreeing_and_taking_back_are_one_or_the_other(store, open_again, team, first):
    asked = asking.ask_cover(store, team.ida, team.mon, team.kim.id, now=NOW)
    acts = {
        "withdraw": lambda: asking.withdraw(store, team.ida, asked, now=NOW),
        "agree": lambda: agreeing.agree(open_again(), team.kim, asked, now=NOW),
    }
    second = next(each for each in acts if each != first)

    acts[first]()
    with pytest.raises(requests.RequestIsOver):
        acts[second]()

    assert state(store, asked) == ("withdrawn" if first == "withdraw" else "done")
    assert (team.kim.id in serve(store, team.mon)) == (first == "agree")


def test_consent_and_withdrawal_at_the_same_moment_leave_one_outcome(store, open_again, team):
    asked = asking.ask_cover(store, team.ida, team.mon, team.kim.id, now=NOW)
    other = open_again()

    def tries(act):
        try:
            act()
            return True
        except requests.RequestIsOver:
            return False

    with ThreadPoolExecutor(2) as both:
        won = list(
            both.map(
                tries,
                [
                    lambda: asking.withdraw(store, team.ida, asked, now=NOW),
                    lambda: agreeing.agree(other, team.kim, asked, now=NOW),
                ],
            )
        )

    assert sorted(won) == [False, True]
    assert (team.kim.id in serve(store, team.mon)) == won[1]


@pytest.mark.parametrize(
    "asker, gives, other, back", [("ida", "mon", "jon", "tue"), ("jon", "tue", "ida", "mon")]
)
def test_a_swap_of_which_either_shift_began_meanwhile_is_refused(
    store, team, asker, gives, other, back
):
    """Monday begins first: once it is what is given, once what comes back."""
    asker, other = getattr(team, asker), getattr(team, other)
    asked = asking.ask_swap(
        store, asker, getattr(team, gives), getattr(team, back), other.id, now=NOW
    )
    at = datetime.combine(MON, time(18), UTC)

    with pytest.raises(changes.DayIsOver):
        agreeing.agree(store, other, asked, now=at)
    assert team.ida.id in serve(store, team.mon)
    assert team.jon.id in serve(store, team.tue)


def test_what_the_plan_has_overtaken_cannot_be_agreed_to(store, cast, team):
    asked = asking.ask_cover(store, team.ida, team.mon, team.kim.id, now=NOW)
    planning.override(store, cast.cora, *team.mon, "remove", team.ida.id, now=NOW)

    with pytest.raises(requests.RequestIsOver):
        agreeing.agree(store, team.kim, asked, now=NOW)


def test_who_became_unfit_meanwhile_may_not_agree_any_more(store, team):
    asked = asking.ask_cover(store, team.ida, team.mon, team.kim.id, now=NOW)
    serving.keep_free(store, team.kim, MON, MON, now=NOW)

    with pytest.raises(requests.MayNotTake):
        agreeing.agree(store, team.kim, asked, now=NOW)
    assert state(store, asked) == "asked"


def test_asking_twice_about_one_shift_is_refused(store, team):
    asking.ask_cover(store, team.ida, team.mon, now=NOW)

    with pytest.raises(requests.AlreadyAsked):
        asking.ask_cover(store, team.ida, team.mon, team.kim.id, now=NOW)
    with pytest.raises(requests.AlreadyAsked):
        asking.cannot_come(store, team.ida, team.mon, now=NOW)


def test_declining_ends_it_even_after_agreeing(store, cast, team):
    setting(store, "swaps_approved", 1)
    asked = asking.ask_cover(store, team.ida, team.mon, team.kim.id, now=NOW)
    agreeing.agree(store, team.kim, asked, now=NOW)

    agreeing.decline(store, team.kim, asked, now=NOW)

    assert told(store, "request_declined") == [team.ida.id]
    with pytest.raises(requests.RequestIsOver):
        agreeing.decide(store, cast.cora, asked, True, now=NOW)


def test_a_strangers_request_is_not_there(store, team):
    asked = asking.ask_cover(store, team.ida, team.mon, team.kim.id, now=NOW)

    for act in (
        lambda: agreeing.agree(store, team.jon, asked, now=NOW),
        lambda: agreeing.decline(store, team.jon, asked, now=NOW),
        lambda: asking.withdraw(store, team.jon, asked, now=NOW),
    ):
        with pytest.raises(errors.NotFound):
            act()


# -- time off --------------------------------------------------------------------------------------


def test_time_off_waits_for_a_coordinator_and_then_shows_as_a_gap(store, cast, team):
    assert asking.ask_time_off(store, team.ida, MON - DAY, TUE, now=NOW) == "asked"
    assert team.ida.id in serve(store, team.mon)
    with store.reading() as tx:
        (row,) = rows.still_open(tx)

    agreeing.decide(store, cast.cora, row.id, True, now=NOW)

    assert team.ida.id not in serve(store, team.mon)


def test_time_off_without_approval_holds_at_once_and_nobody_asks_them(store, team):
    setting(store, "time_off_approved", 0)

    assert asking.ask_time_off(store, team.ida, MON, TUE, now=NOW) == "done"

    assert team.ida.id not in serve(store, team.mon)
    with pytest.raises(requests.AskSomebodyElse):
        asking.ask_cover(store, team.jon, team.tue, team.ida.id, now=NOW)


def test_time_off_that_a_coordinator_lifts_lets_them_be_asked_again(store, cast, team):
    setting(store, "time_off_approved", 0)
    asking.ask_time_off(store, team.ida, MON, TUE, now=NOW)
    with store.reading() as tx:
        (layer,) = tx.session.scalars(select(ShiftOverride))

    planning.lift_override(store, cast.cora, layer.id, now=NOW)

    assert team.ida.id in serve(store, team.mon)
    asking.ask_cover(store, team.jon, team.tue, team.ida.id, now=NOW)


def test_who_cannot_come_tomorrow_is_off_at_once_whatever_the_line_approves(store, cast, team):
    at = datetime.combine(MON, time(18), UTC) - requests.SHORT_NOTICE

    assert asking.cannot_come(store, team.ida, team.mon, now=at) == "done"

    assert team.ida.id not in serve(store, team.mon)
    assert told(store, "not_coming") == [cast.cora.id]


def test_who_cannot_come_later_asks_first(store, cast, team):
    assert asking.cannot_come(store, team.ida, team.mon, now=NOW) == "asked"

    assert team.ida.id in serve(store, team.mon)
    assert told(store, "request_to_decide") == [cast.cora.id]


# -- the rest --------------------------------------------------------------------------------------


def test_what_nobody_answered_in_time_lapses_once(store, team):
    asked = asking.ask_cover(store, team.ida, team.mon, now=NOW)
    at = datetime.combine(MON, time(18), UTC)

    assert agreeing.let_lapse(store, now=at - shifts.INSTANT) == 0
    assert agreeing.let_lapse(store, now=at) == 1
    assert agreeing.let_lapse(store, now=at) == 0
    assert state(store, asked) == State.EXPIRED


def test_who_comes_says_so_and_a_cover_takes_it_back(store, team):
    serving.confirm(store, team.ida, *team.mon, now=NOW)
    serving.confirm(store, team.ida, *team.mon, now=NOW + DAY)
    with store.reading() as tx:
        assert wishes.confirmed(tx, team.ida.id, TODAY) == {tuple(team.mon)}

    asked = asking.ask_cover(store, team.ida, team.mon, team.kim.id, now=NOW)
    agreeing.agree(store, team.kim, asked, now=NOW)

    with store.reading() as tx:
        assert wishes.confirmed(tx, team.ida.id, TODAY) == set()
    with pytest.raises(changes.NotBooked):
        serving.confirm(store, team.ida, *team.mon, now=NOW)


def test_what_is_said_of_a_week_stands_until_it_is_said_anew(store, team):
    serving.say_when(store, team.kim, [0, 1], 18, 22, "gladly", now=NOW)
    serving.say_when(store, team.kim, [0], 20, 24, "rather_not", now=NOW)
    serving.say_when(store, team.kim, [1], 0, 24, "can", now=NOW)

    with store.reading() as tx:
        said = [
            (e.weekday, e.from_hour, e.to_hour, e.level) for e in wishes.hours_of(tx, team.kim.id)
        ]
    assert said == [(0, 18, 20, "gladly"), (0, 20, 24, "rather_not")]


def test_a_day_kept_free_is_free_again_for_its_own_only(store, team):
    made = serving.keep_free(store, team.kim, MON, TUE, now=NOW)

    with pytest.raises(changes.NotPlanned):
        serving.free_again(store, team.ida, made, now=NOW)
    serving.free_again(store, team.kim, made, now=NOW)
    with pytest.raises(changes.NotPlanned):
        serving.free_again(store, team.kim, made, now=NOW)


def test_who_leaves_the_list_leaves_no_open_request(store, cast, team):
    asked = asking.ask_cover(store, team.ida, team.mon, team.kim.id, now=NOW)

    welcoming.let_go(store, cast.cora, team.kim.id, now=NOW)

    assert state(store, asked) == State.EXPIRED
