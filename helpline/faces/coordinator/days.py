"""The page of days out of the ordinary: holidays, closed days, needs of dates, time off."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from helpline import clock
from helpline.boards import days as board
from helpline.domain import errors
from helpline.faces import identity, planner, refusals
from helpline.faces.coordinator import sentences
from helpline.faces.coordinator.forms import Tried
from helpline.faces.house import house

days = Blueprint("days", __name__)

DEEDS: dict[str, planner.Deed] = {
    "override": planner.override,
    "lift_override": planner.lift_override,
    "declare_day": planner.declare_day,
    "withdraw_day": planner.withdraw_day,
    "keep_holidays_of": planner.keep_holidays_of,
    "set_date_need": planner.set_date_need,
    "remove_date_need": planner.remove_date_need,
}


@days.get("/coordinator/days")
@identity.page("plan")
def show() -> str:
    return _show()


@days.post("/coordinator/days")
@identity.page("plan")
def change() -> Response | tuple[str, int]:
    given = request.form.to_dict()
    do = given.get("do", "")
    if do not in DEEDS:
        raise errors.BadRequest(field="do")
    try:
        DEEDS[do](house().store, g.who, given, clock.now())
    except errors.Refused as refused:
        return _show(Tried(given, refused)), refusals.STATUS[refused.code]
    return redirect(url_for("coordinator.days.show", done=do))


def _show(tried: Tried | None = None) -> str:
    shown = board.days_board(house().store, g.who, clock.now())
    return render_template(
        "coordinator/days.html",
        demo=house().demo,
        kept=shown,
        people=[(each["id"], each["name"]) for each in shown["people"]],
        done=sentences.done(request.args.get("done", "")),
        tried=tried,
    )
