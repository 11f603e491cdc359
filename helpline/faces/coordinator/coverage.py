"""The ladder's page: what is short, who is on it, what was climbed, who was told."""

from __future__ import annotations

from datetime import date

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
def mind() -> Response | tuple[str, int]:
    do = request.form.get("do", "hold")
    pattern, day = read.chosen(request.form, "pattern"), read.day(request.form, "date")
    try:
        done = _mind(do, pattern, day)
    except errors.Refused as refused:
        return _show(refused), refusals.STATUS[refused.code]
    return redirect(url_for("coordinator.coverage.show", done=done))


def _mind(do: str, pattern: str, day: date) -> str:
    """What was done, as the sentence about it is called."""
    if do == "ask":
        told = laddering.ask_now(house().store, g.who, pattern, day, now=clock.now())
        return "people_asked" if told else "nobody_to_ask"
    if do != "hold":
        raise errors.BadRequest(field="do")
    laddering.hold(house().store, g.who, pattern, day, now=clock.now())
    return "held"


def _show(refused: errors.Refused | None = None) -> str:
    return render_template(
        "coordinator/coverage.html",
        demo=house().demo,
        coverage=board.board(house().store, g.who, clock.now()),
        done=sentences.done(request.args.get("done", "")),
        trouble=sentences.refusal(refused),
    )
