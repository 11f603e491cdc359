"""The leads' page of contact plans; it works without a script."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from helpline import clock
from helpline.actions import contacting
from helpline.boards import plans as board
from helpline.boards.wording import N_, say
from helpline.domain import errors
from helpline.faces import given as read
from helpline.faces import identity, language, refusals
from helpline.faces.house import house
from helpline.faces.listener import words

contact_plans = Blueprint("contact_plans", __name__)

DONE = {
    "keep": N_("The plan is kept. It is in force once the person was told."),
    "review": N_("The plan goes on until the day you chose."),
    "end": N_("The plan has ended, and its words are gone."),
}
GIVEN = ("chat", "words", "review_on")


@contact_plans.get("/listener/plans")
@identity.page("keep_plans")
def show() -> str:
    return _show()


@contact_plans.post("/listener/plans")
@identity.page("keep_plans")
def change() -> Response | tuple[str, int]:
    do, store, now = read.words(request.form, "do"), house().store, clock.now()
    try:
        if do == "keep":
            chat, text = read.chosen(request.form, "chat"), read.words(request.form, "words")
            review_on = read.day(request.form, "review_on")
            contacting.keep_plan(store, g.who, chat, text, review_on, now=now)
        elif do == "review":
            plan, review_on = read.chosen(request.form, "plan"), read.day(request.form, "review_on")
            contacting.review_plan(store, g.who, plan, review_on, now=now)
        elif do == "end":
            contacting.end_plan(store, g.who, read.chosen(request.form, "plan"), now=now)
        else:
            raise errors.BadRequest(field="do")
    except (errors.Empty, errors.TooLong, errors.BadRequest) as refused:
        if refused.field == "do":
            raise
        return _show(refused), refusals.STATUS[refused.code]
    return redirect(url_for("contact_plans.show", done=do))


def _show(refused: errors.Refused | None = None) -> str:
    done = DONE.get(request.args.get("done", ""))
    return render_template(
        "listener/plans.html",
        demo=house().demo,
        board=board.board(house().store, g.who, clock.now()),
        name_of=words.name_of,
        done=say(language.page_language(), done) if done else "",
        given={each: request.form.get(each, "") if refused else "" for each in GIVEN},
        refused=say(language.page_language(), refused.message) if refused else "",
    )
