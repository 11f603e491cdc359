"""Layers on a real database: rotations, changes over days, special days and what dates need."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from helpline.actions import declaring, planning, rotating, welcoming
from helpline.boards import briefing
from helpline.domain import changes, coverage, errors, shifts, volunteers
from helpline.domain.opening import Why
from helpline.domain.roster import Rotation
from helpline.store import calendars, floor, line, planned
from helpline.store import shifts as rota

# A Tuesday in winter, when the clocks of the line's zone show UTC.
NOW = datetime(2027, 1, 19, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
MONDAY = date(2027, 1, 25)
WEEK = timedelta(weeks=1)
DAY = timedelta(days=1)


def evening(store, cora, *, weekday=0, now=NOW, **more):
    return planning.add_pattern(
        store, cora, "Evening", weekday, time(18), time(21), now.date(), now=now, **more
    )


def the_plan(store):
    with store.reading() as tx:
        return rota.plan(tx)


def serve(store, pattern_id, *days):
    """Who serves on these days, by name of the cast's ids; None where the shift is off."""
    plan = the_plan(store)
    pattern = next(each for each in plan.patterns if each.id == pattern_id)
    found = [shifts.who_serves(plan, pattern, day) for day in days]
    return [
        None if each is None else {booked.person_id: str(booked.role) for booked in each}
        for each in found
    ]


def mondays(count):
    return [MONDAY + week * WEEK for week in range(count)]


# -- rotations ----------------------------------------------------------------------------------


def test_groups_follow_each_other_and_a_changed_pattern_goes_on_with_the_turn(store, cast):
    leo, lin, sol = cast.leo.id, cast.lin.id, cast.sol.id
    old = evening(store, cast.cora)
    rotating.rotate(
        store, cast.cora, old, [[leo, sol], [lin]], "listener", TODAY, shifts_each=2, now=NOW
    )
    assert [sorted(each) for each in serve(store, old, *mondays(5))] == [
        sorted([leo, sol]), sorted([leo, sol]), [lin], [lin], sorted([leo, sol]),
    ]  # fmt: skip

    later = NOW + 3 * WEEK  # the third shift, Lin's first, has been
    new = planning.change_pattern(
        store, cast.cora, old, later.date(),
        title="Evening", weekday=0, starts=time(19), ends=time(22), now=later,
    )  # fmt: skip

    assert serve(store, old, *mondays(3))[2] == {lin: "listener"}
    fourth, fifth = serve(store, new, *mondays(5)[3:])
    assert (fourth, sorted(fifth)) == ({lin: "listener"}, sorted([leo, sol]))


def test_a_rotation_ends_and_its_past_stays(store, cast):
    pattern = evening(store, cast.cora)
    made = rotating.rotate(
        store, cast.cora, pattern, [[cast.leo.id]], "listener", TODAY, now=NOW
    )  # fmt: skip

    rotating.end_rotation(store, cast.cora, made, now=NOW + 2 * WEEK)

    assert serve(store, pattern, *mondays(3)) == [{cast.leo.id: "listener"}] * 2 + [{}]
    with pytest.raises(changes.DayIsOver):
        rotating.end_rotation(store, cast.cora, made, MONDAY, now=NOW + 4 * WEEK)


def test_who_leaves_the_line_leaves_their_turns_from_tomorrow_on(store, cast):
    pattern = evening(store, cast.cora)
    rotating.rotate(
        store, cast.cora, pattern, [[cast.leo.id, cast.lin.id], [cast.sol.id]], "listener",
        TODAY, now=NOW,
    )  # fmt: skip

    welcoming.let_go(store, cast.cora, cast.leo.id, now=NOW + WEEK)

    first, second, third = serve(store, pattern, *mondays(3))
    assert set(first) == {cast.leo.id, cast.lin.id}  # what was stays
    assert (set(second), set(third)) == ({cast.sol.id}, {cast.lin.id})


def test_a_rotation_that_cannot_be_is_refused_with_its_field(store, cast):
    pattern = evening(store, cast.cora)
    leo, cora = cast.leo.id, cast.cora.id
    cases = [
        ({"groups": []}, "groups"),
        ({"groups": [[], []]}, "groups"),
        ({"groups": [[leo, leo]]}, "groups"),
        ({"groups": [["nobody"]]}, "groups"),
        ({"groups": [[cora]]}, "groups"),
        ({"groups": [[leo]] * 53}, "groups"),
        ({"role": "lead"}, "groups"),
        ({"role": "king"}, "groups"),
        ({"shifts_each": 0}, "shifts_each"),
        ({"first_date": TODAY - DAY}, "first_date"),
        ({"last_date": TODAY}, "last_date"),
    ]
    for wrong, field in cases:
        given = {"groups": [[leo]], "role": "listener", "first_date": TODAY} | wrong
        with pytest.raises(errors.BadRequest) as refusal:
            rotating.rotate(store, cast.cora, pattern, now=NOW, **given)
        assert refusal.value.field == field, wrong
    with pytest.raises(errors.NotAllowed):
        rotating.rotate(store, cast.sol, pattern, [[leo]], "listener", TODAY, now=NOW)
    assert serve(store, pattern, MONDAY) == [{}]


