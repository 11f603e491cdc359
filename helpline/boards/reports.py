"""Reports for the organisation: tables of whole weeks, each with what it shows in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from babel.dates import format_date

from helpline.boards import figures
from helpline.boards.wording import N_, catalogue, say
from helpline.domain import access, small_groups
from helpline.domain import reports as rules
from helpline.domain.access import Who
from helpline.domain.reports import Group, Report
from helpline.domain.small_groups import Shown
from helpline.store import cards, line
from helpline.store import reports as counted
from helpline.store.transaction import Store

Board = dict[str, Any]
Value = int | float | None

DEFAULT_WEEKS = 13

GROUP = {
    "came": N_("Came"),
    "answered": N_("Answered"),
    "left": N_("Left before an answer"),
    "otherwise": N_("Closed in line, or still waiting"),
    "wait_half": N_("Half waited at most, minutes"),
    "wait_nine_in_ten": N_("Nine in ten waited at most, minutes"),
    "length": N_("Half of the talks lasted at most, minutes"),
}
LEVELS = {
    "routine": N_("routine"),
    "elevated": N_("elevated"),
    "high": N_("high"),
    "critical": N_("critical"),
}
OUTCOMES = {
    "felt_heard": N_("Felt heard"),
    "given_resource": N_("Was given a place to turn to"),
    "handed_to_emergency": N_("Handed to the emergency services"),
    "visitor_left": N_("The visitor ended it"),
    "not_for_us": N_("Not for us"),
    "abusive": N_("Abusive"),
    "other": N_("Something else"),
}
FEELINGS = {"better": N_("Better"), "same": N_("The same"), "worse": N_("Worse")}
HAND_OFFS = {
    "listener": N_("To a listener"),
    "lead": N_("To a shift lead"),
    "queue": N_("To the line"),
    "resource": N_("To a resource"),
    "emergency": N_("To the emergency services"),
}
ENDS = {
    "accepted": N_("Taken, or reached"),
    "declined": N_("Passed on, or not wanted"),
    "otherwise": N_("Taken back, lapsed or not known"),
}


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` are codes with their words; each row has a key, its words, and a value for every
    column: None where it is hidden, or too few to say."""

    name: str
    title: str
    columns: Mapping[str, str]
    rows: Sequence[tuple[str, str, Sequence[Value]]]
    figures: Sequence[str] = field(default_factory=tuple)


def board(store: Store, who: Who, weeks: int | None, now: datetime) -> Board:
    """The report of so many whole weeks, one of `domain.reports.WEEKS`. For whoever answers for
    the line; refused: `not_allowed`."""
    access.require(who, "look_back")
    asked = weeks if weeks in rules.WEEKS else DEFAULT_WEEKS
    with store.reading() as tx:
        zone = line.line(tx).zone
        mondays = rules.mondays(zone, asked, now)
        until = mondays[-1] + timedelta(weeks=1)
        since, end = rules.begin(zone, mondays[0]), rules.begin(zone, until)
        visits = counted.visits(tx, since, end)
        handed = counted.hand_offs(tx, since, end)
        shown = cards.counted(tx, mondays[0], until - timedelta(days=1))
    found = rules.report(visits, handed, mondays, zone)
    return {
        "weeks": asked,
        "choices": rules.WEEKS,
        "zone": zone,
        "from": mondays[0],
        "to": until - timedelta(days=1),
        "is_empty": not visits and not handed and not shown,
        "tables": [
            *(make(who.language, found) for make in TABLES.values()),
            _cards(who.language, shown),
        ],
    }


def as_json(shown: Board) -> Board:
    """The same for machines: codes and numbers, null for what is hidden."""
    return {
        "weeks": shown["weeks"],
        "zone": shown["zone"],
        "from": shown["from"].isoformat(),
        "to": shown["to"].isoformat(),
        "tables": {
            each.name: [
                {"key": key} | dict(zip(each.columns, values, strict=True))
                for key, _, values in each.rows
            ]
            for each in shown["tables"]
        },
    }


# -- the tables ---------------------------------------------------------------------------------


def _weeks(language: str, found: Report) -> Table:
    labels = [_day(language, each) for each in found.mondays]
    rows = {each.isoformat(): group for each, group in found.weeks.items()}
    answered = small_groups.percent(found.all.parts["answered"], found.all.came)
    if found.all.came is None or answered is None or found.all.waits.half is None:
        title = say(language, N_("Too few came in this time to say anything of them"))
    else:
        title = say(
            language,
            N_("%(share)s in 100 of %(n)s were answered; half of them within %(minutes)s minutes"),
            share=answered, n=found.all.came, minutes=found.all.waits.half,
        )  # fmt: skip
    return _of_groups(language, "weeks", title, rows, labels)


def _hours(language: str, found: Report) -> Table:
    labels = [f"{hour:02}" for hour in found.hours]
    rows = {f"{hour:02}:00": group for hour, group in found.hours.items()}
    busiest = max(found.hours, key=lambda hour: found.hours[hour].came or 0)
    title = say(language, N_("No hour of the day had enough visitors to be shown"))
    if found.hours[busiest].came:
        title = say(
            language, N_("Most came between %(since)s and %(until)s"),
            since=f"{busiest:02}:00", until=f"{(busiest + 1) % 24:02}:00",
        )  # fmt: skip
    return _of_groups(language, "hours", title, rows, labels)


