"""Every sentence the line itself says, by code: worded when shown, in the reader's language."""

from __future__ import annotations

import gettext
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, get_timezone_location

from helpline.domain import follow_ups, walltime

TRANSLATIONS = Path(__file__).parent.parent / "translations"
DOMAIN = "messages"


def N_(sentence: str) -> str:
    """Marks a sentence for the catalogue; it is translated where it is shown."""
    return sentence


# In the transcript, in the line's own voice. `name` is the listener's, `window` the time of a
# check-in.
LINE_SAYS = {
    "joined": N_("%(name)s is here now. %(name)s is a volunteer and has read what you wrote."),
    "handed_over": N_("%(name)s is here for you now, and has read this chat."),
    "handed_to_queue": N_(
        "%(name)s has to go. We are finding someone else for you now. Your place is kept."
    ),
    "listener_lost": N_(
        "%(name)s has lost their connection. It is not because of anything you wrote. "
        "We are finding someone else for you now. Your place is kept. "
        "They can read this chat, so you do not have to start again."
    ),
    "stepped_out": N_(
        "%(name)s is passing this chat to someone with more experience. Your place is kept."
    ),
    "pass_listener": N_("%(name)s would like to pass this chat to a colleague, who can read it."),
    "pass_lead": N_(
        "%(name)s would like to pass this chat to the shift lead, who is experienced and can "
        "read it."
    ),
    "pass_queue": N_(
        "%(name)s would like to find someone else for you. You would be at the front of the line, "
        "and they can read this chat."
    ),
    "stays": N_("%(name)s stays with you."),
    "came_back": N_("%(name)s is here with you again, and can read this chat."),
    "cannot_come_back": N_(
        "%(name)s stays with you. Whoever was here before cannot come back now. It is not because "
        "of anything you wrote."
    ),
    "we_stay": N_(
        "This is a service that you can call or text yourself. %(name)s stays here with you while "
        "you do. You do not have to. Tell us how it goes."
    ),
    "not_reached": N_(
        "That can happen, and it is not your fault. %(name)s is still here. We can look for "
        "another service together."
    ),
    "did_not_want": N_("That is all right. %(name)s is still here with you."),
    "emergency_agreed": N_(
        "%(name)s is calling the emergency services, as you agreed. %(name)s stays here with you."
    ),
    "emergency_told": N_(
        "We are worried that a life is in danger. That is why %(name)s is calling the emergency "
        "services now. You did nothing wrong. We do not know where you are unless you tell us. "
        "%(name)s stays here with you."
    ),
    "closed": N_("This chat has ended. Thank you for talking to us."),
    "reopened": N_("This chat goes on."),
    "check_1": N_(
        "Take your time. %(name)s is here. One word is enough, so that we know you are still there."
    ),
    "check_2": N_("It is all right to be quiet. You can write whenever you are ready."),
    "check_3": N_(
        "We are still here, and we care how you are. One word is enough. "
        'If you are in danger, help is under "Urgent help" on this page.'
    ),
    "set_aside": N_(
        "We keep this chat for you while it is quiet. "
        "Write when you can: then you are at the front of the line."
    ),
    "back_from_hold": N_(
        "It is good to hear from you. You are at the front of the line, and we are finding someone "
        "for you now. They can read this chat, so you do not have to start again."
    ),
    "closed_quietly": N_(
        "It has been quiet here for a while, so this chat ends now. You did nothing wrong. "
        "Where else there is help stays on this page. "
        "Write here within 15 minutes, and you are back."
    ),
    "closed_in_line": N_(
        "We are closing this chat: we do not think that we can help with it here. Where else "
        "there is help stays on this page. If we are wrong, write here within 15 minutes, and you "
        "are in line again, in your place."
    ),
    "listener_quiet": N_(
        "%(name)s has not answered for a while. It is not because of anything you wrote. "
        "The shift lead knows."
    ),
    "put_back": N_(
        "We are finding someone else for you now. It is not because of anything you wrote. "
        "Your place is kept. They can read this chat, so you do not have to start again."
    ),
    "lead_joined": N_("%(name)s, who leads this shift, has joined and can write to you here too."),
    "lead_left": N_("%(name)s, who had joined, has left. This chat goes on."),
    "taken_over": N_(
        "%(name)s, who leads this shift, is here for you now, and has read this chat."
    ),
    "follow_up_asked": N_(
        "%(name)s would like to check in with you later. The question is below, and you can say no."
    ),
    "follow_up_agreed": N_(
        "We check in with you %(window)s, as you agreed. We write to you on this page; we cannot "
        'reach you otherwise. Under "Keep a way back" you can get a code, to come back from '
        "anywhere. You can cancel the check-in at any time."
    ),
    "follow_up_cancelled": N_("You cancelled the check-in %(window)s. That is all right."),
    "follow_up_withdrawn": N_(
        "We cannot check in with you %(window)s. We are sorry. It is not because of anything you "
        "wrote. You can come back at any time."
    ),
    "visitor_left": N_("The visitor ended this chat."),
    "visitor_left_quickly": N_("The visitor left quickly and is perhaps not alone. Do not write."),
    "call_or_text": N_(
        "We are still looking for someone for you. You are still in line. "
        "You can call or text one of the services in the urgent help card now, and stay here."
    ),
}