# -- changes over days ----------------------------------------------------------------------------


def test_time_off_covers_every_shift_of_its_days_and_lifting_it_keeps_what_is_over(store, cast):
    patterns = [evening(store, cast.cora, weekday=day) for day in (0, 2)]
    for pattern in patterns:
        planning.book(store, cast.cora, pattern, cast.leo.id, "listener", TODAY, now=NOW)
    off = planning.override(
        store, cast.cora, None, TODAY + DAY, "remove", cast.leo.id,
        until_date=TODAY + 2 * WEEK, now=NOW,
    )  # fmt: skip
    assert serve(store, patterns[0], *mondays(3)) == [{}, {}, {cast.leo.id: "listener"}]
    assert serve(store, patterns[1], TODAY + DAY) == [{}]

    planning.lift_override(store, cast.cora, off, now=NOW + WEEK)

    assert serve(store, patterns[0], *mondays(2)) == [{}, {cast.leo.id: "listener"}]
    assert serve(store, patterns[1], TODAY + DAY, TODAY + DAY + WEEK) == [
        {}, {cast.leo.id: "listener"},
    ]  # fmt: skip
    with pytest.raises(changes.DayIsOver):
        planning.lift_override(store, cast.cora, off, now=NOW + 3 * WEEK)


def test_one_comes_in_place_of_another_for_some_weeks(store, cast):
    pattern = evening(store, cast.cora)
    planning.book(store, cast.cora, pattern, cast.sol.id, "lead", TODAY, now=NOW)
    planning.book(store, cast.cora, pattern, cast.leo.id, "listener", TODAY, now=NOW)

    change = planning.override(
        store, cast.cora, pattern, MONDAY + WEEK, "replace", cast.lin.id,
        in_place_of=cast.leo.id, until_date=MONDAY + 2 * WEEK, now=NOW,
    )  # fmt: skip

    assert [set(each) - {cast.sol.id} for each in serve(store, pattern, *mondays(4))] == [
        {cast.leo.id}, {cast.lin.id}, {cast.lin.id}, {cast.leo.id},
    ]  # fmt: skip
    with pytest.raises(changes.NotTheirRole) as refusal:  # Lin does not lead
        planning.override(
            store, cast.cora, pattern, MONDAY, "replace", cast.lin.id,
            in_place_of=cast.sol.id, now=NOW,
        )  # fmt: skip
    assert refusal.value.field == "person_id"
    planning.lift_override(store, cast.cora, change, now=NOW)
    assert cast.leo.id in serve(store, pattern, MONDAY + WEEK)[0]


def test_a_change_over_days_goes_along_with_a_changed_pattern(store, cast):
    pattern = evening(store, cast.cora)
    planning.book(store, cast.cora, pattern, cast.leo.id, "listener", TODAY, now=NOW)
    planning.override(
        store, cast.cora, pattern, MONDAY, "remove", cast.leo.id, until_date=MONDAY + WEEK, now=NOW
    )
    later = NOW + WEEK

    new = planning.change_pattern(
        store, cast.cora, pattern, later.date(),
        title="Evening", weekday=1, starts=time(19), ends=time(22), now=later,
    )  # fmt: skip

    assert serve(store, pattern, MONDAY) == [{}]
    tuesday = MONDAY + WEEK + DAY
    assert serve(store, new, tuesday - WEEK, tuesday) == [{}, {cast.leo.id: "listener"}]


