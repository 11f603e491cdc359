"""What pages of all faces share: how a refusal looks, and which vendored files are there."""

from __future__ import annotations

import logging
from pathlib import Path

from flask import Response, current_app, g, jsonify, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response as BaseResponse

from helpline.boards.wording import say
from helpline.domain import errors
from helpline.faces import language, refusals

log = logging.getLogger(__name__)

STAFF = ("/listener", "/shifts", "/coordinator", "/sign-in", "/sign-out", "/metrics")

# What a status of the framework means to a person.
SENTENCES = {404: errors.NotFound, 413: errors.TooLong, 500: errors.TryAgain}


def has_vendor(name: str) -> bool:
    """Whether a file from npm was put in place at set-up."""
    return (Path(current_app.static_folder or "") / "vendor" / name).exists()


def read_the_form() -> None:
    """Marks a form that broke off or is too long: nobody may look into it again while answering."""
    try:
        _ = request.form
    except HTTPException:
        g.unreadable = True


def read_a_large_form(at_most: int) -> None:
    """One of so many bytes, which was too long until it was known who sends it. Raises for what is
    longer still, or broke off."""
    request.max_content_length = at_most
    g.unreadable = False
    read_the_form()
    if g.unreadable:
        raise RequestEntityTooLarge


def refused(fault: errors.Refused) -> tuple[str | Response, int] | BaseResponse:
    """A refusal on a page, with its status; the API answers in JSON."""
    status = refusals.STATUS[fault.code]
    if request.path.startswith("/api/"):
        return jsonify(refusals.as_ack(fault, "en")["error"]), status
    if fault.code == "not_signed_in":
        return redirect(url_for("door.sign_in", next=request.path))
    return _page(say(language.page_language(), fault.message), status)


def broken(fault: Exception) -> tuple[str | Response, int] | HTTPException | BaseResponse:
    """Anything that was not foreseen: logged by kind, told kindly, never with a trace."""
    if isinstance(fault, HTTPException):
        if fault.code and fault.code >= 400 and not request.path.startswith("/api/"):
            why = SENTENCES.get(fault.code, errors.BadRequest).message
            return _page(say(language.page_language(), why), fault.code)
        return _api_fault(fault) if request.path.startswith("/api/") else fault
    return refused(refusals.refused(fault))


def _api_fault(fault: HTTPException) -> tuple[Response, int]:
    """What the framework refused, in the one shape of the API."""
    code = "not_found" if fault.code == 404 else "bad_request"
    return jsonify(error={"code": code, "message": fault.description}), fault.code or 400


def _page(message: str, status: int) -> tuple[str, int]:
    """For staff in their own look; anybody else is a visitor and sees where help is first."""
    if not request.path.startswith(STAFF):
        return render_template("visitor/bare.html", sentences=[message]), status
    return render_template("shared/refused.html", message=message, status=status), status
