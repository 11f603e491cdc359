"""The sentences that the console's scripts show. `{name}` is filled in by the browser."""

from __future__ import annotations

import re

from flask_babel import gettext as _

from helpline.faces.listener import handing_words


def sentences() -> dict[str, str]:
    return {
        **_presence(),
        **_sparing(),
        **_call_outs(),
        **_leads(),
        **_quiet(),
        **_same_person(),
        **_beside(),
        **_offers(),
        **_chats(),
        **_talk(),
        **_flags(),
        **_help(),
        **_notices(),
        **handing_words.sentences(),
    }


def _presence() -> dict[str, str]:
    return {
        "console": _("Console"),
        "ready": _("Ready"),
        "away": _("Away"),
        "fit_ask": _("Are you fit to take chats today?"),
        "fit_no": _("Not today"),
        "fit_thanks": _(
            "Thank you for saying so. The shift lead knows, and nobody asks why. Look after "
            "yourself."
        ),
        "state_ready": _("Ready for offers"),
        "state_resting": _("Finishing up"),
        "state_away": _("Away: no offers"),
        "state_paused": _("Offers are paused"),
        "state_off_shift": _("Not on shift"),
        "paused_kindly": _(
            "We passed this one on. No problem. Offers are paused until you press Ready."
        ),
        "off_shift_kindly": _("Your chats stay with you. New ones come when your shift starts."),
        "resting": _(
            "Offers are off for {span}, so that you can finish up. You are asked only if nobody "
            "else may be, about a critical chat. Press Ready to end this sooner."
        ),
        "hard_ask": _("That was a hard one. Take 5 minutes? Offers stay off."),
        "hard_pause": _("Take 5"),
        "hard_ok": _("I am OK"),
        "hard_talk": _("Talk to the lead"),
        "hard_told_pause": _("Offers stay off for these minutes, and come back by themselves."),
        "hard_told_ok": _("Thank you for being there."),
        "hard_told_talk": _(
            "The lead knows that you would like to talk. Offers stay off meanwhile."
        ),
        "recovering": _(
            "Offers are off for {span}: that was a hard chat. You are asked only if nobody else "
            "may be, about a critical chat. Press Ready if you do not need this pause."
        ),
        "overrun": _(
            "Your shift is over. Nobody is cut off: stay until the chat ends, or hand it over "
            "with a note."
        ),
        "overrun_of": _("{name} is past the end of their shift, open chats: {count}"),
        "overrun_since": _("since {time}"),
        "hand_over_chat": _("Hand over chat {name}"),
        "set_away_cut": _(
            "You were set to away while you were disconnected. No offers come until you are ready."
        ),
        "set_away": _("You were set to away, but not here. No offers come until you are ready."),
        "ready_again": _("Ready again"),
        "seats": _("Seats in use: {used} of {seats}"),
        "shift_until": _("On shift until {time}, {span} left"),
        "shift_from": _("Your shift starts at {time}, in {span}"),
        "alert_owned": _("{name} is on it"),
        "alert_own": _("I am on it"),
        "alert_since": _("Since {time}."),
        "muted": _("The browser holds back sound until you press something: test the sound once."),
        "notices_on": _("Desktop notices are on"),
        "notices_blocked": _("The browser blocks desktop notices for this site"),
    }


def _sparing() -> dict[str, str]:
    return {
        "not_today_open": _("Not this topic today"),
        "not_today": _("Not today: {topics}"),
        "not_today_kept": _("It is kept until your shift ends."),
        "topic_minors": _("children and young people"),
        "topic_abuse": _("abuse"),
        "topic_self_harm": _("self-harm"),
        "topic_suicide": _("suicide"),
        "topic_violence": _("violence"),
        "topic_loss": _("the loss of somebody"),
        "had_enough": _("{name} had many critical chats on this shift and is spared more."),
        "lift_cap": _("Let them take more"),
        "lift_cap_of": _("Let them take more: {name}"),
        "cap_lifted": _("It is lifted for this shift."),
        "keep_apart": _("Not with this person again"),
        "kept_apart": _(
            "You are not asked about this chat again. Press once more to take it back."
        ),
        "brought_together": _("You may be asked about this chat again."),
    }


