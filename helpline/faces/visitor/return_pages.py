"""The way back as plain forms: a code is shown once, and brought again from any device."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from helpline import clock
from helpline.actions import returning, viewing, visiting
from helpline.domain import errors
from helpline.faces import language, limits
from helpline.faces.house import house
from helpline.faces.visitor import pages, show
from helpline.faces.visitor.wishes import code_from, token_from, wish_from

blueprint = Blueprint("way_back", __name__)
blueprint.before_request(pages.allow_the_frame)
blueprint.register_error_handler(errors.Refused, pages.refuse_kindly)
blueprint.register_error_handler(RequestEntityTooLarge, pages.refuse_the_unreadable)
blueprint.register_error_handler(Exception, pages.fail_kindly)


@blueprint.get("/keep")
@blueprint.get("/return")
def start_again() -> AnyResponse:
    """Where a form was sent is no place to come back to."""
    return redirect(url_for("visitor.welcome", **show.carried()), pages.SEE_OTHER)


@blueprint.post("/keep")
def keep() -> str:
    """A page that holds the code, and nothing of the chat."""
    now = clock.now()
    token = token_from(request.form)
    chat_id = visiting.bound_to(house().store, token, now=now)
    house().limits.take(limits.KEEP, f"keep:{chat_id}", now=now)

    code = house().codes.new()
    returning.keep(house().store, token, house().offload(house().codes.digest, code), now=now)
    ticket = viewing.issue(house().store, token, now=now, follows=request.form.get("ticket"))
    back = url_for("visitor.look", ticket=ticket)
    return show.notice([_("Your code")], now, token=token, ask="code", code=code, back=back)


@blueprint.post("/return")
def come_again() -> AnyResponse:
    """From a code to a fresh chat."""
    now = clock.now()
    code = code_from(request.form)
    wish = wish_from({**request.form, "text": None}, language.page_language())
    source = house().limits.source(request.remote_addr or "", now=now)
    house().limits.take_code(source, now=now)

    found = house().offload(house().codes.digest, code)
    opened = returning.come_again(house().store, found, wish, now=now)
    return pages.to_chat(opened.token)
