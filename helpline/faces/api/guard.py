"""Who may call the API: a coordinator's cookie with its CSRF header, or a staff token."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import g, request
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from helpline import clock
from helpline.actions import entering
from helpline.domain import access, errors
from helpline.domain.access import Who
from helpline.faces import identity
from helpline.faces.house import house

View = TypeVar("View", bound=Callable[..., Any])

BEARER = "Bearer "


def allowed(verb: str) -> Callable[[View], View]:
    """Guards a route, with `g.who` set. Refused: `not_signed_in`, `not_allowed`, `bad_request`."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            g.who = _who()
            access.require(g.who, verb)
            return view(*args, **kwargs)

        return guarded  # type: ignore[return-value]

    return guard


def _who() -> Who:
    authorization = request.headers.get("Authorization", "")
    if authorization:
        return _bearer(authorization)
    if not current_user.is_authenticated:
        raise errors.NotSignedIn
    if request.method not in ("GET", "HEAD"):
        _require_our_page()
    entering.mark_seen(house().store, current_user.secret, now=clock.now())
    who: Who = current_user.who
    return who


def _bearer(authorization: str) -> Who:
    """A token needs no Origin; one from elsewhere is always refused."""
    origin = request.headers.get("Origin")
    if origin is not None and not identity.is_our_origin(origin, request.environ, house()):
        raise errors.NotSignedIn
    if not authorization.startswith(BEARER):
        raise errors.NotSignedIn
    secret = authorization.removeprefix(BEARER).strip()
    who = entering.who_is(house().store, secret, "token", now=clock.now())
    if who is None:
        raise errors.NotSignedIn
    return who


def _require_our_page() -> None:
    try:
        identity.require_csrf(request.headers.get("X-CSRF-Token"))
    except HTTPException:
        raise errors.BadRequest(field="X-CSRF-Token") from None
