"""Calendar feeds: the secret address that a calendar reads, and the page where one is made."""

from __future__ import annotations

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from helpline import clock
from helpline.actions import feeding
from helpline.boards import feed as board
from helpline.boards.wording import N_, iso, say
from helpline.domain import errors
from helpline.faces import given as read
from helpline.faces import identity, language
from helpline.faces.house import house

calendar = Blueprint("calendar", __name__)

REVOKED = N_("The address opens nothing any more.")


@calendar.get("/shifts/<secret>.ics")
def feed(secret: str) -> Answer:
    """No sign-in: who has the address has the shifts, and nothing else."""
    file = board.calendar(house().store, secret, clock.now())
    if file is None:
        abort(404)
    answer = Response(file, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'inline; filename="shifts.ics"'
    answer.add_etag()
    return answer.make_conditional(request)


@calendar.get("/shifts/calendar")
@identity.page("have_feed")
def show() -> str:
    return _show()


@calendar.post("/shifts/calendar")
@identity.page("have_feed")
def change() -> str | Answer:
    do = read.words(request.form, "do")
    if do == "make":
        secret = feeding.make(house().store, g.who, now=clock.now())
        return _show(url_for("calendar.feed", secret=secret, _external=True))
    if do == "revoke":
        feeding.revoke(house().store, g.who, now=clock.now())
        return redirect(url_for("calendar.show", done="revoked"))
    raise errors.BadRequest(field="do")


def _show(address: str = "") -> str:
    since = board.since(house().store, g.who.id)
    done = request.args.get("done") == "revoked"
    return render_template(
        "shared/calendar.html",
        demo=house().demo,
        address=address,
        since=iso(since) if since else None,
        done=say(language.page_language(), REVOKED) if done else "",
    )
