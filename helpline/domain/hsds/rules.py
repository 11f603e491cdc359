"""Schedules as HSDS writes them, and as the directory reads them: rules that recur."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from .. import schedules
from ..schedules import Schedule
from . import values

LAST_MINUTE = time(23, 59)  # "00:00 to 23:59" is how many say the whole day
LIMITS = ("until", "count", "valid_to", "bymonthday", "byyearday", "byweekno")


@dataclass(frozen=True)
class Fault:
    field: str
    code: str
    fatal: bool = True


def problems(body: Mapping[str, Any], zone: str) -> Iterator[Fault]:
    """What is wrong with a schedule's record whose fields are of the right type each. `zone` is
    what an attribute of ours says."""
    opens, closes = body.get("opens_at"), body.get("closes_at")
    if (opens is None) != (closes is None):
        yield Fault("opens_at" if opens is None else "closes_at", "half_open")
        return
    if opens is not None and opens.startswith(values.MIDNIGHT):
        yield Fault("opens_at", "no_time")
        return
    if not _says_when(body):
        yield Fault("", "no_rule", fatal=False)
        return
    if body.get("byweekno"):
        yield Fault("byweekno", "weeks_of_a_rule", fatal=False)  # RFC 5545: in yearly rules only
    if body.get("freq") != "MONTHLY" and re.search("[0-9]", body.get("byday") or ""):
        yield Fault("byday", "nth_of_a_week")  # the second Friday is one of a month
        return
    try:
        schedules.require(schedule(body, "UTC"))
    except schedules.NeverOpen:
        yield Fault("", "never_open", fatal=False)
    except (ValueError, TypeError, KeyError):
        yield Fault("freq", "bad_rule")
        return
    if opens is not None and not is_always(body) and zone_of(body, zone) is None:
        yield Fault("timezone", "no_zone", fatal=False)


def schedule(body: Mapping[str, Any], zone: str) -> Schedule:
    """The rule on the wall of a zone. ValueError or TypeError for one that is none."""

    def day(name: str) -> date | None:
        return date.fromisoformat(body[name]) if body.get(name) else None

    def numbers(name: str) -> tuple[int, ...]:
        return tuple(int(each) for each in str(body.get(name) or "").split(",") if each.strip())

    opens, closes = body.get("opens_at"), body.get("closes_at")
    return Schedule(
        zone,
        values.clock_time(opens) if opens else None,
        values.clock_time(closes) if closes else None,
        freq=body.get("freq"),
        interval=_whole(body.get("interval"), 1),
        byday=tuple(e.strip() for e in (body.get("byday") or "").split(",") if e.strip()),
        bymonthday=numbers("bymonthday"),
        byyearday=numbers("byyearday"),
        byweekno=numbers("byweekno"),
        wkst=body.get("wkst"),
        dtstart=day("dtstart"),
        until=day("until"),
        count=_whole(body.get("count"), None),
        valid_from=day("valid_from"),
        valid_to=day("valid_to"),
    )


def zone_of(body: Mapping[str, Any], named: str) -> str | None:
    """The zone that an attribute of ours names, or UTC where the times themselves say so
    ("09:00:00Z"). An offset in hours, all that HSDS has, is no zone: it does not say what holds
    when the clocks change."""
    if named:
        return named if is_zone(named) else None
    times = [body.get("opens_at"), body.get("closes_at")]
    return "UTC" if all(each and each.endswith("Z") for each in times) else None


def is_always(body: Mapping[str, Any]) -> bool:
    """Day and night, every day, without an end: whatever the zone."""
    if not body.get("opens_at") or body.get("freq") not in ("WEEKLY", None):
        return False
    whole = set((body.get("byday") or "").replace(" ", "").split(",")) == set(schedules.DAYS)
    opens, closes = (values.clock_time(body[name]) for name in ("opens_at", "closes_at"))
    day_long = opens == time.min and closes in (time.min, LAST_MINUTE)
    return whole and day_long and not any(body.get(n) for n in LIMITS) and _whole(
        body.get("interval"), 1
    ) == 1  # fmt: skip


def is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True


def body_of(rule: Schedule) -> dict[str, Any]:
    """The columns of a schedule's record, but for its id, its zone and what it belongs to."""

    def joined(some: tuple[Any, ...]) -> str | None:
        return ",".join(str(each) for each in some) or None

    said = {
        "valid_from": rule.valid_from and rule.valid_from.isoformat(),
        "valid_to": rule.valid_to and rule.valid_to.isoformat(),
        "dtstart": rule.dtstart and rule.dtstart.isoformat(),
        "until": rule.until and rule.until.isoformat(),
        "count": rule.count,
        "wkst": rule.wkst,
        "freq": rule.freq,
        "interval": rule.interval if rule.interval != 1 else None,
        "byday": joined(rule.byday),
        "byweekno": joined(rule.byweekno),
        "bymonthday": joined(rule.bymonthday),
        "byyearday": joined(rule.byyearday),
        "opens_at": rule.opens and rule.opens.isoformat(timespec="minutes"),
        "closes_at": rule.closes and rule.closes.isoformat(timespec="minutes"),
    }
    return {name: value for name, value in said.items() if value is not None}


def _says_when(body: Mapping[str, Any]) -> bool:
    return any(body.get(n) for n in ("freq", "byday", "bymonthday", "byyearday", "opens_at"))


def _whole(value: Any, unsaid: Any) -> Any:
    if value is None:
        return unsaid
    if int(value) != value:
        raise ValueError("no whole number")
    return int(value)
