"""When a resource is open, in words: in the reader's language, on the clock of where it is."""

from __future__ import annotations

from datetime import datetime, time
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time

from helpline.boards.wording import N_, say
from helpline.domain import walltime
from helpline.domain.resources import Shown

ALWAYS = N_("Open day and night.")
OPEN = N_("Open now.")
OPEN_UNTIL = N_("Open now until %(time)s.")
OPEN_UNTIL_DAY = N_("Open now until %(day)s at %(time)s.")
CLOSED = N_("Closed now.")
OPENS_TODAY = N_("Closed now. Opens today at %(time)s.")
OPENS_TOMORROW = N_("Closed now. Opens tomorrow at %(time)s.")
OPENS_ON = N_("Closed now. Opens on %(day)s at %(time)s.")
REMEMBERED = 1024  # times of the day in words; many lines share one
IN_A_WEEK = 7  # days: within them the name of the day says which


def words(shown: Shown, language: str) -> str:
    """Such as "Open now until 22:00.", "Closed now. Opens tomorrow at 9:00."."""
    hours = shown.resource.hours
    if not hours:
        return say(language, ALWAYS)
    at = shown.open_until if shown.open_now else shown.opens_at
    if at is None:
        return say(language, OPEN if shown.open_now else CLOSED)
    there = walltime.local(hours[0].zone, at)
    days = (there.date() - walltime.local(hours[0].zone, shown.at).date()).days
    sentence = _until(there, days) if shown.open_now else _from(days)
    return say(
        language, sentence, day=_day(there, days, language), time=_clock(there.time(), language)
    )


def _until(there: datetime, days: int) -> str:
    """What ends by the next morning needs no name of a day."""
    return OPEN_UNTIL if days == 0 or (days == 1 and there.hour < 12) else OPEN_UNTIL_DAY


def _from(days: int) -> str:
    return {0: OPENS_TODAY, 1: OPENS_TOMORROW}.get(days, OPENS_ON)


def _day(there: datetime, days: int, language: str) -> str:
    if days < IN_A_WEEK:
        return format_date(there, "EEEE", locale=_locale(language))
    return format_date(there, "long", locale=_locale(language))


@lru_cache(maxsize=REMEMBERED)
def _clock(at: time, language: str) -> str:
    return format_time(at, "short", locale=_locale(language))


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale("en")
