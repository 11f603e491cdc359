"""What every answer carries: a strict policy, no storing, no referrer."""

from __future__ import annotations

from flask import Response, g, request

from helpline.faces.house import house

PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"


def add(response: Response) -> Response:
    """Static files may be kept by the browser; nothing else may."""
    response.headers["Content-Security-Policy"] = policy()
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Permissions-Policy"] = PERMISSIONS
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    is_asset = request.path.startswith("/static/") or request.path == "/embed.js"
    response.headers["Cross-Origin-Resource-Policy"] = (
        "cross-origin" if request.path == "/embed.js" else "same-origin"
    )
    response.headers["Cache-Control"] = "no-cache" if is_asset else "no-store"
    if not _may_be_framed():
        response.headers["X-Frame-Options"] = "DENY"
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


def policy() -> str:
    """Nothing from elsewhere, nothing inline; framed only where the organisation allows it."""
    frames = " ".join(house().embed_origins) if _may_be_framed() else "'none'"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "media-src 'self'",
            f"connect-src 'self' {_socket_origin()}",
            "form-action 'self'",
            "base-uri 'none'",
            f"frame-ancestors {frames}",
            "require-trusted-types-for 'script'",
        )
    )


def _socket_origin() -> str:
    """Where our sockets are: at the public origin if one is set, whatever Host was asked for."""
    public = house().public_origin
    if public:
        return public.replace("http", "ws", 1)
    return f"{'wss' if request.is_secure else 'ws'}://{request.host}"


def _may_be_framed() -> bool:
    return getattr(g, "frames", None) == "embed" and bool(house().embed_origins)
