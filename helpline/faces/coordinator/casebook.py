"""The records of what went wrong: incidents, complaints and holds, for leads and coordinators."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from helpline import clock
from helpline.actions import retaining, reviewing
from helpline.boards import casebook as board
from helpline.boards.wording import N_, say
from helpline.domain import errors
from helpline.domain.access import Who
from helpline.faces import given as read
from helpline.faces import identity, language, refusals, tables
from helpline.faces.given import Given
from helpline.faces.house import house
from helpline.store.transaction import Store

casebook = Blueprint("casebook", __name__)

DONE = {
    "hold": N_("It is kept for now. A second person has to agree within three days."),
    "agree": N_("You agreed. It is kept for as long as was asked for."),
    "release": N_("It is kept no more. It is deleted when its time has come."),
    "report": N_("It stands in the log now."),
    "take": N_("You look into it."),
    "review": N_("What came of it is kept."),
    "close": N_("It is closed."),
    "answer": N_("Kept. The visitor reads it in their chat, or with their code."),
}


@casebook.get("/coordinator/records")
@identity.page("look_into")
def show() -> str:
    return _show()


@casebook.post("/coordinator/records")
@identity.page("look_into")
def act() -> AnyResponse | tuple[str, int]:
    do = read.words(request.form, "do")
    if do not in DEEDS:
        raise errors.BadRequest(field="do")
    try:
        DEEDS[do](house().store, g.who, request.form, clock.now())
    except errors.Refused as refused:
        return _show(refused), refusals.STATUS[refused.code]
    return redirect(url_for("coordinator.casebook.show", done=do))


@casebook.post("/coordinator/records/chat")
@identity.page("look_into")
def read_chat() -> str | tuple[str, int]:
    """A chat that is held for a complaint; shown on the answer itself, at no address."""
    now, store = clock.now(), house().store
    incident = read.chosen(request.form, "incident")
    try:
        said = reviewing.read(store, g.who, incident, request.form.get("reason"), now=now)
    except errors.Refused as refused:
        return _show(refused), refusals.STATUS[refused.code]
    shown = board.transcript(store, said, g.who, now)
    return render_template("coordinator/held_chat.html", demo=house().demo, messages=shown)


@casebook.get("/coordinator/records.csv")
@identity.page("look_into")
def download() -> Response:
    return tables.as_csv("records", board.CSV_HEAD, board.rows(house().store, g.who))


def _show(refused: errors.Refused | None = None) -> str:
    done = DONE.get(request.args.get("done", ""))
    shown = board.board(house().store, g.who, _wished_day(), clock.now())
    return render_template(
        "coordinator/casebook.html",
        demo=house().demo,
        board=shown,
        done=say(language.page_language(), done) if done else "",
        trouble=say(language.page_language(), refused.message) if refused else "",
    )


def _wished_day() -> date | None:
    """A day in the address that cannot be read is today."""
    try:
        return read.maybe_day(request.args, "day")
    except errors.BadRequest:
        return None


# -- what the forms ask for ----------------------------------------------------------------------


def _hold(store: Store, who: Who, given: Given, now: datetime) -> None:
    what, why = read.words(given, "chat"), read.words(given, "why")
    reason, days = read.words(given, "reason"), read.number(given, "days")
    if what.startswith(board.OF_LEFT):
        left_id = read.chosen({"chat": what.removeprefix(board.OF_LEFT)}, "chat")
        retaining.ask_left(store, who, left_id, why, reason, days, now=now)
    else:
        retaining.ask(store, who, read.chosen(given, "chat"), why, reason, days, now=now)


def _agree(store: Store, who: Who, given: Given, now: datetime) -> None:
    retaining.agree(store, who, read.chosen(given, "hold"), now=now)


def _release(store: Store, who: Who, given: Given, now: datetime) -> None:
    retaining.release(store, who, read.chosen(given, "hold"), now=now)


def _report(store: Store, who: Who, given: Given, now: datetime) -> None:
    chat = read.chosen(given, "chat") if given.get("chat") else None
    kind, what = read.words(given, "kind"), read.words(given, "what")
    reviewing.report(store, who, kind, chat, what, read.words(given, "actions"), now=now)


def _take(store: Store, who: Who, given: Given, now: datetime) -> None:
    reviewing.take(store, who, read.chosen(given, "incident"), now=now)


def _review(store: Store, who: Who, given: Given, now: datetime) -> None:
    incident, outcome = read.chosen(given, "incident"), read.words(given, "outcome")
    reviewing.review(store, who, incident, outcome, read.words(given, "note"), now=now)


def _answer(store: Store, who: Who, given: Given, now: datetime) -> None:
    incident = read.chosen(given, "incident")
    reviewing.answer(store, who, incident, read.words(given, "answer"), now=now)


def _close(store: Store, who: Who, given: Given, now: datetime) -> None:
    reviewing.close(store, who, read.chosen(given, "incident"), now=now)


DEEDS: dict[str, Callable[[Store, Who, Given, datetime], None]] = {
    "hold": _hold,
    "agree": _agree,
    "release": _release,
    "report": _report,
    "take": _take,
    "review": _review,
    "close": _close,
    "answer": _answer,
}
