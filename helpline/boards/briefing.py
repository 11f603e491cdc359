"""What a coordinator's board says in words: how the line is, why somebody waits, what misses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TypeVar

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time, format_timedelta

from helpline.boards.wording import N_, catalogue, say
from helpline.domain import door, queue, walltime
from helpline.domain.health import Facts, Health, Trouble
from helpline.domain.opening import ByHand, Opening
from helpline.domain.shifts import Booked
from helpline.domain.urgency import Level
from helpline.store.tables import Booking, Line

Named = TypeVar("Named", Booked, Booking)

TROUBLES = {
    Trouble.NOBODY_THERE: N_("nobody is ready"),
    Trouble.CRITICAL_WAITS: N_("a critical chat has waited for more than a minute"),
    Trouble.NO_LEAD: N_("no shift lead is booked"),
}

LINE = {
    "open": N_("The line is open."),
    "closed_by_hand": N_("The line was closed by hand."),
    "outside_hours": N_("The line is closed: nobody is booked now."),
    "closed_day": N_("The line is closed all day, as it was decided before."),
    "last_entry": N_("The line takes no new chats: the last shift ends soon."),
    "nobody_ready": N_("The line is closed: too few people are ready."),
    "no_lead": N_("The line is closed: no shift lead is booked now."),
}

BY_HAND = {
    (ByHand.OPEN, True): N_("Kept open by hand by %(name)s, since %(since)s until %(until)s."),
    (ByHand.OPEN, False): N_(
        "Kept open by hand by %(name)s, since %(since)s, until somebody changes it."
    ),
    (ByHand.CLOSED, True): N_("Closed by hand by %(name)s, since %(since)s until %(until)s."),
    (ByHand.CLOSED, False): N_(
        "Closed by hand by %(name)s, since %(since)s, until somebody changes it."
    ),
}

WHY_WAITING = {
    "offered": N_("being offered to %(name)s"),
    "": N_("next to be offered"),
    "nobody_ready": N_("nobody is ready"),
    "all_busy": N_("everybody is busy"),
    "asked_everyone": N_("everybody was asked a moment ago"),
    "no_one_fitting": N_("waits for somebody with the language or training"),
    "spared": N_("whoever is free should be spared this today"),
    "kept_for_critical": N_("the last seats are kept for a critical chat"),
}

# What a change is refused with: the sentences of `domain.changes`, `.volunteers` and `.silence`.
REFUSED = (
    N_("This number is too small or too large."),
    N_("Each step must come after the one before it."),
    N_("This is over or has begun. Only what is still to come can change."),
    N_("This day is too far away to plan."),
    N_("Choose the shift on which this person serves."),
    N_("At most a year in one go."),
    N_("No shift starts on this day: the line is closed, or it is a holiday."),
    N_("Say who takes turns: at least one person, and nobody twice in one turn."),
    N_("We know no public holidays of this country or region."),
    N_("The last day comes before the first shift."),
    N_("This shift does not start on that day."),
    N_("This shift has ended. Add a new one."),
    N_("This person is not on the list."),
    N_("This person does not have that role."),
    N_("This person is already booked there."),
    N_("This person is not booked on that day."),
    N_("This shift is cancelled on that day. Lift that first."),
    N_("This is not an email address."),
    N_("Somebody with this address is on the list already."),
    N_("Choose at least one role."),
    N_("Give languages by their codes, such as en, es."),
    N_("A listener has one or two seats."),
    N_("You cannot take yourself off the list. Ask another coordinator."),
    N_("You cannot make yourself a shift lead. Ask another coordinator."),
    N_("This address does not fit the way you chose."),
    N_("Give both times, or none."),
)

PRESENCE = {
    "ready": N_("ready"),
    "away": N_("away"),
    "paused": N_("offers paused"),
    "resting": N_("resting after a chat"),
    "gone": N_("not here"),
    "off_shift": N_("not on shift any more"),
}

LEVELS = {
    Level.ROUTINE: N_("routine"),
    Level.ELEVATED: N_("elevated"),
    Level.HIGH: N_("high"),
    Level.CRITICAL: N_("critical"),
}


def health_words(
    language: str,
    health: Health,
    facts: Facts,
    *,
    waiting_at_risk: int,
    talking_at_risk: int,
    now: datetime,
) -> str:
    """ "4 waiting, oldest 11 min (target 5 min) · 1 at high risk waits · 3 of 4 listeners busy"."""
    many = catalogue(language).ngettext
    parts = [_waiting(language, facts, now)]
    if health.past_target:
        late = many("%(n)d past its target", "%(n)d past their target", health.past_target)
        parts.append(late % {"n": health.past_target})
    if waiting_at_risk:
        waits = many("%(n)d at high risk waits", "%(n)d at high risk wait", waiting_at_risk)
        parts.append(waits % {"n": waiting_at_risk})
    if facts.ready:
        count = len(facts.ready)
        busy = many("%(busy)d of %(n)d listener busy", "%(busy)d of %(n)d listeners busy", count)
        parts.append(busy % {"busy": health.busy, "n": count})
    if talking_at_risk:
        talk = many("%(n)d at high risk is in conversation",
                    "%(n)d at high risk are in conversation", talking_at_risk)  # fmt: skip
        parts.append(talk % {"n": talking_at_risk})
    parts += [say(language, TROUBLES[each]) for each in health.troubles if each in TROUBLES]
    if facts.unowned_alerts:
        alone = many("%(n)d alert without an owner", "%(n)d alerts without an owner",
                     facts.unowned_alerts)  # fmt: skip
        parts.append(alone % {"n": facts.unowned_alerts})
    return " · ".join(parts)


def _waiting(language: str, facts: Facts, now: datetime) -> str:
    if not facts.waiting:
        return say(language, N_("Nobody is waiting"))
    oldest = min(facts.waiting, key=lambda each: each.arrived_at)
    return say(
        language,
        N_("%(n)s waiting, oldest %(waited)s min (target %(target)s min)"),
        n=len(facts.waiting),
        waited=(now - oldest.arrived_at) // timedelta(minutes=1),
        target=queue.ANSWERED_WITHIN[oldest.level] // timedelta(minutes=1),
    )


def line_words(language: str, opening: Opening, zone: str, now: datetime) -> str:
    words = say(language, LINE[opening.why])
    if opening.opens_at is None:
        return words
    at = moment(language, zone, opening.opens_at, now)
    return words + " " + say(language, N_("It opens next: %(at)s."), at=at)


def by_hand_words(
    language: str, zone: str, hand: ByHand, name: str | None, row: Line, now: datetime
) -> str:
    """Whose hand it is, since when and until when."""
    since, until = (
        moment(language, zone, at, now) if at else None
        for at in (row.by_hand_since or row.changed_at, row.by_hand_until)
    )
    return say(
        language,
        BY_HAND[hand, until is not None],
        name=name or say(language, N_("whoever set up the line")),
        since=since,
        until=until,
    )


def waiting_words(language: str, levels: dict[Level, int]) -> str:
    """ "1 critical, 2 routine", or nobody."""
    found = [
        say(language, N_("%(count)s %(level)s"), count=count, level=level(language, of))
        for of, count in levels.items()
        if count
    ]
    return ", ".join(found) or say(language, N_("nobody"))


def why_waiting(language: str, code: str, name: str = "") -> str:
    return say(language, WHY_WAITING[code], name=name)


def overtaken_words(language: str, count: int, since: datetime, now: datetime) -> str:
    """ "2 critical chats that came later went first, the first 6 min ago"."""
    words = catalogue(language).ngettext(
        "%(n)d critical chat that came later went first, %(minutes)s min ago",
        "%(n)d critical chats that came later went first, the first %(minutes)s min ago",
        count,
    )
    return words % {"n": count, "minutes": (now - since) // timedelta(minutes=1)}


def level(language: str, of: Level) -> str:
    return say(language, LEVELS[of])


def person_words(
    language: str, state: str, used: int, seats: int, until: str | None, *, came: bool
) -> str:
    """ "ready · 1 of 2 seats taken · until 21:00"."""
    parts = [
        say(language, PRESENCE[state]),
        say(language, N_("%(used)s of %(seats)s seats taken"), used=used, seats=seats),
    ]
    if until is not None:
        parts.append(say(language, N_("until %(at)s"), at=until))
    if came:
        parts.append(say(language, N_("came to help")))
    return " · ".join(parts)


def parked_words(language: str, name: str, since: str, now: datetime) -> str:
    """ "kept by Leo, set aside 5 minutes ago"."""
    when = ago(language, since, now)
    return say(language, N_("kept by %(name)s, set aside %(ago)s"), name=name, ago=when)


def overrun_words(language: str, held: int, ended: str | None) -> str:
    """ "shift over since 21:00 · still in 2 chats"."""
    many = catalogue(language).ngettext
    over = say(language, N_("shift over since %(at)s"), at=ended) if ended else None
    chats = many("still in %(n)d chat", "still in %(n)d chats", held) % {"n": held}
    return " · ".join(each for each in (over or say(language, N_("not on shift")), chats) if each)


def heavy_week_words(language: str, words: str) -> str:
    """ "ready · 1 of 2 seats taken · many heavy chats this week"."""
    return " · ".join((words, say(language, N_("many heavy chats this week"))))


def door_words(language: str, row: Line, now: datetime) -> str:
    """What the door says to whoever comes, and how many it has shown other help by now."""
    limit = door.limit(row.policies)
    if not limit:
        return say(language, N_("The door takes new chats however long the wait is."))
    if row.full_since is None:
        return say(
            language,
            N_("The door limits new chats when the wait is longer than %(minutes)s minutes."),
            minutes=limit,
        )
    many, told = catalogue(language).ngettext, row.told_at_door
    limits = say(
        language,
        N_(
            "The door limits new chats since %(since)s: "
            "the wait is longer than %(minutes)s minutes."
        ),
        since=moment(language, row.zone, row.full_since, now),
        minutes=limit,
    )
    count = many(
        "%(n)d person wrote and was shown other help.",
        "%(n)d people wrote and were shown other help.",
        told,
    )
    return f"{limits} {count % {'n': told}}"


def heads(language: str, listeners: int, leads: int) -> str:
    many = catalogue(language).ngettext
    parts = []
    if listeners:
        parts.append(many("%(n)d listener", "%(n)d listeners", listeners) % {"n": listeners})
    if leads:
        parts.append(many("%(n)d lead", "%(n)d leads", leads) % {"n": leads})
    return ", ".join(parts) or say(language, N_("nobody"))


def by_name(booked: Iterable[Named], names: dict[str, str]) -> list[Named]:
    """People as one looks for them: by name."""
    return sorted(booked, key=lambda each: names.get(each.person_id, ""))


# -- times, in the line's own zone ---------------------------------------------------------------


def day(language: str, of: date) -> str:
    """ "Tue 19 Jan"."""
    return str(format_date(of, "EEE d MMM", locale=language))


def long_day(language: str, of: date) -> str:
    """ "Tue 19 Jan 2027"."""
    return str(format_date(of, "EEE d MMM y", locale=language))


def moment(language: str, zone: str, at: datetime, now: datetime) -> str:
    """ "18:00" today, else with the day."""
    there = walltime.local(zone, at)
    if there.date() == walltime.local(zone, now).date():
        return str(format_time(there.time(), "HH:mm", locale=language))
    return str(format_datetime(there.replace(tzinfo=None), "EEE d MMM HH:mm", locale=language))


def ago(language: str, since: str, now: datetime) -> str:
    """ "5 minutes ago", of a moment as the wire writes it."""
    return str(
        format_timedelta(
            datetime.fromisoformat(since) - now,
            granularity="minute",
            add_direction=True,
            locale=language,
        )
    )


def from_to(language: str, zone: str, starts_at: datetime, ends_at: datetime) -> str:
    """ "Tue 19 Jan 21:00–23:00"; with the second day where it is another one."""
    start, end = walltime.local(zone, starts_at), walltime.local(zone, ends_at)
    first = f"{day(language, start.date())} {start:%H:%M}"
    if end - start <= timedelta(hours=16):
        return f"{first}–{end:%H:%M}"
    return f"{first} – {day(language, end.date())} {end:%H:%M}"


def language_name(language: str, code: str) -> str:
    try:
        return Locale.parse(code, sep="-").get_display_name(language) or code
    except (ValueError, UnknownLocaleError):  # a visitor may name any language
        return code
