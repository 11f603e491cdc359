"""The page of the console: one shell with what is true now; sockets keep it true.

What a volunteer says about being called works here without a script too.
"""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from helpline import clock
from helpline.actions import answering, closing, going_home, likening, sparing
from helpline.boards import callouts, emergencies
from helpline.boards import following_up as check_ins
from helpline.boards import handover as handovers
from helpline.boards import listener as board
from helpline.boards.finding import spoken
from helpline.boards.wording import N_, iso, say
from helpline.domain import errors, safeguarding
from helpline.domain.access import Role
from helpline.domain.topics import TOPICS
from helpline.faces import finding, identity, language
from helpline.faces import given as read
from helpline.faces.house import house
from helpline.faces.listener import handing_words, words

pages = Blueprint("listener", __name__)

DONE = {
    "leaving": N_("Thank you for today. Take care of yourself."),
    "kept": N_("Your choice is kept. You can change it at any time."),
    "declined": callouts.TO_VOLUNTEERS["declined"],
    "helping": callouts.TO_VOLUNTEERS["helping"],
    "covered": callouts.TO_VOLUNTEERS["covered"],
    "linked": N_("The two chats are linked. The higher level counts for both while they go on."),
    "unlinked": N_("The two chats are apart again."),
    "keep_apart": N_("This person is not asked about that chat again."),
    "close_waiting": N_("The chat is closed. The visitor was told kindly, and where to find help."),
    "bring_together": N_("This person may be asked about that chat again."),
}
APART = {"keep_apart": True, "bring_together": False}
LINKS = {"link": likening.link, "unlink": likening.unlink}


@pages.get("/listener")
@identity.page("enter_console")
def console() -> str:
    now = clock.now()
    store = house().store
    done = DONE.get(request.args.get("done", ""))
    return render_template(
        "listener/console.html",
        demo=house().demo,
        now=iso(now),
        unread=handovers.unread(store, g.who) if Role.LEAD in g.who.roles else 0,
        to_sign_off=emergencies.waiting(store) if Role.LEAD in g.who.roles else 0,
        me={"id": g.who.id, "name": g.who.name, "leads": Role.LEAD in g.who.roles},
        board=board.board(store, g.who, now),
        shelf=board.shelf(store, g.who, now),
        words=words.sentences(),
        topics=list(TOPICS),
        finding={**finding.offered(), "languages": spoken(store, language.page_language())},
        whys=handing_words.whys(),
        places=emergencies.places(language.page_language()),
        due_hours=safeguarding.DUE_HOURS,
        closings=closing.OUTCOMES,
        check_in=check_ins.choices(store, now),
        choices=callouts.choices(language.page_language()),
        name_of=words.name_of,
        done=say(language.page_language(), done) if done else "",
    )


@pages.post("/listener")
@identity.page("enter_console")
def answer() -> Response:
    do = read.words(request.form, "do")
    if do == "choose":
        when = read.words(request.form, "when")
        answering.choose_when(house().store, g.who, when, now=clock.now())
        return redirect(url_for("listener.console", done="kept"))
    if do in LINKS:
        pair = read.chosen(request.form, "chat"), read.chosen(request.form, "other")
        LINKS[do](house().store, g.who, *pair, now=clock.now())
        return redirect(url_for("listener.console", done=f"{do}ed"))
    if do in APART:
        chat, person = read.chosen(request.form, "chat"), read.chosen(request.form, "listener")
        apart = APART[do]
        sparing.keep_others_apart(house().store, g.who, chat, person, apart=apart, now=clock.now())
        return redirect(url_for("listener.console", done=do))
    if do == "close_waiting":
        chat, outcome = read.chosen(request.form, "chat"), read.words(request.form, "outcome")
        closing.close_waiting(house().store, g.who, chat, outcome, now=clock.now())
        return redirect(url_for("listener.console", done=do))
    if do == "leaving":
        going_home.leave(house().store, g.who, read.words(request.form, "how"), now=clock.now())
        return redirect(url_for("listener.console", done=do))
    if do not in ("come", "not_now"):
        raise errors.BadRequest(field="do")
    comes, call_out = do == "come", read.chosen(request.form, "call_out")
    # No presence yet: it begins when the console behind the answer connects.
    counts = answering.answer(
        house().store, g.who, call_out, comes=comes, here=False, now=clock.now()
    )
    said = "declined" if not comes else "helping" if counts else "covered"
    return redirect(url_for("listener.console", done=said))
