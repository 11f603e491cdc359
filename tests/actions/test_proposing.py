"""A suggested roster, from the asking to the plan: whole, or not at all, and never stuck."""

from __future__ import annotations

import json
import os
import signal
from datetime import date, time, timedelta
from time import sleep

import pytest

from helpline import solving
from helpline.actions import forgetting, planning, proposing
from helpline.domain import errors, proposals, rostering
from helpline.domain.proposals import State
from helpline.domain.walltime import midnight
from helpline.rosterer import Rosterer
from helpline.store import proposals as rows
from helpline.store import shifts as rota
from helpline.store.shift_tables import Attendance, Blackout
from tests.actions.evening import Evening

DAY = timedelta(days=1)
FRIDAY = date(2026, 11, 20)


@pytest.fixture
def on():
    return "sqlite"


@pytest.fixture
def line(quiet_evening) -> Evening:
    """Late on Fridays there is nobody yet; Ada and Ben could come."""
    for name in ("ada", "ben"):
        quiet_evening.hires(name, booked=False, skills=["mentor"])
    planned = quiet_evening.now
    late = planning.add_pattern(
        quiet_evening.store, quiet_evening.cast.cora, "Late", 4,
        time(18), time(22), planned.date(), now=planned,
    )  # fmt: skip
    planning.set_need(quiet_evening.store, quiet_evening.cast.cora, 4, 18, 22, 4, now=planned)
    quiet_evening.late = late
    return quiet_evening


def ask(line, **more) -> str:
    return proposing.ask(line.store, line.cast.cora, FRIDAY, 1, now=line.now, **more)


def thought_out(line, proposal_id=None) -> str:
    """What the process beside would have said, thought out here."""
    proposal_id = proposal_id or ask(line)
    begun, question = proposing.begin_next(line.store, now=line.now)
    assert begun == proposal_id
    lines = []
    solving.answer(question, 0, 1, lines.append)
    proposing.end(line.store, begun, json.loads(lines[-1]), now=line.now)
    return begun


def row(line, proposal_id):
    with line.store.reading() as tx:
        return rows.proposal(tx, proposal_id)


def serving(line) -> set[str]:
    with line.store.reading() as tx:
        plan = rota.plan(tx)
        start = midnight(plan.zone, FRIDAY)
        return {
            each.person_id
            for span in rostering.shifts.spans(plan, start, start + DAY)
            if span.pattern_id == line.late
            for each in span.people
        }


def publish(line, proposal_id, after=timedelta(0)) -> int:
    return proposing.publish(line.store, line.cast.cora, proposal_id, now=line.now + after)


def test_what_is_published_is_the_plan_from_then_on(line):
    made = thought_out(line)
    added = row(line, made).result["added"]
    assert serving(line) == set()

    changed = publish(line, made)

    assert changed == len(added) == 2
    assert serving(line) == {each[2] for each in added}
    assert row(line, made).state == State.PUBLISHED


def test_it_is_published_once(line):
    made = thought_out(line)
    publish(line, made)

    with pytest.raises(proposals.NotReady):
        publish(line, made)


def test_one_that_can_no_longer_be_is_refused_whole(line):
    made = thought_out(line)
    gone = row(line, made).result["added"][0][2]
    with line.store.transaction() as tx:
        tx.session.add(Blackout(id="b", person_id=gone, first_date=FRIDAY, last_date=FRIDAY))

    with pytest.raises(proposals.RosterMoved):
        publish(line, made)

    assert serving(line) == set()
    assert row(line, made).state == State.READY


def test_a_change_elsewhere_does_not_matter(line):
    made = thought_out(line)
    planning.add_pattern(
        line.store, line.cast.cora, "Other", 6, time(9), time(10), line.now.date(), now=line.now
    )

    assert publish(line, made) == 2


@pytest.mark.parametrize("what", ["cancelled", "booked", "begun"])
def test_a_change_of_its_shifts_does(line, what):
    made = thought_out(line)
    first = row(line, made).result["added"][0][2]
    after = timedelta(0)
    if what == "cancelled":
        planning.override(line.store, line.cast.cora, line.late, FRIDAY, "cancel", now=line.now)
    elif what == "booked":
        planning.override(line.store, line.cast.cora, line.late, FRIDAY, "add", first, now=line.now)
    else:
        after = timedelta(days=2)

    with pytest.raises(proposals.RosterMoved):
        publish(line, made, after)


def test_who_may_be_moved_and_who_confirmed(line):
    planning.override(
        line.store, line.cast.cora, line.late, FRIDAY, "add", line.cast.leo.id, now=line.now
    )
    with line.store.transaction() as tx:
        made = ask_row(tx, line)
        free = rostering.problem(rows.question(tx, made, line.now)).movable
        tx.session.add(
            Attendance(
                pattern_id=line.late, on_date=FRIDAY, person_id=line.cast.leo.id,
                confirmed_at=line.now,
            )
        )  # fmt: skip
        tx.session.flush()
        kept = rostering.problem(rows.question(tx, made, line.now)).movable

    on_late = {each.person_id for each in free} - {each.person_id for each in kept}
    assert len(free) == len(kept) + 1
    assert on_late in ({line.cast.leo.id}, set())


