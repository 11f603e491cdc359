"""Which language a visitor's page and chat are in."""

from __future__ import annotations

import re

_CODE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")


def plain(code: str | None) -> str | None:
    """A language code as we use it ("en-GB" is "en"); None for what is none."""
    if code is None or not _CODE.fullmatch(code.strip().lower()):
        return None
    return code.strip().lower().split("-")[0]


def best(accepted: str, default: str) -> str:
    """The first language of an Accept-Language header that reads as one."""
    first = accepted.split(",")[0].split(";")[0]
    return plain(first) or default
