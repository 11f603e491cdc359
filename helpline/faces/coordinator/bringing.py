"""Bringing HSDS data by page: what would change is shown first, and then that file is brought.

The server keeps no file in between: it is chosen again, and must be the one that was shown.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from helpline import clock
from helpline.actions import exchanging
from helpline.boards import exchange as board
from helpline.domain import errors
from helpline.domain.hsds import Reading
from helpline.faces import given as read
from helpline.faces import identity, refusals
from helpline.faces.house import house
from helpline.store import exchange

AT_MOST = 2 * 1024 * 1024  # bytes, and as many unpacked; read beside the event loop
RECORDS = 1_000  # of one file: more would make those wait who write to us
NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Source:
    """Whose file it is, and whether what they sent before and not now is taken away."""

    origin: str = exchanging.PARTNER
    takes_away: bool = False


bringing = Blueprint("bringing", __name__)


@bringing.get("/coordinator/resources/import")
@identity.page("keep_directory")
def choose() -> str:
    return _show()


@bringing.post("/coordinator/resources/import")
@identity.page("keep_directory", at_most=AT_MOST)
def bring() -> str | Response | tuple[str, int]:
    sent = request.files.get("file")
    data = sent.read() if sent else b""
    if sent is None or not data:
        return _show(trouble="empty"), 422
    given = Source(
        read.words(request.form, "origin")[:NAME_LENGTH].strip() or exchanging.PARTNER,
        request.form.get("takes_away") == "yes",
    )
    found = house().offload(_read, sent.filename or "", data)
    if len(found.records) > RECORDS:
        return _show(given, trouble="too_many"), 422

    shown = request.form.get("shown") == _print(data, given)
    try:
        report = exchanging.bring(
            house().store,
            g.who,
            found,
            origin=given.origin,
            takes_away=given.takes_away,
            dry_run=not shown,
            now=clock.now(),
        )
    except errors.Refused as refused:
        return _show(given, trouble=refused.code), refusals.STATUS[refused.code]
    if shown and not report.refused:
        return redirect(url_for("coordinator.directory.overview", done="resources_imported"))
    told = board.report(g.who.language, report)
    return _show(given, told, "" if report.refused else _print(data, given), sent.filename or "")


@bringing.errorhandler(RequestEntityTooLarge)
def too_large(_fault: RequestEntityTooLarge) -> tuple[str, int]:
    return _show(trouble="too_large"), 413


def _read(name: str, data: bytes) -> Reading:
    return exchange.read_bytes(name, data, largest=AT_MOST)


def _print(data: bytes, given: Source) -> str:
    """What was shown, and nothing else: this file, from this source, to this end."""
    said = f"{given.origin}\n{given.takes_away}\n".encode()
    return hashlib.sha256(said + data).hexdigest()


def _show(
    given: Source | None = None,
    told: board.Board | None = None,
    shown: str = "",
    file: str = "",
    *,
    trouble: str = "",
) -> str:
    return render_template(
        "coordinator/import.html",
        demo=house().demo,
        given=given or Source(),
        told=told,
        shown=shown,
        file=file,
        trouble=trouble,
        megabytes=AT_MOST // 1024**2,
        records=RECORDS,
    )
