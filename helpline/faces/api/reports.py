"""Reports of whole weeks as JSON."""

from __future__ import annotations

from flask import Blueprint, Response, g, jsonify, request

from helpline import clock
from helpline.boards import reports as board
from helpline.faces import given as read
from helpline.faces.api.guard import allowed
from helpline.faces.api.pages import refuse
from helpline.faces.house import house

reports = Blueprint("reports_api", __name__, url_prefix="/api/v1")
reports.register_error_handler(Exception, refuse)


@reports.get("/reports")
@allowed("look_back")
def report() -> Response:
    weeks = read.maybe_number(request.args, "weeks")
    return jsonify(board.as_json(board.board(house().store, g.who, weeks, clock.now())))