def test_a_change_that_cannot_be_is_refused_with_its_field(store, cast):
    pattern = evening(store, cast.cora)
    planning.book(store, cast.cora, pattern, cast.leo.id, "listener", TODAY, now=NOW)
    leo, lin = cast.leo.id, cast.lin.id
    cases = [
        ((None, MONDAY, "add", lin), {}, "pattern"),
        ((None, TODAY - DAY, "remove", leo), {}, "on_date"),
        ((None, MONDAY, "remove", "nobody"), {}, "person_id"),
        ((pattern, MONDAY, "remove", leo), {"until_date": MONDAY - DAY}, "until_date"),
        ((pattern, MONDAY, "remove", leo), {"until_date": MONDAY + 60 * WEEK}, "until_date"),
        ((pattern, MONDAY + DAY, "remove", leo), {"until_date": MONDAY + 2 * DAY}, "on_date"),
        ((pattern, MONDAY, "remove", lin), {"until_date": MONDAY + WEEK}, "person_id"),
        ((pattern, MONDAY, "add", leo), {"until_date": MONDAY + WEEK}, "person_id"),
        ((pattern, MONDAY, "replace", lin), {}, "in_place_of"),
        ((pattern, MONDAY, "replace", lin), {"in_place_of": cast.sol.id}, "in_place_of"),
        ((pattern, MONDAY, "replace", leo), {"in_place_of": leo}, "person_id"),
        ((pattern, MONDAY, "replace", "nobody"), {"in_place_of": leo}, "person_id"),
    ]
    for given, more, field in cases:
        with pytest.raises(errors.BadRequest) as refusal:
            planning.override(store, cast.cora, *given, now=NOW, **more)
        assert refusal.value.field == field, (given, more)
    # what has begun is history: not even time off of today reaches back
    with pytest.raises(changes.DayIsOver):
        planning.override(
            store, cast.cora, None, MONDAY, "remove", leo, until_date=MONDAY + WEEK,
            now=datetime(2027, 1, 25, 22, tzinfo=UTC),
        )  # fmt: skip


# -- patterns of the month, holidays, special days ------------------------------------------------


def test_a_pattern_of_the_month_is_off_on_holidays_and_on_the_organisations_own_days(store, cast):
    with pytest.raises(changes.BadNumber) as refusal:
        evening(store, cast.cora, nth=5)
    assert refusal.value.field == "nth"
    pattern = evening(store, cast.cora, nth=1, off_on_holidays=True)
    first = [date(2027, 2, 1), date(2027, 3, 1), date(2027, 4, 5), date(2027, 5, 3)]
    # Saint Brigid's Day and the May holiday are Ireland's
    assert serve(store, pattern, *first) == [None, {}, {}, None]

    declaring.declare_day(store, cast.cora, first[1], "Anniversary", "holiday", now=NOW)
    declaring.keep_holidays_of(store, cast.cora, "", "", now=NOW)

    assert serve(store, pattern, *first) == [{}, None, {}, {}]
    declaring.withdraw_day(store, cast.cora, first[1], now=NOW)
    assert serve(store, pattern, first[1]) == [{}]
    with pytest.raises(errors.NotFound):
        declaring.withdraw_day(store, cast.cora, first[1], now=NOW)


def test_holidays_have_their_names_in_the_language_of_the_line(store, cast):
    assert calendars.holidays_of("ES", "MD", "es-MX", 2027, 2028)[date(2027, 1, 1)] == "Año Nuevo"
    assert calendars.holidays_of("ES", "MD", "fi", 2027, 2028)[date(2027, 1, 1)] == "Año Nuevo"
    assert calendars.holidays_of("DE", "", "en", 2027, 2028)[date(2027, 1, 1)] == "New Year's Day"
    assert calendars.holidays_of("XX", "", "en", 2027, 2028) == {}
    declaring.keep_holidays_of(store, cast.cora, "DE", "BY", now=NOW)
    assert the_plan(store).special_days[date(2027, 1, 6)].name == "Epiphany"
    for wrong, field in ((("XX", ""), "country"), (("DE", "XX"), "region")):
        with pytest.raises(changes.UnknownCalendar) as refusal:
            declaring.keep_holidays_of(store, cast.cora, *wrong, now=NOW)
        assert refusal.value.field == field


def test_on_a_closed_day_nothing_starts_and_nobody_is_missed(store, cast):
    closed = TODAY + 2 * DAY
    planning.set_need(store, cast.cora, closed.weekday(), 0, 24, 9, now=NOW)
    declaring.declare_day(store, cast.cora, closed, " Away  day ", "closed", now=NOW)

    plan = the_plan(store)
    with store.reading() as tx:
        found = coverage.gaps(plan, rota.needs(tx), NOW, NOW + 3 * DAY)
        opening = floor.opening(tx, NOW + 2 * DAY)
    assert found == []
    assert (opening.open, opening.why) == (False, Why.CLOSED_DAY)
    assert opening.opens_at == datetime(2027, 1, 22, tzinfo=UTC)
    assert "closed all day" in briefing.line_words("en", opening, plan.zone, NOW + 2 * DAY)
    assert plan.special_days[closed].name == "Away day"
    assert all(span.date != closed for span in shifts.spans(plan, NOW, NOW + 4 * DAY))
    pattern = next(each for each in plan.patterns if each.weekday == closed.weekday())
    with pytest.raises(changes.DayIsSpecial):
        planning.override(store, cast.cora, pattern.id, closed, "add", cast.lin.id, now=NOW)
    for day, name, kind, field in (
        (TODAY, "Today", "closed", "on_date"),  # the cast's shift of today runs
        (TODAY - DAY, "Past", "holiday", "on_date"),
        (closed, "", "closed", "name"),
        (closed, "Odd", "odd", "kind"),
    ):
        with pytest.raises(errors.Refused) as refusal:
            declaring.declare_day(store, cast.cora, day, name, kind, now=NOW)
        assert refusal.value.field == field


