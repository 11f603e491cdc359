"""The word rules: read them, try a message, propose an entry, publish a version, roll back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from helpline import clock
from helpline.actions import keeping
from helpline.boards import packs as board
from helpline.domain import chat as rules
from helpline.domain import errors, text
from helpline.domain.triage.lexicon import MAY_BE_LOWERED_BY
from helpline.domain.urgency import Level
from helpline.faces import identity, refusals
from helpline.faces.coordinator.forms import Tried
from helpline.faces.house import house

WHY_LENGTH = 200

packs = Blueprint("packs", __name__)


@packs.get("/coordinator/packs")
@identity.page("keep_packs")
def overview() -> str:
    return _overview()


@packs.post("/coordinator/packs/try")
@identity.page("keep_packs")
def try_message() -> str | tuple[str, int]:
    """Nothing of what is tried here is kept."""
    try:
        words = text.clean(request.form.get("text"), limit=rules.MESSAGE_LENGTH, field="text")
    except errors.Refused as refused:
        return _overview(tried=Tried(request.form, refused)), refusals.STATUS[refused.code]
    found = keeping.try_text(house().store, g.who, words)
    return _overview(explained=board.explained(words, found))


def _overview(**more: Any) -> str:
    shown: dict[str, Any] = {"tried": None, "explained": None, **more}
    return render_template(
        "coordinator/packs.html",
        demo=house().demo,
        packs=board.overview(house().store, g.who),
        **shown,
    )


@packs.get("/coordinator/packs/<language>")
@identity.page("keep_packs")
def read(language: str) -> str:
    return _one(language)


@packs.post("/coordinator/packs/<language>")
@identity.page("keep_packs")
def propose(language: str) -> Response | tuple[str, int]:
    form = request.form
    try:
        made = keeping.propose_entry(
            house().store,
            g.who,
            language,
            _entry_from(form.to_dict()),
            form.get("why_change", "")[:WHY_LENGTH],
            now=clock.now(),
        )
    except errors.Refused as refused:
        return _one(language, tried=Tried(form.to_dict(), refused)), refusals.STATUS[refused.code]
    return redirect(url_for("coordinator.packs.weigh", version_id=made))


@packs.post("/coordinator/packs/<language>/roll-back")
@identity.page("keep_packs")
def roll_back(language: str) -> Response | tuple[str, int]:
    try:
        keeping.roll_back(house().store, g.who, language, now=clock.now())
    except errors.Refused as refused:
        return _one(language, tried=Tried({}, refused)), refusals.STATUS[refused.code]
    return redirect(url_for("coordinator.packs.read", language=language))


def _one(language: str, tried: Tried | None = None) -> str:
    pack = board.one(house().store, g.who, language, request.args.get("find", ""))
    if pack is None:
        abort(404)
    return render_template(
        "coordinator/pack.html",
        demo=house().demo,
        pack=pack,
        tried=tried,
        find=request.args.get("find", ""),
        levels=[level.word for level in Level],
        categories=list(MAY_BE_LOWERED_BY),
    )


def _entry_from(given: dict[str, str]) -> dict[str, Any]:
    """An entry as it would stand in the pack; one pattern or example a line."""
    entry: dict[str, Any] = {
        "id": text.require_id(given.get("id", "").strip(), "id"),
        "level": given.get("level", ""),
        "category": given.get("category", ""),
        "patterns": _lines(given, "patterns"),
        "why": given.get("why", "").strip(),
        "hit": _lines(given, "hit"),
        "miss": _lines(given, "miss"),
        "added_by": g.who.name,
        "date": clock.now().date().isoformat(),
    }
    for field in ("patterns", "hit", "miss", "why"):
        if not entry[field]:
            raise errors.Empty(field=field)
    return entry


def _lines(given: dict[str, str], field: str) -> list[str]:
    return [line.strip() for line in given.get(field, "").splitlines() if line.strip()]


@packs.get("/coordinator/packs/versions/<version_id>")
@identity.page("keep_packs")
def weigh(version_id: str) -> str:
    return _weighed(version_id)


@packs.post("/coordinator/packs/versions/<version_id>")
@identity.page("keep_packs")
def decide(version_id: str) -> Response | tuple[str, int]:
    store, now = house().store, clock.now()
    language = board.version(store, g.who, version_id)["language"]
    if request.form.get("do") == "withdraw":
        keeping.withdraw(store, g.who, version_id, now=now)
        return redirect(url_for("coordinator.packs.read", language=language))
    try:
        keeping.publish(store, g.who, version_id, _trial(version_id), now=now)
    except errors.Refused as refused:
        return _weighed(version_id, Tried({}, refused)), refusals.STATUS[refused.code]
    return redirect(url_for("coordinator.packs.read", language=language))


def _weighed(version_id: str, tried: Tried | None = None) -> str:
    return render_template(
        "coordinator/pack_version.html",
        demo=house().demo,
        version=board.version(house().store, g.who, version_id),
        trial=_trial(version_id),
        tried=tried,
    )


def _trial(version_id: str) -> keeping.Trial:
    """Hundreds of messages, twice: beside the event loop."""
    before, after = keeping.packs_with(house().store, g.who, version_id)
    trial: keeping.Trial = house().offload(keeping.weigh, house().vectors(), before, after)
    return trial
