"""What somebody looks for in the directory, from a form or from the wire."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from helpline.domain import errors, regions, text
from helpline.domain.directory import QUERY_LENGTH, Wish
from helpline.domain.resources import COSTS, WAYS

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _-]{0,39}")
OLDEST = 130  # years


def wish_from(payload: Mapping[str, Any]) -> Wish:
    """Empty is not asked for. Refused: `bad_request` with the field, `too_long` for a query."""
    read = {name: reader(payload.get(name), name) for name, reader in READERS.items()}
    wish = Wish(**read)
    if wish.region and not regions.is_in(wish.region, wish.country):
        return replace(wish, region=None)  # chosen before the country was
    return wish


def _words(value: Any, field: str) -> str | None:
    said = text.clean_or_none(value, limit=QUERY_LENGTH, field=field)
    return (said and said.strip()) or None


def _code(value: Any, field: str) -> str | None:
    if value in (None, ""):
        return None
    if not isinstance(value, str) or not _CODE.fullmatch(value):
        raise errors.BadRequest(field=field)
    return value


def _country(value: Any, field: str) -> str | None:
    code = _code(value, field)
    if code is not None and len(code) != 2:
        raise errors.BadRequest(field=field)
    return code and code.upper()


def _region(value: Any, field: str) -> str | None:
    code = _code(value, field)
    return code and code.upper()


def _one_of(allowed: tuple[str, ...]) -> Callable[[Any, str], str | None]:
    def read(value: Any, field: str) -> str | None:
        code = _code(value, field)
        if code not in (None, *allowed):
            raise errors.BadRequest(field=field)
        return code

    return read


def _age(value: Any, field: str) -> int | None:
    if value in (None, ""):
        return None
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 5:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= OLDEST:
        raise errors.BadRequest(field=field)
    return value


def _flag(value: Any, field: str) -> bool:
    if value not in (None, "", "yes", True, False):
        raise errors.BadRequest(field=field)
    return value in ("yes", True)


READERS: dict[str, Callable[[Any, str], Any]] = {
    "query": _words,
    "country": _country,
    "region": _region,
    "language": _code,
    "topic": _code,
    "age": _age,
    "way": _one_of(WAYS),
    "cost": _one_of(COSTS),
    "open_now": _flag,
}
