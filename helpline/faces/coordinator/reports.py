"""Reports of whole weeks, to look at and to download. For shift leads too."""

from __future__ import annotations

from flask import Blueprint, Response, g, render_template, request

from helpline import clock
from helpline.boards import reports as board
from helpline.domain import errors
from helpline.faces import given as read
from helpline.faces import identity, tables
from helpline.faces.house import house

reports = Blueprint("reports", __name__)


@reports.get("/coordinator/reports")
@identity.page("look_back")
def show() -> str:
    return render_template("coordinator/reports.html", demo=house().demo, report=_report())


@reports.get("/coordinator/reports/<name>.csv")
@identity.page("look_back")
def download(name: str) -> Response:
    """One table: codes at its head, an empty cell for what is hidden. Refused: `not_found`."""
    shown = _report()
    table = next((each for each in shown["tables"] if each.name == name), None)
    if table is None:
        raise errors.NotFound
    rows = ([key, *values] for key, _, values in table.rows)
    return tables.as_csv(f"{name}-{shown['from']}-{shown['to']}", ["key", *table.columns], rows)


def _report() -> board.Board:
    """A number of weeks in the address that cannot be read is the usual one."""
    try:
        weeks = read.maybe_number(request.args, "weeks")
    except errors.BadRequest:
        weeks = None
    return board.board(house().store, g.who, weeks, clock.now())
