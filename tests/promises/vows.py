"""What holds whatever is done: each vow gives what breaks it, and nothing of routing's own rules
is asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import RowMapping

from helpline.domain.chat import LAWFUL, ChatState
from helpline.domain.urgency import Level
from tests.promises import quiet_vows
from tests.promises.moment import Moment, at

GRACE = {0: timedelta(minutes=10), 1: timedelta(minutes=10), 2: timedelta(hours=1), 3: timedelta(hours=1)}  # fmt: skip
ASKED_AGAIN = {0: timedelta(minutes=2), 1: timedelta(minutes=2), 2: timedelta(seconds=20), 3: timedelta(seconds=20)}  # fmt: skip

Broken = list[Any]


def every_move_is_lawful(life: Any, look: Moment) -> Broken:
    states = [(ChatState(each["was"]), ChatState(each["is_now"])) for each in look.moves]
    return [(was, new) for was, new in states if was != new and new not in LAWFUL[was]]


def an_arrival_never_changes(life: Any, look: Moment) -> Broken:
    return [each["chat"] for each in look.moves if each["arrived"]]


def the_line_is_left_by_a_taker_or_the_visitor(life: Any, look: Moment) -> Broken:
    """Accepted by somebody, or the visitor said goodbye, or was away for their whole grace."""
    found: Broken = []
    for move in look.moves:
        if move["was"] not in ("waiting", "offered"):
            continue
        them = life.visitors[move["chat"]]
        away = not them.here and life.now - them.seen_at >= GRACE[move["level"]]
        if move["is_now"] == "active":
            found += [] if move["holder"] else [move]
        elif move["is_now"] == "left":
            found += [] if them.goodbye or (away and move["outcome"] == "lost") else [move]
        elif move["is_now"] == "closed":
            found.append(move)
    return found


def one_holder_and_the_same_everywhere(life: Any, look: Moment) -> Broken:
    """An active chat has one open holding, of its holder; any other chat has none."""
    held = sorted((each["chat_id"], each["person_id"]) for each in look.holdings)
    return [] if held == sorted((each["id"], each["holder_id"]) for each in look.active) else held


def offered_is_what_somebody_is_asked_about(life: Any, look: Moment) -> Broken:
    """A chat is `offered` exactly while the queue asks; nobody is asked about what is over."""
    asked = {each["chat_id"] for each in look.pending if each["from_id"] is None}
    offered = {each["id"] for each in look.chats if each["state"] == "offered"}
    by_others = [
        each for each in look.handed if look.by_id[each["chat_id"]]["holder_id"] != each["from_id"]
    ]
    return sorted(asked ^ offered) + by_others


def nobody_is_asked_who_is_not_there(life: Any, look: Moment) -> Broken:
    """What the queue asks; whom a person chooses by hand must be on shift and heard of."""
    found: Broken = []
    for offer in look.pending:
        if offer["id"] in life.offers:
            continue
        who, level = offer["person_id"], look.by_id[offer["chat_id"]]["level"]
        presence = look.presences.get(who)
        if presence is None or who not in look.on_shift or at(presence["lease_until"]) <= life.now:
            found.append(offer)
        elif life.step == "sweep":
            spared = "last_resort" in offer["note"]
            rests = look.rests(who, life.now) and not spared
            paused = presence["paused"] and level < Level.CRITICAL
            found += [offer] if not presence["ready"] or rests or paused else []
    return found


def who_stepped_out_is_asked_no_more(life: Any, look: Moment) -> Broken:
    return [each for each in look.pending if (each["chat_id"], each["person_id"]) in life.out]


def seats_are_kept(life: Any, look: Moment) -> Broken:
    """Held and asked about, together. Only a hand goes over them: a lead who is called for help,
    a listener who takes back an ending."""
    over = {each for each in look.loads if look.loads[each] > look.seats[each]}
    risen = {each for each in over if look.loads[each] > life.loads[each]}
    if life.step in ("ask_a_lead", "reopen"):
        life.beyond |= risen
        return []
    return sorted(risen)


def a_critical_chat_fills_all_seats(life: Any, look: Moment) -> Broken:
    """Who has one, or is asked about one, is asked by the queue about nothing more."""
    found = []
    for offer in look.pending:
        about_others = [
            each
            for each in (*look.active, *(look.by_id[one["chat_id"]] for one in look.pending
                                         if one["person_id"] == offer["person_id"]))
            if each["id"] != offer["chat_id"] and each["level"] == Level.CRITICAL
            and each["holder_id"] in (None, offer["person_id"])
        ]  # fmt: skip
        if life.step == "sweep" and offer["id"] not in life.offers and about_others:
            found.append(offer)
    return found


def a_level_falls_by_a_person_only(life: Any, look: Moment) -> Broken:
    """By who judges it, or with what it had from a chat of perhaps the same person; never below
    what is known of it by itself."""
    found: Broken = []
    linked = {each for pair in life.links for each in pair}
    for chat in look.chats:
        level, urgency = life.levels.get(chat["id"], (0, 0))
        judged = life.step == "assess" and life.judged == chat["id"]
        fell = chat["level"] < level and not judged and chat["id"] not in linked
        if chat["urgency"] < urgency or fell or chat["level"] < by_itself(chat):
            found.append((chat["id"], level, chat["level"]))
    return found


def by_itself(chat: RowMapping) -> int:
    """What the words of this chat say, or what a person made of them and was said since."""
    if chat["assessed"] is None:
        return int(chat["urgency"])
    return max(chat["assessed"], chat["heard_since"])


def what_counts_for_one_counts_for_both(life: Any, look: Moment) -> Broken:
    """Of two chats of perhaps the same person, while both go on."""
    found: Broken = []
    for one, other in life.links:
        both = [look.by_id[each] for each in (one, other)]
        if all(each["state"] in ("waiting", "offered", "active") for each in both):
            least = max(map(by_itself, both))
            found += [each["id"] for each in both if each["level"] < least]
    return found


def no_word_is_missing(life: Any, look: Moment) -> Broken:
    """Sequences from one without holes, and what was acknowledged stands where it was said."""
    found: Broken = []
    for chat in look.chats:
        seqs = [each["seq"] for each in look.lines[chat["id"]]]
        if seqs != list(range(1, chat["last_seq"] + 1)):
            found.append((chat["id"], seqs, chat["last_seq"]))
    for chat_id, them in life.visitors.items():
        by_them = {each["seq"] for each in look.lines[chat_id] if each["author"] == "visitor"}
        found += sorted(set(them.said) - by_them)
    return found


def nobody_waits_beside_a_free_listener(life: Any, look: Moment) -> Broken:
    """After a look of the router: who waits unasked was asked of every free person lately."""
    if life.swept[-1:] != ["routing"]:
        return []
    free = [
        who.id
        for who in life.people
        if look.is_there(who.id, life.now)
        and not look.rests(who.id, life.now)
        and not look.holds_critical(who.id)
        and look.loads[who.id] < look.seats[who.id]
    ]
    return [
        (chat["id"], who)
        for chat in look.chats
        if chat["state"] == "waiting"
        for who in free
        if (not look.presences[who]["paused"] or chat["level"] == Level.CRITICAL)
        and not _was_asked_lately(life, look, chat, who)
    ]


def who_comes_back_is_asked_about_first(life: Any, look: Moment) -> Broken:
    """Whom a listener lost, or who was set aside and writes again, comes before who was not, unless
    it is critical: nobody is asked about another whom one might have asked about them."""
    if life.swept != ["routing"]:
        return []
    asked = [
        (each["person_id"], look.by_id[each["chat_id"]])
        for each in look.pending
        if each["id"] not in life.offers and not each["from_id"]
    ]
    return [
        (back["id"], chat["id"])
        for who, chat in asked
        if chat["level"] < Level.CRITICAL and not chat["returned"]
        for back in look.chats
        if back["state"] == "waiting" and back["returned"]
        and not _was_asked_lately(life, look, back, who)
    ]  # fmt: skip


def _was_asked_lately(life: Any, look: Moment, chat: RowMapping, who: str) -> bool:
    for offer in look.offers:
        if (offer["chat_id"], offer["person_id"]) != (chat["id"], who):
            continue
        if offer["state"] == "stepped_out":
            return True
        again_from = life.now - ASKED_AGAIN[chat["level"]]
        in_vain = offer["state"] in ("declined", "lapsed", "handed_to_queue")
        if in_vain and at(offer["ended_at"]) > again_from:
            return True
    return False


ALL = (
    every_move_is_lawful,
    an_arrival_never_changes,
    the_line_is_left_by_a_taker_or_the_visitor,
    one_holder_and_the_same_everywhere,
    offered_is_what_somebody_is_asked_about,
    nobody_is_asked_who_is_not_there,
    who_stepped_out_is_asked_no_more,
    seats_are_kept,
    a_critical_chat_fills_all_seats,
    a_level_falls_by_a_person_only,
    what_counts_for_one_counts_for_both,
    no_word_is_missing,
    nobody_waits_beside_a_free_listener,
    who_comes_back_is_asked_about_first,
    *quiet_vows.ALL,
)
