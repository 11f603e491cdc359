"""The list of people: who may sign in, with which roles, languages, skills and seats."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from helpline import clock
from helpline.actions import notifying, qualifying, welcoming
from helpline.boards import noticing, requests
from helpline.boards import planning as board
from helpline.domain import errors
from helpline.domain.access import Who
from helpline.faces import given as read
from helpline.faces import identity, refusals
from helpline.faces.coordinator import sentences
from helpline.faces.coordinator.forms import Tried
from helpline.faces.given import Given
from helpline.faces.house import house
from helpline.store.transaction import Store

people = Blueprint("people", __name__)


@people.get("/coordinator/people")
@identity.page("plan")
def list_people() -> str:
    return _show()


@people.post("/coordinator/people")
@identity.page("plan")
def add() -> tuple[str, int]:
    """Shows the first password once, on the answer itself: it is kept nowhere."""
    form = request.form
    given: dict[str, Any] = form.to_dict() | {"roles": form.getlist("roles")}
    try:
        made = welcoming.welcome(
            house().store,
            g.who,
            email=read.words(given, "email"),
            name=read.words(given, "name"),
            roles=given["roles"],
            languages=read.words(given, "languages").replace(",", " ").split(),
            skills=read.words(given, "skills").split(","),
            seats=read.number(given, "seats", default=2),
            offload=house().offload,
            now=clock.now(),
        )
    except errors.Refused as refused:
        return _show(tried=Tried(given, refused)), refusals.STATUS[refused.code]
    return _show(welcomed={"name": given["name"], "password": made.password}), 201


@people.post("/coordinator/people/<person_id>/leave")
@identity.page("plan")
def let_go(person_id: str) -> Response | tuple[str, int]:
    try:
        welcoming.let_go(house().store, g.who, person_id, now=clock.now())
    except errors.Refused as refused:
        return _show(tried=Tried({}, refused)), refusals.STATUS[refused.code]
    return redirect(url_for("coordinator.people.list_people", done="let_go"))


@people.post("/coordinator/people/<person_id>/sign-out")
@identity.page("plan")
def sign_out(person_id: str) -> Response:
    welcoming.sign_out(house().store, g.who, person_id, now=clock.now())
    return redirect(url_for("coordinator.people.list_people", done="signed_out"))


@people.post("/coordinator/people/<person_id>/lead")
@identity.page("plan")
def make_lead(person_id: str) -> Response | tuple[str, int]:
    try:
        welcoming.make_lead(house().store, g.who, person_id, now=clock.now())
    except errors.Refused as refused:
        return _show(tried=Tried({}, refused)), refusals.STATUS[refused.code]
    return redirect(url_for("coordinator.people.list_people", done="lead_made"))


@people.post("/coordinator/people/<person_id>/surge")
@identity.page("plan")
def set_surge(person_id: str) -> Response:
    on = read.words(request.form, "on") == "1"
    welcoming.set_surge(house().store, g.who, person_id, on, now=clock.now())
    return redirect(url_for("coordinator.people.list_people", done="surge_set"))


@people.post("/coordinator/people/<person_id>/channel")
@identity.page("plan")
def set_channel(person_id: str) -> Response | tuple[str, int]:
    kind, address = read.words(request.form, "channel"), read.words(request.form, "address")
    try:
        notifying.set_channel(house().store, g.who, person_id, kind, address, now=clock.now())
    except errors.Refused as refused:
        return _show(tried=Tried({}, refused)), refusals.STATUS[refused.code]
    return redirect(url_for("coordinator.people.list_people", done="surge_set"))


@people.post("/coordinator/people/checks")
@identity.page("plan")
def require_checks() -> Response | tuple[str, int]:
    form = request.form
    try:
        names = read.words(form, "checks").split(",")
        qualifying.require_checks(house().store, g.who, names, now=clock.now())
    except errors.Refused as refused:
        return _show(tried=Tried(form.to_dict(), refused)), refusals.STATUS[refused.code]
    return redirect(url_for("coordinator.people.list_people", done="surge_set"))


@people.post("/coordinator/people/<person_id>/checks")
@identity.page("plan")
def keep_check(person_id: str) -> Response | tuple[str, int]:
    form = request.form
    try:
        CHECKS[read.words(form, "do")](house().store, g.who, person_id, form, clock.now())
    except KeyError:
        raise errors.BadRequest(field="do") from None
    except errors.Refused as refused:
        return _show(tried=Tried({}, refused)), refusals.STATUS[refused.code]
    return redirect(url_for("coordinator.people.list_people", done="surge_set"))


def _keep(store: Store, who: Who, person_id: str, form: Given, now: datetime) -> None:
    given_on, until = read.day(form, "given_on"), read.maybe_day(form, "valid_until")
    qualifying.keep(store, who, person_id, read.words(form, "name"), given_on, until, now=now)


def _drop(store: Store, who: Who, person_id: str, form: Given, now: datetime) -> None:
    qualifying.drop(store, who, read.chosen(form, "check"), now=now)


def _train(store: Store, who: Who, person_id: str, form: Given, now: datetime) -> None:
    on = read.words(form, "on") == "1"
    qualifying.set_training(store, who, person_id, on, now=now)


CHECKS = {"keep": _keep, "drop": _drop, "training": _train}


def _show(*, tried: Tried | None = None, welcomed: dict[str, str] | None = None) -> str:
    return render_template(
        "coordinator/people.html",
        demo=house().demo,
        list=board.people_board(house().store, g.who),
        brings=requests.brings(house().store, g.who, clock.now()),
        reached=noticing.reached(house().store, g.who, clock.now()),
        ways=noticing.ways(g.who.language),
        done=sentences.done(request.args.get("done", "")),
        tried=tried,
        welcomed=welcomed,
    )
