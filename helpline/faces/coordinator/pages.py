"""The dashboard: the line as it is now, and what a coordinator may do about it at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from helpline import clock
from helpline.actions import calling, directing, limiting, offering, quieting
from helpline.boards import coordinator as board
from helpline.boards import lookback, records, weekly
from helpline.domain import errors, opening, text
from helpline.domain.access import Who
from helpline.faces import given as read
from helpline.faces import identity, refusals
from helpline.faces.coordinator import sentences
from helpline.faces.coordinator.bringing import bringing
from helpline.faces.coordinator.casebook import casebook
from helpline.faces.coordinator.coverage import coverage
from helpline.faces.coordinator.days import days
from helpline.faces.coordinator.directory import directory
from helpline.faces.coordinator.information import information
from helpline.faces.coordinator.outlook import outlook
from helpline.faces.coordinator.packs import packs
from helpline.faces.coordinator.people import people
from helpline.faces.coordinator.reports import reports
from helpline.faces.coordinator.requests import requests
from helpline.faces.coordinator.rosters import rosters
from helpline.faces.coordinator.rota import rota
from helpline.faces.coordinator.settings import settings
from helpline.faces.given import Given
from helpline.faces.house import house
from helpline.store.transaction import Store

REASON_LENGTH = 200

coordinator = Blueprint("coordinator", __name__)
coordinator.register_blueprint(rota)
coordinator.register_blueprint(days)
coordinator.register_blueprint(people)
coordinator.register_blueprint(requests)
coordinator.register_blueprint(packs)
coordinator.register_blueprint(settings)
coordinator.register_blueprint(bringing)
coordinator.register_blueprint(directory)
coordinator.register_blueprint(outlook)
coordinator.register_blueprint(coverage)
coordinator.register_blueprint(casebook)
coordinator.register_blueprint(rosters)
coordinator.register_blueprint(reports)
coordinator.register_blueprint(information)


@coordinator.get("/coordinator")
@identity.page("enter_dashboard")
def dashboard() -> str:
    return _show()


@coordinator.post("/coordinator")
@identity.page("enter_dashboard")
def act() -> Response | tuple[str, int]:
    try:
        deed, done = DEEDS[read.words(request.form, "do")]
    except KeyError:
        raise errors.BadRequest(field="do") from None
    try:
        deed(house().store, g.who, request.form, clock.now())
    except errors.Refused as refused:
        return _show(refused), refusals.STATUS[refused.code]
    return redirect(url_for("coordinator.dashboard", done=done))


@coordinator.get("/coordinator/looking-back")
@identity.page("look_back")
def look_back() -> str:
    """For shift leads too."""
    shown = lookback.board(house().store, g.who, clock.now())
    return render_template("coordinator/lookback.html", demo=house().demo, back=shown)


def _show(refused: errors.Refused | None = None) -> str:
    now, store = clock.now(), house().store
    return render_template(
        "coordinator/dashboard.html",
        demo=house().demo,
        board=board.board(store, g.who, now),
        week=weekly.week_board(store, g.who, _wished_week(), now),
        outbox=records.outbox(store, g.who, now),
        verdicts=records.verdicts(store),
        words=sentences.live(),
        done=sentences.done(request.args.get("done", "")),
        trouble=sentences.refusal(refused),
    )


def _wished_week() -> date | None:
    """A week in the address that cannot be read is this week."""
    try:
        return read.maybe_day(request.args, "week")
    except errors.BadRequest:
        return None


# -- what the forms ask for ----------------------------------------------------------------------


def _assign(store: Store, who: Who, given: Given, now: datetime) -> None:
    chat, listener = read.chosen(given, "chat"), read.chosen(given, "listener")
    offering.assign(store, who, chat, listener, now=now)


def _acknowledge(store: Store, who: Who, given: Given, now: datetime) -> None:
    directing.acknowledge(store, who, read.chosen(given, "alert"), now=now)


def _answer(store: Store, who: Who, given: Given, now: datetime) -> None:
    alert, answer = read.chosen(given, "alert"), read.words(given, "answer")
    quieting.answer(store, who, alert, answer, now=now)


def _open(store: Store, who: Who, given: Given, now: datetime) -> None:
    hours = read.maybe_number(given, "hours")
    until = opening.by_hand_until(hours, now)
    directing.set_line(store, who, is_open=True, reason=_reason(given), until=until, now=now)


def _close(store: Store, who: Who, given: Given, now: datetime) -> None:
    directing.set_line(store, who, is_open=False, reason=_reason(given), now=now)


def _let_run(store: Store, who: Who, given: Given, now: datetime) -> None:
    directing.let_line_run(store, who, now=now)


def _call_out(store: Store, who: Who, given: Given, now: datetime) -> None:
    calling.start(store, who, now=now)


def _end_call_out(store: Store, who: Who, given: Given, now: datetime) -> None:
    calling.end(store, who, read.chosen(given, "call_out"), now=now)


def _limit(store: Store, who: Who, given: Given, now: datetime) -> None:
    limiting.set_limit(store, who, read.number(given, "limit"), now=now)


def _reason(given: Given) -> str:
    return text.clean_or_none(given.get("reason"), limit=REASON_LENGTH, field="reason") or ""


DEEDS: dict[str, tuple[Callable[[Store, Who, Given, datetime], None], str]] = {
    "assign": (_assign, "assigned"),
    "acknowledge": (_acknowledge, "owned"),
    "answer": (_answer, "answered"),
    "open": (_open, "opened"),
    "close": (_close, "closed"),
    "let_run": (_let_run, "runs"),
    "call_out": (_call_out, "called"),
    "end_call_out": (_end_call_out, "call_over"),
    "limit": (_limit, "limited"),
}
