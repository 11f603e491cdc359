"""The week's map: cover against need for every hour, with a word in each cell."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from helpline.boards import briefing, gaps, outlook
from helpline.boards.wording import N_, catalogue, say
from helpline.domain import changes, weekmap
from helpline.domain.access import Who
from helpline.domain.forecast import Forecast
from helpline.domain.roster import DAY
from helpline.domain.weekmap import Cell, Row, Word
from helpline.store import shifts as rota
from helpline.store.transaction import Store

Board = dict[str, Any]

WEEK = timedelta(weeks=1)
MISSING = (Word.NOBODY, Word.THIN)

WORDS = {
    Word.NOBODY: N_("nobody"),
    Word.THIN: N_("too few"),
    Word.ENOUGH: N_("enough"),
    Word.SPARE: N_("more than needed"),
    Word.NONE_NEEDED: N_("none needed"),
}
MARKS = {Word.NOBODY: "✕", Word.THIN: "!", Word.SPARE: "+"}
HEAT = {Word.NOBODY: "none", Word.THIN: "thin", Word.ENOUGH: "enough", Word.SPARE: "spare"}


def week_board(store: Store, who: Who, wished: date | None, now: datetime) -> Board:
    """The local week that holds `wished`, or this one where it names none that can be planned."""
    with store.reading() as tx:
        plan = rota.plan(tx)
        today = changes.today(plan, now)
        if wished is None or abs(wished - today) > changes.PLANNED_AHEAD:
            wished = today
        monday = wished - wished.weekday() * DAY
        rows = weekmap.week_map(plan, rota.needs(tx), monday)
        expected = outlook.read_forecast(tx, now)
    missing = sum(cell.word in MISSING for row in rows for cell in row.cells)
    return {
        "monday": monday.isoformat(),
        "before": (monday - WEEK).isoformat(),
        "after": (monday + WEEK).isoformat(),
        "is_this": monday <= today < monday + WEEK,
        "title": _title(who.language, monday, missing),
        "rows": [_row(who.language, each, today, expected) for each in rows],
        "says_how_many_come": expected.says_anything,
        "legend": [
            {"heat": heat, "mark": MARKS.get(word, ""), "word": say(who.language, WORDS[word])}
            for word, heat in HEAT.items()
        ],
        "zone": plan.zone,
    }


def _title(language: str, monday: date, missing: int) -> str:
    """The finding, not the subject."""
    days = f"{briefing.day(language, monday)} – {briefing.day(language, monday + 6 * DAY)}"
    if not missing:
        return say(language, N_("%(days)s: every hour is covered"), days=days)
    many = catalogue(language).ngettext
    found = many("%(days)s: %(n)d hour lacks people", "%(days)s: %(n)d hours lack people", missing)
    return found % {"days": days, "n": missing}


def _row(language: str, row: Row, today: date, expected: Forecast) -> Board:
    """24 columns; one is empty where the clocks leap, one holds two where they go back."""
    hours: list[list[Board]] = [[] for _ in range(24)]
    for cell in row.cells:
        come = outlook.behind(language, expected, row.date.weekday(), cell.hour)
        shown = _cell(language, cell)
        words = "; ".join(filter(None, (shown["words"], come["words"])))
        hours[cell.hour].append(shown | {"step": come["step"], "words": words})
    return {
        "day": briefing.day(language, row.date),
        "is_today": row.date == today,
        "hours": hours,
    }


def _cell(language: str, cell: Cell) -> Board:
    asked = bool(cell.need or cell.leads_need)
    return {
        "label": cell.label,
        "again": cell.again,
        "heat": HEAT.get(cell.word, "free"),
        "mark": MARKS.get(cell.word, ""),
        "figures": f"{cell.cover}/{cell.need}" if asked else str(cell.cover or "·"),
        "lead_missing": cell.leads_cover < cell.leads_need,
        "words": _cell_words(language, cell),
    }


def _cell_words(language: str, cell: Cell) -> str:
    """ "too few: 1 listener, 1 lead; needed: 2 listeners, 1 lead"."""
    word = say(language, WORDS[cell.word])
    if cell.lacks is not None:
        some = bool(cell.minors_cover)
        word = ", ".join([word, *gaps.untrained(language, cell.lacks, some=some)])
    there = briefing.heads(language, cell.cover, cell.leads_cover)
    if cell.word == Word.NONE_NEEDED:
        return word if not cell.cover + cell.leads_cover else f"{word}: {there}"
    needed = briefing.heads(language, cell.need, cell.leads_need)
    return say(
        language,
        N_("%(word)s: %(there)s; needed: %(needed)s"),
        word=word,
        there=there,
        needed=needed,
    )
