"""What volunteers ask and what they gave, as JSON."""

from __future__ import annotations

from flask import Blueprint, Response, g, jsonify

from helpline import clock
from helpline.actions import agreeing, qualifying
from helpline.boards import given as hours_given
from helpline.boards import requests as board
from helpline.domain import errors
from helpline.domain.requests import Kind
from helpline.faces import given as read
from helpline.faces.api.guard import allowed
from helpline.faces.api.pages import Answer, json_body, refuse
from helpline.faces.house import house

requests = Blueprint("requests", __name__, url_prefix="/api/v1")
requests.register_error_handler(Exception, refuse)

TRADES = (Kind.SWAP, Kind.COVER)


@requests.get("/requests")
@allowed("plan")
def asked() -> Response:
    return jsonify(requests=board.as_list(house().store, g.who, clock.now()))


@requests.get("/swaps")
@allowed("plan")
def swaps() -> Response:
    """The requests in which a shift passes from one to another."""
    found = board.as_list(house().store, g.who, clock.now(), kinds=TRADES)
    return jsonify(swaps=found)


@requests.post("/requests/<request_id>/approve")
@allowed("plan")
def approve(request_id: str) -> Response:
    return jsonify(state=agreeing.decide(house().store, g.who, request_id, True, now=clock.now()))


@requests.post("/requests/<request_id>/refuse")
@allowed("plan")
def not_approve(request_id: str) -> Response:
    return jsonify(state=agreeing.decide(house().store, g.who, request_id, False, now=clock.now()))


@requests.get("/availability")
@allowed("plan")
def availability() -> Response:
    return jsonify(availability=board.availability(house().store, g.who, clock.now()))


@requests.get("/hours")
@allowed("plan")
def hours() -> Response:
    return jsonify(people=hours_given.everybody(house().store, g.who, clock.now())["people"])


@requests.get("/checks")
@allowed("plan")
def checks() -> Response:
    shown = board.brings(house().store, g.who, clock.now())
    return jsonify(checks={who: each["checks"] for who, each in shown["of"].items()},
                   needed=shown["needed"])  # fmt: skip


@requests.post("/checks")
@allowed("plan")
def require_checks() -> Response:
    names = json_body().get("checks")
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        raise errors.BadRequest(field="checks")
    qualifying.require_checks(house().store, g.who, names, now=clock.now())
    return jsonify({})


@requests.post("/people/<person_id>/checks")
@allowed("plan")
def keep_check(person_id: str) -> Answer:
    given = json_body()
    kept = qualifying.keep(
        house().store,
        g.who,
        person_id,
        read.words(given, "name"),
        read.day(given, "given_on"),
        read.maybe_day(given, "valid_until"),
        now=clock.now(),
    )
    return jsonify(check=kept), 201


@requests.delete("/checks/<check_id>")
@allowed("plan")
def drop_check(check_id: str) -> Response:
    qualifying.drop(house().store, g.who, check_id, now=clock.now())
    return jsonify(check=check_id)
