"""What the console says of hand-offs, emergency calls and concerns; the keys are those of the
modules in static/listener."""

from __future__ import annotations

from flask_babel import gettext as _

from helpline.boards.wording import LINE_SAYS, MAY_SAY_NO, WHYS

TOLD = ("pass_listener", "pass_lead", "pass_queue", "we_stay", "handed_to_queue")


def sentences() -> dict[str, str]:
    return {**_told(), **_hand_offs(), **_emergencies()}


def whys() -> list[tuple[str, str]]:
    """The reasons that a visitor may be told, by their codes."""
    return [(each, _(sentence)) for each, sentence in WHYS.items()]


def _told() -> dict[str, str]:
    """What a visitor is told, as a listener may read it before."""
    told = {f"told_{each}": _(LINE_SAYS[each], name="{name}") for each in TOLD}
    told["told_may_say_no"] = _(MAY_SAY_NO, name="{name}")
    return told | {f"why_{each}": sentence for each, sentence in whys()}


def _hand_offs() -> dict[str, str]:
    return {
        "then_listener": _("Then your colleague is asked. You keep the chat until they accept."),
        "then_lead": _("Then the shift lead is asked. You keep the chat until they accept."),
        "then_queue": _(
            "After a minute without a no, or at once with a yes, somebody else is found."
        ),
        "then_resource": _("The card is sent. The chat stays with you."),
        "then_at_once": _("The risk is high, so it happens at once."),
        "pending_to_line": _("The visitor is asked whether somebody else may take over: {span}."),
        "visitor_agrees": _("The visitor says that it is fine."),
        "hand_off_refused": _("The visitor would rather stay with you. You hold the chat."),
        "call_offered": _("You offered to stay while they call {name}."),
        "call_calling": _("They are calling {name}. Stay with them."),
        "call_overdue": _("It has been a while. What became of the call to {name}?"),
        "went_calling": _("They are calling"),
        "went_reached": _("They reached somebody"),
        "went_not_reached": _("They reached nobody"),
        "went_did_not_want": _("They did not want to"),
        "outcome_kept": _("It is noted."),
        "service_closed": _("closed now"),
        "try_next": _("{name} answers now. You could offer it next."),
    }


def _emergencies() -> dict[str, str]:
    return {
        "emergency_dial": _("Call {number}"),
        "emergency_open": _("Emergency call"),
        "emergency_go_on": _("Go on with the emergency call"),
        "emergency_runs": _("The call began at {time}."),
        "emergency_step": _("Step {step} of {steps}, in any order"),
        "emergency_over": _("It is written down. A shift lead signs it off. Take your time."),
        "concern_open": _("A concern"),
        "concern_with": _("{name} looks after a concern, until {time}."),
        "concern_kept": _("The lead was told just now."),
        "who_leads": _("Whoever leads now"),
    }
