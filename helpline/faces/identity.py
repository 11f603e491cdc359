"""Who is asking: one lookup for pages and sockets, a row in the store on every act."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from http.cookies import CookieError, SimpleCookie
from typing import Any, TypeVar

from flask import Flask, abort, g, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user
from itsdangerous import BadSignature

from helpline import clock
from helpline.actions import entering
from helpline.domain import access, errors
from helpline.domain.access import Who
from helpline.faces import pages
from helpline.faces.house import House, house

View = TypeVar("View", bound=Callable[..., Any])

logins = LoginManager()
logins.session_protection = None  # it would keep a hash of address and user agent


class SignedIn(UserMixin):
    """Flask-Login's user: the session's secret is its id, so that revoking the row signs out."""

    def __init__(self, secret: str, who: Who) -> None:
        self.secret = secret
        self.who = who

    def get_id(self) -> str:
        return self.secret


@logins.user_loader
def _load(secret: str) -> SignedIn | None:
    who = entering.who_is(house().store, secret, "cookie", now=clock.now())
    return None if who is None else SignedIn(secret, who)


def page(verb: str, *, at_most: int | None = None) -> Callable[[View], View]:
    """Guards a view: signed in and allowed `verb`, with `g.who` set; writes carry a CSRF token.

    A form of up to `at_most` bytes, where that is more than elsewhere, is read once somebody is
    known who may send it, and not before.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return redirect(url_for("door.sign_in", next=request.path))
            g.who = current_user.who
            access.require(g.who, verb)
            if at_most is not None:
                pages.read_a_large_form(at_most)
            if request.method not in ("GET", "HEAD"):
                require_csrf(request.form.get("csrf_token"))
            entering.mark_seen(house().store, current_user.secret, now=clock.now())
            return view(*args, **kwargs)

        return guarded  # type: ignore[return-value]

    return guard


def csrf_token() -> str:
    """The token that a form on a staff page carries."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
    return str(session["csrf"])


def require_csrf(given: str | None) -> None:
    """Answers 400 unless the request came from a page of ours."""
    if not given or not _same(given, str(session.get("csrf", ""))):
        abort(400)


def _same(given: str, kept: str) -> bool:
    given_bytes = given.encode("utf-8", "surrogatepass")  # JSON may hold half a character
    return bool(kept) and hmac.compare_digest(given_bytes, kept.encode())


# -- sockets ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pass:
    """What a staff connection proved when it came; looked up again for every event."""

    secret: str
    kind: str


def pass_of(environ: Mapping[str, Any], auth: Any, app: Flask, at: House) -> Pass:
    """The cookie with an exact Origin and the CSRF token, or a token. Refused: `not_signed_in`."""
    origin = environ.get("HTTP_ORIGIN")
    if origin is not None and not is_our_origin(str(origin), environ, at):
        raise errors.NotSignedIn
    given = auth if isinstance(auth, dict) else {}
    token = given.get("token")
    if isinstance(token, str):
        return Pass(token, "token")

    kept = _session_of(environ, app)
    csrf, secret = given.get("csrf"), kept.get("_user_id")
    if origin is None or not isinstance(csrf, str) or not isinstance(secret, str):
        raise errors.NotSignedIn
    if not _same(csrf, str(kept.get("csrf", ""))):
        raise errors.NotSignedIn
    return Pass(secret, "cookie")


def who_holds(proof: Pass, at: House, now: datetime) -> Who:
    """Refused: `not_signed_in` once the session is over, whatever the connection thinks."""
    who = entering.who_is(at.store, proof.secret, proof.kind, now=now)
    if who is None:
        raise errors.NotSignedIn
    return who


def is_our_origin(origin: str, environ: Mapping[str, Any], at: House) -> bool:
    """Exactly the origin that this request was sent to, or the public one that is set."""
    if at.public_origin:
        return origin == at.public_origin
    scheme = {"ws": "http", "wss": "https"}.get(
        str(environ.get("wsgi.url_scheme")), str(environ.get("wsgi.url_scheme", "http"))
    )
    return origin == f"{scheme}://{environ.get('HTTP_HOST', '')}"


def _session_of(environ: Mapping[str, Any], app: Flask) -> dict[str, Any]:
    """The signed staff cookie of a handshake; empty when there is none or it is not ours."""
    try:
        cookies = SimpleCookie(str(environ.get("HTTP_COOKIE", "")))
    except CookieError:
        return {}
    held = cookies.get(app.config["SESSION_COOKIE_NAME"])
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    if held is None or signer is None:
        return {}
    try:
        return dict(signer.loads(held.value))
    except BadSignature:
        return {}
