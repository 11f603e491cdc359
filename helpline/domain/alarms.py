"""When somebody must be told, when once more, and when a waiting visitor is shown more help."""

from __future__ import annotations

from datetime import datetime, timedelta

RINGS_TOO_LONG_AFTER = timedelta(seconds=30)  # a critical chat in line: the leads know
UNANSWERED_AFTER = timedelta(seconds=60)  # a critical chat in line
MORE_HELP_AFTER = timedelta(seconds=120)  # likewise: the visitor sees whom to call or text
NOBODY_FOR = timedelta(minutes=2)  # a change of shift takes a moment; with somebody waiting, none

CALLED_AGAIN_AFTER = timedelta(minutes=5)
RUNGS = 12  # calls about one matter that nobody owns: one at once, the last after 55 minutes

CALLED_ON_AFTER = timedelta(hours=1)  # what has to be done calls on, also if somebody is on it

PAGE_CLAIM_LASTS = timedelta(minutes=1)
PAGE_TRIES = 5
TRIED_AGAIN_AFTER = timedelta(seconds=10)  # longer with each try

# What can wait until somebody looks: it pages nobody, turns no light and stands below the rest.
CALM = frozenset(
    {
        "heavy_week",
        "hand_over_left",
        "not_fit",
        "no_channel",
        "notice_failed",
        "hold_asked",
        "plan_review",
        "wants_call",
        "contact_details",
        "same_listener_minor",
    }
)

# What calls until it is done, however often it called and whoever said "I am on it".
UNTIL_DONE = frozenset({"emergency_to_sign_off", "concern_due", "nobody_may_sign_off"})

# Of these, what has to be arranged first: each hour from the start.
HOURLY = frozenset({"nobody_may_sign_off"})

# kind of alert -> what a lead may answer, beside "I am on it"
ANSWERS = {
    "shall_it_close": ("keep_open", "close"),
    "silent": ("put_back",),
    "waits_for_answer": ("put_back",),
}


def rings_too_long(critical_since: datetime, now: datetime) -> bool:
    """Nobody has taken a critical chat yet: the leads are told, before anybody else is called."""
    return RINGS_TOO_LONG_AFTER <= now - critical_since < UNANSWERED_AFTER


def is_unanswered(critical_since: datetime, now: datetime) -> bool:
    """A critical chat has waited for too long: lead and coordinator are told."""
    return now - critical_since >= UNANSWERED_AFTER


def needs_more_help(critical_since: datetime, now: datetime) -> bool:
    """A critical chat has waited for so long that the line itself points elsewhere."""
    return now - critical_since >= MORE_HELP_AFTER


def nobody_is_paged_at(now: datetime, *, somebody_waits: bool) -> datetime:
    return now if somebody_waits else now + NOBODY_FOR


def next_rung(
    rung: int,
    due_at: datetime,
    now: datetime,
    *,
    until_done: bool = False,
    owned: bool = False,
    hourly: bool = False,
) -> int | None:
    """The call that is due about a matter that nobody owns, after the one of `rung` at `due_at`;
    about one that must be done, each hour after the first, or when somebody is on it; `hourly`
    from the start."""
    loud = rung < RUNGS and not owned and not hourly
    if not loud and not until_done:
        return None
    return rung + 1 if now - due_at >= (CALLED_AGAIN_AFTER if loud else CALLED_ON_AFTER) else None


def next_try(tries: int, now: datetime) -> datetime | None:
    """When a page that could not leave is tried again; None once it is given up."""
    return now + tries * TRIED_AGAIN_AFTER if tries < PAGE_TRIES else None
