"""The line's settings as a coordinator reads them: what each does for the visitor."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from helpline.boards import briefing
from helpline.boards.wording import N_, say
from helpline.domain import (
    eligibility,
    emergency,
    follow_ups,
    handover,
    leaving,
    supervision,
    tuning,
    verifying,
    way_back,
)
from helpline.domain.access import Who
from helpline.store import journal, line, people
from helpline.store.tables import Moment
from helpline.store.transaction import Store, Transaction

Board = dict[str, Any]

CHANGES_SHOWN = 10

# group -> its title, and what it is for
TITLES = {
    "door": (
        N_("The door"),
        N_(
            "How long somebody new may have to wait before the door says so and shows what else is "
            "open. Who is in line keeps their place. High and critical words always come in."
        ),
    ),
    "silence": (
        N_("When a visitor says nothing"),
        N_(
            "Silence is no fault. After some minutes the line asks gently, later it keeps the chat "
            "without a seat, and they come back first. No critical chat is ever closed by it, and "
            "a high one only when a lead says so."
        ),
    ),
    "surge": (
        N_("One chat more when it is critical"),
        N_(
            "When nobody has a free seat, a listener who said yes to this may be asked to take a "
            "critical chat beside their own. They may always pass. Somebody in danger then waits "
            "seconds and not minutes, and two others share their listener with one more."
        ),
    ),
    "leads": (
        N_("Shift leads beside a chat"),
        N_(
            "A lead who reads along says why, and the listener sees it at once. It ends by itself. "
            "What visitors read about privacy, before their first word, follows this setting."
        ),
    ),
    "call_outs": (
        N_("Asking people off shift"),
        N_(
            "When somebody at high or critical risk would wait too long, people off shift who "
            "said that they may be asked are asked to come, a few at a time."
        ),
    ),
    "emergency": (
        N_("Calling the emergency services"),
        N_(
            "In which ways a listener may call for somebody. What visitors read about it, before "
            "their first word, is made from this. Listeners are never kept from the number."
        ),
    ),
    "ladder": (
        N_("When a shift is short of people"),
        N_(
            "Volunteers are asked first, the fewest recent hours first. The nearer the shift, the "
            "louder: the coordinators, whoever may be asked off shift, the lead on call. A gap "
            "that is filled silences the rest."
        ),
    ),
    "care": (
        N_("Care for listeners"),
        N_(
            "Rested people listen better. None of this keeps somebody at critical risk waiting: "
            "if nobody else may be asked, those who should be spared are asked after all."
        ),
    ),
    "shift_change": (
        N_("At a change of shift"),
        N_("What each shift should have behind it, and what it is asked when it begins."),
    ),
    "forecast": (
        N_("How many listeners to plan"),
        N_(
            "The forecast counts who came and says how many listeners each hour of the week will "
            "take. It changes no shift and no need by itself."
        ),
    ),
    "way_back": (
        N_("The way back"),
        N_(
            "What somebody finds who comes while the line is closed. A message can be left only "
            "while a shift lead or coordinator can be called. Whoever writes at high or critical "
            "risk never leaves a message: they wait in line, and somebody is called."
        ),
    ),
    "shifts": (
        N_("Taking and trading shifts"),
        N_(
            "What people can do on their own page. It never moves anybody who is booked: it says "
            "who may take a shift, and who has to agree."
        ),
    ),
    "directory": (
        N_("The directory of resources"),
        N_(
            "Numbers change. After so many days somebody here should check an entry again; "
            "coordinators are told once a week, and listeners see that it is old."
        ),
    ),
}

# setting -> its label, and what it does
SETTINGS = {
    "directory_limit": (N_("Days until an entry should be verified again"), ""),
    "directory_hide_stale": (
        N_("Hide from visitors what was not verified again"),
        N_("Emergency numbers stay in sight."),
    ),
    "door_limit": (
        N_("The longest wait for new chats, in minutes"),
        N_("0 for no limit, or 5 and more."),
    ),
    "silence_first": (
        N_("Minutes until the first gentle question"),
        N_(
            "At critical risk the shift lead is told at this time. A listener may set other chats "
            "aside from then on."
        ),
    ),
    "silence_second": (N_("Minutes until the second question"), ""),
    "silence_third": (
        N_("Minutes until the chat is set aside"),
        N_("It takes no seat then. At high and critical risk the line asks once more instead."),
    ),
    "silence_last": (
        N_("Minutes until the chat ends kindly"),
        N_("At high risk the lead is asked first. At critical risk nothing ends."),
    ),
    "silence_hidden_factor": (
        N_("So many times slower while their page is hidden"),
        N_("Somebody may have to hide the screen. 1 makes no difference."),
    ),
    "surge": (
        N_("May be asked"),
        N_("Only listeners who said yes and are trained for it: mark them under People."),
    ),
    "supervised": (
        N_("Leads may read along without being asked"),
        N_("If not: when the listener asks for help, and at high or critical risk."),
    ),
    "calls_agreed": (N_("With the person's yes"), ""),
    "may_tell": (
        N_("Without their yes, and they are told"),
        N_("The page says that we may have to tell somebody."),
    ),
    "calls_untold": (
        N_("Without their yes, and they are not told, because telling adds danger"),
        N_("Only where the one above is allowed."),
    ),
    "call_out_after": (
        N_("Minutes somebody at high risk may have to wait"),
        N_("Half as long at critical risk. 0: the line asks nobody by itself."),
    ),
    "call_out_wave": (N_("People asked at once"), ""),
    "call_out_every": (N_("Minutes until more are asked"), ""),
    "call_out_rest": (N_("Hours in which nobody is asked again"), ""),
    "call_out_calm": (
        N_("Minutes of calm until it is over"),
        N_("Who came is off shift again then, and keeps the chats they hold."),
    ),
    "ladder_ask": (N_("Hours before the start when volunteers are asked"), ""),
    "ladder_wave": (N_("Volunteers asked at once"), ""),
    "ladder_every": (N_("Hours until the next are asked"), ""),
    "ladder_confirm": (
        N_("Hours before the start when people are asked whether they come"),
        "",
    ),
    "ladder_coordinator": (N_("Hours before the start when coordinators are told"), ""),
    "ladder_backup": (
        N_("Minutes before the start when people off shift are called"),
        N_("Those who said that they may be asked."),
    ),
    "ladder_lead": (
        N_("Minutes before the start when the lead is paged"),
        N_("Again every five minutes, until somebody is on it."),
    ),
    "ladder_remind": (N_("Minutes before the start when people are reminded"), ""),
    "ladder_ping": (N_("Minutes after the start until somebody who is not there is asked"), ""),
    "ladder_no_show": (
        N_("Minutes after the start until their place counts as open"),
        N_("Who comes later is welcome and on shift."),
    ),
    "pause_after_critical": (
        N_("Minutes of pause after a critical chat"),
        N_("The listener may end it sooner. 0 for none."),
    ),
    "critical_per_shift": (
        N_("Critical chats in one shift"),
        N_("After so many others are asked first. A lead may lift it. 0 for no cap."),
    ),
    "critical_per_week": (
        N_("Critical chats in seven days"),
        N_(
            "After so many the listener and the lead are told kindly. Nothing is blocked. "
            "0 for no cap."
        ),
    ),
    "late_percent": (
        N_("So many in 100 may wait longer than a minute, or leave"),
        N_("Fewer ask for more listeners."),
    ),
    "patience_minutes": (N_("Minutes that people wait on the mean before they leave"), ""),
    "rest_hours": (
        N_("Hours of rest between shifts"),
        N_("Real hours, also on the nights when the clocks change. 0 for no rule."),
    ),
    "longest_hours": (
        N_("Hours in one go"),
        N_("Shifts that touch count as one. 0 for no limit."),
    ),
    "week_hours": (
        N_("Hours in one week"),
        N_("Monday to Sunday. Everybody may set a lower limit for themselves. 0 for no limit."),
    ),
    "opens_days": (
        N_("Days ahead on which a shift opens"),
        N_("At noon, so that nobody has to be the fastest at night. 0: always open."),
    ),
    "mentor_needed": (
        N_("Trainees serve beside a mentor"),
        N_("A shift lead, or somebody with the skill “mentor”."),
    ),
    "newcomers_alone": (
        N_("Newcomers may serve among themselves"),
        N_("A newcomer has served no shift in the last 12 weeks."),
    ),
    "swaps_approved": (N_("A coordinator approves swaps and covers"), ""),
    "time_off_approved": (
        N_("A coordinator approves time off"),
        N_("Who cannot come within 24 hours is off at once in any case, so that the gap is seen."),
    ),
    "heavy_per_week": (
        N_("High and critical chats in seven days"),
        N_("As above, for both together. 0 for no cap."),
    ),
    "left_messages": (
        N_("Messages can be left while the line is closed"),
        N_("The page says before the box until when no one reads it. The next shift answers."),
    ),
    "left_answer_hours": (
        N_("Hours in an open line until a message without an answer is told"),
        N_("To leads and coordinators."),
    ),
    "same_listener": (
        N_("Who comes back may ask for the same listener"),
        N_(
            "They are asked each time, and may wait up to two minutes for them, at risk not at "
            "all. Leads see who talks repeatedly with somebody. With a child or young person only "
            "while a lead is on shift, who hears of it."
        ),
    ),
    "same_listener_most": (N_("Conversations with the same listener in 30 days, at most"), ""),
    "follow_ups": (
        N_("Listeners may propose a check-in"),
        N_(
            "A window of time, and nothing without the visitor's yes. The listener is reminded; "
            "leads and coordinators are told when nobody has written in time."
        ),
    ),
    "follow_up_days": (
        N_("Days ahead for a check-in, at most"),
        N_("Never beyond the day on which the words of the chat are deleted."),
    ),
    "listeners_per_lead": (
        N_("Listeners for each shift lead"),
        N_(
            "With more of them ready, leads and coordinators are told. A lead whose seats are all "
            "taken does not count. 0: nobody is told."
        ),
    ),
    "asks_fit": (
        N_("Ask listeners whether they are fit to take chats today"),
        N_("Once on each shift, before their first chat. Who says no is left alone."),
    ),
}

SWITCHES = frozenset(
    {
        tuning.SURGE,
        supervision.SUPERVISED,
        handover.ASKS_FIT,
        verifying.HIDE,
        *eligibility.SWITCHES,
        *emergency.SWITCHES,
        *leaving.SWITCHES,
        *way_back.SWITCHES,
        *follow_ups.SWITCHES,
    }
)
OFF, ON = N_("No"), N_("Yes")
BY_COMMAND = N_("whoever runs the server")


def board(store: Store, who: Who, now: datetime) -> Board:
    """Every group with its settings, and what was changed lately, by whom."""
    with store.reading() as tx:
        policies = line.line(tx).policies
        return {
            "groups": [_group(who.language, name, policies) for name in tuning.GROUPS],
            "changes": _changes(tx, who.language, now),
        }


def _group(language: str, name: str, policies: dict[str, Any]) -> Board:
    of, (title, why) = tuning.GROUPS[name], TITLES[name]
    return {
        "id": name,
        "title": say(language, title),
        "why": say(language, why),
        "settings": [
            {
                "name": each,
                "label": say(language, SETTINGS[each][0]),
                "hint": _hint(language, each, of.settings[each][0]),
                "value": tuning.value(policies, of, each),
                "least": least,
                "most": most,
                "choices": [(0, say(language, OFF)), (1, say(language, ON))]
                if each in SWITCHES
                else None,
            }
            for each, (_, least, most) in of.settings.items()
        ],
    }


def _hint(language: str, name: str, usual: int) -> str:
    """What it does, and what holds until somebody sets it."""
    what = SETTINGS[name][1]
    shown = say(language, ON if usual else OFF).lower() if name in SWITCHES else str(usual)
    usually = say(language, N_("Usually %(usual)s."), usual=shown)
    return f"{say(language, what)} {usually}" if what else usually


def _changes(tx: Transaction, language: str, now: datetime) -> list[str]:
    names, zone = people.names(tx), line.line(tx).zone
    return [
        say(
            language,
            N_("%(when)s: %(what)s, now %(value)s (%(name)s)"),
            when=briefing.moment(language, zone, each.at, now),
            what=say(language, SETTINGS[each.detail["setting"]][0]),
            value=_value(language, each),
            name=f"\u2068{names.get(each.person_id or '') or say(language, BY_COMMAND)}\u2069",
        )
        for each in journal.latest(tx, tuning.MOMENTS, CHANGES_SHOWN)
        if each.detail["setting"] in SETTINGS
    ]


def _value(language: str, moment: Moment) -> str:
    value = moment.detail["value"]
    is_switch = isinstance(value, bool) or moment.detail["setting"] in SWITCHES
    return say(language, ON if value else OFF) if is_switch else str(value)
