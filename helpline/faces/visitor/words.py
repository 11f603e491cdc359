"""Every sentence that the live page may say, handed to the browser as one block of data."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import ngettext

AHEAD_IN_WORDS = 20  # above it the exact number helps nobody


def ahead(people: int) -> str:
    """How many are before this person in the queue."""
    if people == 0:
        return _("You are next.")
    if people > AHEAD_IN_WORDS:
        return _("More than %(num)s people are ahead of you.", num=AHEAD_IN_WORDS)
    return ngettext("%(num)s person is ahead of you.", "%(num)s people are ahead of you.", people)


def wait(estimate: dict[str, int] | None) -> str:
    """The honest range, in a sentence."""
    if estimate is None:
        return _("We cannot say how long it takes right now.")
    low, high = estimate["low_minutes"], estimate["high_minutes"]
    if low == 0:
        return _("Most people wait up to %(high)s minutes.", high=high)
    return _("Most people wait %(low)s to %(high)s minutes.", low=low, high=high)


def sentences() -> dict[str, str]:
    """By the keys that the modules in static/visitor use; `{name}` stands for a value."""
    shown = {f"ahead_{people}": ahead(people) for people in range(AHEAD_IN_WORDS + 2)}
    return shown | _queue() | _talk() | _connection() | _ends() | _help()


def _queue() -> dict[str, str]:
    return {
        "in_queue": _("You are in the queue."),
        "wait_unknown": wait(None),
        "wait_up_to": _("Most people wait up to %(high)s minutes.", high="{high}"),
        "wait_range": _(
            "Most people wait %(low)s to %(high)s minutes.", low="{low}", high="{high}"
        ),
        "line_closing": _("We take no new chats now. You are still in line. Your place is kept."),
        "line_closed": _(
            "No one is here to chat right now. You are still in line. Your place is kept."
        ),
        "place_rose": _("It is taking longer. You matter too. Your place is kept."),
    }


def _talk() -> dict[str, str]:
    return {
        "you": _("You"),
        "listener": _("Your listener"),
        "here": _("%(name)s is here with you.", name="{name}"),
        "passing_people": _("Is it all right to pass this chat on?"),
        "passing_taken": _(
            "Somebody else is here with you now. If you would rather stay with the one before, "
            "say so."
        ),
        "passing_resource": _("How is it going with %(name)s?", name="{name}"),
        "own_time": _("On your clock: %(since)s to %(until)s.", since="{from}", until="{until}"),
        "parked": _("This chat is kept for you. Write when you can: you are first in line then."),
        "writing": _("%(name)s is writing", name="{name}"),
        "sending": _("Sending"),
        "not_sent": _("Not sent yet"),
        "sent": _("Sent"),
        "said": _("%(name)s: %(text)s", name="{name}", text="{text}"),
        "your_message": _("Your message"),
        "write_again": _("Write again"),
        "too_long": _(
            "This is too long to send in one piece. You can send it in two or more parts."
        ),
        "empty": _("There is nothing in this message yet. One word is enough."),
    }


def _connection() -> dict[str, str]:
    return {
        "starting": _("We are opening your chat."),
        "finding": _("We are finding your chat."),
        "online": _("You are connected again."),
        "lost_chat": _("We cannot find this chat any more. You can start again here."),
        "try_again": _("Something went wrong here. Please send it again."),
        "not_reached": _(
            "There is no connection right now, so this is not sent yet. Your words stay in the "
            "box. Keep this page open, and press the button again in a moment. The numbers on "
            "this page are there for you too."
        ),
        "opens": _("We open again: %(when)s.", when="{when}"),
    }


def _ends() -> dict[str, str]:
    return {
        "ended": _("This chat has ended. Thank you for talking to us."),
        "left": _("You have left the queue. Thank you for coming."),
        "until": _("You can go on writing here until %(time)s.", time="{time}"),
        "copied": _("Copied."),
        "thanks": _("Thank you for telling us."),
        "erased": _("What you wrote is deleted. Nobody can read it any more."),
        "erased_by": _(
            "What you wrote is gone from this screen. It is deleted when this chat ends, "
            "at the latest %(time)s.",
            time="{time}",
        ),
    }


def _help() -> dict[str, str]:
    apart = "\u2068{}\u2069".format
    return {
        "call_now_if": _("Call %(number)s now if:", number=apart("{number}")),
        "emergency_now_if": _("Call your emergency number now if:"),
        "call": _("Call %(number)s", number=apart("{number}")),
        "text": _("Text %(number)s", number=apart("{number}")),
        "text_word": _(
            "Text %(word)s to %(number)s", word=apart("{word}"), number=apart("{number}")
        ),
        "web": _("Open %(site)s", site=apart("{site}")),
        "chat": _("Chat on %(site)s", site=apart("{site}")),
        "danger": _("If you are in danger, you can get help now. The numbers are on this page."),
    }
