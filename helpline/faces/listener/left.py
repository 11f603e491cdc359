"""The page of messages left while the line was closed: taken by one listener, and answered."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from helpline import clock
from helpline.actions import leaving
from helpline.boards import leaving as board
from helpline.boards.wording import N_, say
from helpline.domain import chat as rules
from helpline.domain import errors
from helpline.faces import given as read
from helpline.faces import identity, language, refusals
from helpline.faces.house import house

left = Blueprint("left", __name__)

DONE = {
    "take": N_("It is yours to answer now."),
    "give_back": N_("Somebody else can take it now."),
    "answer": N_("Your answer is kept. The visitor reads it with their code."),
}
SHOWN_HERE = (errors.Empty, errors.TooLong, errors.OfferTaken, errors.NotOnShift)


@left.get("/listener/left")
@identity.page("take_left")
def show() -> str:
    return _show()


@left.post("/listener/left")
@identity.page("take_left")
def change() -> Response | tuple[str, int]:
    do = read.words(request.form, "do")
    if do not in DONE:
        raise errors.BadRequest(field="do")
    message, now = read.chosen(request.form, "message"), clock.now()
    try:
        if do == "take":
            leaving.take(house().store, g.who, message, now=now)
        elif do == "give_back":
            leaving.give_back(house().store, g.who, message, now=now)
        else:
            words = read.words(request.form, "text")
            leaving.answer(house().store, g.who, message, words, now=now)
    except SHOWN_HERE as refused:
        return _show(refused), refusals.STATUS[refused.code]
    return redirect(url_for("left.show", done=do))


def _show(refused: errors.Refused | None = None) -> str:
    done = DONE.get(request.args.get("done", ""))
    return render_template(
        "listener/left.html",
        demo=house().demo,
        board=board.board(house().store, g.who, clock.now()),
        longest=rules.MESSAGE_LENGTH,
        done=say(language.page_language(), done) if done else "",
        refused=say(language.page_language(), refused.message) if refused else "",
        about=request.form.get("message", "") if refused else "",
        typed=request.form.get("text", "") if refused else "",
    )
