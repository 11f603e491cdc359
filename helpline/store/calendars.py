"""Days out of the ordinary: the public holidays of the line's country and region, and over them
the organisation's own days.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import holidays
from sqlalchemy import select
from sqlmodel import col

from helpline.domain import errors
from helpline.domain.roster import SpecialDay
from helpline.store.shift_tables import SpecialDay as OwnDay
from helpline.store.tables import Line
from helpline.store.transaction import Transaction

COUNTRY, REGION = "holidays_country", "holidays_region"  # in the line's policies
NO_COUNTRY = ""
CLOSED, HOLIDAY = "closed", "holiday"
YEARS_KEPT = 32


def special_days(tx: Transaction, row: Line, years: range) -> dict[date, SpecialDay]:
    """Every special day of these years, by date; of two on one date the organisation's own."""
    country, region = place(row)
    public = holidays_of(country, region, row.languages[0], years.start, years.stop)
    return {
        **{day: SpecialDay(day, name) for day, name in public.items()},
        **{
            each.on_date: SpecialDay(each.on_date, each.name, closed=each.kind == CLOSED)
            for each in own_days(tx)
        },
    }


def own_days(tx: Transaction) -> list[OwnDay]:
    return list(tx.session.scalars(select(OwnDay).order_by(col(OwnDay.on_date))))


def own_day(tx: Transaction, day: date) -> OwnDay:
    """Refused: `not_found`."""
    found = tx.session.get(OwnDay, day)
    if found is None:
        raise errors.NotFound
    return found


def place(row: Line) -> tuple[str, str]:
    """Whose public holidays the line keeps: a country, or none, and perhaps a region of it."""
    return str(row.policies.get(COUNTRY, row.country)), str(row.policies.get(REGION, ""))


@lru_cache(maxsize=YEARS_KEPT)
def holidays_of(
    country: str, region: str, language: str, first_year: int, until_year: int
) -> Mapping[date, str]:
    """The public holidays of some years with their names, in the language where they are known
    in it. None of a country or region that the package does not know.
    """
    if not knows(country, region):
        return {}
    spoken = holidays.list_localized_countries().get(country, [])
    fitting = (each for each in spoken if each.split("_")[0] == language.split("-")[0])
    usual = holidays.country_holidays(country).default_language  # unsaid it would be the server's
    found = holidays.country_holidays(
        country,
        subdiv=region or None,
        years=range(first_year, until_year),
        language=next(fitting, usual),
    )
    return dict(sorted(found.items()))


def countries() -> list[str]:
    return sorted(_supported())


def regions(country: str) -> list[str]:
    return sorted(_supported().get(country, []))


def knows(country: str, region: str) -> bool:
    return country in _supported() and (not region or region in _supported()[country])


@lru_cache(maxsize=1)
def _supported() -> dict[str, list[str]]:
    return holidays.list_supported_countries()