# Why somebody would like to pass a chat on, as the visitor hears it after one of the above.
WHYS = {
    "shift_ends": N_("It is because their shift ends soon."),
    "language": N_("It is because somebody else speaks your language better."),
    "experience": N_("It is because somebody else knows more about this."),
    "rest": N_("It is because they need a rest. It is not because of anything you wrote."),
}
WINDOW = N_("on %(day)s, between %(since)s and %(until)s (%(zone)s)")
WINDOW_OF_TWO_DAYS = N_("from %(day)s, %(since)s, to %(end_day)s, %(until)s (%(zone)s)")
WINDOWED = frozenset({"follow_up_agreed", "follow_up_cancelled", "follow_up_withdrawn"})
MAY_SAY_NO = N_("Until then %(name)s stays with you. You can say no.")
ASKS = ("pass_listener", "pass_lead", "pass_queue")

NOTICES = {
    "slipped": N_(
        "This is taking longer than we said. We are sorry. You matter too. Your place is kept."
    ),
    "listener_lost": N_("We are finding someone else for you now. Your place is kept."),
    "line_closing": N_("We take no new chats now. Your place is kept."),
}

# On a board and in a page that leaves the building: what is the matter, never what was written.
ALERTS = {
    "nobody_there": N_("Nobody can take a chat right now. Please open the console."),
    "rings_too_long": N_("A critical chat has waited for half a minute. Nobody has taken it yet."),
    "unanswered": N_("A critical chat has waited for more than a minute."),
    "silent": N_(
        "Somebody at high or critical risk has waited for three minutes for a listener's answer."
    ),
    "waits_for_answer": N_("Somebody has waited for seven minutes for a listener's answer."),
    "visitor_silent": N_("Somebody at critical risk has not written for a while."),
    "shall_it_close": N_(
        "Somebody at high risk has not written for a long while. "
        "Shall the chat stay open, or be closed?"
    ),
    "not_looked_after": N_("A quiet chat could not be looked after. Please look at it."),
    "urgent_while_closed": N_("The line is closed, and somebody at high or critical risk waits."),
    "closing_over_urgent": N_(
        "The line takes no new chats, and somebody at high or critical risk still waits."
    ),
    "door_limits": N_(
        "The wait is longer than the line's limit. Who comes now is told so and shown other help; "
        "high and critical chats still come in."
    ),
    "same_listener_minor": N_(
        "A child or young person asked to talk to the same listener again, who is asked now. "
        "Please look after it with them."
    ),
    "left_waits": N_(
        "A message that somebody left while the line was closed still waits for an answer."
    ),
    "follow_up_waits": N_(
        "Somebody was promised a check-in, and nobody has written yet. See Check-ins in the "
        "console."
    ),
    "follow_up_late": N_(
        "The time of a promised check-in is over, and nobody has written. A shift lead or its "
        "listener can still write it."
    ),
    "help_asked": N_("A listener asks for help with a chat."),
    "stepped_out": N_("A listener stepped out of a chat. It needs a lead."),
    "wants_talk": N_("A listener would like to talk with you after a hard chat."),
    "surge_taken": N_(
        "A listener took a critical chat beside full seats. Please offer to take another of theirs."
    ),
    "critical_lowered": N_("A listener judged a critical chat to be less urgent."),
    "left_unanswered": N_("Somebody at high or critical risk left before anyone answered."),
    "wants_call": N_("Somebody left their shift and wants a call."),
    "contact_lost": N_(
        "Somebody at high or critical risk is gone from a chat without a word. A lead reviews it."
    ),
    "complaint": N_("A visitor says that something was not right in a chat. See Records."),
    "words_after_end": N_("Urgent words came in after a chat had ended."),
    "routing_failed": N_("A chat cannot be offered. Please look at the queue."),
    "last_one_misses": N_("The last listener who is there has missed offers."),
    "without_language": N_("A chat is offered to somebody who does not speak its language."),
    "last_resort": N_(
        "A critical chat is offered to somebody who should be spared it: nobody else may be asked."
    ),
    "without_training": N_("A chat is offered to somebody without the training it needs."),
    "not_forgotten": N_(
        "A chat could not be deleted when it was promised. Please ask whoever runs the server."
    ),
    "heavy_week": N_(
        "A listener took as many heavy chats in seven days as we want to ask of anybody. "
        "Please ask them how they are."
    ),
    "emergency_begun": N_("A listener is calling the emergency services. Please be with them."),
    "emergency_to_sign_off": N_(
        "A call to the emergency services waits for your sign-off, under Sign-offs."
    ),
    "concern_raised": N_("Somebody has a concern about a child or an adult at risk."),
    "concern_due": N_(
        "A concern about somebody at risk is due. Please see to it, under Sign-offs."
    ),
    "nobody_may_sign_off": N_(
        "A call to the emergency services, or a concern about somebody at risk, waits for a shift "
        "lead's sign-off, and nobody here is a shift lead. Please make somebody one, under People. "
        "We remind you each hour until then."
    ),
    "contact_details": N_(
        "It looks as if contact details were given in a chat. Please talk with its listener."
    ),
    "plan_review": N_("A contact plan is due for review. Please look at it under Contact plans."),
    "hand_over_left": N_("A shift lead left a hand-over. Please read it."),
    "not_fit": N_("Somebody on shift is not fit to take chats today. Nobody asks why."),
    "too_few_leads": N_("More listeners are ready than the shift leads can stand behind."),
    "hold_asked": N_(
        "Somebody asks to keep a chat, or a message, from deletion. A second person has to agree "
        "within three "
        "days. See Records."
    ),
    "page_failed": N_("A page could not be delivered."),
    "shift_short": N_("A shift begins soon or has begun, and people are missing. See Coverage."),
    "below_need": N_("Fewer listeners are there than this hour needs."),
    "sweep_late": N_(
        "A part of the line's clockwork is late. Please ask whoever runs the server to look."
    ),
    "notice_failed": N_(
        "A notice about a shift could not be delivered. Please tell them yourself, and look how "
        "they are reached, under People."
    ),
    "no_channel": N_(
        "Somebody is on duty within a day and can only be reached here. "
        "Please set how they are reached, under People."
    ),
    "canary_late": N_(
        "Our own test chats do not come through. Visitors may not be heard: please open a chat "
        "yourself, and call whoever runs the server."
    ),
    "nobody_to_ask": N_("Help is needed, and nobody else off shift may be asked now."),
}