def ask_row(tx, line):
    return rows.add(
        tx, FRIDAY, FRIDAY + 6 * DAY, may_move=True, made_by=line.cast.cora.id, now=line.now
    )


def test_one_at_a_time(line):
    ask(line)

    with pytest.raises(proposals.UnderWay):
        ask(line)


@pytest.mark.parametrize("weeks, first", [(0, FRIDAY), (5, FRIDAY), (1, date(2026, 11, 1))])
def test_what_makes_no_sense_is_refused(line, weeks, first):
    with pytest.raises(errors.BadRequest):
        proposing.ask(line.store, line.cast.cora, first, weeks, now=line.now)


def test_only_coordinators_ask_publish_and_drop(line):
    made = thought_out(line)

    for deed in (
        lambda: proposing.ask(line.store, line.cast.sol, FRIDAY, 1, now=line.now),
        lambda: proposing.publish(line.store, line.cast.sol, made, now=line.now),
        lambda: proposing.drop(line.store, line.cast.sol, made, now=line.now),
    ):
        with pytest.raises(errors.NotAllowed):
            deed()


def test_what_nobody_works_on_any_more_has_failed(line):
    made = ask(line)
    proposing.begin_next(line.store, now=line.now)
    proposing.fail_lost(line.store, now=line.now + timedelta(seconds=15))
    before = row(line, made).state

    proposing.fail_lost(line.store, now=line.now + timedelta(seconds=25))

    assert (before, row(line, made).state) == (State.RUNNING, State.FAILED)
    assert row(line, made).progress["why"] == "lost"
    ask(line)  # and nothing is in the way of another


def test_it_is_forgotten_after_twelve_weeks(line):
    made = thought_out(line)

    forgetting.forget_due(line.store, now=line.now + timedelta(weeks=12, days=1))

    with pytest.raises(errors.NotFound):
        row(line, made)


# -- in a process of its own ------------------------------------------------------------------------


class Clock:
    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def thinker(line):
    made = Rosterer(line.store, clock=Clock(line.now), seconds=20)
    yield made
    made.stop()


def look_until(thinker, line, proposal_id, *states):
    for _ in range(600):
        thinker.look()
        if row(line, proposal_id).state in states:
            return row(line, proposal_id)
        if thinker.thought is not None:
            sleep(0.05)
    raise AssertionError(row(line, proposal_id))


def test_a_process_beside_thinks_it_out(line, thinker):
    made = ask(line)

    ready = look_until(thinker, line, made, State.READY)

    assert ready.result["method"] in ("greedy", "solver")
    assert ready.result["bound"] is not None  # the solver was there and proved something
    assert len(ready.result["added"]) == 2
    assert thinker.thought is None


def test_when_the_solver_dies_the_plain_way_answers_and_says_so(line, thinker):
    made = ask(line)
    thinker.look()
    os.kill(thinker.thought.pid, signal.SIGKILL)

    ready = look_until(thinker, line, made, State.READY)

    assert ready.progress["solver_failed"]
    assert (ready.result["method"], ready.result["bound"]) == ("greedy", None)


def test_when_that_dies_too_it_has_failed(line, thinker):
    made = ask(line)
    thinker.look()
    os.kill(thinker.thought.pid, signal.SIGKILL)
    while not thinker.thought.is_over():
        sleep(0.01)
    thinker.look()
    os.kill(thinker.thought.pid, signal.SIGKILL)

    failed = look_until(thinker, line, made, State.FAILED)

    assert failed.progress["why"] == "died"


def test_dropping_it_ends_the_process(line, thinker):
    made = ask(line)
    thinker.look()
    process = thinker.thought._process

    proposing.drop(line.store, line.cast.cora, made, now=line.now)
    thinker.look()

    assert process.poll() is not None
    assert row(line, made).state == State.DROPPED
    assert thinker.thought is None


def test_a_server_that_stops_leaves_it_failed(line, thinker):
    made = ask(line)
    thinker.look()

    thinker.stop()

    assert (row(line, made).state, row(line, made).progress["why"]) == (State.FAILED, "lost")


def test_whoever_thinks_is_told_no_secret(line, thinker, monkeypatch):
    monkeypatch.setenv("HELPLINE_SECRET_KEY", "a-secret-of-the-server")
    ask(line)
    thinker.look()

    with open(f"/proc/{thinker.thought.pid}/environ", "rb") as environ:
        assert b"HELPLINE" not in environ.read()
