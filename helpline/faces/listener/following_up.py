"""What a listener says of check-ins in a chat, and the page where they are written."""

from __future__ import annotations

from datetime import date, datetime, time

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from helpline import clock
from helpline.actions import following_up
from helpline.boards import following_up as board
from helpline.boards.wording import N_, say
from helpline.domain import errors
from helpline.domain import follow_ups as rules
from helpline.faces import given as read
from helpline.faces import identity, language, refusals, wire
from helpline.faces.house import house
from helpline.faces.staffwire import StaffNamespace
from helpline.faces.wire import Ack, Payload

# -- in a chat ------------------------------------------------------------------------------------


def on_offer(self: StaffNamespace, sid: str, payload: Payload, now: datetime) -> Ack:
    """A window in the line's wall time: its day, and from when until when."""
    who, chat_id = self.who(sid, now), wire.word(payload, "chat")
    try:
        field = "day"
        day = date.fromisoformat(wire.word(payload, field))
        field = "from"
        since = time.fromisoformat(wire.word(payload, field))
        field = "until"
        until = time.fromisoformat(wire.word(payload, field))
    except ValueError:
        raise errors.BadRequest(field=field) from None
    if since.tzinfo or until.tzinfo:
        raise errors.BadRequest(field="from" if since.tzinfo else "until")
    made = following_up.offer(self.house.store, who, chat_id, day, since, until, now=now)
    return {"follow_up": made}


def on_withdraw(self: StaffNamespace, sid: str, payload: Payload, now: datetime) -> None:
    who, which = self.who(sid, now), wire.word(payload, "follow_up")
    following_up.withdraw(self.house.store, who, which, now=now)


EVENTS: dict[str, wire.Handler] = {
    "offer_follow_up": on_offer,
    "withdraw_follow_up": on_withdraw,
}

# -- the page -------------------------------------------------------------------------------------

pages = Blueprint("follow_ups", __name__)

DONE = {
    "write": N_("It is kept. The visitor reads it on their page."),
    "withdraw": N_("The check-in is taken back. The visitor is told."),
}
SHOWN_HERE = (errors.Empty, errors.TooLong, errors.NotAllowed, errors.OfferTaken, errors.OfferGone)


@pages.get("/listener/follow-ups")
@identity.page("enter_console")
def show() -> str:
    return _show()


@pages.post("/listener/follow-ups")
@identity.page("enter_console")
def change() -> Response | tuple[str, int]:
    do = read.words(request.form, "do")
    if do not in DONE:
        raise errors.BadRequest(field="do")
    which, now = read.chosen(request.form, "follow_up"), clock.now()
    try:
        if do == "write":
            words = read.words(request.form, "text")
            following_up.write(house().store, g.who, which, words, now=now)
        else:
            following_up.withdraw(house().store, g.who, which, now=now)
    except SHOWN_HERE as refused:
        return _show(refused), refusals.STATUS[refused.code]
    return redirect(url_for("follow_ups.show", done=do))


def _show(refused: errors.Refused | None = None) -> str:
    done = DONE.get(request.args.get("done", ""))
    return render_template(
        "listener/follow_ups.html",
        demo=house().demo,
        board=board.board(house().store, g.who, clock.now()),
        longest=rules.LENGTH,
        done=say(language.page_language(), done) if done else "",
        refused=say(language.page_language(), refused.message) if refused else "",
        about=request.form.get("follow_up", "") if refused else "",
        typed=request.form.get("text", "") if refused else "",
    )
