"""The page of what is expected, and the form that makes it the need."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from helpline import clock
from helpline.actions import advising
from helpline.boards import outlook as board
from helpline.domain import errors
from helpline.faces import given as read
from helpline.faces import identity, refusals
from helpline.faces.coordinator import sentences
from helpline.faces.coordinator.forms import Tried
from helpline.faces.house import house

outlook = Blueprint("outlook", __name__)


@outlook.get("/coordinator/forecast")
@identity.page("plan")
def show() -> str:
    return _show()


@outlook.post("/coordinator/forecast")
@identity.page("plan")
def take_over() -> Response | tuple[str, int]:
    form = request.form
    try:
        advising.take_over(
            house().store,
            g.who,
            *(read.number(form, each) for each in ("weekday", "from_hour", "to_hour", "listeners")),
            now=clock.now(),
        )
    except errors.Refused as refused:
        return _show(Tried(form.to_dict(), refused)), refusals.STATUS[refused.code]
    return redirect(url_for("coordinator.outlook.show", done="set_need"))


def _show(tried: Tried | None = None) -> str:
    return render_template(
        "coordinator/forecast.html",
        demo=house().demo,
        outlook=board.forecast_board(house().store, g.who, clock.now()),
        done=sentences.done(request.args.get("done", "")),
        tried=tried,
    )
