"""The ladder's page: what is short, who is on it, what was climbed, who was told."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from helpline import clock
from helpline.actions import laddering
from helpline.boards import laddering as board
from helpline.domain import errors
from helpline.faces import given as read
from helpline.faces import identity, refusals
from helpline.faces.coordinator import sentences
from helpline.faces.house import house

coverage = Blueprint("coverage", __name__)


@coverage.get("/coordinator/coverage")
@identity.page("acknowledge")
def show() -> str:
    """For shift leads too: it is they who are paged."""
    return _show()


@coverage.post("/coordinator/coverage")
@identity.page("acknowledge")
def hold() -> Response | tuple[str, int]:
    pattern, day = read.chosen(request.form, "pattern"), read.day(request.form, "date")
    try:
        laddering.hold(house().store, g.who, pattern, day, now=clock.now())
    except errors.Refused as refused:
        return _show(refused), refusals.STATUS[refused.code]
    return redirect(url_for("coordinator.coverage.show", done="held"))


def _show(refused: errors.Refused | None = None) -> str:
    return render_template(
        "coordinator/coverage.html",
        demo=house().demo,
        coverage=board.board(house().store, g.who, clock.now()),
        done=sentences.done(request.args.get("done", "")),
        trouble=sentences.refusal(refused),
    )
