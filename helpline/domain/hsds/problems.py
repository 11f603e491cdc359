"""What is wrong with data that somebody sent: where, in which field, and whether it stops all."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping


@dataclasses.dataclass(frozen=True)
class Problem:
    """`where` is a line of a file ("phones.csv line 14") or a place in JSON ("services[3]").

    `code` is one of `boards.exchange.SENTENCES`, filled with `values`. Nothing at all is imported
    while one of them is `fatal`; the others are told.
    """

    where: str
    field: str
    code: str
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)
    fatal: bool = True
