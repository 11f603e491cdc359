"""Tables to download: CSV that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

# What makes a spreadsheet calculate, or a cell end early; a quote in front makes it text again.
ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
SKIPPED = " \u00a0\u200b\ufeff"  # what a spreadsheet may skip before it looks


def harmless(cell: object) -> str | int | float:
    """Numbers stay numbers; text that a spreadsheet might run is marked as text."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return cell
    text = "" if cell is None else str(cell)
    is_active = text.startswith(ACTIVE) or text.lstrip(SKIPPED).startswith(ACTIVE)
    return f"'{text}" if is_active else text


def as_csv(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """A download named `name`.csv, in UTF-8 with a mark that spreadsheets know it by."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow([harmless(each) for each in head])
    table.writerows([harmless(each) for each in row] for row in rows)
    answer = Response("\ufeff" + written.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
