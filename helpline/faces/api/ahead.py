"""Looking ahead as JSON: what is expected, and rosters that are suggested."""

from __future__ import annotations

from flask import Blueprint, Response, g, jsonify

from helpline import clock
from helpline.boards import outlook
from helpline.faces.api.guard import allowed
from helpline.faces.api.pages import refuse
from helpline.faces.house import house

ahead = Blueprint("ahead", __name__, url_prefix="/api/v1")
ahead.register_error_handler(Exception, refuse)


@ahead.get("/forecast")
@allowed("plan")
def forecast() -> Response:
    return jsonify(outlook.forecast_board(house().store, g.who, clock.now()))
