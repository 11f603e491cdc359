"""The way back as plain forms: a code is shown once, and brought again from any device."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from helpline import clock
from helpline.actions import following_up, leaving, returning, viewing, visiting
from helpline.boards import complaints
from helpline.boards import following_up as check_ins
from helpline.boards import leaving as board
from helpline.domain import errors, text
from helpline.faces import language, limits
from helpline.faces.house import house
from helpline.faces.visitor import own_code, pages, show
from helpline.faces.visitor.wishes import code_from, note_from, token_from, wish_from

blueprint = Blueprint("way_back", __name__)
blueprint.before_request(pages.allow_the_frame)
blueprint.register_error_handler(errors.Refused, pages.refuse_kindly)
blueprint.register_error_handler(RequestEntityTooLarge, pages.refuse_the_unreadable)
blueprint.register_error_handler(Exception, pages.fail_kindly)


@blueprint.get("/keep")
@blueprint.get("/return")
@blueprint.get("/leave-message")
@blueprint.get("/erase-left")
@blueprint.get("/follow-up")
def start_again() -> AnyResponse:
    """Where a form was sent is no place to come back to."""
    return redirect(url_for("visitor.welcome", **show.carried()), pages.SEE_OTHER)


@blueprint.post("/keep")
def keep() -> str:
    """A page that holds the code, and nothing of the chat."""
    now, at = clock.now(), house()
    token, note = token_from(request.form), note_from(request.form)
    chat_id = visiting.bound_to(at.store, token, now=now)
    at.limits.take(limits.KEEP, f"keep:{chat_id}", now=now)

    code = at.codes.new()
    found = at.offload(at.codes.digest, code)
    urgent = returning.keep(at.store, token, found, note=note, now=now)
    ticket = viewing.issue(at.store, token, now=now, follows=request.form.get("ticket"))
    return show.notice(
        [_("Your code")],
        now,
        token=token,
        ask="code",
        code=code,
        back=url_for("visitor.look", ticket=ticket),
        urgent_open=urgent,
    )


@blueprint.post("/leave-message")
def leave_message() -> str | AnyResponse:
    """A page with the code that opens the answer; the chat itself for what cannot wait."""
    now, at = clock.now(), house()
    wish = wish_from({"text": "", **request.form}, language.page_language())
    source = at.limits.source(request.remote_addr or "", now=now)
    own_code.refuse_at_the_door(at, wish.text or "", source, now=now)
    at.limits.take(limits.OPEN_AT_RISK, f"leave:{source}", now=now)
    code = at.codes.new()

    opened = leaving.leave(
        at.store,
        wish,
        at.offload(at.codes.digest, code),
        calls=at.calls,
        now=now,
        take=partial(at.limits.take_opening, source, now=now),
    )
    if opened is not None:
        return pages.to_chat(opened.token)
    kept = _(
        "Your message is kept. The next shift answers it. With this code you can read the answer."
    )
    return show.notice([_("Your code"), kept], now, ask="code", code=code, back="")


@blueprint.post("/return")
def come_again() -> str | AnyResponse:
    """From a code to what waits for it and may be chosen, and from there to a fresh chat."""
    now = clock.now()
    wish = wish_from({**request.form, "text": None}, language.page_language())
    choices = returning.Choices(
        same_listener=request.form.get("same_listener") == "yes",
        share_note=request.form.get("share_note") == "yes",
        note=note_from(request.form),
    )
    found = _tried()

    if request.form.get("start") != "yes":
        return _choices(found, request.form["code"])
    opened = returning.come_again(house().store, found, wish, choices, now=now)
    return pages.to_chat(opened.token)


def _choices(found: str, code: str) -> str:
    """Each time anew, and nothing is chosen before."""
    now = clock.now()
    may = returning.offered(house().store, found, now=now)
    waits = board.of_visitor(house().store, found)
    heading = _("It is good that you are back")
    if waits is not None:
        heading = _("We answered you") if waits["answers"] else _("There is no answer yet")
    said = check_ins.with_code(house().store, found, language.page_language(), now)
    about = complaints.with_code(house().store, found, language.page_language())
    sentences = [heading, *said, *about]
    return show.notice(sentences, now, ask="back", left=waits, may=may, code=code)


@blueprint.post("/follow-up")
def answer_follow_up() -> AnyResponse:
    """Says yes or no to a check-in, takes a yes back, or looks whether somebody has written."""
    now, store = clock.now(), house().store
    token, said = token_from(request.form), request.form.get("said", "")
    if said == "cancel":
        following_up.cancel(store, token, now=now)
    elif said in ("agrees", "refuses"):
        which = text.require_id(request.form.get("follow_up"), "follow_up")
        following_up.answer(store, token, which, agrees=said == "agrees", now=now)
    elif said != "look":
        raise errors.BadRequest(field="said")
    return pages.to_chat(token)


@blueprint.post("/erase-left")
def erase_left() -> str:
    """Deletes what was left, and the answers, after asking once."""
    now = clock.now()
    found = _tried()
    if request.form.get("sure") != "yes":
        returning.offered(house().store, found, now=now)
        question = _("Delete what you wrote? It cannot be undone.")
        return show.notice([question], now, ask="erase_left", code=request.form["code"])
    held_until = leaving.erase(house().store, found, now=now)
    if held_until is not None:
        kept = board.kept(house().store, language.page_language(), held_until)
        return show.notice([kept], now)
    return show.notice([_("What you wrote is deleted. Nobody can read it any more.")], now)


def _tried() -> str:
    """What stands for the code of this form, right or wrong; one try of few."""
    code, at, now = code_from(request.form), house(), clock.now()
    at.limits.take_code(at.limits.source(request.remote_addr or "", now=now), now=now)
    found: str = at.offload(at.codes.digest, code)
    return found
