"""What counts as text: the rules that every written word passes before anything else."""

from __future__ import annotations

import re

from . import errors

_LINE_END = re.compile("\r\n|\r")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


def clean(raw: object, *, limit: int, field: str) -> str:
    """Unicode of 1 to `limit` code points, by the wire's rules.

    Line ends become `\\n`, other controls but tab go, lone surrogates become U+FFFD.
    Refused: `bad_request` (not a string), `empty`, `too_long`.
    """
    if not isinstance(raw, str):
        raise errors.BadRequest(field=field)
    text = _LINE_END.sub("\n", raw)
    text = _CONTROL.sub("", text)
    text = _SURROGATE.sub("\ufffd", text)
    if not text.strip():
        raise errors.Empty(field=field)
    if len(text) > limit:
        raise errors.TooLong(field=field)
    return text


def clean_or_none(raw: object, *, limit: int, field: str) -> str | None:
    """As `clean`, for what may be left out: absent or blank is None."""
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    try:
        return clean(raw, limit=limit, field=field)
    except errors.Empty:
        return None


def require_id(raw: object, field: str) -> str:
    """An id as it comes from a client: a short plain string, safe to look up."""
    if not isinstance(raw, str) or not _ID.fullmatch(raw):
        raise errors.BadRequest(field=field)
    return raw