# -- need -----------------------------------------------------------------------------------------


def date_needs(store):
    with store.reading() as tx:
        return [
            (each.from_hour, each.to_hour, each.listeners, tuple(each.languages), each.why)
            for each in planned.date_needs(tx, TODAY)
        ]


def test_a_date_has_needs_of_its_own_and_the_later_replaces_the_earlier_in_its_hours(store, cast):
    declaring.set_date_need(store, cast.cora, MONDAY, 8, 22, 2, why="Exams", now=NOW)
    declaring.set_date_need(
        store, cast.cora, MONDAY, 18, 20, 0, minors=1, languages=["es", "ES "], now=NOW
    )

    assert date_needs(store) == [
        (8, 18, 2, (), "Exams"), (18, 20, 0, ("es",), ""), (20, 22, 2, (), "Exams"),
    ]  # fmt: skip
    with store.reading() as tx:
        (middle,) = [each.id for each in planned.date_needs(tx, MONDAY) if each.from_hour == 18]
    declaring.remove_date_need(store, cast.cora, middle, now=NOW)
    assert len(date_needs(store)) == 2
    for given, field in (
        ((TODAY - DAY, 8, 9, 1), "on_date"),
        ((MONDAY, 8, 8, 1), "to_hour"),
        ((MONDAY, 8, 9, 100), "listeners"),
    ):
        with pytest.raises(errors.BadRequest) as refusal:
            declaring.set_date_need(store, cast.cora, *given, now=NOW)
        assert refusal.value.field == field


def test_a_need_asks_for_training_and_languages(store, cast):
    planning.set_need(store, cast.cora, 0, 8, 22, 2, 1, minors=1, languages=["es", "en"], now=NOW)
    planning.set_need(store, cast.cora, 0, 18, 20, 1, now=NOW)

    with store.reading() as tx:
        (first, middle, _) = sorted(rota.needs(tx), key=lambda each: each.from_hour)
    assert (first.minors, first.languages, first.to_hour) == (1, ("en", "es"), 18)
    assert (middle.minors, middle.languages) == (0, ())
    with pytest.raises(volunteers.BadLanguage):
        planning.set_need(store, cast.cora, 0, 8, 9, 1, languages=["?"], now=NOW)
    with pytest.raises(changes.BadNumber):
        planning.set_need(store, cast.cora, 0, 8, 9, 1, minors=100, now=NOW)


def test_the_remembered_plan_follows_every_change(store, cast):
    """What a process remembers is what a fresh reading finds, and the version rose each time."""
    pattern = evening(store, cast.cora)

    def version():
        with store.reading() as tx:
            return line.line(tx).roster_version

    deeds = [
        lambda: rotating.rotate(
            store, cast.cora, pattern, [[cast.leo.id]], "listener", TODAY, now=NOW
        ),
        lambda: planning.override(
            store, cast.cora, None, MONDAY, "remove", cast.leo.id, until_date=MONDAY + DAY, now=NOW
        ),
        lambda: declaring.declare_day(store, cast.cora, MONDAY, "Feast", "holiday", now=NOW),
        lambda: declaring.keep_holidays_of(store, cast.cora, "DE", "", now=NOW),
        lambda: declaring.set_date_need(store, cast.cora, MONDAY, 8, 9, 1, now=NOW),
        lambda: declaring.withdraw_day(store, cast.cora, MONDAY, now=NOW),
    ]
    for deed in deeds:
        before, known = version(), the_plan(store)
        deed()

        assert version() == before + 1
        remembered = the_plan(store)
        store.known.clear()
        assert remembered == the_plan(store)
        assert remembered is not known
    assert isinstance(the_plan(store).rotations[0], Rotation)
    assert replace(the_plan(store)) == the_plan(store)
