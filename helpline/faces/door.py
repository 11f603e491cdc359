"""The staff door: sign in, sign out."""

from __future__ import annotations

import re

from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response as BaseResponse

from helpline import clock
from helpline.actions import entering
from helpline.domain import access, errors
from helpline.domain.access import Who
from helpline.faces import identity, limits
from helpline.faces.house import house

# One slash and then no other, nor a backslash, a blank or a control, which browsers read as one.
PATH = re.compile(r"/(?!/)[!-\[\]-~]*")

door = Blueprint("door", __name__)


@door.get("/sign-in")
def sign_in() -> str:
    return _page(error=False, status=None)


@door.post("/sign-in")
def enter() -> tuple[str, int] | BaseResponse:
    identity.require_csrf(request.form.get("csrf_token"))
    now, at = clock.now(), house()
    email = request.form.get("email", "")[:200]
    source = at.limits.source(request.remote_addr or "", now=now)
    try:
        at.limits.take(limits.SIGN_IN, f"sign-in:{source}", now=now)
        secret = entering.sign_in(
            at.store,
            email,
            request.form.get("password", "")[:200],
            request.form.get("code", "")[:20],
            offload=at.offload,
            now=now,
        )
    except errors.SlowDown:
        return _page(error=False, status="slow_down"), 429
    except errors.NotSignedIn:
        return _page(error=True, status=None), 401

    who = entering.who_is(at.store, secret, "cookie", now=now)
    if who is None:
        return _page(error=True, status=None), 401
    session.clear()  # a new session for a new person: nothing of before is carried in
    login_user(identity.SignedIn(secret, who))
    identity.csrf_token()
    return redirect(_where_to(who))


@door.post("/sign-out")
def leave() -> BaseResponse:
    identity.require_csrf(request.form.get("csrf_token"))
    if current_user.is_authenticated:
        entering.sign_out(house().store, current_user.secret, now=clock.now())
    logout_user()
    session.clear()
    response: Response = redirect(url_for("door.sign_in"))  # type: ignore[assignment]
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _page(*, error: bool, status: str | None) -> str:
    return render_template(
        "shared/sign_in.html", error=error, status=status, next=_next(), demo=house().demo
    )


def _next() -> str:
    """A path of this site, or nothing: never somewhere else."""
    wished = request.values.get("next", "")
    return wished if PATH.fullmatch(wished) else ""


def _where_to(who: Who) -> str:
    if _next():
        return _next()
    if access.may(who, "enter_dashboard") and not access.may(who, "enter_console"):
        return "/coordinator"
    return "/listener"
