"""For whoever runs the line: is it up, is it well, how much is going on. No words, no people."""

from __future__ import annotations

import hmac
import ipaddress

from flask import Blueprint, Response, abort, jsonify, request
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from helpline import clock
from helpline.boards.wording import iso
from helpline.domain import routing
from helpline.domain.urgency import Level
from helpline.faces.house import house
from helpline.store import alerts, callouts, chats, floor

ops = Blueprint("ops", __name__)


@ops.get("/healthz")
def is_up() -> Response:
    return jsonify(ok=True)


@ops.get("/readyz")
def is_ready() -> tuple[Response, int]:
    """503 with what is not well: the database, the keys, a sweep that is late, the clock.

    What only works less well is named and answers 200, so that nobody is kept from the line.
    """
    unwell, weakened = house().ready(), house().weakened()
    told = {"ok": not unwell, "unwell": unwell, "weakened": weakened, "canary": _canary()}
    return jsonify(told), 503 if unwell else 200


def _canary() -> str | None:
    """When the last one came through; nothing before the first, or without a database."""
    try:
        return iso(house().canary())
    except Exception:
        return None


@ops.get("/metrics")
def metrics() -> Response:
    _require_reader()
    return Response(generate_latest(_gauges()), mimetype="text/plain; version=0.0.4")


def _require_reader() -> None:
    """This machine, or a bearer of the token that is set. Behind a proxy only the token counts."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = house().metrics_token
    if token and hmac.compare_digest(given.encode(), token.encode()):
        return
    forwarded = "X-Forwarded-For" in request.headers
    try:
        local = ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        local = False
    if forwarded or not local:
        abort(404)


def _gauges() -> CollectorRegistry:
    now, registry = clock.now(), CollectorRegistry()
    waiting = Gauge("helpline_waiting", "People in line", ["level"], registry=registry)
    oldest = Gauge("helpline_oldest_wait_seconds", "Longest wait now", registry=registry)
    active = Gauge("helpline_active_chats", "Chats going on", registry=registry)
    free = Gauge("helpline_free_seats", "Seats that could take a chat", registry=registry)
    there = Gauge("helpline_listeners_ready", "Listeners who are there", registry=registry)
    open_alerts = Gauge("helpline_open_alerts", "Alerts not over", registry=registry)
    asked = Gauge("helpline_asked_to_help", "People asked by what runs now", registry=registry)
    came = Gauge("helpline_came_to_help", "Those of them who come", registry=registry)
    with house().store.reading() as tx:
        line = chats.in_line(tx)
        for level in Level:
            waiting.labels(level.word).set(sum(each.level == level for each in line))
        oldest.set(max(((now - each.arrived_at).total_seconds() for each in line), default=0))
        active.set(len(chats.active(tx)))
        ready = [each for each in floor.listeners(tx, now) if routing.is_there(each, now)]
        free.set(sum(routing.free_seats(each) for each in ready))
        there.set(len(ready))
        open_alerts.set(len(alerts.still_open(tx)))
        it = callouts.running(tx)
        asked.set(sum(each.wave > 0 for each in callouts.asks(tx, it.id)) if it else 0)
        came.set(len(callouts.helping(tx)))
    return registry