def _leads() -> dict[str, str]:
    return {
        "apart_of": _("{name} and chat {chat}"),
        "apart_undo": _("They may be asked again"),
        "apart_kept": _("This person is not asked about that chat again."),
        "apart_over": _("This person may be asked about that chat again."),
        "closed_waiting": _(
            "The chat is closed. The visitor was told kindly, and where to find help."
        ),
        "call_runs": _("People off shift are being asked to help, since {when}: {counts}."),
    }


def _call_outs() -> dict[str, str]:
    return {
        "call_come": _("I can help now"),
        "call_not_now": _("Not now"),
        "call_go": _("I have to go"),
        "may_be_asked_kept": _("Your choice is kept. You can change it at any time."),
    }


def name_of(chat_id: str) -> str:
    """How we speak of a chat: a few characters of its id, as `nameOf` does in state.js."""
    return re.sub(r"[^a-zA-Z0-9]", "", chat_id)[:4].upper()


def _same_person() -> dict[str, str]:
    return {
        "same_person": _("May be the same person as chat {name}, {level}."),
        "same_ended": _("May be the same person as chat {name}, which has ended."),
        "same_choice": _("Chat {name}, {level}, {language}, {listener}"),
        "same_nobody": _("in line"),
        "same_pair": _("Chat {name} and chat {other}"),
        "same_undo": _("Two people after all"),
        "same_linked": _(
            "The two chats are linked. The higher level counts for both while they go on."
        ),
        "same_unlinked": _("The two chats are apart again."),
    }


def _quiet() -> dict[str, str]:
    return {
        "quiet_for": _("Quiet for {span}. The line asks gently and does not hurry them."),
        "reminded": _(
            "They have waited for your answer for {span}. One line is enough. If you need a hand, "
            "ask the lead."
        ),
        "told_on": _(
            "They have waited for your answer for {span}. They were told kindly, and the lead "
            "knows, to help you."
        ),
        "park": _("Set it aside: the seat is free, they come back first"),
        "parked": _("set aside"),
        "parked_since": _("This chat has been set aside since {time} and takes no seat of yours."),
        "park_kept": _("The chat is set aside. When they write, they are first in line."),
        "take_up": _("Go on with it"),
        "answer_keep_open": _("Keep it open"),
        "answer_close": _("Close it kindly"),
        "answer_put_back": _("Find somebody else for them"),
        "answer_kept": _("It is done."),
        "alert_chat": _("chat {name}"),
    }


def _beside() -> dict[str, str]:
    return {
        "beside_reads": _("{name} is reading along"),
        "beside_joined": _("{name} is here too and can write to the visitor"),
        "along_reads": _("You read along until {time}. The listener sees it."),
        "along_joined": _("You have joined until {time}: the visitor reads what you write here."),
        "along_with": _("read along, with {name}"),
        "along_over": _("You no longer read along in chat {name}."),
        "read_along": _("Read along"),
        "read_longer": _("30 minutes more"),
        "unwatch": _("Read no longer"),
        "unwatched": _("You no longer read along."),
        "join": _("Join"),
        "joined": _("The visitor was told that you have joined."),
        "take_over": _("Take over"),
        "taken_over": _("The chat is yours now. The visitor and the listener were told."),
        "whisper": _("Whisper"),
        "whisper_answer": _("Answer in a whisper"),
        "whisper_by": _("Whispered by {name}, only staff see this"),
        "whisper_aloud": _("{name} whispers: {text}"),
        "whisper_elsewhere": _("A whisper in chat {name}"),
        "note_kind_whisper": _("Whisper"),
        "plan": _("Contact plan"),
        "plan_not_applied": _(
            "There is a contact plan for this person. It is not applied: this chat is at high risk."
        ),
        "plan_not_told": _("The person does not know of it yet: it is not in force."),
        "plan_told": _("Told by {name}: in force."),
        "plan_tell": _("I have told them"),
        "plan_thanks": _("Thank you. The plan is in force."),
        "at_risk_none": _("Nobody is at high or critical risk now."),
        "at_risk_with": _("With {name}."),
        "at_risk_waits": _("In line, nobody has answered yet."),
        "at_risk_waited": _("Waited {span}."),
        "at_risk_beside": _("Reading along: {names}"),
        "at_risk_apart": _("This chat is kept apart from you."),
    }


