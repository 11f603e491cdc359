"""The pages of suggested rosters: ask, follow how far it is, read what would change, publish."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from helpline import clock
from helpline.actions import proposing
from helpline.boards import proposals as board
from helpline.domain import errors
from helpline.faces import given as read
from helpline.faces import identity, refusals
from helpline.faces.coordinator import sentences
from helpline.faces.coordinator.forms import Tried
from helpline.faces.house import house

rosters = Blueprint("rosters", __name__)


@rosters.get("/coordinator/rosters")
@identity.page("plan")
def show_all() -> str:
    return _show_all()


@rosters.post("/coordinator/rosters")
@identity.page("plan")
def ask() -> Response | tuple[str, int]:
    form, now = request.form, clock.now()
    try:
        made = proposing.ask(
            house().store,
            g.who,
            read.day(form, "first_date"),
            read.number(form, "weeks"),
            may_move=bool(read.number(form, "may_move", default=0)),
            now=now,
        )
    except errors.Refused as refused:
        return _show_all(Tried(form.to_dict(), refused)), refusals.STATUS[refused.code]
    return redirect(url_for("coordinator.rosters.show", proposal_id=made, done="roster_asked"))


@rosters.get("/coordinator/rosters/<proposal_id>")
@identity.page("plan")
def show(proposal_id: str) -> str:
    return _show(proposal_id)


@rosters.post("/coordinator/rosters/<proposal_id>")
@identity.page("plan")
def decide(proposal_id: str) -> Response | tuple[str, int]:
    form, now = request.form, clock.now()
    do = read.words(form, "do")
    try:
        if do == "publish":
            proposing.publish(house().store, g.who, proposal_id, now=now)
        elif do == "drop":
            proposing.drop(house().store, g.who, proposal_id, now=now)
        else:
            raise errors.BadRequest(field="do")
    except errors.BadRequest as refused:
        tried = Tried(form.to_dict(), refused)
        return _show(proposal_id, tried), refusals.STATUS[refused.code]
    done = {"publish": "roster_published", "drop": "roster_dropped"}[do]
    return redirect(url_for("coordinator.rosters.show", proposal_id=proposal_id, done=done))


def _show_all(tried: Tried | None = None) -> str:
    return render_template(
        "coordinator/rosters.html",
        demo=house().demo,
        rosters=board.proposals_board(house().store, g.who, clock.now()),
        done=sentences.done(request.args.get("done", "")),
        tried=tried,
    )


def _show(proposal_id: str, tried: Tried | None = None) -> str:
    return render_template(
        "coordinator/roster.html",
        demo=house().demo,
        roster=board.proposal_board(house().store, g.who, proposal_id, clock.now()),
        done=sentences.done(request.args.get("done", "")),
        tried=tried,
    )
