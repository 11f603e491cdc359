"""Where the organisation writes what its visitors read about it."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from helpline import clock
from helpline.actions import informing
from helpline.boards import information as board
from helpline.domain import errors, text
from helpline.domain import information as rules
from helpline.faces import given as read
from helpline.faces import identity, refusals
from helpline.faces.coordinator import sentences
from helpline.faces.house import house

information = Blueprint("information", __name__)


@information.get("/coordinator/information")
@identity.page("keep_pages")
def overview() -> str:
    return render_template(
        "coordinator/information.html",
        demo=house().demo,
        pages=board.overview(house().store, g.who),
        done=sentences.done(request.args.get("done", "")),
    )


@information.get("/coordinator/information/<part>/<language>")
@identity.page("keep_pages")
def edit(part: str, language: str) -> str:
    return _show(part, language)


@information.post("/coordinator/information/<part>/<language>")
@identity.page("keep_pages")
def act(part: str, language: str) -> Response | tuple[str, int] | str:
    """Looks at a draft, lets it speak, or lets an earlier version speak again."""
    form, now, store = request.form, clock.now(), house().store
    draft = form.get("text", "")
    try:
        do = read.words(form, "do")
        if do == "look":
            return _show(part, language, _clean(draft))
        if do == "publish":
            informing.write(store, g.who, part, language, _clean(draft), now=now)
        elif do == "go_back":
            version = read.chosen(form, "version")
            informing.go_back(store, g.who, part, language, version, now=now)
        else:
            raise errors.BadRequest(field="do")
    except errors.NotFound:
        raise
    except errors.Refused as refused:
        return _show(part, language, draft, refused), refusals.STATUS[refused.code]
    return redirect(url_for("coordinator.information.overview", done="page_written"))


def _clean(draft: str) -> str:
    """Nothing at all is a text too: the house speaks itself then."""
    return text.clean_or_none(draft, limit=rules.LENGTH, field="text") or ""


def _show(
    part: str, language: str, draft: str | None = None, refused: errors.Refused | None = None
) -> str:
    return render_template(
        "coordinator/information_part.html",
        demo=house().demo,
        page=board.editor(house().store, g.who, part, language, clock.now(), draft),
        trouble=sentences.refusal(refused),
    )
