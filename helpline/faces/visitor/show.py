"""The visitor's page in each of its states, rendered once, with or without JavaScript."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from flask import g, render_template, request, url_for
from flask_babel import gettext as _

from helpline.boards import finding, information
from helpline.boards import visitor as board
from helpline.boards.wording import N_
from helpline.domain import chat as rules
from helpline.domain import errors
from helpline.domain.directory import Wish
from helpline.faces import finding as offers
from helpline.faces import language, refusals
from helpline.faces.house import house
from helpline.faces.visitor import languages, ways, words
from helpline.faces.wishes import wish_from

GOES_ON = ("waiting", "active")
HIDDEN_LINES = {"visitor_left", "visitor_left_quickly"}  # told to the listener, not back to them

# What may be done about a refusal, beside the sentence of the refusal itself.
ADVICE = {
    "empty": N_("One word is enough."),
    "too_long": N_("Your words are still in the box. You can send them in two or more parts."),
    "slow_down": N_("Your words are still in the box. Nothing is lost."),
    "try_again": N_("Your words are still in the box. Nothing is lost."),
    "client_id_reused": N_("Your new words are still in the box. You can send them now."),
    "unknown_token": N_("You can start again here."),
    "chat_closed": N_("You can start a new chat here."),
}
OTHER_WORDS = N_("You can try again below, or start a new chat here.")
UNREAD = N_(
    "It was too much to be read at once. Go back one page: your words may still be in the box. "
    "Then send them in two or more parts."
)
BESIDE = ("/feedback", "/complain", "/next-step")  # their words belong in no box of the chat
AT_THE_CHAT = {
    "empty", "too_long", "slow_down", "try_again", "client_id_reused", "bad_request", "offer_gone",
}  # fmt: skip


def carried() -> dict[str, Any]:
    """What goes from page to page in its address: the language if chosen, the frame if in one."""
    return _language() | ({"frame": "1"} if g.get("framed") else {})


def _language() -> dict[str, Any]:
    chosen = languages.plain(request.args.get("lang"))
    return {"lang": chosen} if chosen else {}


def door(now: datetime, *, problem: errors.Refused | None = None) -> str:
    """The welcome, or the closed door: one box, no form first."""
    front = _front(now)
    return _page(
        front,
        view="welcome",
        front=front,
        chat=None,
        messages=[],
        wait=words.wait(front["estimate"]) if front["open"] else None,
        problem=_sentences(problem),
        urgent_open=not front["open"] or front["full"] or _opens_urgent(problem),
    )


def _front(now: datetime) -> dict[str, Any]:
    at = house()
    return board.front(at.store, language.page_language(), None, now, calls=at.calls)


def chat(
    token: str,
    now: datetime,
    *,
    ticket: str = "",
    successor: str = "",
    problem: errors.Refused | None = None,
) -> str:
    """A chat as it stands. Refused: `unknown_token`."""
    shown = board.page(house().store, token, now)
    snapshot = shown["chat"]
    goes_on = snapshot["state"] in GOES_ON and bool(successor)
    return _page(
        shown,
        view="chat",
        front=None,
        chat=snapshot,
        resources=snapshot["resources"],
        messages=[each for each in shown["messages"] if _is_shown(each, snapshot["erased"])],
        ahead=words.ahead(snapshot["place"] - 1) if snapshot["place"] else None,
        wait=words.wait(snapshot["estimate"]),
        token=token,
        ticket=ticket,
        next_url=_to(successor) if goes_on else "",
        still_url=_to(successor, still=1) if goes_on else "",
        still="still" in request.args,
        problem=_sentences(problem),
        urgent_open=snapshot["urgent_help"]
        or snapshot["feedback"] == "worse"
        or _opens_urgent(problem),
    )


def about(now: datetime) -> str:
    """What to know before a chat, and while waiting."""
    said = language.page_language()
    front = board.front(house().store, said, None, now)
    told = information.page(house().store, said, now)
    return _page(front, view="about", front=front, parts_told=told, urgent_open=False)


def help_found(said: Mapping[str, Any], now: datetime) -> str:
    """The directory: what fits, or with nothing asked what fits most people here.

    A choice that cannot be read is told, and what there is stands below it.
    """
    reader = language.page_language()
    unread: list[str] = []
    wished: Wish | None = None
    try:
        wished = wish_from(said) if said else None
    except errors.Refused as refused:
        unread = _sentences(refused)
    offered = finding.choices(house().store, reader, wished.country if wished else None)
    asked = wished or Wish(country=offered["country"])
    narrowed = replace(asked, query=None, country=offered["country"]) != Wish(
        country=offered["country"]
    )
    front = board.front(house().store, reader, None, now)
    return _page(
        front,
        view="help",
        front=front,
        asked={**asdict(asked), "narrowed": narrowed or asked.country != offered["country"]},
        countries=offered["countries"],
        spoken=offered["languages"],
        regions=offered["regions"],
        finding=offers.offered(),
        found=finding.for_visitor(house().store, asked, reader, now),
        unread=unread,
        urgent_open=False,
    )


def refusal(refused: errors.Refused, now: datetime) -> str:
    """A kind page for what was refused; what the person typed stays in the box."""
    token = "" if g.get("unreadable") else request.form.get("token", "")
    if token and refused.code in AT_THE_CHAT:
        try:
            return chat(token, now, problem=refused)
        except errors.Refused:
            pass
    if refused.code == "not_found":
        gone, again = _("This page is no longer here."), _("You can start again.")
        return notice([gone, *_why_gone(), again], now)
    try:
        return door(now, problem=refused)
    except Exception as fault:  # the database, perhaps: the numbers of the country are left
        refusals.refused(fault)
        return render_template("visitor/bare.html", sentences=_sentences(refused))


def _why_gone() -> list[str]:
    """A page without a script closes by itself: nothing that was done, and nothing is lost."""
    if request.endpoint != "visitor.look":
        return []
    return [
        _(
            "To keep what you write private, a page like this closes when it was not looked at for "
            "a while. You did nothing wrong. We are sorry that you have to begin again."
        )
    ]


def notice(
    sentences: list[str], now: datetime, *, token: str = "", ask: str = "", **more: Any
) -> str:
    """A page with nothing but some sentences, the way back, and the urgent help.

    `ask` names the form on it: one that asks once more before something cannot be undone.
    """
    front = _front(now)
    return _page(
        front,
        view="notice",
        sentences=sentences,
        token=token,
        ask=ask,
        **({"urgent_open": not ask} | more),
    )


def _is_shown(message: dict[str, Any], erased: str | None) -> bool:
    """Not what is told to the listener, nor what waits for its deletion."""
    return message["code"] not in HIDDEN_LINES and not (erased and message["sent_at"] <= erased)


def _page(shown: dict[str, Any], **more: Any) -> str:
    context = {
        "name": shown["name"],
        "resources": shown.get("resources", []),
        "confidentiality": shown["confidentiality"],
        "exit_url": shown["exit_url"],
        "demo": house().demo,
        "framed": bool(g.get("framed")),
        "carried": carried(),
        "home": url_for(f"visitor.{'widget' if g.get('framed') else 'welcome'}", **_language()),
        "parents": house().embed_origins,
        "client_id": str(uuid.uuid4()),
        "return_id": str(uuid.uuid4()),
        "longest": rules.MESSAGE_LENGTH,
        "step_longest": rules.NEXT_STEP_LENGTH,
        "typed": _typed(),
        "links": ways.links,
        "words": words.sentences(),
    }
    return render_template("visitor/page.html", **(context | more))


def _to(ticket: str, **more: Any) -> str:
    return url_for("visitor.look", ticket=ticket, **carried(), **more)


def _typed() -> dict[str, str]:
    """What was in the boxes of a form that was refused."""
    if request.method != "POST" or g.get("unreadable") or request.path in BESIDE:
        return {}
    return {name: request.form.get(name, "") for name in ("text", "nickname", "topic", "code")}


def _sentences(refused: errors.Refused | None) -> list[str]:
    if refused is None:
        return []
    if isinstance(refused, errors.UnknownCode):
        return [_(refused.message), _(OTHER_WORDS)]
    advice = UNREAD if g.get("unreadable") else ADVICE.get(refused.code)
    return [_(refused.message, **refused.values), *([_(advice)] if advice else [])]


def _opens_urgent(refused: errors.Refused | None) -> bool:
    """Words that were refused were read by nobody: what could help is shown at once."""
    return refused is not None and refused.code not in ("empty", "bad_request", "offer_gone")
