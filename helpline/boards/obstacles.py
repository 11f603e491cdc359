"""Why somebody may not take a shift, in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from helpline.boards import briefing
from helpline.boards.wording import N_, say
from helpline.domain.eligibility import Obstacle, Why

WORDS = {
    Why.BEGUN: N_("The shift has begun."),
    Why.NOT_OPEN_YET: N_("It opens %(at)s."),
    Why.ROLE: N_("It needs another role."),
    Why.BOOKED: N_("You are booked at that time."),
    Why.BLACKOUT: N_("You cannot come on that day, as you said."),
    Why.REST: N_("It leaves %(number)s hours of rest; %(limit)s are needed."),
    Why.TOO_LONG: N_("It makes %(number)s hours in one go; %(limit)s are the most."),
    Why.WEEK_FULL: N_("It makes %(number)s hours in that week; %(limit)s are the most."),
    Why.CHECK_MISSING: N_("It needs this on record: %(name)s."),
    Why.CHECK_EXPIRED: N_("This is not valid any more on that day: %(name)s."),
    Why.NO_MENTOR: N_("Nobody would be there for a trainee to learn from."),
    Why.ALL_NEW: N_("Everybody on it would be new. Somebody with experience has to be there."),
}


def sentences(language: str, zone: str, found: Iterable[Obstacle], now: datetime) -> list[str]:
    return [
        say(
            language,
            WORDS[each.why],
            number=hours(each.number),
            limit=hours(each.limit),
            name=f"\u2068{each.name}\u2069",
            at=briefing.moment(language, zone, each.at, now) if each.at else "",
        )
        for each in found
    ]


def hours(minutes: int) -> str:
    """ "9" or "9:45"."""
    whole, rest = divmod(minutes, 60)
    return f"{whole}:{rest:02}" if rest else str(whole)
