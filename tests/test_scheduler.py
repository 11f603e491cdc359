"""The scheduler knows intervals in UTC and nothing else; who is late is told of."""

from __future__ import annotations

import ast
import re
from datetime import UTC, timedelta
from pathlib import Path

import pytest

import helpline
from helpline import clock, jobs
from helpline.jobs import SWEEPS, Jobs
from helpline.store import alerts
from helpline.store.tables import SweepRun

HOUSE = Path(helpline.__file__).parent
LOCAL = re.compile(r"cron|calendarinterval|DateTrigger|run_date", re.IGNORECASE)


def names_local_time(source: str) -> list[str]:
    """Where code would be scheduled by the clock on a wall: a trigger of such a kind by name or by
    import, a job at anything but an interval, a scheduler of another zone than UTC."""
    found = []
    for node in ast.walk(ast.parse(source)):
        said = {
            ast.Constant: lambda it: it.value if isinstance(it.value, str) else "",
            ast.Name: lambda it: it.id,
            ast.Attribute: lambda it: it.attr,
            ast.alias: lambda it: it.name,
            ast.keyword: lambda it: it.arg or "",
        }.get(type(node), lambda it: "")(node)
        if LOCAL.search(said) and " " not in said:
            found.append(said)
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            given = {each.arg: ast.unparse(each.value) for each in node.keywords}
            if called == "add_job" and (
                len(node.args) < 2 or ast.unparse(node.args[1]) != "'interval'"
            ):
                found.append("add_job without an interval")
            if called.endswith("Scheduler") and given.get("timezone") != "UTC":
                found.append("a scheduler that is not in UTC")
    return found


@pytest.mark.parametrize("file", sorted(HOUSE.rglob("*.py")), ids=lambda it: it.name)
def test_nothing_is_scheduled_by_a_wall_clock(file):
    assert names_local_time(file.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "fault",
    [
        "from apscheduler.triggers.cron import CronTrigger",
        "scheduler.add_job(work, 'cron', hour=0)",
        "scheduler.add_job(work, 'date', run_date=tomorrow)",
        "scheduler.add_job(work, CalendarIntervalTrigger(days=1))",
        "BackgroundScheduler(timezone=zone)",
        "BackgroundScheduler()",
    ],
)
def test_what_would_be_is_found(fault):
    assert names_local_time(fault)


def test_every_job_is_an_interval_in_utc_that_is_made_up_for(store):
    made = Jobs(store)
    for sweep in SWEEPS:
        made.add(sweep.name, sweep.every_s, lambda: None)
    made._scheduler.start(paused=True)
    try:
        found = {each.id: each for each in made._scheduler.get_jobs()}
    finally:
        made._scheduler.shutdown(wait=False)

    assert set(found) == {each.name for each in SWEEPS}
    for sweep in SWEEPS:
        job = found[sweep.name]
        assert job.trigger.interval == timedelta(seconds=sweep.every_s)
        assert job.trigger.timezone == UTC
        assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)


# -- who is late ----------------------------------------------------------------------------------


def test_a_sweep_that_is_late_by_three_periods_is_told_of_until_it_ran_again(
    store, cast, now, monkeypatch
):
    def ran(at):
        with store.transaction() as tx:
            for name in {each.name for each in SWEEPS} | set(jobs.BESIDE):
                tx.session.merge(SweepRun(name=name, ok_at=at))

    def told():
        Jobs(store)._mind_once()
        with store.reading() as tx:
            return "sweep_late" in {each.kind for each in alerts.still_open(tx)}

    ladder = next(each for each in SWEEPS if each.name == "ladder")
    ran(now)
    monkeypatch.setattr(clock, "now", lambda: now)
    assert not told()

    with store.transaction() as tx:
        late = now - timedelta(seconds=3 * ladder.every_s + 1)
        tx.session.merge(SweepRun(name="ladder", ok_at=late))
    assert jobs.late(store, now) == ["sweep:ladder"]
    assert told()

    ran(now)
    assert not told()
