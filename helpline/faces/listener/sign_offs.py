"""The page of sign-offs: emergency calls and concerns that wait for a shift lead."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from helpline import clock
from helpline.actions import safeguarding, summoning
from helpline.boards import emergencies as board
from helpline.boards.wording import N_, say
from helpline.domain import chat as rules
from helpline.domain import errors, text
from helpline.faces import given as read
from helpline.faces import identity, language, refusals
from helpline.faces.house import house

pages = Blueprint("sign_offs", __name__)

DONE = {
    "sign": N_("It is signed off. Thank you."),
    "sign_concern": N_("It is signed off. Thank you."),
    "read": N_("You see the notes now. The log says that you read them."),
    "read_concern": N_("You see the words now. It is written down that you read them."),
    "tell": N_("It is written down."),
}


@pages.get("/listener/sign-offs")
@identity.page("sign_off")
def show() -> str:
    return _show()


@pages.post("/listener/sign-offs")
@identity.page("sign_off")
def change() -> Response | tuple[str, int]:
    do, now, store = read.words(request.form, "do"), clock.now(), house().store
    try:
        if do not in DONE:
            raise errors.BadRequest(field="do")
        subject = read.chosen(request.form, "subject")
        if do == "read":
            summoning.read(store, g.who, subject, now=now)
        elif do == "sign":
            summoning.sign_off(store, g.who, subject, _words("note"), now=now)
        elif do == "read_concern":
            safeguarding.read(store, g.who, subject, now=now)
        elif do == "tell":
            whom = text.clean(request.form.get("told"), limit=rules.MESSAGE_LENGTH, field="told")
            safeguarding.tell_whom(store, g.who, subject, whom, now=now)
        else:
            safeguarding.sign_off(store, g.who, subject, now=now)
    except (errors.OwnDeed, errors.Empty, errors.TooLong) as refused:
        return _show(refused), refusals.STATUS[refused.code]
    return redirect(url_for("sign_offs.show", done=do))


def _words(field: str) -> str | None:
    return text.clean_or_none(request.form.get(field), limit=rules.MESSAGE_LENGTH, field=field)


def _show(refused: errors.Refused | None = None) -> str:
    done = DONE.get(request.args.get("done", ""))
    return render_template(
        "listener/sign_offs.html",
        demo=house().demo,
        board=board.sign_offs(house().store, g.who, clock.now()),
        done=say(language.page_language(), done) if done else "",
        refused=say(language.page_language(), refused.message) if refused else "",
    )
