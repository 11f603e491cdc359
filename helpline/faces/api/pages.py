"""Planning as JSON: the same deeds as the forms, for an organisation's own tools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from helpline import clock
from helpline.boards import days as days_board
from helpline.boards import planning as plan_board
from helpline.boards import timetable
from helpline.domain import errors
from helpline.faces import given as read
from helpline.faces import planner, refusals
from helpline.faces.api import openapi
from helpline.faces.api.guard import allowed
from helpline.faces.house import house

api = Blueprint("api", __name__, url_prefix="/api/v1")

Answer = tuple[Response, int]


# -- reading ------------------------------------------------------------------------------------


@api.get("/openapi.json")
def describe() -> Response:
    return jsonify(openapi.DESCRIPTION)


@api.get("/patterns")
@allowed("plan")
def patterns() -> Response:
    shown = plan_board.plan_board(house().store, g.who, clock.now())
    return jsonify(zone=shown["zone"], patterns=shown["patterns"])


@api.get("/patterns/<pattern_id>")
@allowed("plan")
def pattern(pattern_id: str) -> Response:
    return jsonify(plan_board.pattern_board(house().store, g.who, pattern_id, clock.now()))


@api.get("/shifts")
@allowed("plan")
def shifts() -> Response:
    return jsonify(shifts=timetable.shifts_in(house().store, g.who, _window()))


@api.get("/gaps")
@allowed("plan")
def gaps() -> Response:
    return jsonify(gaps=timetable.gaps_in(house().store, g.who, _window()))


@api.get("/needs")
@allowed("plan")
def needs() -> Response:
    store, now = house().store, clock.now()
    weekly = plan_board.plan_board(store, g.who, now)["needs"]
    return jsonify(needs=weekly, dates=days_board.days_board(store, g.who, now)["date_needs"])


@api.get("/overrides")
@allowed("plan")
def overrides() -> Response:
    return jsonify(overrides=days_board.overrides_board(house().store, g.who, clock.now()))


@api.get("/rotations")
@allowed("plan")
def rotations() -> Response:
    return jsonify(rotations=days_board.rotations_board(house().store, g.who, clock.now()))


@api.get("/special-days")
@allowed("plan")
def special_days() -> Response:
    shown = days_board.days_board(house().store, g.who, clock.now())
    place = {each: shown[each] for each in ("country", "region")}
    return jsonify(special_days=shown["special_days"], **place)


@api.get("/people")
@allowed("plan")
def people() -> Response:
    return jsonify(people=plan_board.people_board(house().store, g.who)["people"])


def _window() -> timetable.Window:
    """`from` and `to`, each with its offset."""
    start, end = (read.maybe_instant(request.args, field) for field in ("from", "to"))
    return timetable.window(start, end, clock.now())


# -- changing -----------------------------------------------------------------------------------


@api.post("/patterns")
@allowed("plan")
def add_pattern() -> Answer:
    return _do(planner.add_pattern, 201)


@api.post("/patterns/<pattern_id>/change")
@allowed("plan")
def change_pattern(pattern_id: str) -> Answer:
    return _do(planner.change_pattern, pattern=pattern_id)


@api.post("/patterns/<pattern_id>/end")
@allowed("plan")
def end_pattern(pattern_id: str) -> Answer:
    return _do(planner.end_pattern, pattern=pattern_id)


@api.post("/patterns/<pattern_id>/bookings")
@allowed("plan")
def book(pattern_id: str) -> Answer:
    return _do(planner.book, 201, pattern=pattern_id)


@api.post("/bookings/<booking_id>/end")
@allowed("plan")
def unbook(booking_id: str) -> Answer:
    return _do(planner.unbook, booking=booking_id)


@api.post("/patterns/<pattern_id>/changes")
@allowed("plan")
def override(pattern_id: str) -> Answer:
    return _do(planner.override, 201, pattern=pattern_id)


@api.delete("/changes/<change_id>")
@allowed("plan")
def lift_override(change_id: str) -> Answer:
    return _do(planner.lift_override, change=change_id)


@api.post("/overrides")
@allowed("plan")
def lay_over() -> Answer:
    return _do(planner.override, 201)


@api.delete("/overrides/<change_id>")
@allowed("plan")
def lift(change_id: str) -> Answer:
    return _do(planner.lift_override, change=change_id)


@api.post("/rotations")
@allowed("plan")
def rotate() -> Answer:
    return _do(planner.rotate, 201)


@api.post("/rotations/<rotation_id>/end")
@allowed("plan")
def end_rotation(rotation_id: str) -> Answer:
    return _do(planner.end_rotation, rotation=rotation_id)


@api.post("/special-days")
@allowed("plan")
def declare_day() -> Answer:
    return _do(planner.declare_day, 201)


@api.delete("/special-days/<on_date>")
@allowed("plan")
def withdraw_day(on_date: str) -> Answer:
    return _do(planner.withdraw_day, on_date=on_date)


@api.post("/special-days/calendar")
@allowed("plan")
def keep_holidays_of() -> Answer:
    return _do(planner.keep_holidays_of)


@api.post("/needs/dates")
@allowed("plan")
def set_date_need() -> Answer:
    return _do(planner.set_date_need, 201)


@api.delete("/needs/dates/<need_id>")
@allowed("plan")
def remove_date_need(need_id: str) -> Answer:
    return _do(planner.remove_date_need, need=need_id)


@api.post("/needs")
@allowed("plan")
def set_need() -> Answer:
    return _do(planner.set_need)


@api.delete("/needs/<need_id>")
@allowed("plan")
def remove_need(need_id: str) -> Answer:
    return _do(planner.remove_need, need=need_id)


def _do(deed: planner.Deed, status: int = 200, **from_path: str) -> Answer:
    """The ids in the path win over the body."""
    answer = deed(house().store, g.who, json_body() | from_path, clock.now())
    return jsonify(answer), status


def json_body() -> dict[str, Any]:
    """One JSON object; none is an empty one. Refused: `bad_request`."""
    if not request.get_data():
        return {}
    try:
        body = request.get_json(silent=True)
    except RecursionError:
        raise errors.BadRequest from None
    if not isinstance(body, Mapping):
        raise errors.BadRequest
    return dict(body)


# -- refusing -----------------------------------------------------------------------------------


@api.errorhandler(Exception)
def refuse(fault: Exception) -> Answer:
    """`{"error": {code, message, field}}` for everything, foreseen or not."""
    if isinstance(fault, HTTPException) and fault.code and fault.code < 500:
        status, fault = fault.code, errors.NotFound() if fault.code == 404 else errors.BadRequest()
    else:
        fault = refusals.refused(fault)
        status = refusals.STATUS[fault.code]
    who = g.get("who")
    error = refusals.as_ack(fault, who.language if who else house().default_language)["error"]
    return jsonify(error={"field": None} | error), status
