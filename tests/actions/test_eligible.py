"""Who may take a shift, gathered from a real database in a few looks."""

from __future__ import annotations

from datetime import date, time, timedelta

from sqlalchemy import event

from helpline.actions import planning
from helpline.domain import eligibility, shifts
from helpline.domain.access import Role
from helpline.domain.eligibility import Hours, Level
from helpline.store import eligible, people
from helpline.store import shifts as rota
from helpline.store.secrets import new_id
from helpline.store.shift_tables import Availability, Blackout, Qualification

DAY = timedelta(days=1)


def test_what_people_said_and_have_stands_beside_their_hours(store, cast, now):
    with store.transaction() as tx:
        leo = people.person(tx, cast.leo.id)
        leo.weekly_hours, leo.in_training = 12, True
        tx.session.add_all(
            [
                leo,
                Availability(
                    id=new_id(), person_id=leo.id, weekday=2, from_hour=18, to_hour=22, level="gladly"
                ),
                Blackout(
                    id=new_id(), person_id=leo.id, first_date=now.date(), last_date=now.date() + DAY
                ),
                Blackout(
                    id=new_id(), person_id=leo.id,
                    first_date=date(2020, 1, 1), last_date=date(2020, 1, 2),
                ),
                Qualification(
                    id=new_id(), person_id=leo.id, name="police",
                    given_on=date(2026, 1, 1), valid_until=date(2027, 1, 1),
                ),
            ]
        )  # fmt: skip
        crew = eligible.crew(tx, now)

    assert set(crew.people) == {cast.leo.id, cast.lin.id, cast.sol.id}
    found = crew.people[cast.leo.id]
    assert (found.week, found.in_training) == (timedelta(hours=12), True)
    assert found.blackouts == ((now.date(), now.date() + DAY),)
    assert found.checks == {"police": date(2027, 1, 1)}
    assert found.hours == (Hours(2, 18, 22, Level.GLADLY),)
    assert crew.people[cast.lin.id].stints[0].starts_at < now - 13 * DAY
    assert crew.zone == "Europe/Dublin"


def test_a_shift_to_come_finds_whom_to_ask(store, cast, now):
    pattern = planning.add_pattern(
        store, cast.cora, "More", 0, time(18), time(21), now.date(), now=now
    )
    with store.reading() as tx:
        span = next(
            each for each in shifts.spans(rota.plan(tx), now, now + 8 * DAY)
            if each.pattern_id == pattern
        )  # fmt: skip
        crew = eligible.crew(tx, now)

    # Everybody of the cast serves around the clock.
    assert eligibility.may(crew, span, Role.LISTENER, now) == []


def test_the_looks_do_not_grow_with_the_number_of_people(store, cast, now):
    seen: list[str] = []
    with store.reading() as tx:
        eligible.crew(tx, now)
    event.listen(store.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))

    with store.reading() as tx:
        eligible.crew(tx, now)

    assert len([each for each in seen if each.lstrip().startswith("SELECT")]) <= 7
