"""Planning on a real database: what changes, what stays, what is refused and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from helpline.actions import planning
from helpline.domain import changes, errors, events, shifts
from helpline.store import planned
from helpline.store import shifts as rota

# A Tuesday in winter, when the clocks of the line's zone show UTC.
NOW = datetime(2027, 1, 19, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
MONDAY = date(2027, 1, 25)
WEEK = timedelta(weeks=1)
DAY = timedelta(days=1)


def evening(store, cora, *, weekday=0, first_date=TODAY, starts=18, ends=21, now=NOW, **more):
    return planning.add_pattern(
        store, cora, "Evening", weekday, time(starts), time(ends), first_date, now=now, **more
    )


def the_plan(store):
    """The plan without the round-the-clock shifts that the cast brought along."""
    with store.reading() as tx:
        plan = rota.plan(tx)
    own = [each for each in plan.patterns if each.title != "All day"]
    ids = {each.id for each in own}
    return replace(
        plan,
        patterns=own,
        bookings=[each for each in plan.bookings if each.pattern_id in ids],
        overrides=[each for each in plan.overrides if each.pattern_id in ids],
    )


def who_serves(store, on):
    """Who is on shift at 19:00 of that day, by id."""
    there = shifts.on_shift(the_plan(store), datetime.combine(on, time(19), UTC))
    return {each.booked.person_id: each.booked.role for each in there}


def starts(store, first, last):
    begin, end = (datetime.combine(each, time(0), UTC) for each in (first, last))
    return [
        f"{each.starts_at:%d %H:%M}-{each.ends_at:%H:%M}"
        for each in shifts.spans(the_plan(store), begin, end)
    ]


# -- patterns -----------------------------------------------------------------------------------


def test_a_pattern_recurs_from_its_first_day_on(store, cast):
    evening(store, cast.cora)

    assert starts(store, TODAY, TODAY + 2 * WEEK) == ["25 18:00-21:00", "01 18:00-21:00"]


def test_a_pattern_whose_end_is_its_start_lasts_24_hours(store, cast):
    evening(store, cast.cora, starts=8, ends=8)

    (span,) = shifts.spans(the_plan(store), NOW, NOW + WEEK)
    assert span.ends_at - span.starts_at == timedelta(hours=24)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"weekday": 7}, "weekday"),
        ({"every_weeks": 0}, "every_weeks"),
        ({"every_weeks": 53}, "every_weeks"),
        ({"first_date": TODAY - DAY}, "first_date"),
        ({"first_date": date(9999, 12, 31)}, "first_date"),
        ({"last_date": TODAY + DAY}, "last_date"),
        ({"last_date": date(9999, 12, 31)}, "last_date"),
    ],
)
def test_a_pattern_that_cannot_be_is_refused_with_its_field(store, cast, more, field):
    with pytest.raises(errors.BadRequest) as refusal:
        evening(store, cast.cora, **more)

    assert refusal.value.field == field
    assert the_plan(store).patterns == []


@pytest.mark.parametrize("title", ["", "   ", "x" * 81, "\x00"])
def test_a_title_is_text_of_a_sensible_length(store, cast, title):
    with pytest.raises((errors.Empty, errors.TooLong)) as refusal:
        planning.add_pattern(store, cast.cora, title, 0, time(18), time(21), TODAY, now=NOW)

    assert refusal.value.field == "title"


def test_a_change_from_a_day_on_leaves_history_and_takes_the_bookings_along(store, cast):
    old = evening(store, cast.cora)
    planning.book(store, cast.cora, old, cast.leo.id, "listener", TODAY, now=NOW)
    later = NOW + 2 * WEEK

    new = planning.change_pattern(
        store, cast.cora, old, MONDAY + 2 * WEEK,
        title="Evening", weekday=1, starts=time(19), ends=time(22), now=later,
    )  # fmt: skip

    assert new != old
    assert starts(store, MONDAY, MONDAY + 3 * WEEK) == [
        "25 18:00-21:00",
        "01 18:00-21:00",
        "09 19:00-22:00",
    ]
    assert who_serves(store, MONDAY) == {cast.leo.id: "listener"}
    assert who_serves(store, MONDAY + 2 * WEEK + DAY) == {cast.leo.id: "listener"}


def test_a_change_before_the_first_shift_makes_no_second_pattern(store, cast):
    pattern = evening(store, cast.cora)

    changed = planning.change_pattern(
        store, cast.cora, pattern, TODAY,
        title="Late", weekday=0, starts=time(19), ends=time(22), now=NOW,
    )  # fmt: skip

    assert changed == pattern
    (only,) = the_plan(store).patterns
    assert (only.title, only.starts, only.first_date) == ("Late", time(19), MONDAY)


def test_a_change_keeps_the_rhythm_of_every_second_week(store, cast):
    old = evening(store, cast.cora, every_weeks=2)

    planning.change_pattern(
        store, cast.cora, old, MONDAY + DAY,
        title="Evening", weekday=2, starts=time(18), ends=time(21), every_weeks=2, now=NOW,
    )  # fmt: skip

    assert starts(store, MONDAY, MONDAY + 5 * WEEK) == [
        "25 18:00-21:00",
        "10 18:00-21:00",
        "24 18:00-21:00",
    ]


def test_one_day_changes_go_along_where_the_changed_shift_starts_too(store, cast):
    old = evening(store, cast.cora)
    planning.book(store, cast.cora, old, cast.leo.id, "listener", TODAY, now=NOW)
    planning.override(store, cast.cora, old, MONDAY + WEEK, "remove", cast.leo.id, now=NOW)

    planning.change_pattern(
        store, cast.cora, old, MONDAY + DAY,
        title="Evening", weekday=0, starts=time(19), ends=time(22), now=NOW,
    )  # fmt: skip

    assert who_serves(store, MONDAY + WEEK) == {}
    assert who_serves(store, MONDAY + 2 * WEEK) == {cast.leo.id: "listener"}


def test_what_has_begun_cannot_be_changed(store, cast):
    pattern = evening(store, cast.cora, weekday=1)
    begun = NOW + timedelta(hours=7)
    kept = the_plan(store)

    for change in (
        lambda: planning.change_pattern(
            store, cast.cora, pattern, TODAY,
            title="x", weekday=1, starts=time(1), ends=time(2), now=begun,
        ),
        lambda: planning.end_pattern(store, cast.cora, pattern, TODAY - DAY, now=begun),
        lambda: planning.book(
            store, cast.cora, pattern, cast.leo.id, "listener", TODAY - DAY, now=begun
        ),
    ):  # fmt: skip
        with pytest.raises(changes.DayIsOver):
            change()
    assert the_plan(store) == kept


def test_an_ended_pattern_starts_no_more_and_cannot_be_revived(store, cast):
    pattern = evening(store, cast.cora)

    planning.end_pattern(store, cast.cora, pattern, MONDAY, now=NOW)

    assert starts(store, TODAY, MONDAY + 3 * WEEK) == ["25 18:00-21:00"]
    with pytest.raises(changes.PatternIsOver):
        planning.end_pattern(store, cast.cora, pattern, MONDAY + 8 * WEEK, now=NOW + 3 * WEEK)


def test_a_pattern_that_never_comes_to_start_is_forgotten_with_its_bookings(store, cast):
    pattern = evening(store, cast.cora)
    planning.book(store, cast.cora, pattern, cast.leo.id, "listener", TODAY, now=NOW)
    planning.override(store, cast.cora, pattern, MONDAY, "cancel", now=NOW)

    planning.end_pattern(store, cast.cora, pattern, TODAY, now=NOW)

    plan = the_plan(store)
    assert (plan.patterns, plan.bookings, plan.overrides) == ([], [], [])


# -- standing bookings --------------------------------------------------------------------------


def test_a_booked_person_serves_between_the_two_days(store, cast):
    pattern = evening(store, cast.cora)

    planning.book(
        store, cast.cora, pattern, cast.sol.id, "lead", MONDAY + WEEK, MONDAY + WEEK, now=NOW
    )

    served = [bool(who_serves(store, MONDAY + n * WEEK)) for n in range(3)]
    assert served == [False, True, False]


@pytest.mark.parametrize(
    ("person", "role", "first", "last", "field"),
    [
        ("nobody", "listener", MONDAY, None, "person_id"),
        ("cora", "listener", MONDAY, None, "role"),
        ("leo", "lead", MONDAY, None, "role"),
        ("leo", "captain", MONDAY, None, "role"),
        ("leo", "listener", TODAY - DAY, None, "first_date"),
        ("leo", "listener", MONDAY + 8 * WEEK, None, "first_date"),
        ("leo", "listener", TODAY, TODAY + DAY, "last_date"),
        ("leo", "listener", MONDAY + WEEK, MONDAY, "last_date"),
    ],
)
def test_a_booking_that_cannot_be_is_refused_with_its_field(
    store, cast, person, role, first, last, field
):
    pattern = evening(store, cast.cora, last_date=MONDAY + 4 * WEEK)
    person_id = getattr(cast, person).id if person != "nobody" else "nobody"
    kept = the_plan(store)

    with pytest.raises(errors.BadRequest) as refusal:
        planning.book(store, cast.cora, pattern, person_id, role, first, last, now=NOW)

    assert refusal.value.field == field
    assert the_plan(store) == kept


def test_an_unknown_pattern_is_not_found(store, cast):
    with pytest.raises(errors.NotFound):
        planning.book(store, cast.cora, "none", cast.leo.id, "listener", TODAY, now=NOW)


def test_nobody_is_booked_twice_on_the_same_days(store, cast):
    pattern = evening(store, cast.cora)
    planning.book(store, cast.cora, pattern, cast.leo.id, "listener", MONDAY, MONDAY, now=NOW)

    with pytest.raises(changes.AlreadyBooked):
        planning.book(store, cast.cora, pattern, cast.leo.id, "listener", TODAY, now=NOW)
    planning.book(store, cast.cora, pattern, cast.leo.id, "listener", MONDAY + DAY, now=NOW)

    assert who_serves(store, MONDAY + WEEK) == {cast.leo.id: "listener"}


def test_a_booking_made_after_todays_shift_begins_with_the_next(store, cast):
    pattern = evening(store, cast.cora, weekday=1, first_date=TODAY)

    tonight = NOW + timedelta(hours=11)
    planning.book(store, cast.cora, pattern, cast.leo.id, "listener", TODAY, now=tonight)

    assert who_serves(store, TODAY) == {}
    assert who_serves(store, TODAY + WEEK) == {cast.leo.id: "listener"}


def test_who_is_taken_off_keeps_the_shifts_that_were(store, cast):
    pattern = evening(store, cast.cora)
    booking = planning.book(store, cast.cora, pattern, cast.leo.id, "listener", TODAY, now=NOW)

    planning.unbook(store, cast.cora, booking, now=NOW + WEEK)

    assert who_serves(store, MONDAY) == {cast.leo.id: "listener"}
    assert who_serves(store, MONDAY + WEEK) == {}


def test_a_booking_can_end_on_a_day_to_come_but_not_in_the_past(store, cast):
    pattern = evening(store, cast.cora)
    booking = planning.book(store, cast.cora, pattern, cast.leo.id, "listener", TODAY, now=NOW)

    with pytest.raises(changes.DayIsOver):
        planning.unbook(store, cast.cora, booking, MONDAY, now=NOW + 2 * WEEK)
    planning.unbook(store, cast.cora, booking, MONDAY + WEEK, now=NOW)

    assert who_serves(store, MONDAY + WEEK) == {cast.leo.id: "listener"}
    assert who_serves(store, MONDAY + 2 * WEEK) == {}


# -- one day ------------------------------------------------------------------------------------


def test_a_swap_is_one_taken_off_and_one_added(store, cast):
    pattern = evening(store, cast.cora)
    planning.book(store, cast.cora, pattern, cast.leo.id, "listener", TODAY, now=NOW)

    planning.override(store, cast.cora, pattern, MONDAY, "remove", cast.leo.id, now=NOW)
    planning.override(store, cast.cora, pattern, MONDAY, "add", cast.lin.id, now=NOW)

    assert who_serves(store, MONDAY) == {cast.lin.id: "listener"}
    assert who_serves(store, MONDAY + WEEK) == {cast.leo.id: "listener"}


def test_of_two_changes_made_in_the_same_instant_the_later_wins(store, cast):
    pattern = evening(store, cast.cora)

    for _ in range(5):
        planning.override(store, cast.cora, pattern, MONDAY, "add", cast.leo.id, now=NOW)
        planning.override(store, cast.cora, pattern, MONDAY, "remove", cast.leo.id, now=NOW)

        assert who_serves(store, MONDAY) == {}


def test_lifting_a_change_shows_what_it_covered(store, cast):
    pattern = evening(store, cast.cora)
    planning.book(store, cast.cora, pattern, cast.leo.id, "listener", TODAY, now=NOW)
    off = planning.override(store, cast.cora, pattern, MONDAY, "cancel", now=NOW)
    assert starts(store, MONDAY, MONDAY + DAY) == []

    planning.lift_override(store, cast.cora, off, now=NOW)

    assert who_serves(store, MONDAY) == {cast.leo.id: "listener"}


@pytest.mark.parametrize(
    ("day", "kind", "person", "role", "field"),
    [
        (MONDAY + DAY, "cancel", None, "listener", "on_date"),
        (MONDAY - WEEK, "cancel", None, "listener", "on_date"),
        (date(9999, 12, 27), "cancel", None, "listener", "on_date"),
        (MONDAY, "swap", "leo", "listener", "kind"),
        (MONDAY, "cancel", "leo", "listener", "person_id"),
        (MONDAY, "add", None, "listener", "person_id"),
        (MONDAY, "add", "leo", "listener", "person_id"),
        (MONDAY, "add", "leo", "lead", "role"),
        (MONDAY, "add", "cora", "listener", "role"),
        (MONDAY, "remove", "lin", "listener", "person_id"),
    ],
)
def test_a_one_day_change_that_cannot_be_is_refused_with_its_field(
    store, cast, day, kind, person, role, field
):
    pattern = evening(store, cast.cora)
    planning.book(store, cast.cora, pattern, cast.leo.id, "listener", TODAY, now=NOW)
    person_id = getattr(cast, person).id if person else None
    kept = the_plan(store)

    with pytest.raises(errors.BadRequest) as refusal:
        planning.override(store, cast.cora, pattern, day, kind, person_id, role, now=NOW)

    assert refusal.value.field == field
    assert the_plan(store) == kept


def test_somebody_may_step_in_while_a_shift_runs_but_not_after_it(store, cast):
    pattern = evening(store, cast.cora)
    runs = datetime.combine(MONDAY, time(19), UTC)

    planning.override(store, cast.cora, pattern, MONDAY, "add", cast.leo.id, now=runs)

    assert who_serves(store, MONDAY) == {cast.leo.id: "listener"}
    with pytest.raises(changes.DayIsOver):
        planning.override(
            store, cast.cora, pattern, MONDAY, "add", cast.lin.id, now=runs + timedelta(hours=2)
        )


def test_a_night_shift_that_began_yesterday_can_still_be_changed(store, cast):
    pattern = evening(store, cast.cora, starts=22, ends=6)
    small_hours = datetime.combine(MONDAY + DAY, time(3), UTC)

    planning.override(store, cast.cora, pattern, MONDAY, "add", cast.leo.id, now=small_hours)

    (there,) = shifts.on_shift(the_plan(store), small_hours)
    assert there.booked.person_id == cast.leo.id


def test_a_cancelled_shift_must_be_lifted_before_anything_else(store, cast):
    pattern = evening(store, cast.cora)
    planning.override(store, cast.cora, pattern, MONDAY, "cancel", now=NOW)

    with pytest.raises(changes.ShiftIsCancelled):
        planning.override(store, cast.cora, pattern, MONDAY, "add", cast.leo.id, now=NOW)


# -- need ---------------------------------------------------------------------------------------


def needs_of(store, weekday):
    with store.reading() as tx:
        rows = [each for each in planned.needs(tx) if each.weekday == weekday]
    return [(each.from_hour, each.to_hour, each.listeners, each.leads) for each in rows]


def test_a_need_takes_the_place_of_what_was_set_for_its_hours(store, cast):
    planning.set_need(store, cast.cora, 0, 8, 22, 2, 1, now=NOW)

    planning.set_need(store, cast.cora, 0, 18, 20, 1, 0, now=NOW)

    assert needs_of(store, 0) == [(8, 18, 2, 1), (18, 20, 1, 0), (20, 22, 2, 1)]


def test_a_need_of_nobody_clears_its_hours(store, cast):
    planning.set_need(store, cast.cora, 0, 8, 22, 2, 1, now=NOW)
    planning.set_need(store, cast.cora, 1, 8, 22, 2, 1, now=NOW)

    planning.set_need(store, cast.cora, 0, 0, 24, 0, 0, now=NOW)

    assert needs_of(store, 0) == []
    assert needs_of(store, 1) == [(8, 22, 2, 1)]


def test_a_need_can_be_removed(store, cast):
    planning.set_need(store, cast.cora, 0, 8, 22, 2, 1, now=NOW)
    with store.reading() as tx:
        (row,) = planned.needs(tx)

    planning.remove_need(store, cast.cora, row.id, now=NOW)

    assert needs_of(store, 0) == []


@pytest.mark.parametrize(
    ("need", "field"),
    [
        ((7, 0, 1, 1, 1), "weekday"),
        ((0, 24, 24, 1, 1), "from_hour"),
        ((0, 8, 8, 1, 1), "to_hour"),
        ((0, 8, 25, 1, 1), "to_hour"),
        ((0, 8, 9, -1, 1), "listeners"),
        ((0, 8, 9, 1, 100), "leads"),
    ],
)
def test_a_need_that_cannot_be_is_refused_with_its_field(store, cast, need, field):
    with pytest.raises(changes.BadNumber) as refusal:
        planning.set_need(store, cast.cora, *need, now=NOW)

    assert refusal.value.field == field


# -- who, and what is told ----------------------------------------------------------------------


def test_only_coordinators_plan(store, cast):
    pattern = evening(store, cast.cora)

    for who in (cast.leo, cast.sol):
        with pytest.raises(errors.NotAllowed):
            evening(store, who)
        with pytest.raises(errors.NotAllowed):
            planning.book(store, who, pattern, cast.leo.id, "listener", TODAY, now=NOW)
        with pytest.raises(errors.NotAllowed):
            planning.set_need(store, who, 0, 8, 9, 1, now=NOW)


def test_every_change_moves_the_boards_and_stands_in_the_journal(store, cast, told):
    told.clear()
    before = len(moments(store))

    pattern = evening(store, cast.cora)
    booking = planning.book(store, cast.cora, pattern, cast.leo.id, "listener", TODAY, now=NOW)
    off = planning.override(store, cast.cora, pattern, MONDAY, "cancel", now=NOW)
    planning.lift_override(store, cast.cora, off, now=NOW)
    planning.unbook(store, cast.cora, booking, now=NOW)
    planning.set_need(store, cast.cora, 0, 8, 9, 1, now=NOW)
    planning.end_pattern(store, cast.cora, pattern, MONDAY, now=NOW)

    assert told == [events.RosterChanged()] * 7
    assert moments(store)[before:] == [
        "pattern_added",
        "booked",
        "shift_cancel",
        "shift_change_lifted",
        "unbooked",
        "need_set",
        "pattern_ended",
    ]


def moments(store):
    with store.engine.connect() as connection:
        return [
            row[0] for row in connection.exec_driver_sql("SELECT kind FROM journal ORDER BY id")
        ]
