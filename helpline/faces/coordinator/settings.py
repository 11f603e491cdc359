"""The line's settings: one form for each group, from one table."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from helpline import clock
from helpline.actions import tuning
from helpline.boards import tuning as board
from helpline.domain import errors
from helpline.domain import tuning as rules
from helpline.faces import given as read
from helpline.faces import identity, refusals
from helpline.faces.coordinator import sentences
from helpline.faces.coordinator.forms import Tried
from helpline.faces.house import house

settings = Blueprint("settings", __name__)


@settings.get("/coordinator/settings")
@identity.page("set_line")
def show() -> str:
    return _show()


@settings.post("/coordinator/settings")
@identity.page("set_line")
def tune() -> Response | tuple[str, int]:
    form = request.form
    try:
        group = read.words(form, "form")
        numbers = {name: read.number(form, name) for name in rules.group(group).settings}
        tuning.tune(house().store, g.who, group, numbers, now=clock.now())
    except errors.Refused as refused:
        return _show(Tried(form.to_dict(), refused)), refusals.STATUS[refused.code]
    return redirect(url_for("coordinator.settings.show", done="tuned"))


def _show(tried: Tried | None = None) -> str:
    return render_template(
        "coordinator/settings.html",
        demo=house().demo,
        tuning=board.board(house().store, g.who, clock.now()),
        done=sentences.done(request.args.get("done", "")),
        tried=tried,
    )