# To the listener, when a message looks as if it held contact details: theirs, or the visitor's.
CONTACT_HINTS = {
    "phone": N_("It looks like a phone number. We do not share personal contact details."),
    "email": N_("It looks like an email address. We do not share personal contact details."),
    "account": N_("It looks like a page or an account. We do not share personal contact details."),
}
CONTACT_OF_VISITOR = N_(
    "The visitor may have given contact details. Please use them in this chat only, where a life "
    "is in danger. The shift lead knows."
)

# All that a call-out says outside of the building: nothing of anybody who writes to us.
CALL_OUT = N_("People are waiting on the line. Can you help? Open the console.")

# Made from the organisation's policies: what the page says about privacy is what rules it.
CONFIDENTIALITY = {
    "may_tell": N_(
        "We keep this private. If a life or a child is in danger we may have to tell someone."
    ),
    "never_tells": N_(
        "We keep this private. We cannot see who you are, and we tell no one what you write."
    ),
    "calls_agreed": N_("If you want that, we call the emergency services for you."),
    "calls_told": N_(
        "If we think that a life is in danger, we may call them without your yes. Then we tell you."
    ),
    "calls_untold": N_(
        "Only where telling you would put somebody in more danger we may call without telling you."
    ),
    "never_untold": N_("We never call them without telling you."),
    "never_calls": N_(
        "We do not call the emergency services for anybody. Their number is on this page, for you."
    ),
    "no_address": N_("We do not know where you are, unless you tell us."),
    "supervised": N_("A supervisor may read along to help."),
    "supervised_when_needed": N_(
        "If your listener asks for help, or somebody may be in danger, a supervisor may read along."
    ),
    "kept_for": N_("What you write is deleted %(days)s days after the chat ends, or when you ask."),
    "may_be_held": N_(
        "If something has to be looked into, for example a complaint, two of us together can keep "
        "a chat, or a message that you left, for up to %(days)s days more."
    ),
}