def _offers() -> dict[str, str]:
    return {
        "offer_new": _("New offer"),
        "offer_from": _("{name} asks you to take over a chat"),
        "offer_waited": _("Waited {span}"),
        "offer_left": _("{span} left to answer"),
        "offer_over": _("This offer is passing on."),
        "offer_ring": _("Several of you are asked at once."),
        "offer_surge": _("This is one chat more than your seats, because it is critical."),
        "offer_accept": _("Accept"),
        "offer_pass": _("Pass"),
        "offer_aloud": _("New offer, {level}. Press a to accept or p to pass."),
        "offer_gone_lapsed": _("We passed this one on. No problem."),
        "offer_gone_declined": _("You passed. Somebody else is asked now."),
        "offer_gone_taken": _("Somebody else has taken this chat."),
        "offer_gone_withdrawn": _("This offer was taken back. There is nothing you need to do."),
        "note_language": _("Nobody who speaks this language is free."),
        "note_training": _("Nobody with the training for this is free."),
        "note_last_resort": _(
            "You should be spared this. Nobody else may be asked about this critical chat now."
        ),
        "why": _("Why"),
        "no_flags": _("No rule matched. Not flagged does not mean safe."),
        "from_colleague": _("{name} writes"),
    }


def _chats() -> dict[str, str]:
    return {
        "chat": _("Chat {name}"),
        "chats_none": _("You have no chat right now."),
        "new": _("New: {count}"),
        "waits": _("Waiting for your answer for {span}"),
        "waits_longest": _("Waiting longest: {span}"),
        "here": _("here"),
        "not_here": _("not here right now"),
        "writing": _("is writing"),
        "ended": _("ended"),
        "handing_over": _("handing over"),
        "left_short": _("left quickly"),
        "level_routine": _("routine"),
        "level_elevated": _("elevated"),
        "level_high": _("high"),
        "level_critical": _("critical"),
    }


def _talk() -> dict[str, str]:
    return {
        "talk_title": _("Chat"),
        "you": _("You"),
        "visitor": _("Visitor"),
        "line": _("The line"),
        "topic": _("Topic"),
        "nickname": _("Nickname"),
        "language": _("Language"),
        "arrived": _("Arrived at {time}"),
        "number": _("message {seq}"),
        "sent": _("sent"),
        "not_sent_yet": _("not sent yet"),
        "not_sent": _("not sent"),
        "back_in_box": _("Put it back in the box"),
        "drop": _("Remove it"),
        "left_quickly": _("The visitor left quickly and is perhaps not alone. Do not write."),
        "talk_ended": _("This chat has ended."),
        "reopen": _("Reopen this chat"),
        "reopen_hint": _("You can do this for 15 minutes after the end."),
        "pending_hand_off": _(
            "{name} is asked to take over. You keep this chat until then: {span} left."
        ),
        "withdraw": _("Take it back"),
        "visitor_writes": _("The visitor is writing"),
        "emergency_shown": _("The emergency card is open on their page."),
        "too_long": _("This is too long to send in one piece: {count} of 4,000 characters."),
        "box_count": _("{count} of 4,000 characters"),
        "loading": _("Fetching the messages"),
        "way_call": _("Call"),
        "way_text": _("Text"),
        "way_chat": _("Chat"),
        "way_web": _("Web"),
        "way_visit": _("Visit"),
        "text_word": _("Text {word} to {value}"),
        "aloud": _("{name}: {text}"),
        "aloud_elsewhere": _("New message in chat {name}"),
    }


