"""Looking back over some weeks: what was answered, on what seats, what criticals cost others."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from helpline.boards import briefing, loads
from helpline.boards.wording import N_, catalogue, say
from helpline.domain import access, overtaking, walltime
from helpline.domain.access import Who
from helpline.domain.overtaking import Answer, Overtaken
from helpline.domain.roster import DAY
from helpline.domain.urgency import Level
from helpline.store import line, people, reports, returns
from helpline.store.tables import Chat
from helpline.store.transaction import Store, Transaction

Board = dict[str, Any]
Timed = TypeVar("Timed", Answer, Overtaken)

WEEKS = 4
WAITS_AT_MOST = DAY  # who waited across the first Monday was overtaken before it too


def board(store: Store, who: Who, now: datetime) -> Board:
    """The last weeks of the line, the newest first, and how its load is spread. For whoever
    answers for the line; refused: `not_allowed`."""
    access.require(who, "look_back")
    with store.reading() as tx:
        weeks = _weeks(tx, who.language, line.line(tx).zone, now)
        return {
            "title": _title(who.language, weeks[0]),
            "weeks": weeks,
            "people": loads.spread(tx, who.language, now),
            "again": _again(tx, who.language, now),
        }


def _again(tx: Transaction, language: str, now: datetime) -> list[Board]:
    """Who talked repeatedly with one visitor that asked for it, whoever that is."""
    names, zone = people.names(tx), line.line(tx).zone
    return [
        {
            "name": names.get(each.person_id, ""),
            "times": each.times,
            "last": briefing.moment(language, zone, each.last_at, now),
        }
        for each in returns.repeats(tx, now)
    ]


def _weeks(tx: Transaction, language: str, zone: str, now: datetime) -> list[Board]:
    today = walltime.local(zone, now).date()
    this = today - today.weekday() * DAY
    mondays = [this - n * 7 * DAY for n in reversed(range(WEEKS))]
    starts = [_begin(zone, each) for each in mondays]
    until = _begin(zone, this + 7 * DAY)

    seats, surges = reports.seats_given(tx, starts[0] - WAITS_AT_MOST, until)
    given, surged = _by_week(starts, seats), _by_week(starts, surges)
    lost = _by_week(starts, overtaking.overtaken(seats))
    asked, left = defaultdict[int, int](int), defaultdict[int, int](int)
    for at in reports.asked_for_surge(tx, starts[0], until):
        asked[bisect_right(starts, at) - 1] += 1
    for came, gone in reports.left_unanswered(tx, starts[0], until):
        if overtaking.overtakers(came, gone, seats):
            left[bisect_right(starts, gone) - 1] += 1
    return [
        _week(language, mondays[n], given[n], surged[n], lost[n])
        | {"is_this": mondays[n] == this, "surge_asked": asked[n], "left": left[n]}
        for n in reversed(range(WEEKS))
    ]


def _begin(zone: str, monday: date) -> datetime:
    return walltime.first_instant(zone, datetime.combine(monday, time()))


def _by_week(starts: list[datetime], some: Iterable[Timed]) -> dict[int, list[Timed]]:
    """By the number of the week; what came before the first is left out."""
    found = defaultdict[int, list[Timed]](list)
    for each in some:
        if each.at >= starts[0]:
            found[bisect_right(starts, each.at) - 1].append(each)
    return found


def _week(
    language: str, monday: date, seats: list[Answer], surges: list[Answer], lost: list[Overtaken]
) -> Board:
    answered = seats + surges
    longest = max((each.lost for each in lost), default=timedelta(0))
    last = monday + 6 * DAY
    return {
        "days": f"{briefing.day(language, monday)} – {briefing.day(language, last)}",
        "answered": len({each.chat_id for each in answered}),
        "high": sum(each.level is Level.HIGH for each in answered),
        "critical": sum(each.level is Level.CRITICAL for each in answered),
        "surge_taken": len(surges),
        "overtaken": len(lost),
        "lost_minutes": _minutes(sum((each.lost for each in lost), timedelta(0))),
        "longest_minutes": _minutes(longest),
    }


def _minutes(span: timedelta) -> int:
    return round(span / timedelta(minutes=1))


def _title(language: str, week: Board) -> str:
    """The finding, not the subject."""
    if not week["overtaken"]:
        return say(language, N_("This week nobody waited longer because of a critical chat"))
    found = catalogue(language).ngettext(
        "This week %(n)d person waited longer because critical chats went first: %(minutes)s min",
        "This week %(n)d people waited longer because critical chats went first: %(minutes)s min "
        "in all",
        week["overtaken"],
    )
    return found % {"n": week["overtaken"], "minutes": week["lost_minutes"]}


# -- now ----------------------------------------------------------------------------------------


def overtaken_now(
    tx: Transaction, waiting: list[Chat], language: str, now: datetime
) -> dict[str, str]:
    """Of those in line, in words, who has seen later critical chats go first."""
    others = [chat for chat in waiting if chat.level != Level.CRITICAL]
    if not others:
        return {}
    seats, _ = reports.seats_given(tx, min(each.arrived_at for each in others), now + DAY)
    before = {each.id: overtaking.overtakers(each.arrived_at, now, seats) for each in others}
    return {
        chat_id: briefing.overtaken_words(language, len(those), those[0].at, now)
        for chat_id, those in before.items()
        if those
    }
