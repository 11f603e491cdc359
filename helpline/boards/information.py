"""What visitors read before and while they wait: the house's words, made from what rules them, and
the organisation's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from babel import Locale
from babel.dates import format_datetime

from helpline.boards import briefing, visitor
from helpline.boards.markdown import as_html
from helpline.boards.wording import N_, say
from helpline.domain import access, errors, information, walltime
from helpline.domain.access import Who
from helpline.store import floor, line, people
from helpline.store import information as kept
from helpline.store.page_tables import InfoText
from helpline.store.tables import Line
from helpline.store.transaction import Store, Transaction

Board = dict[str, Any]

TITLES = {
    "what_happens": N_("What happens in a chat"),
    "who_answers": N_("Who answers"),
    "private": N_("What stays private, and what does not"),
    "longer_help": N_("Help that goes on for longer"),
}


def page(store: Store, language: str, now: datetime) -> list[Board]:
    """Each part with its title, the house's sentences and the organisation's HTML (or none), for a
    reader of this language."""
    with store.reading() as tx:
        row, written = line.line(tx), kept.speaking(tx)
        return [
            _part(tx, row, part, written.get((part, language)), language, now)
            for part in information.PARTS
        ]


def _part(
    tx: Transaction, row: Line, part: str, own: InfoText | None, language: str, now: datetime
) -> Board:
    speaks_itself = own is None or part in information.ALWAYS_OURS
    return {
        "part": part,
        "title": say(language, TITLES[part]),
        "sentences": OURS[part](tx, row, language, now) if speaks_itself else [],
        "html": as_html(own.text) if own else "",
    }


def _what_happens(tx: Transaction, row: Line, language: str, now: datetime) -> list[str]:
    state = floor.opening(tx, now)
    when = visitor.opens_in_words(row, state.opens_at, language, now)
    sentences = [
        N_("You write. One word is enough, and you do not have to give your name."),
        N_("We show you how long it may take. You can start writing while you wait."),
        N_(
            "What sounds urgent comes first. If you write that you are in danger, numbers that "
            "help at once are shown right away."
        ),
        N_("A volunteer reads what you wrote and answers. Many chats take about an hour."),
        N_("You can stop, leave this site, or delete what you wrote at any time."),
    ]
    told = [say(language, each) for each in sentences]
    if state.open:
        return [*told, say(language, N_("We are here now."))]
    if when:
        return [*told, say(language, N_("No one is here now. We open again: %(when)s."), when=when)]
    return [*told, say(language, N_("No one is here now."))]


def _who_answers(tx: Transaction, row: Line, language: str, now: datetime) -> list[str]:
    return [
        say(language, each)
        for each in (
            N_("Trained volunteers answer, not a program."),
            N_(
                "A program reads what you write for one thing only: words that sound urgent, so "
                "that whoever is in danger waits less. A person decides."
            ),
            N_("A volunteer can ask an experienced one for help, or pass the chat on to them."),
        )
    ]


def _private(tx: Transaction, row: Line, language: str, now: datetime) -> list[str]:
    ours = [
        N_("We ask for no name, no email and no phone number."),
        N_("We keep no address of your device, and put nothing on it that stays."),
        N_(
            "We cannot hide that you were here from whoever sees your screen, your browser history "
            "or your network."
        ),
        N_(
            "When what you wrote is deleted, we keep only when the chat took place, how many "
            "messages there were, and which of our rules applied, without your words."
        ),
        N_("If you write who you are or where, we can read it, like everything that you write."),
    ]
    return visitor.confidentiality(row, language) + [say(language, each) for each in ours]


def _longer_help(tx: Transaction, row: Line, language: str, now: datetime) -> list[str]:
    return [
        say(language, each)
        for each in (
            N_("We are there for now. Some things get better only with help that goes on."),
            N_(
                "You can ask in the chat: a volunteer can look with you for somebody who helps "
                "for longer."
            ),
            N_("A doctor, a school counsellor or a social worker can be a first step."),
        )
    ]


OURS: dict[str, Callable[[Transaction, Line, str, datetime], list[str]]] = {
    "what_happens": _what_happens,
    "who_answers": _who_answers,
    "private": _private,
    "longer_help": _longer_help,
}


# -- for whoever writes it ------------------------------------------------------------------------


def overview(store: Store, who: Who) -> Board:
    """Which parts the organisation has words of its own for, in which languages. Refused:
    `not_allowed`."""
    access.require(who, "keep_pages")
    with store.reading() as tx:
        row, written = line.line(tx), kept.speaking(tx)
        return {
            "languages": [(code, briefing.language_name(code, code)) for code in row.languages],
            "parts": [
                {
                    "part": part,
                    "title": say(who.language, TITLES[part]),
                    "ours_stays": part in information.ALWAYS_OURS,
                    "written": {
                        code: _about(tx, row, who, written.get((part, code)))
                        for code in row.languages
                    },
                }
                for part in information.PARTS
            ],
        }


def editor(
    store: Store, who: Who, part: str, language: str, now: datetime, draft: str | None = None
) -> Board:
    """One part in one language: our words, theirs, how a draft would look, and earlier versions.

    Refused: `not_allowed`, `not_found` for a part or a language that there is not.
    """
    access.require(who, "keep_pages")
    information.require_part(part)
    with store.reading() as tx:
        row = line.line(tx)
        if language not in row.languages:
            raise errors.NotFound
        own = kept.speaking(tx).get((part, language))
        return {
            "part": part,
            "title": say(who.language, TITLES[part]),
            "language": language,
            "language_name": briefing.language_name(language, language),
            "direction": Locale.parse(language).text_direction,
            "ours": OURS[part](tx, row, language, now),
            "ours_stays": part in information.ALWAYS_OURS,
            "text": draft if draft is not None else own.text if own else "",
            "preview": as_html(draft) if draft is not None else None,
            "longest": information.LENGTH,
            "versions": [
                {
                    "id": each.id,
                    "is_now": nth == 0,
                    "is_empty": not each.text,
                    "html": as_html(each.text),
                    "words": _about(tx, row, who, each),
                }
                for nth, each in enumerate(kept.history(tx, part, language))
            ],
        }


def _about(tx: Transaction, row: Line, who: Who, text: InfoText | None) -> str | None:
    if text is None:
        return None
    there = walltime.local(row.zone, text.made_at).replace(tzinfo=None)
    return say(
        who.language,
        N_("%(when)s, %(name)s"),
        when=format_datetime(there, "d MMM yyyy HH:mm", locale=who.language),
        name=people.name_of(tx, text.made_by),
    )
