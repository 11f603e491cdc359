"""The page of the change of shift: what is left for the next lead, and who read it."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from helpline import clock
from helpline.actions import handover
from helpline.boards import handover as board
from helpline.boards.wording import N_, say
from helpline.domain import errors
from helpline.faces import given as read
from helpline.faces import identity, language, refusals
from helpline.faces.house import house

shift_change = Blueprint("shift_change", __name__)

DONE = {
    "leave": N_("It is left for the next lead."),
    "read": N_("Thank you. Whoever left it can see that you read it."),
}
GIVEN = ("watch_for", "incidents")


@shift_change.get("/listener/hand-over")
@identity.page("hand_over_shift")
def show() -> str:
    return _show()


@shift_change.post("/listener/hand-over")
@identity.page("hand_over_shift")
def change() -> Response | tuple[str, int]:
    do = read.words(request.form, "do")
    try:
        if do == "read":
            hand_over = read.chosen(request.form, "hand_over")
            handover.read(house().store, g.who, hand_over, now=clock.now())
        elif do == "leave":
            words = (request.form.get(each) for each in GIVEN)
            handover.leave(house().store, g.who, *words, now=clock.now())
        else:
            raise errors.BadRequest(field="do")
    except (errors.Empty, errors.TooLong) as refused:
        return _show(refused), refusals.STATUS[refused.code]
    return redirect(url_for("shift_change.show", done=do))


def _show(refused: errors.Refused | None = None) -> str:
    done = DONE.get(request.args.get("done", ""))
    return render_template(
        "listener/hand_over.html",
        demo=house().demo,
        board=board.board(house().store, g.who, clock.now()),
        done=say(language.page_language(), done) if done else "",
        given={each: request.form.get(each, "") if refused else "" for each in GIVEN},
        refused={"field": refused.field, "message": say(language.page_language(), refused.message)}
        if refused
        else None,
    )
