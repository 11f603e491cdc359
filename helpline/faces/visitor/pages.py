"""The visitor's door: one page, and plain forms that work without JavaScript.

The token travels only in hidden fields; an address holds at most a view ticket. No cookie is set.
"""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from helpline import clock
from helpline.actions import (
    accompanying,
    complaining,
    forgetting,
    passing,
    taking_along,
    viewing,
    visiting,
)
from helpline.boards import visitor as board
from helpline.domain import chat as rules
from helpline.domain import errors, handoffs, text
from helpline.faces import language, limits, refusals
from helpline.faces.house import house
from helpline.faces.visitor import own_code, show
from helpline.faces.visitor.wishes import token_from, wish_from

SEE_OTHER = 303
WEATHER = "https://www.bbc.com/weather"  # where "Leave this site" goes when nothing can be asked
CLEARED = '"cache", "cookies", "storage"'

blueprint = Blueprint("visitor", __name__)


@blueprint.before_request
def allow_the_frame() -> None:
    """Only the widget and the pages it leads to may stand in a frame of the allowed sites."""
    g.framed = request.path == "/widget" or request.args.get("frame") == "1"
    if g.framed:
        g.frames = "embed"


@blueprint.get("/")
def welcome() -> str:
    return show.door(clock.now())


@blueprint.get("/widget")
def widget() -> str:
    return show.door(clock.now())


@blueprint.get("/about")
def about() -> str:
    """What happens in a chat, who answers, what stays private, and where help goes on."""
    return show.about(clock.now())


@blueprint.get("/open")
@blueprint.get("/say")
@blueprint.get("/leave")
@blueprint.get("/feedback")
@blueprint.get("/hand-off")
@blueprint.get("/erase")
@blueprint.get("/complain")
@blueprint.get("/next-step")
@blueprint.get("/exit")
def start_again() -> AnyResponse:
    """Where a form was sent is no place to come back to."""
    return redirect(url_for("visitor.welcome", **show.carried()), SEE_OTHER)


@blueprint.get("/help")
def help_page() -> str:
    return show.help_found({}, clock.now())


@blueprint.post("/help")
def find_help() -> str:
    """What somebody looks for comes in the body: it stands in no address, history or log."""
    now = clock.now()
    source = house().limits.source(request.remote_addr or "", now=now)
    house().limits.take(limits.FIND, f"find:{source}", now=now)
    return show.help_found(request.form, now)


@blueprint.get("/embed.js")
def embed() -> Response:
    """The loader for other sites, which must be allowed to fetch it."""
    response = current_app.send_static_file("embed.js")
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@blueprint.post("/open")
def open_chat() -> AnyResponse:
    now = clock.now()
    wish = wish_from({"text": "", **request.form}, language.page_language())
    source = house().limits.source(request.remote_addr or "", now=now)
    if wish.text is not None:
        own_code.refuse_at_the_door(house(), wish.text, source, now=now)
    take = partial(house().limits.take_opening, source, now=now)

    opened = visiting.open_chat(house().store, wish, now=now, take=take)
    return to_chat(opened.token)


@blueprint.get("/chat/<ticket>")
def look(ticket: str) -> str:
    """The ticket shows the chat once more, its successor serves the page's refresh."""
    now, still = clock.now(), "still" in request.args
    token, _chat_id = viewing.look(house().store, ticket, now=now, still=still)
    successor = viewing.issue(house().store, token, now=now, follows=ticket, still=still)
    return show.chat(token, now, ticket=ticket, successor=successor)


@blueprint.post("/say")
def say() -> AnyResponse:
    now = clock.now()
    token = token_from(request.form)
    client_id = text.require_id(request.form.get("client_id"), "client_id")
    words = text.clean(request.form.get("text", ""), limit=rules.MESSAGE_LENGTH, field="text")
    chat_id = visiting.bound_to(house().store, token, now=now)
    house().limits.take(limits.SAY, f"say:{chat_id}", now=now)
    own_code.refuse_in_a_chat(house(), words, chat_id)

    visiting.say(house().store, token, client_id, words, now=now)
    return to_chat(token)


@blueprint.post("/leave")
def leave() -> AnyResponse:
    token = token_from(request.form)
    visiting.leave(house().store, token, quick=False, now=clock.now())
    return to_chat(token)


