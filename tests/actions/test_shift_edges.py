"""Weeks over both changes of the clocks, shift edge by shift edge: nobody is stranded at any."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from freezegun import freeze_time

from helpline import clock
from helpline.actions import directing, entering, furnishing, listening
from helpline.domain import errors, events
from helpline.domain.access import Role, Who
from helpline.domain.chat import ChatState
from helpline.domain.opening import Opening, Why
from helpline.store import floor, line
from helpline.store.secrets import new_id
from helpline.store.tables import Booking, ShiftPattern
from helpline.store.transaction import Store
from tests import makers
from tests.actions.evening import CRITICAL, HIGH, ROUTINE, Evening
from tests.cast import Cast

SECOND = timedelta(seconds=1)
TEN_MINUTES = timedelta(minutes=10)
DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)

# Zone, the day on which the clocks change, and an edge at night that the change moves, together
# with the instant at which it lies that night when one shift follows the other, and when the line
# closes there because nobody follows.
CHANGES = [
    ("Europe/Dublin", "2027-03-28", "01:30", "2027-03-28T01:00", "2027-03-28T01:00"),
    ("Europe/Dublin", "2027-10-31", "01:30", "2027-10-31T00:30", "2027-10-31T01:30"),
    ("America/New_York", "2027-03-14", "02:30", "2027-03-14T07:00", "2027-03-14T07:00"),
    ("America/New_York", "2027-11-07", "01:30", "2027-11-07T05:30", "2027-11-07T06:30"),
    ("Australia/Lord_Howe", "2027-10-03", "02:15", "2027-10-02T15:30", "2027-10-02T15:30"),
    ("Australia/Lord_Howe", "2027-04-04", "01:45", "2027-04-03T14:45", "2027-04-03T15:15"),
]
over_each_change = pytest.mark.parametrize(
    "zone, day, edge, follows_at, closes_at",
    CHANGES,
    ids=[f"{zone.partition('/')[2]}-{day[5:]}" for zone, day, *_ in CHANGES],
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def first_moment(zone: str, wall: datetime) -> datetime:
    """The first quarter of an hour at which the clocks on the wall show this time or a later one:
    found by walking, not by the rule that is on trial.
    """
    at = wall.replace(tzinfo=UTC) - timedelta(hours=16)
    while at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) < wall:
        at += QUARTER
    return at


class Week(Evening):
    """Seven days around a change of the clocks, on a clock that is set by hand."""

    frozen: object

    def at(self, instant: datetime) -> None:
        self.frozen.move_to(instant)
        self.now = clock.now()

    def opening(self, instant: datetime) -> Opening:
        with self.store.reading() as tx:
            return floor.opening(tx, instant)


def volunteer(store: Store, name: str, roles: list[Role], now: datetime) -> Who:
    made = entering.add_person(
        store, email=f"{name}@example.org", name=name.title(), roles=[str(each) for each in roles],
        languages=["en"], skills=["minors", "abuse"], seats=1, password=None, now=now,
    )  # fmt: skip
    return Who(made.id, made.name, frozenset(made.roles))


def plan_shifts(
    store: Store, shifts: list[tuple[str, str, Who]], lead: Who, first_date: date
) -> None:
    """These shifts every day, from `first_date` on: one listener each, and the lead on all."""
    with store.transaction() as tx:
        for weekday in range(7):
            for starts, ends, who in shifts:
                pattern = ShiftPattern(
                    id=new_id(), title="", weekday=weekday, starts=starts, ends=ends,
                    first_date=first_date,
                )  # fmt: skip
                tx.session.add(pattern)
                tx.session.flush()
                for person, role in ((who, "listener"), (lead, "lead")):
                    tx.session.add(
                        Booking(
                            id=new_id(), pattern_id=pattern.id, person_id=person.id, role=role,
                            first_date=first_date,
                        )
                    )  # fmt: skip


@pytest.fixture
def week(store: Store, zone: str, day: str) -> Iterator[Week]:
    before = utc(day) - 10 * DAY
    with freeze_time(before, ignore=["_pytest"]) as frozen:
        now = clock.now()
        furnishing.set_up_line(
            store, name="Harbour Line", zone=zone, country="IE", languages=["en"], now=now
        )
        cast = Cast(
            leo=volunteer(store, "leo", [Role.LISTENER], now),
            lin=volunteer(store, "lin", [Role.LISTENER], now),
            sol=volunteer(store, "sol", [Role.LISTENER, Role.LEAD], now),
            cora=volunteer(store, "cora", [Role.COORDINATOR], now),
        )
        made = Week(store, cast, now)
        made.frozen = frozen
        yield made


@over_each_change
def test_nobody_is_stranded_at_any_edge_of_the_week(
    week: Week, zone: str, day: str, edge: str, follows_at: str, closes_at: str
) -> None:
    shifts = [(edge, "14:00", week.cast.leo), ("14:00", edge, week.cast.lin)]
    changes_on = date.fromisoformat(day)
    plan_shifts(week.store, shifts, week.cast.sol, changes_on - 7 * DAY)
    edges = [
        (first_moment(zone, datetime.combine(each, time.fromisoformat(starts))), who)
        for each in (changes_on + n * DAY for n in range(-3, 5))
        for starts, _, who in shifts
    ]
    assert utc(follows_at) in [instant for instant, _ in edges]

    for (_, goes), (instant, comes) in pairwise(edges):
        week.at(instant - TEN_MINUTES)
        week.ready(goes)
        opened = week.opens(CRITICAL)
        week.sweep()
        assert week.asked(opened.chat_id) == [goes.name]
        week.accepts(goes)
        listening.say(
            week.store, goes, opened.chat_id, makers.client_id(), "I am here.", now=week.now
        )

        week.at(instant - SECOND)
        week.beat()
        with pytest.raises(errors.NotOnShift):
            listening.get_ready(week.store, comes, now=week.now)
        assert week.opening(week.now) == Opening(True, Why.OPEN)

        week.at(instant)
        week.beat()
        week.ready(comes)
        week.sweep("shift_ends", "routing", "watching")
        assert week.opening(week.now) == Opening(True, Why.OPEN)
        chat = week.chat(opened)
        assert (chat.state, chat.holder_id) == (ChatState.ACTIVE, goes.id)
        assert not week.presence(goes).ready
        assert week.presence(comes).ready
        assert week.alerts() == {}

        week.says(opened, "thank you")
        week.closes(goes, opened.chat_id, anyway="an ambulance is there")
        week.here.clear()


@over_each_change
def test_who_is_still_unanswered_at_the_edge_is_offered_to_who_comes(
    week: Week, zone: str, day: str, edge: str, follows_at: str, closes_at: str
) -> None:
    goes, comes = week.cast.leo, week.cast.lin
    plan_shifts(
        week.store, [("12:00", edge, goes), (edge, "12:00", comes)], week.cast.sol,
        date.fromisoformat(day) - 7 * DAY,
    )  # fmt: skip
    week.at(utc(follows_at) - TEN_MINUTES)
    week.ready(goes)
    held, waiting = week.talks(goes, CRITICAL), week.opens(CRITICAL)
    week.passes(599, every=30)
    assert week.asked(waiting.chat_id) == []

    week.at(utc(follows_at))
    week.beat()
    week.ready(comes)
    week.sweep("shift_ends", "routing")

    assert week.asked(waiting.chat_id) == [comes.name]
    assert week.chat(held).holder_id == goes.id


@over_each_change
def test_the_line_opens_and_closes_at_the_right_instants_all_week(
    week: Week, zone: str, day: str, edge: str, follows_at: str, closes_at: str
) -> None:
    leo, changes_on = week.cast.leo, date.fromisoformat(day)
    plan_shifts(week.store, [("18:00", edge, leo)], week.cast.sol, changes_on - 7 * DAY)
    with week.store.reading() as tx:
        last_entry = timedelta(minutes=line.line(tx).last_entry_minutes)
    nights = [changes_on + n * DAY for n in range(-4, 4)]

    for each, following in pairwise(nights):
        opens = first_moment(zone, datetime.combine(each, time(18)))
        opens_next = first_moment(zone, datetime.combine(following, time(18)))
        closes = first_moment(zone, datetime.combine(following, time.fromisoformat(edge)))
        if following == changes_on:
            closes = utc(closes_at)

        week.at(opens - SECOND)
        assert week.opening(week.now) == Opening(False, Why.OUTSIDE_HOURS, opens)
        with pytest.raises(errors.LineClosed) as refused:
            week.opens(ROUTINE)
        assert refused.value.extra["opens_at"] == opens

        week.at(opens)
        assert week.opening(week.now) == Opening(False, Why.NOBODY_READY, opens_next)
        week.ready(leo)
        week.sweep("line")
        assert week.opening(week.now) == Opening(True, Why.OPEN)

        week.at(closes - last_entry - SECOND)
        week.beat()
        week.sweep("line")
        assert week.opening(week.now) == Opening(True, Why.OPEN)

        week.at(closes - last_entry)
        week.beat()
        assert week.opening(week.now) == Opening(False, Why.LAST_ENTRY, opens_next)

        week.at(closes - SECOND)
        assert week.opening(week.now).why == Why.LAST_ENTRY
        week.at(closes)
        week.sweep("line", "shift_ends")
        assert week.opening(week.now) == Opening(False, Why.OUTSIDE_HOURS, opens_next)
        week.here.clear()


@over_each_change
@pytest.mark.parametrize("words, is_told", [(HIGH, True), (ROUTINE, False)])
def test_the_line_does_not_close_over_somebody_urgent_in_silence(
    week: Week, zone: str, day: str, edge: str, follows_at: str, closes_at: str, words: str,
    is_told: bool,
) -> None:  # fmt: skip
    leo = week.cast.leo
    changes_on = date.fromisoformat(day)
    plan_shifts(week.store, [("18:00", edge, leo)], week.cast.sol, changes_on - 7 * DAY)
    with week.store.reading() as tx:
        last_entry = timedelta(minutes=line.line(tx).last_entry_minutes)
    week.at(utc(closes_at) - last_entry - 20 * SECOND)
    week.ready(leo)
    week.sweep("line")
    week.talks(leo, CRITICAL)
    waiting = week.opens(words)
    week.passes(19, sweeps=["watching", "line"])
    assert week.alerts() == {}

    week.passes(6, every=2, sweeps=["line", "watching"])

    assert ("closing_over_urgent" in week.alerts()) == is_told
    assert week.paged("closing_over_urgent") == (["Cora", "Sol"] if is_told else [])
    week.at(utc(closes_at) + timedelta(minutes=5))
    week.beat()
    week.sweep("line", "shift_ends", "routing", "watching")
    assert week.in_line() == {waiting.chat_id}
    assert "nobody_there" in week.alerts()


def test_the_line_tells_when_it_opens_and_closes(quiet_evening: Evening, told) -> None:
    evening = quiet_evening
    evening.ready(evening.cast.leo)
    told.clear()

    for _ in range(2):
        directing.open_or_close(evening.store, now=evening.now)
    listening.go_away(evening.store, evening.cast.leo, now=evening.now)
    for minutes in (0, 4, 5, 6):
        directing.open_or_close(evening.store, now=evening.now + timedelta(minutes=minutes))

    changes = [each for each in told if type(each).__name__ == "LineChanged"]
    assert len(changes) == 2
    assert makers.journal_kinds(evening.store, None)[-3:].count("line_closed") == 1  # type: ignore[arg-type]


def test_a_hand_lets_go_when_its_hours_are_over(quiet_evening: Evening, told) -> None:
    evening = quiet_evening
    directing.set_line(
        evening.store,
        evening.cast.cora,
        is_open=True,
        reason="",
        until=evening.now + timedelta(hours=1),
        now=evening.now,
    )
    evening.passes(3590, every=900, sweeps=["line"])
    with evening.store.reading() as tx:
        assert floor.opening(tx, evening.now).open
        over = evening.now + timedelta(seconds=10)
        assert not floor.opening(tx, over).open  # also before the sweep has looked
    told.clear()

    evening.passes(10, sweeps=["line"])

    with evening.store.reading() as tx:
        row = line.line(tx)
        assert (row.by_hand, row.by_hand_by, row.by_hand_until, row.is_open) == (
            None,
            None,
            None,
            False,
        )
    assert events.LineClosed() in told


def test_closing_is_told_to_those_in_line_once_however_it_comes(
    quiet_evening: Evening, told
) -> None:
    evening, cora = quiet_evening, quiet_evening.cast.cora
    evening.ready(evening.cast.leo)
    evening.sweep("line")

    def closings() -> int:
        found = told.count(events.LineClosed())
        told.clear()
        return found

    assert closings() == 0
    for _ in range(2):
        directing.set_line(evening.store, cora, is_open=False, reason="", now=evening.now)
        evening.sweep("line")
    assert closings() == 1
    directing.let_line_run(evening.store, cora, now=evening.now)
    listening.go_away(evening.store, evening.cast.leo, now=evening.now)
    evening.passes(600, every=60, sweeps=["line"])
    assert closings() == 1


def test_a_hand_taken_away_gives_the_line_back_to_its_shifts(quiet_evening: Evening) -> None:
    evening = quiet_evening
    evening.ready(evening.cast.leo)
    for is_open in (True, False):
        directing.set_line(
            evening.store, evening.cast.cora, is_open=is_open, reason="", now=evening.now
        )
        with evening.store.reading() as tx:
            assert floor.opening(tx, evening.now).open == is_open

    directing.let_line_run(evening.store, evening.cast.cora, now=evening.now)

    with evening.store.reading() as tx:
        assert floor.opening(tx, evening.now) == Opening(True, Why.OPEN)
    with pytest.raises(errors.NotAllowed):
        directing.let_line_run(evening.store, evening.cast.sol, now=evening.now)
