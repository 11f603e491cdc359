"""What volunteers ask, and what they gave: approvals, hours, how fairly they fall, certificates."""

from __future__ import annotations

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from helpline import clock
from helpline.actions import agreeing
from helpline.boards import given as hours_given
from helpline.boards import requests as board
from helpline.boards.volunteer import why_not
from helpline.domain import errors
from helpline.faces import given as read
from helpline.faces import identity, language, refusals, tables
from helpline.faces.coordinator import sentences
from helpline.faces.house import house

requests = Blueprint("requests", __name__)

ANSWERS = {"approve": True, "refuse": False}


@requests.get("/coordinator/requests")
@identity.page("plan")
def waiting() -> str:
    return _show()


@requests.post("/coordinator/requests")
@identity.page("plan")
def decide() -> BaseResponse | tuple[str, int]:
    answer = ANSWERS.get(read.words(request.form, "do"))
    if answer is None:
        raise errors.BadRequest(field="do")
    try:
        chosen = read.chosen(request.form, "request")
        agreeing.decide(house().store, g.who, chosen, answer, now=clock.now())
    except errors.Refused as refused:
        return _show(refused), refusals.STATUS[refused.code]
    done = "approved" if answer else "not_approved"
    return redirect(url_for("coordinator.requests.waiting", done=done))


@requests.get("/coordinator/requests.csv")
@identity.page("plan")
def waiting_csv() -> Response:
    found = board.as_list(house().store, g.who, clock.now())
    return tables.as_csv(
        "requests",
        [_("Kind"), _("State"), _("By"), _("To"), _("Day"), _("Until"), _("Asked at")],
        (
            [
                each["kind"],
                each["state"],
                each["by"]["name"],
                each["to"]["name"] if each["to"] else "",
                each["date"],
                each["until_date"],
                each["made_at"],
            ]
            for each in found
        ),
    )


@requests.get("/coordinator/hours")
@identity.page("plan")
def hours() -> str:
    shown = hours_given.everybody(house().store, g.who, clock.now())
    return render_template("coordinator/hours.html", demo=house().demo, given=shown)


@requests.get("/coordinator/hours.csv")
@identity.page("plan")
def hours_csv() -> Response:
    shown = hours_given.everybody(house().store, g.who, clock.now())
    return tables.as_csv(
        "hours",
        [_("Name"), _("Hours"), _("Shifts"), _("Weighed"), _("Against an even share"),
         _("This year"), _("The next four weeks")],
        (
            [each["name"], each["hours"], each["shifts"], each["weighed"], each["balance"],
             each["year"], each["coming"]]
            for each in shown["people"]
        ),
    )  # fmt: skip


@requests.get("/coordinator/hours/<person_id>")
@identity.page("plan")
def certificate(person_id: str) -> str:
    shown = hours_given.certificate(
        house().store,
        g.who,
        person_id,
        read.maybe_day(request.args, "first_date"),
        read.maybe_day(request.args, "last_date"),
        clock.now(),
    )
    return render_template(
        "volunteer/certificate.html", demo=house().demo, given=shown, back="/coordinator/hours"
    )


def _show(refused: errors.Refused | None = None) -> str:
    now, store = clock.now(), house().store
    said = language.page_language()
    return render_template(
        "coordinator/requests.html",
        demo=house().demo,
        board=board.board(store, g.who, now),
        done=sentences.done(request.args.get("done", "")),
        trouble=why_not(said, store, refused, now) if refused else [],
    )
