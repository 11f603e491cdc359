"""Looking ahead as JSON: what is expected, and rosters that are suggested."""

from __future__ import annotations

from flask import Blueprint, Response, g, jsonify

from helpline import clock
from helpline.actions import proposing
from helpline.boards import outlook, proposals
from helpline.faces import given as read
from helpline.faces.api.guard import allowed
from helpline.faces.api.pages import Answer, json_body, refuse
from helpline.faces.house import house

ahead = Blueprint("ahead", __name__, url_prefix="/api/v1")
ahead.register_error_handler(Exception, refuse)


@ahead.get("/forecast")
@allowed("plan")
def forecast() -> Response:
    return jsonify(outlook.forecast_board(house().store, g.who, clock.now()))


@ahead.get("/roster")
@allowed("plan")
def rosters() -> Response:
    return jsonify(proposals.proposals_board(house().store, g.who, clock.now()))


@ahead.post("/roster")
@allowed("plan")
def ask_for_roster() -> Answer:
    given = json_body()
    made = proposing.ask(
        house().store,
        g.who,
        read.day(given, "first_date"),
        read.number(given, "weeks", default=1),
        may_move=bool(read.number(given, "may_move", default=0)),
        now=clock.now(),
    )
    return jsonify(roster=made), 202


@ahead.get("/roster/<roster_id>")
@allowed("plan")
def roster(roster_id: str) -> Response:
    return jsonify(proposals.proposal_board(house().store, g.who, roster_id, clock.now()))


@ahead.post("/roster/<roster_id>/publish")
@allowed("plan")
def publish_roster(roster_id: str) -> Response:
    return jsonify(changes=proposing.publish(house().store, g.who, roster_id, now=clock.now()))


@ahead.post("/roster/<roster_id>/drop")
@allowed("plan")
def drop_roster(roster_id: str) -> Response:
    proposing.drop(house().store, g.who, roster_id, now=clock.now())
    return jsonify(roster=roster_id)