def _flags() -> dict[str, str]:
    return {
        "flagged_critical": _("This chat may be at critical risk. You decide."),
        "flagged_high": _("This chat may be high risk. You decide."),
        "flagged_elevated": _("Some words here ask for care. You decide."),
        "words": _("Words"),
        "rule": _("Rule"),
        "pack": _("Word list"),
        "lowered_by": _("Lowered because of"),
        "where": _("Where"),
        "source_topic": _("in the topic"),
        "source_next_note": _("in the note"),
        "source_nickname": _("in the nickname"),
        "source_feedback": _("in the feedback"),
        "agree": _("Agree"),
        "misread": _("Misread"),
        "words_say": _("The words say: {level}"),
        "person_says": _("Assessed by a person: {level}"),
        "nobody_says": _("Not assessed by a person yet"),
        "missed_thanks": _("Thank you. It is noted that the rules missed something here."),
        "assessed_thanks": _("Your assessment is kept."),
    }


def _help() -> dict[str, str]:
    return {
        "nothing_found": _("Nothing found."),
        "more": _("More are found than shown: search to narrow it down."),
        "send": _("Send"),
        "insert": _("Put in the box"),
        "inserted": _("It is in the box. Change it as you like before you send it."),
        "emergency": _("emergency"),
        "notes_none": _("No notes yet."),
        "note_kind_note": _("Note"),
        "note_kind_from_visitor": _("From the visitor, for you"),
        "note_kind_assessment": _("Assessment"),
        "note_kind_help": _("Asked for help"),
        "note_kind_hand_off": _("With the hand-off"),
        "note_kind_step_out": _("Stepped out"),
        "note_kind_closed_anyway": _("Closed without an assessment"),
        "outcome_felt_heard": _("They felt heard"),
        "outcome_given_resource": _("They were given a resource"),
        "outcome_handed_to_emergency": _("Handed to an emergency service"),
        "outcome_visitor_left": _("The visitor left"),
        "outcome_not_for_us": _("Not something for this line"),
        "outcome_abusive": _("The chat was abusive"),
        "outcome_other": _("Something else"),
        "anyone": _("Whoever is free"),
        "role_lead": _("shift lead"),
        "role_listener": _("listener"),
        "free_seats": _("free seats: {count}"),
    }


def _notices() -> dict[str, str]:
    return {
        "check_in_asked": _("They are asked. You see here what they say."),
        "check_in_withdraw": _("Take it back"),
        "check_in_withdrawn": _("The check-in is taken back. The visitor is told."),
        "dismiss": _("Dismiss"),
        "moved_on": _("Chat {name} is with somebody else now."),
        "moved_on_unsent": _(
            "Chat {name} is with somebody else now. Not everything you wrote there was sent."
        ),
        "hand_off_accepted": _("{name} has taken over the chat."),
        "hand_off_declined": _("{name} passed the hand-off on. You still hold the chat."),
        "hand_off_lapsed": _("{name} did not answer in time. You still hold the chat."),
        "hand_off_withdrawn": _("The hand-off was taken back. You still hold the chat."),
        "handed_to_queue": _("The chat is in the queue again, its place kept."),
        "help_asked": _("The shift leads were told just now."),
        "stepped_out": _(
            "You are out. A shift lead looks after this chat. Offers are off for five minutes."
        ),
        "closed": _("The chat has ended, and the visitor was told. Take your time."),
        "close_guarded": _("Assess this chat first, or say why you end it anyway."),
        "note_kept": _("The note is kept."),
        "resource_kept": _("The card is on its way."),
        "refused": _("This did not work: {message}"),
    }