@blueprint.post("/hand-off")
def answer_hand_off() -> AnyResponse:
    """Says no or yes to what is about to happen, or how a call to a resource went."""
    now = clock.now()
    token = token_from(request.form)
    hand_off_id = text.require_id(request.form.get("hand_off"), "hand_off")
    said = request.form.get("said", "")
    if said in (handoffs.AGREES, handoffs.REFUSES):
        agrees = said == handoffs.AGREES
        passing.answer(house().store, token, hand_off_id, agrees=agrees, now=now)
    else:
        accompanying.say_as_visitor(house().store, token, hand_off_id, said, now=now)
    return to_chat(token)


@blueprint.post("/feedback")
def feedback() -> AnyResponse:
    token = token_from(request.form)
    words = text.clean_or_none(request.form.get("text"), limit=rules.MESSAGE_LENGTH, field="text")
    feeling = request.form.get("feeling", "")
    visiting.give_feedback(house().store, token, feeling, words, now=clock.now())
    return to_chat(token)


@blueprint.post("/next-step")
def write_step() -> AnyResponse:
    token = token_from(request.form)
    limit = rules.NEXT_STEP_LENGTH
    words = text.clean_or_none(request.form.get("text"), limit=limit, field="text")
    taking_along.write_step(house().store, token, words, now=clock.now())
    return to_chat(token)


@blueprint.post("/complain")
def complain() -> AnyResponse:
    token = token_from(request.form)
    words = text.clean_or_none(request.form.get("text"), limit=rules.MESSAGE_LENGTH, field="text")
    complaining.complain(house().store, token, words, now=clock.now())
    return to_chat(token)


@blueprint.post("/erase")
def erase() -> str | AnyResponse:
    """Deletes what the visitor wrote, after asking once."""
    now = clock.now()
    token = token_from(request.form)
    if request.form.get("sure") != "yes":
        visiting.bound_to(house().store, token, now=now)
        question = _("Delete what you wrote? It cannot be undone.")
        return show.notice([question], now, token=token, ask="erase")
    if forgetting.erase(house().store, token, now=now).when == "by":
        return to_chat(token)
    return show.notice([_("What you wrote is deleted. Nobody can read it any more.")], now)


@blueprint.post("/exit")
def leave_this_site() -> AnyResponse:
    """Away at once, whatever happens in here; the token is void and the listener is told.

    A refresh and no redirect: our own policy lets no form end on another site.
    """
    away, now = WEATHER, clock.now()
    try:
        visiting.leave(house().store, token_from(request.form), quick=True, now=now)
    except Exception as fault:
        refusals.refused(fault)
    try:
        away = board.front(house().store, language.page_language(), None, now)["exit_url"]
    except Exception as fault:
        refusals.refused(fault)
    response = Response(status=204)
    if g.get("unreadable") or request.form.get("in_passing") != "1":
        response = Response(render_template("visitor/away.html", away=away))
        response.headers["Refresh"] = f"0;url={away}"
    response.headers["Clear-Site-Data"] = CLEARED
    return response


@blueprint.errorhandler(errors.Refused)
def refuse_kindly(refused: errors.Refused) -> Response:
    response = Response(show.refusal(refused, clock.now()), refusals.STATUS[refused.code])
    wait = refused.extra.get("retry_after_s")
    if wait is not None:
        response.headers["Retry-After"] = str(wait)
    return response


@blueprint.errorhandler(RequestEntityTooLarge)
def refuse_the_unreadable(_fault: RequestEntityTooLarge) -> Response:
    """More than a form may hold: it was not read, so that not even its language is known."""
    g.unreadable = True
    with force_locale(request.accept_languages.best or house().default_language):
        return refuse_kindly(errors.TooLong(field="text"))


@blueprint.errorhandler(Exception)
def fail_kindly(fault: Exception) -> Response:
    """What nobody foresaw: logged by its kind, told with the urgent help beside it."""
    if isinstance(fault, HTTPException):
        return refuse_kindly(errors.BadRequest())
    return refuse_kindly(refusals.refused(fault))


def to_chat(token: str) -> AnyResponse:
    follows = request.form.get("ticket") or None
    ticket = viewing.issue(house().store, token, now=clock.now(), follows=follows)
    return redirect(url_for("visitor.look", ticket=ticket, **show.carried()), SEE_OTHER)
