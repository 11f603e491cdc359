"""What the coordinator's pages say after a deed, and the sentences their script shows."""

from __future__ import annotations

from flask_babel import gettext as _

from helpline.boards.wording import N_, say
from helpline.domain import errors
from helpline.faces import language

DONE = {
    "assigned": N_("The chat is offered now. It stays in the queue until somebody accepts."),
    "owned": N_("You are on it. This alert repeats no more."),
    "answered": N_("It is done."),
    "opened": N_("The line is kept open by hand."),
    "closed": N_("The line is closed by hand. Who waits stays in the queue."),
    "runs": N_("The line opens and closes by its shifts again."),
    "called": N_("People who said that they may be asked are being asked now."),
    "call_over": N_("The call-out is over. Who came keeps the chats they hold."),
    "limited": N_("The limit of the door is set."),
    "tuned": N_("It is kept, and holds from now on."),
    "add_pattern": N_("The shift is planned. Now book somebody."),
    "change_pattern": N_("The shift is changed. Bookings went along."),
    "end_pattern": N_("The shift ends as you said."),
    "book": N_("Booked."),
    "unbook": N_("The booking ends as you said."),
    "override": N_("The day is changed."),
    "lift_override": N_("The change is lifted. What it covered counts again."),
    "set_need": N_("The need is set."),
    "roster_asked": N_("It is being thought out. This takes about half a minute."),
    "roster_published": N_("The roster is published: its bookings are in the plan."),
    "roster_dropped": N_("The suggestion is dropped. Nothing was changed."),
    "remove_need": N_("The need is removed."),
    "rotate": N_("The rotation is set."),
    "end_rotation": N_("The rotation ends as you said."),
    "declare_day": N_("The day is set."),
    "withdraw_day": N_("The day is as usual again."),
    "keep_holidays_of": N_("These public holidays count from now on."),
    "set_date_need": N_("The need of this date is set."),
    "remove_date_need": N_("The date needs again what its weekday does."),
    "let_go": N_("This person is off the list, signed out, and off every coming shift."),
    "approved": N_("Approved. It stands in the plan now."),
    "not_approved": N_("Not approved. They are told, and nothing changes."),
    "lead_made": N_("They are a shift lead now, as soon as they open their next page."),
    "surge_set": N_("It is kept, and holds from now on."),
    "people_asked": N_("The next volunteers were asked. You see here who takes it."),
    "nobody_to_ask": N_("Nobody else may take this shift: everybody who may was asked."),
    "held": N_("You are on it. Nobody else is called until the shift is near."),
    "resources_imported": N_("Imported. What is new waits to be verified."),
    "resource_verified": N_("Kept: checked here today."),
    "resource_hidden": N_("Visitors do not see it any more."),
    "resource_shown": N_("Visitors see it again, if it is verified."),
    "resource_changed": N_("It is changed, and checked here today."),
    "resource_added": N_("It is in the directory now, checked here today."),
    "resource_removed": N_("It is taken out of the directory."),
    "page_written": N_("Visitors read it from now on."),
    "signed_out": N_("This person is signed out everywhere."),
}


def done(code: str) -> str:
    """The sentence for a deed that was done; nothing for any other code."""
    return say(language.page_language(), DONE[code]) if code in DONE else ""


def refusal(refused: errors.Refused | None) -> str:
    return say(language.page_language(), refused.message) if refused else ""


def live() -> dict[str, str]:
    """`{name}` is filled in by the browser."""
    return {
        "now_green": _("Now: green."),
        "now_amber": _("Now: amber."),
        "now_red": _("Now: red."),
        "waited": _("waited {span}"),
        "target": _("target {span}"),
        "late": _("past its target"),
        "offer_to": _("Offer to"),
        "offer": _("Offer"),
        "offer_this": _("Offer this chat: {level}, waited {span}"),
        "nobody_to_ask": _("Nobody with a free seat is here."),
        "nobody_waits": _("Nobody is waiting."),
        "nobody_on_shift": _("Nobody is on shift."),
        "lead": _("shift lead"),
        "overrunning": _("past the end of their shift"),
        "own": _("I am on it"),
        "owned": _("{name} is on it"),
        "answer_keep_open": _("Keep it open"),
        "answer_close": _("Close it kindly"),
        "answer_put_back": _("Find somebody else for them"),
        "answered": _("It is done."),
        "set_aside": _("Set aside, without a seat; first in line when they write"),
        "no_alerts": _("No alerts."),
        "no_calls": _("Nobody off shift was asked to help in the last days."),
        "call_runs": _("Running now"),
        "call_end": _("End this call-out"),
        "called": _("People who said that they may be asked are being asked now."),
        "call_over": _("The call-out is over. Who came keeps the chats they hold."),
        "no_gaps": _("No gaps in the next 7 days."),
        "more_gaps": _("and {count} more"),
        "no_shifts": _("No shift in the next 24 hours."),
        "no_one_booked": _("nobody is booked"),
        "reason": _("Reason: {reason}"),
        "still_wait": _("In the queue: {levels}"),
        "stale": _("Last update {span} ago."),
        "refused": _("This did not work: {message}"),
        "assigned": _("The chat is offered now. It stays in the queue until somebody accepts."),
        "alert_aloud": _("New alert: {text}"),
        "light_aloud": _("{light} {words}"),
    }
