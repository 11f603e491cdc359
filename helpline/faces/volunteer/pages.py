"""The volunteer's pages by plain forms: they work on any phone, without a script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from helpline import clock
from helpline.actions import agreeing, asking, serving
from helpline.actions.asking import Shift
from helpline.boards import given as hours_given
from helpline.boards import volunteer as board
from helpline.boards.wording import N_, say
from helpline.domain import errors
from helpline.domain.access import Who
from helpline.domain.requests import NoSwapWithoutReturn, State
from helpline.faces import given as read
from helpline.faces import identity, language, refusals
from helpline.faces.given import Given
from helpline.faces.house import house
from helpline.store.transaction import Store

volunteer = Blueprint("volunteer", __name__)

Deed = Callable[[Store, Who, Given, datetime], str]  # gives the code of what to say

DONE = {
    "taken": N_("The shift is yours. Thank you."),
    "confirmed": N_("Thank you. We count on you."),
    "asked": N_("They are asked. Until somebody agrees the shift stays yours."),
    "agreed": N_("You agreed. A coordinator has the last word."),
    "agreed_done": N_("Agreed: it stands in the plan now. Thank you."),
    "declined": N_("You said no. That is all right."),
    "withdrawn": N_("It is taken back."),
    "off_asked": N_("A coordinator is asked. Until then the shift stays yours."),
    "off_done": N_("You are off. Others are looked for now."),
    "kept": N_("It is kept, and holds from now on."),
}


@volunteer.get("/shifts")
@identity.page("serve")
def mine() -> str:
    return _show()


@volunteer.post("/shifts")
@identity.page("serve")
def act() -> Response | tuple[str, int]:
    try:
        done = _do(request.form.to_dict() | {"weekdays": request.form.getlist("weekdays")})
    except errors.Refused as refused:
        return _show(refused), refusals.STATUS[refused.code]
    return redirect(url_for("volunteer.mine", done=done))


@volunteer.get("/shifts/<pattern_id>/<day>")
@identity.page("serve")
def trade(pattern_id: str, day: str) -> str:
    return _show_trade(pattern_id, _day(day))


@volunteer.post("/shifts/<pattern_id>/<day>")
@identity.page("serve")
def ask(pattern_id: str, day: str) -> Response | tuple[str, int]:
    on_date = _day(day)
    try:
        done = _do(request.form.to_dict() | {"shift": f"{pattern_id}:{on_date.isoformat()}"})
    except errors.Refused as refused:
        return _show_trade(pattern_id, on_date, refused), refusals.STATUS[refused.code]
    return redirect(url_for("volunteer.mine", done=done))


@volunteer.get("/shifts/certificate")
@identity.page("serve")
def certificate() -> str:
    shown = hours_given.certificate(
        house().store,
        g.who,
        g.who.id,
        read.maybe_day(request.args, "first_date"),
        read.maybe_day(request.args, "last_date"),
        clock.now(),
    )
    return render_template(
        "volunteer/certificate.html", demo=house().demo, given=shown, back="/shifts"
    )


# -- deeds ----------------------------------------------------------------------------------------


def _take(store: Store, who: Who, given: Given, now: datetime) -> str:
    shift = _shift(given, "shift")
    serving.take(store, who, *shift, read.words(given, "role"), now=now)
    return "taken"


def _confirm(store: Store, who: Who, given: Given, now: datetime) -> str:
    serving.confirm(store, who, *_shift(given, "shift"), now=now)
    return "confirmed"


def _cover(store: Store, who: Who, given: Given, now: datetime) -> str:
    to_id = read.maybe_chosen(given, "to_id")
    asking.ask_cover(store, who, _shift(given, "shift"), to_id, now=now)
    return "asked"


def _swap(store: Store, who: Who, given: Given, now: datetime) -> str:
    if not read.words(given, "back"):
        raise NoSwapWithoutReturn(field="back")
    back, to_id = _shift(given, "back"), read.maybe_chosen(given, "to_id")
    asking.ask_swap(store, who, _shift(given, "shift"), back, to_id, now=now)
    return "asked"


def _cannot_come(store: Store, who: Who, given: Given, now: datetime) -> str:
    state = asking.cannot_come(store, who, _shift(given, "shift"), now=now)
    return "off_done" if state == State.DONE else "off_asked"


def _time_off(store: Store, who: Who, given: Given, now: datetime) -> str:
    first, last = read.day(given, "first_date"), read.day(given, "last_date")
    state = asking.ask_time_off(store, who, first, last, now=now)
    return "off_done" if state == State.DONE else "off_asked"


def _agree(store: Store, who: Who, given: Given, now: datetime) -> str:
    state = agreeing.agree(store, who, read.chosen(given, "request"), now=now)
    return "agreed_done" if state == State.DONE else "agreed"


def _decline(store: Store, who: Who, given: Given, now: datetime) -> str:
    agreeing.decline(store, who, read.chosen(given, "request"), now=now)
    return "declined"


def _withdraw(store: Store, who: Who, given: Given, now: datetime) -> str:
    asking.withdraw(store, who, read.chosen(given, "request"), now=now)
    return "withdrawn"


def _say_when(store: Store, who: Who, given: Given, now: datetime) -> str:
    serving.say_when(
        store,
        who,
        [read.number({"weekday": each}, "weekday") for each in given.get("weekdays", ())],
        read.number(given, "from_hour"),
        read.number(given, "to_hour"),
        read.words(given, "level"),
        now=now,
    )
    return "kept"


def _keep_free(store: Store, who: Who, given: Given, now: datetime) -> str:
    first = read.day(given, "first_date")
    serving.keep_free(store, who, first, read.maybe_day(given, "last_date") or first, now=now)
    return "kept"


def _free_again(store: Store, who: Who, given: Given, now: datetime) -> str:
    serving.free_again(store, who, read.chosen(given, "blackout"), now=now)
    return "kept"


def _limit(store: Store, who: Who, given: Given, now: datetime) -> str:
    serving.limit_week(store, who, read.number(given, "hours", default=0), now=now)
    return "kept"


DEEDS: dict[str, Deed] = {
    "take": _take,
    "confirm": _confirm,
    "cover": _cover,
    "swap": _swap,
    "cannot_come": _cannot_come,
    "time_off": _time_off,
    "agree": _agree,
    "decline": _decline,
    "withdraw": _withdraw,
    "say_when": _say_when,
    "keep_free": _keep_free,
    "free_again": _free_again,
    "limit": _limit,
}


def _do(given: Given) -> str:
    do = read.words(given, "do")
    if do not in DEEDS:
        raise errors.BadRequest(field="do")
    return DEEDS[do](house().store, g.who, given, clock.now())


def _shift(given: Given, field: str) -> Shift:
    """ "pattern:2027-01-18", as the pages' own forms say it."""
    pattern_id, _, day = read.words(given, field).partition(":")
    return Shift(read.chosen({field: pattern_id}, field), read.day({field: day}, field))


def _day(text: str) -> date:
    try:
        return read.day({"day": text}, "day")
    except errors.BadRequest:
        raise errors.NotFound from None


# -- showing --------------------------------------------------------------------------------------


def _show(refused: errors.Refused | None = None) -> str:
    now, store = clock.now(), house().store
    return render_template(
        "volunteer/shifts.html",
        demo=house().demo,
        board=board.board(store, g.who, now),
        given=hours_given.own(store, g.who, now),
        tried=request.form,
        **_outcome(refused, now),
    )


def _show_trade(pattern_id: str, day: date, refused: errors.Refused | None = None) -> str:
    now = clock.now()
    return render_template(
        "volunteer/trade.html",
        demo=house().demo,
        shift=board.trade_board(house().store, g.who, pattern_id, day, now),
        tried=request.form,
        **_outcome(refused, now),
    )


def _outcome(refused: errors.Refused | None, now: datetime) -> dict[str, object]:
    said, code = language.page_language(), request.args.get("done", "")
    return {
        "done": say(said, DONE[code]) if code in DONE else "",
        "trouble": board.why_not(said, house().store, refused, now) if refused else [],
    }
