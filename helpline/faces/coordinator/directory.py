"""The directory: what waits to be verified, search, one entry with its form, a new entry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from helpline import clock
from helpline.actions import verifying
from helpline.boards import directory as board
from helpline.domain import entrytext, errors
from helpline.domain.access import Who
from helpline.faces import given as read
from helpline.faces import identity, refusals
from helpline.faces.coordinator import sentences
from helpline.faces.coordinator.forms import Tried
from helpline.faces.given import Given
from helpline.faces.house import house
from helpline.store.transaction import Store

FIND_LENGTH = 80

directory = Blueprint("directory", __name__)


@directory.get("/coordinator/resources")
@identity.page("keep_directory")
def overview() -> str:
    return _overview()


@directory.post("/coordinator/resources")
@identity.page("keep_directory")
def add() -> Response | tuple[str, int]:
    form = request.form.to_dict()
    try:
        made = verifying.add(house().store, g.who, entrytext.read(form), now=clock.now())
    except errors.Refused as refused:
        return _overview(Tried(form, refused)), refusals.STATUS[refused.code]
    return redirect(url_for("coordinator.directory.one", resource_id=made, done="resource_added"))


@directory.get("/coordinator/resources/<resource_id>")
@identity.page("keep_directory")
def one(resource_id: str) -> str:
    return _one(resource_id)


@directory.post("/coordinator/resources/<resource_id>")
@identity.page("keep_directory")
def act(resource_id: str) -> Response | tuple[str, int]:
    form = request.form.to_dict()
    try:
        deed, done = DEEDS[read.words(form, "do")]
    except KeyError:
        raise errors.BadRequest(field="do") from None
    try:
        deed(house().store, g.who, resource_id, form, clock.now())
    except errors.NotFound:
        raise
    except errors.Refused as refused:
        return _one(resource_id, Tried(form, refused)), refusals.STATUS[refused.code]
    if done == "resource_removed":
        return redirect(url_for("coordinator.directory.overview", done=done))
    return redirect(url_for("coordinator.directory.one", resource_id=resource_id, done=done))


def _overview(tried: Tried | None = None) -> str:
    shown = board.listing(
        house().store,
        g.who,
        clock.now(),
        country=request.args.get("country", "")[:2],
        find=request.args.get("find", "")[:FIND_LENGTH],
    )
    return render_template(
        "coordinator/resources.html",
        demo=house().demo,
        list=shown,
        form=board.new_form(house().store),
        fields=board.fields(g.who.language),
        costs=board.costs(g.who.language),
        done=sentences.done(request.args.get("done", "")),
        tried=tried,
    )


def _one(resource_id: str, tried: Tried | None = None) -> str:
    return render_template(
        "coordinator/resource.html",
        demo=house().demo,
        each=board.one(house().store, g.who, resource_id, clock.now()),
        fields=board.fields(g.who.language),
        costs=board.costs(g.who.language),
        done=sentences.done(request.args.get("done", "")),
        tried=tried,
    )


# -- what the forms ask for ----------------------------------------------------------------------


def _verify(store: Store, who: Who, id: str, given: Given, now: datetime) -> None:
    verifying.verify(store, who, id, now=now)


def _take(store: Store, who: Who, id: str, given: Given, now: datetime) -> None:
    verifying.verify(store, who, id, takes_news=True, now=now)


def _hide(store: Store, who: Who, id: str, given: Given, now: datetime) -> None:
    verifying.hide(store, who, id, now=now)


def _show(store: Store, who: Who, id: str, given: Given, now: datetime) -> None:
    verifying.show(store, who, id, now=now)


def _change(store: Store, who: Who, id: str, given: Given, now: datetime) -> None:
    before = board.resource(store, who, id)
    verifying.change(store, who, id, entrytext.read(given, before), now=now)


def _remove(store: Store, who: Who, id: str, given: Given, now: datetime) -> None:
    verifying.remove(store, who, id, given.get("why"), now=now)


DEEDS: dict[str, tuple[Callable[[Store, Who, str, Given, datetime], None], str]] = {
    "verify": (_verify, "resource_verified"),
    "take": (_take, "resource_verified"),
    "hide": (_hide, "resource_hidden"),
    "show": (_show, "resource_shown"),
    "change": (_change, "resource_changed"),
    "remove": (_remove, "resource_removed"),
}
