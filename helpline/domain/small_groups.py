"""Small groups are hidden: nobody is to be found again in a report.

A count of 1 to 4 is hidden. Where that leaves a single hidden figure in a line with its sum, a
second one is hidden with it, so that no difference tells it. Each table is looked at by itself.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

FEWEST = 5  # the smallest group that is shown

Row = TypeVar("Row", bound=Hashable)
Part = TypeVar("Part", bound=Hashable)
Shown = int | None  # None: hidden
_Cell = tuple[Hashable, Hashable]


class _Sum(Enum):
    """Where a sum stands in a table: no row and no part is equal to it."""

    ALL = "all"


_ALL = _Sum.ALL


def is_small(count: int) -> bool:
    return 0 < count < FEWEST


def shown(count: int) -> Shown:
    return None if is_small(count) else count


def percent(part: Shown, whole: Shown) -> Shown:
    """Of 100, rounded; None where either is hidden or there is nothing to share."""
    return None if part is None or not whole else round(100 * part / whole)


@dataclass(frozen=True, slots=True)
class Hidden(Generic[Row, Part]):
    """A table as it may be shown, with the sums of its rows, of its columns, and of all."""

    cells: dict[Row, dict[Part, Shown]]
    rows: dict[Row, Shown]
    columns: dict[Part, Shown]
    all: Shown


def hide(table: Mapping[Row, Mapping[Part, int]]) -> Hidden[Row, Part]:
    """Small counts and small sums are hidden, and as many others as it takes so that no line of
    the table lacks a single figure. Every row has the same parts."""
    parts = list(next(iter(table.values()), {}))
    counts: dict[_Cell, int] = {
        **{(row, part): n for row, some in table.items() for part, n in some.items()},
        **{(row, _ALL): sum(some.values()) for row, some in table.items()},
        **{(_ALL, part): sum(some[part] for some in table.values()) for part in parts},
        (_ALL, _ALL): sum(sum(some.values()) for some in table.values()),
    }
    across: list[list[_Cell]] = [[(row, part) for part in [*parts, _ALL]] for row in [*table, _ALL]]
    down: list[list[_Cell]] = [[(row, part) for row in [*table, _ALL]] for part in [*parts, _ALL]]
    shut = {cell for cell, n in counts.items() if is_small(n)}
    while any(_hide_another(counts, line, shut) for line in across + down):
        pass

    def seen(row: Hashable, part: Hashable) -> Shown:
        return None if (row, part) in shut else counts[row, part]

    return Hidden(
        cells={row: {part: seen(row, part) for part in parts} for row in table},
        rows={row: seen(row, _ALL) for row in table},
        columns={part: seen(_ALL, part) for part in parts},
        all=seen(_ALL, _ALL),
    )


def _hide_another(counts: Mapping[_Cell, int], line: Sequence[_Cell], shut: set[_Cell]) -> bool:
    """Whether a single figure of this line was hidden: another one is hidden now, best one whose
    other line holds a hidden figure too, and then the smallest.

    There is one, for a sum is no smaller than its parts; and hiding nobody would hide nothing.
    """
    if sum(each in shut for each in line) != 1:
        return False

    def cost(cell: _Cell) -> tuple[bool, int]:
        crossing = (each for each in shut - set(line) if each[0] == cell[0] or each[1] == cell[1])
        return next(crossing, None) is None, counts[cell]

    shut.add(min((each for each in line if each not in shut and counts[each]), key=cost))
    return True
