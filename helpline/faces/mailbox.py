"""Everybody's own mailbox: what they were told about their shifts, and how they are reached."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from helpline import clock
from helpline.actions import notifying
from helpline.boards import noticing as board
from helpline.boards.wording import N_, say
from helpline.domain import errors
from helpline.faces import given as read
from helpline.faces import identity, language, refusals
from helpline.faces.house import house

mailbox = Blueprint("mailbox", __name__)

KEPT = N_("It is kept, and holds from now on.")


@mailbox.get("/notices")
@identity.page("read_notices")
def show() -> str:
    return _show()


@mailbox.post("/notices")
@identity.page("read_notices")
def choose() -> Response | tuple[str, int]:
    form, now, store = request.form, clock.now(), house().store
    try:
        if read.words(form, "do") == "quiet":
            since, until = (
                read.wall_time(form, each) if read.words(form, each).strip() else None
                for each in ("quiet_from", "quiet_until")
            )
            notifying.choose_quiet(store, g.who, since, until, now=now)
        else:
            kind, address = read.words(form, "channel"), read.words(form, "address")
            notifying.choose_channel(store, g.who, kind, address, now=now)
    except errors.Refused as refused:
        return _show(refused), refusals.STATUS[refused.code]
    return redirect(url_for("mailbox.show", done="kept"))


def _show(refused: errors.Refused | None = None) -> str:
    said = language.page_language()
    return render_template(
        "volunteer/notices.html",
        demo=house().demo,
        mailbox=board.mailbox(house().store, g.who, clock.now()),
        done=say(said, KEPT) if request.args.get("done") == "kept" else "",
        trouble=say(said, refused.message) if refused else "",
        given=request.form,
    )
