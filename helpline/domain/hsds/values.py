"""What each type of column may hold: a value as sent -> the value as kept, or what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlsplit

Number = int | float

LONGEST_ID = 200
# What a telephone takes: digits, and what people write between them. Nothing is stripped or
# completed here: a number that is not plainly one is refused, because it may be dialled.
DIALLED = re.compile(r"\+?(?:\([0-9]+\)|[0-9])(?:[ ./-]{0,2}(?:\([0-9]+\)|[0-9]))*")
DIGITS = range(2, 16)  # "15" answers in France; E.164 ends at fifteen
QUOTED = re.compile(r"""(["'])(.*)\1""")
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")
TIME = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?(Z|[+-][0-9]{2}:?[0-9]{2})?")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
BYDAY = re.compile(rf"(?:[+-]?[0-9]{{1,2}})?(?:{'|'.join(WEEKDAYS)})")
NUMBERS = re.compile(r"-?[0-9]{1,3}(?: ?, ?-?[0-9]{1,3})*")
MIDNIGHT = "24:00"  # as many write the end of a day
ENUMS: Mapping[str, tuple[str, ...]] = {
    "status": ("active", "inactive", "defunct", "temporarily closed"),
    "place": ("physical", "postal", "virtual"),
    "weekday": WEEKDAYS,
    "freq": ("WEEKLY", "MONTHLY"),
}


class Wrong(ValueError):
    """`code` says what is wrong; `kept` is the value that stays when it stops nothing."""

    def __init__(self, code: str, kept: Any = None, *, fatal: bool = True, **values: str) -> None:
        super().__init__(code)
        self.code, self.kept, self.fatal, self.values = code, kept, fatal, values


def check(type_: str, value: Any) -> Any:
    """The value as kept: text, a number or a flag. Raises `Wrong`."""
    return CHECKS[type_](value)


def is_dialled(number: str) -> bool:
    """Whether this can be pressed on a telephone as it stands."""
    return DIALLED.fullmatch(number) is not None and _digits(number) in DIGITS


def clock_time(text: str) -> time:
    """The time on the wall of a checked opening or closing; the end of the day is midnight."""
    if text.startswith(MIDNIGHT):
        return time.min
    hour, minute = text.split(":")[:2]
    return time(int(hour), int(minute[:2]))


def _digits(text: str) -> int:
    return sum(each.isdigit() for each in text)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Wrong("no_text")
    raise Wrong("number_as_text", str(value), fatal=False)


def _string(value: Any) -> str:
    """Text that means something: a number in its place is not made into it."""
    if not isinstance(value, str):
        raise Wrong("no_text")
    return value


def _id(value: Any) -> str:
    text = _text(value)
    if not text.strip() or text != text.strip() or len(text) > LONGEST_ID:
        raise Wrong("no_id")
    return text


def _number(value: Any) -> Number:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if not isinstance(value, str):
        raise Wrong("no_number")
    raise Wrong("text_as_number", as_number(value), fatal=False)


def as_number(text: str) -> Number:
    """Raises `Wrong` for what is none."""
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text.strip()):
        raise Wrong("no_number")
    return float(text) if "." in text else int(text)


def _date(value: Any) -> str:
    text = _string(value)
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        date.fromisoformat(text)
    except ValueError:
        raise Wrong("no_date") from None
    return text


def _moment(value: Any) -> str:
    text = _string(value)
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise Wrong("no_moment") from None
    return text


def _time(value: Any) -> str:
    text = _string(value)
    found = TIME.fullmatch(text)
    if not found:
        raise Wrong("no_time")
    hour, minute, second = (int(each or 0) for each in found.groups()[:3])
    if (hour > 23 or minute > 59 or second > 59) and (hour, minute, second) != (24, 0, 0):
        raise Wrong("no_time")
    return text


def _url(value: Any) -> str:
    text = _string(value)
    if not is_url(text):
        raise Wrong("no_url")
    return text


def is_url(text: str) -> bool:
    """Whether this is an address of the web that a page may link to."""
    if re.search(r"[\s<>\"\\]", text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _email(value: Any) -> str:
    text = _string(value)
    if not EMAIL.fullmatch(text):
        raise Wrong("no_email")
    return text


def _phone(value: Any) -> str:
    text = value if isinstance(value, str) else None
    if text is None:  # a number loses its leading zeros on the way
        raise Wrong("phone_as_number")
    if is_dialled(text):
        return text
    quoted = QUOTED.fullmatch(text)
    if quoted and is_dialled(quoted[2]):
        raise Wrong("phone_in_quotes", text, fatal=False)
    raise Wrong("no_phone")


def _byday(value: Any) -> str:
    text = _string(value)
    if not all(BYDAY.fullmatch(each.strip()) for each in text.split(",")):
        raise Wrong("no_days")
    return text


def _numbers(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        raise Wrong("number_as_text", str(value), fatal=False)
    text = _string(value)
    if not NUMBERS.fullmatch(text):
        raise Wrong("no_numbers")
    return text


def _one_of(type_: str) -> Callable[[Any], str]:
    def check_it(value: Any) -> str:
        text = _string(value)
        if text not in ENUMS[type_]:
            raise Wrong("none_of", allowed=", ".join(ENUMS[type_]))
        return text

    return check_it


CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "text": _text,
    "id": _id,
    "number": _number,
    "date": _date,
    "moment": _moment,
    "time": _time,
    "url": _url,
    "email": _email,
    "phone": _phone,
    "byday": _byday,
    "numbers": _numbers,
    **{type_: _one_of(type_) for type_ in ENUMS},
}