# What a visitor reads after a complaint.
COMPLAINED = N_(
    "Thank you for telling us. Somebody who was not in this chat looks into it. Whoever talked "
    "with you is not told by us."
)
COMPLAINT_THERE = N_("You told us that something was not right. We have it.")
COMPLAINT_TAKEN = N_("Somebody is looking into it now.")
COMPLAINT_REVIEWED = N_("It has been looked into.")
COMPLAINT_ANSWERED = N_("We answer you: %(answer)s")
COMPLAINT_KEEPS = N_(
    "We keep this chat until %(until)s for it, or longer if two of us agree. We do not know who "
    "you are, so we cannot write to you about it. What comes of it stands here, and with the code "
    "of a way back you can read it later."
)

# Why a chat is kept although its visitor asked for deletion: in general, never what somebody wrote.
HELD = {
    "complaint": N_("A complaint about this chat is being looked into."),
    "incident": N_("Something that happened here is being looked into."),
    "safety": N_("Somebody may be in danger."),
    "law": N_("The law may ask us to keep it."),
}
LEFT_HELD = N_(
    "We know that you want this deleted. Nobody answers it any more, and your code is void. "
    "Something has to be looked into, so we have to keep it until %(until)s; two of us together "
    "can make it longer. Then it is deleted by itself."
)
HELD_UNTIL = N_(
    "We know that you want this chat deleted. We have to keep it for now, until %(until)s; two of "
    "us together can make it longer. Then it is deleted by itself."
)


def say(language: str, sentence: str, **values: object) -> str:
    """A sentence of the tables above in this language, its values filled in."""
    return catalogue(language).gettext(sentence) % values


def line_says(language: str, code: str | None, name: str | None) -> str:
    """The words of a line's message; an unknown code says nothing. `code:why` adds a reason."""
    plain, _, why = (code or "").partition(":")
    sentence = LINE_SAYS.get(plain)
    if sentence is None:
        return ""
    if plain in WINDOWED:
        return say(language, sentence, window=_window_said(language, name or ""))
    said = [sentence, WHYS.get(why), MAY_SAY_NO if plain in ASKS else None]
    called = name or say(language, N_("Your listener"))
    return " ".join(say(language, each, name=called) for each in said if each)


def _window_said(language: str, kept: str) -> str:
    """What cannot be read is shown as it is: the rest of the transcript must not be lost to it."""
    try:
        return window(language, *follow_ups.said(kept))
    except ValueError:
        return kept


def window(language: str, starts_at: datetime, ends_at: datetime, zone: str) -> str:
    """ "on Thursday, November 26, between 18:00 and 20:00 (Ireland Time)", on the line's wall."""
    start, end = walltime.local(zone, starts_at), walltime.local(zone, ends_at)
    locale = locale_of(language)
    day, end_day = (
        f"{format_date(each, 'EEEE', locale)}, {format_skeleton('MMMMd', each, locale=locale)}"
        for each in (start, end)
    )
    place = zone if zone == "UTC" else str(get_timezone_location(zone, locale=locale))
    values = {"day": day, "since": f"{start:%H:%M}", "until": f"{end:%H:%M}", "zone": place}
    if start.date() == end.date():
        return say(language, WINDOW, **values)
    return say(language, WINDOW_OF_TWO_DAYS, end_day=end_day, **values)


def locale_of(language: str) -> Locale:
    """A visitor may name any language; times are told in English where we do not know it."""
    try:
        return Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale("en")


def alert_text(language: str, kind: str) -> str:
    return say(language, ALERTS.get(kind, N_("Something needs a look.")))


def call_out_text(language: str) -> str:
    """What leaves the building in a call-out: the same for everybody and every need."""
    return say(language, CALL_OUT)


@lru_cache(maxsize=64)
def catalogue(language: str) -> gettext.NullTranslations:
    """The compiled catalogue of a language; English where there is none."""
    return gettext.translation(DOMAIN, TRANSLATIONS, languages=[language], fallback=True)


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with Z, as the wire wants it."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