def _levels(language: str, found: Report) -> Table:
    rows = {level.word: group for level, group in found.levels.items()}
    labels = [say(language, LEVELS[each]) for each in rows]
    urgent = [found.levels[each].came for each in found.levels if each.word in ("high", "critical")]
    title = say(language, N_("How great the risk was"))
    if None not in urgent and found.all.came:
        title = say(
            language, N_("%(share)s in 100 were at high or critical risk"),
            share=round(100 * sum(each or 0 for each in urgent) / found.all.came),
        )  # fmt: skip
    return _of_groups(language, "levels", title, rows, labels, waits_as=figures.columns)


def _outcomes(language: str, found: Report) -> Table:
    rows = [(code, say(language, OUTCOMES[code]), [n]) for code, n in found.outcomes.items()]
    most = max(found.outcomes, key=lambda code: found.outcomes[code] or 0)
    title = say(language, N_("How the chats ended"))
    if found.outcomes[most]:
        title = say(language, N_("Most often: %(outcome)s"), outcome=say(language, OUTCOMES[most]))
    return Table("outcomes", title, {"chats": say(language, N_("Chats"))}, rows)


def _feelings(language: str, found: Report) -> Table:
    columns = {code: say(language, words) for code, words in FEELINGS.items()}
    rows = [
        (monday.isoformat(), _day(language, monday), list(felt.values()))
        for monday, felt in found.feelings.items()
    ]
    of_all = found.all_feelings
    said = None if None in of_all.values() else sum(each or 0 for each in of_all.values())
    title = say(language, N_("Too few said how they felt afterwards to tell a share"))
    better = small_groups.percent(of_all["better"], said)
    if better is not None:
        title = say(
            language, N_("%(share)s in 100 of %(n)s who said so felt better afterwards"),
            share=better, n=said,
        )  # fmt: skip
    labels = [_day(language, each) for each in found.mondays]
    drawn = _columns_of(columns, [values for _, _, values in rows])
    return Table("feedback", title, columns, rows, [figures.columns(title, labels, drawn)])


def _hand_offs(language: str, found: Report) -> Table:
    columns = {code: say(language, words) for code, words in ENDS.items()}
    rows = [
        (kind, say(language, HAND_OFFS.get(kind, kind)), list(ends.values()))
        for kind, ends in sorted(found.handed_off.items())
    ]
    taken = [ends["accepted"] for ends in found.handed_off.values()]
    title = say(language, N_("Hand-offs, and how they went"))
    if rows and None not in taken:
        title = catalogue(language).ngettext(
            "%(n)d hand-off was taken",
            "%(n)d hand-offs were taken",
            sum(each or 0 for each in taken),
        ) % {"n": sum(each or 0 for each in taken)}
    return Table("hand-offs", title, columns, rows)


def _cards(language: str, counts: Sequence[tuple[str, str, int, int]]) -> Table:
    """Offered and opened are no parts of one sum: each is hidden or shown by itself."""
    columns = {
        "offered": say(language, N_("Offered in a chat")),
        "opened": say(language, N_("Called, texted or opened from there")),
    }
    rows = [
        (resource, name, [small_groups.shown(offered), small_groups.shown(opened)])
        for resource, name, offered, opened in counts
    ]
    return Table("cards", say(language, N_("Which cards were offered and opened")), columns, rows)


TABLES = {
    "weeks": _weeks,
    "hours": _hours,
    "levels": _levels,
    "outcomes": _outcomes,
    "feedback": _feelings,
    "hand-offs": _hand_offs,
}


def _of_groups(
    language: str,
    name: str,
    title: str,
    groups: Mapping[str, Group],
    labels: Sequence[str],
    waits_as: Callable[[str, Sequence[str], figures.Series], str] = figures.lines,
) -> Table:
    columns = {code: say(language, words) for code, words in GROUP.items()}
    values = [_values(each) for each in groups.values()]
    drawn = _columns_of(columns, values)
    some = {columns[code]: drawn[columns[code]] for code in ("came", "answered", "left")}
    waits = {columns[code]: drawn[columns[code]] for code in ("wait_half", "wait_nine_in_ten")}
    waited = say(language, N_("How long people waited for an answer, in minutes"))
    rows = [(key, label, row) for key, label, row in zip(groups, labels, values, strict=True)]
    made = [figures.columns(title, labels, some), waits_as(waited, labels, waits)]
    return Table(name, title, columns, rows, made)


def _values(group: Group) -> list[Value]:
    return [
        group.came, *group.parts.values(), group.waits.half, group.waits.nine_in_ten, group.length,
    ]  # fmt: skip


def _columns_of(
    columns: Mapping[str, str], rows: Sequence[Sequence[Value | Shown]]
) -> dict[str, list[float | None]]:
    """By the words of each column what it holds, from the first row to the last."""
    return {words: [row[nth] for row in rows] for nth, words in enumerate(columns.values())}


def _day(language: str, day: date) -> str:
    return str(format_date(day, "d MMM", locale=language))
