"""The page of the console: one shell with what is true now; sockets keep it true."""

from __future__ import annotations

from flask import Blueprint, g, render_template

from helpline import clock
from helpline.boards import listener as board
from helpline.boards.wording import iso
from helpline.domain.access import Role
from helpline.domain.topics import TOPICS
from helpline.faces import identity
from helpline.faces.house import house
from helpline.faces.listener import words

pages = Blueprint("listener", __name__)


@pages.get("/listener")
@identity.page("enter_console")
def console() -> str:
    now = clock.now()
    store = house().store
    return render_template(
        "listener/console.html",
        demo=house().demo,
        now=iso(now),
        me={"id": g.who.id, "name": g.who.name, "leads": Role.LEAD in g.who.roles},
        board=board.board(store, g.who, now),
        shelf=board.shelf(store, g.who, now),
        words=words.sentences(),
        topics=list(TOPICS),
    )
