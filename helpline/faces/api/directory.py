"""The directory as JSON: what waits to be verified, and what is found."""

from __future__ import annotations

from flask import Blueprint, Response, g, jsonify, request

from helpline import clock
from helpline.boards import directory as board
from helpline.faces import given as read
from helpline.faces.api.guard import allowed
from helpline.faces.api.pages import refuse
from helpline.faces.house import house

directory = Blueprint("directory_api", __name__, url_prefix="/api/v1")
directory.register_error_handler(Exception, refuse)


@directory.get("/resources")
@allowed("keep_directory")
def resources() -> Response:
    shown = board.listing(
        house().store,
        g.who,
        clock.now(),
        country=read.words(request.args, "country")[:2],
        find=read.words(request.args, "find"),
    )
    return jsonify({name: shown[name] for name in ("limit", "count", "waiting", "found", "more")})


@directory.get("/resources/<resource_id>")
@allowed("keep_directory")
def resource(resource_id: str) -> Response:
    return jsonify(board.one(house().store, g.who, resource_id, clock.now()))
