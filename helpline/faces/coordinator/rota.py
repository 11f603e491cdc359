"""The pages of the plan: forms first, each error beside its field, nothing typed is lost."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from helpline import clock
from helpline.boards import planning as board
from helpline.boards.wording import N_, say
from helpline.domain import errors
from helpline.faces import identity, planner, refusals
from helpline.faces.coordinator import sentences
from helpline.faces.coordinator.forms import Tried
from helpline.faces.house import house

rota = Blueprint("rota", __name__)

DEEDS: dict[str, planner.Deed] = {
    "add_pattern": planner.add_pattern,
    "change_pattern": planner.change_pattern,
    "end_pattern": planner.end_pattern,
    "book": planner.book,
    "unbook": planner.unbook,
    "override": planner.override,
    "lift_override": planner.lift_override,
    "set_need": planner.set_need,
    "remove_need": planner.remove_need,
    "rotate": planner.rotate,
    "end_rotation": planner.end_rotation,
}


@rota.get("/coordinator/shifts")
@identity.page("plan")
def plan() -> str:
    return _show(None)


@rota.get("/coordinator/shifts/<pattern_id>")
@identity.page("plan")
def shift(pattern_id: str) -> str:
    return _show(pattern_id)


@rota.post("/coordinator/shifts")
@identity.page("plan")
def change_plan() -> Response | tuple[str, int]:
    return _act(None)


@rota.post("/coordinator/shifts/<pattern_id>")
@identity.page("plan")
def change_shift(pattern_id: str) -> Response | tuple[str, int]:
    return _act(pattern_id)


def _act(pattern_id: str | None) -> Response | tuple[str, int]:
    given = request.form.to_dict() | ({"pattern": pattern_id} if pattern_id else {})
    do = given.get("do", "")
    if do not in DEEDS:
        raise errors.BadRequest(field="do")
    try:
        answer = DEEDS[do](house().store, g.who, given, clock.now())
    except errors.Refused as refused:
        return _show(pattern_id, Tried(given, refused)), refusals.STATUS[refused.code]
    goes_on = answer.get("pattern") if do != "end_pattern" else None
    return redirect(_where(goes_on or (pattern_id if do != "end_pattern" else None), do))


def _where(pattern_id: str | None, do: str) -> str:
    if pattern_id is None:
        return url_for("coordinator.rota.plan", done=do)
    return url_for("coordinator.rota.shift", pattern_id=pattern_id, done=do)


def _show(pattern_id: str | None, tried: Tried | None = None) -> str:
    now, store = clock.now(), house().store
    shown = (
        board.pattern_board(store, g.who, pattern_id, now)
        if pattern_id
        else board.plan_board(store, g.who, now)
    )
    return render_template(
        "coordinator/shift.html" if pattern_id else "coordinator/shifts.html",
        demo=house().demo,
        plan=shown,
        options=_options(shown),
        done=sentences.done(request.args.get("done", "")),
        tried=tried,
    )


def _options(shown: board.Board) -> dict[str, list[tuple[str, str]]]:
    """What the selects of these pages offer: pairs of value and words."""
    each_week = say(g.who.language, N_("by weeks"))
    monthly = {nth: say(g.who.language, words) for nth, words in board.MONTHLY.items()}
    return {
        "weekdays": [(str(number), name) for number, name in enumerate(shown["weekdays"])],
        "people": [(each["id"], each["name"]) for each in shown.get("people", ())],
        "days": [(each["date"], each["words"]) for each in shown.get("days", ())],
        "months": [("", each_week), *((str(nth), name) for nth, name in monthly.items())],
    }
