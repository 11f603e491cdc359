"""What came in by form or JSON, read as a day, a time, a number; refused with its field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from helpline.boards.wording import N_
from helpline.domain import errors
from helpline.domain.text import require_id

Given = Mapping[str, Any]
NUMBER_AT_MOST = 1_000_000


class NotADay(errors.BadRequest):
    message = N_("Please give a day, such as 2027-03-29.")


class NotATime(errors.BadRequest):
    message = N_("Please give a time, such as 18:00.")


class NotANumber(errors.BadRequest):
    message = N_("Please give a whole number.")


class NotAnInstant(errors.BadRequest):
    message = N_("Please give a time with its offset, such as 2027-03-29T18:00:00Z.")


class NotChosen(errors.BadRequest):
    message = N_("Please choose one.")


def words(given: Given, field: str) -> str:
    """The text as it came, or nothing. Refused: `bad_request` for what is no text."""
    value = given.get(field, "")
    if value is None:
        return ""
    if not isinstance(value, str):
        raise errors.BadRequest(field=field)
    return value


def day(given: Given, field: str) -> date:
    try:
        return date.fromisoformat(_exactly(words(given, field), 10))
    except ValueError:
        raise NotADay(field=field) from None


def maybe_day(given: Given, field: str) -> date | None:
    return day(given, field) if words(given, field).strip() else None


def wall_time(given: Given, field: str) -> time:
    try:
        return time.fromisoformat(_exactly(words(given, field), 5))
    except ValueError:
        raise NotATime(field=field) from None


def instant(given: Given, field: str) -> datetime:
    """RFC 3339 with an offset; a naive time is refused, since nobody knows what it means."""
    try:
        found = datetime.fromisoformat(words(given, field).strip())
    except ValueError:
        raise NotAnInstant(field=field) from None
    if found.tzinfo is None:
        raise NotAnInstant(field=field)
    return found


def maybe_instant(given: Given, field: str) -> datetime | None:
    return instant(given, field) if words(given, field).strip() else None


def number(given: Given, field: str, *, default: int | None = None) -> int:
    value = given.get(field)
    if value in (None, "") and default is not None:
        return default
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        value = int(value.strip()[:7])
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= NUMBER_AT_MOST:
        raise NotANumber(field=field)
    return value


def maybe_number(given: Given, field: str) -> int | None:
    return number(given, field) if given.get(field) not in (None, "") else None


def yes(given: Given, field: str) -> bool:
    """A box that is ticked, or true. Refused: `bad_request` for anything else than yes or no."""
    value = given.get(field)
    if value in (None, "", False, "0"):
        return False
    if value in (True, "1", "on"):
        return True
    raise errors.BadRequest(field=field)


def several(given: Given, field: str) -> list[str]:
    """Words of a list, or of a text that parts them by commas. Refused: `bad_request`."""
    value = given.get(field)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return value
    return words(given, field).replace(",", " ").split()


def chosen(given: Given, field: str) -> str:
    """An id out of a list. Refused: `bad_request`."""
    try:
        return require_id(given.get(field), field)
    except errors.BadRequest:
        raise NotChosen(field=field) from None


def maybe_chosen(given: Given, field: str) -> str | None:
    return chosen(given, field) if given.get(field) not in (None, "") else None


def _exactly(text: str, length: int) -> str:
    """ISO has more forms than a plan needs; only the plain one is read."""
    text = text.strip()
    if len(text) != length:
        raise ValueError
    return text
