"""One small fault for each line of what must never happen: planted, the named check goes red.

Each takes `put`, as `monkeypatch.setattr`; what it says is what it breaks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import text, update

from helpline import jobs, settings
from helpline.actions import (
    ending,
    handing,
    hearing,
    offering,
    quieting,
    visiting,
    watching,
)
from helpline.boards import visitor as visitor_board
from helpline.boards import wording
from helpline.domain import alarms, assigning, canary, overtaking, queue, routing, silence
from helpline.domain.urgency import Level
from helpline.store import callouts, chats, floor, offers, people, transaction
from helpline.store.tables import Chat
from tests.actions import evening
from tests.faces import test_waking_pages

Put = Callable[[Any, Any, Any], None]

# -- routing --------------------------------------------------------------------------------------


def presence_has_no_age(put: Put) -> None:
    """Who said "ready" once is there for ever."""
    put(routing, "is_about", lambda listener: listener.on_shift and listener.ready)


def who_was_asked_has_come(put: Put) -> None:
    """A call-out counts whom it asked, whatever they answer."""

    def helping(tx: Any) -> dict[str, Any]:
        it = callouts.running(tx)
        return {each.person_id: each.asked_at for each in callouts.asks(tx, it.id)} if it else {}

    put(callouts, "helping", helping)


def the_last_one_is_paused_too(put: Put) -> None:
    def next_missed(missed: int, *, others_ready: int) -> tuple[int, bool]:
        return missed + 1, missed + 1 >= routing.MISSES_BEFORE_PAUSE

    put(routing, "next_missed", next_missed)


def a_chat_is_looked_at_once(put: Put) -> None:
    """Routing by edges: a pick that failed is never tried again."""
    real, seen = chats.waiting, set[str]()

    def waiting(tx: Any) -> list[queue.Waiting]:
        new = [each for each in real(tx) if each.id not in seen]
        seen.update(each.id for each in new)
        return new

    put(chats, "waiting", waiting)


def a_rescue_is_one_try(put: Put) -> None:
    """What a lost listener held is offered on in that moment, or by nobody."""
    real = chats.waiting
    put(chats, "waiting", lambda tx: [each for each in real(tx) if not each.returned])


def the_loop_is_slow(put: Put) -> None:
    put(jobs, "SWEEPS", tuple(replace(each, every_s=30) for each in jobs.SWEEPS))


def nobody_nudges(put: Put) -> None:
    put(jobs, "NUDGES", dict.fromkeys(jobs.NUDGES, ()))


def first_come_first_served(put: Put) -> None:
    """Routing goes by the arrival, whatever the queue shows."""

    def in_turn(waiting: list[queue.Waiting]) -> Iterator[queue.Waiting]:
        return iter(sorted(waiting, key=lambda each: each.arrived_at))

    put(queue, "in_turn", in_turn)


def strict_priority(put: Put) -> None:
    put(queue, "key", lambda chat: (-chat.level, chat.arrived_at, chat.id))


def time_lost_is_nobodys_business(put: Put) -> None:
    """Criticals go first, and nobody is told what it costs the others."""
    put(overtaking, "overtaken", lambda answers: [])
    put(overtaking, "overtakers", lambda arrived_at, until, answers: [])


def writing_again_is_arriving_again(put: Put) -> None:
    real = hearing.hear

    def hear(tx: Any, chat: Chat, words: str, *, now: Any, **how: Any) -> Level:
        chat.arrived_at = now
        return real(tx, chat, words, now=now, **how)

    put(hearing, "hear", hear)


def old_chats_are_swept_away(put: Put) -> None:
    """Who waits for an hour counts as gone, here or not."""
    put(offering, "_is_gone", lambda chat, now: now - chat.arrived_at > timedelta(hours=1))


def a_claim_does_not_look(put: Put) -> None:
    def claim(tx: Any, chat_id: str, person_id: str, now: Any, *, from_id: Any = None) -> bool:
        taken = {"state": "active", "holder_id": person_id}
        tx.session.execute(update(Chat).where(Chat.id == chat_id).values(**taken))
        return True

    put(chats, "claim", claim)


def a_pending_offer_is_no_load(put: Put) -> None:
    real = floor.listeners

    def listeners(tx: Any, now: Any) -> list[routing.Listener]:
        held = Counter(chat.holder_id for chat in chats.active(tx))
        return [replace(each, used=held[each.id]) for each in real(tx, now)]

    put(floor, "listeners", listeners)


def the_rotation_is_not_kept(put: Put) -> None:
    put(people, "mark_offered", lambda *_: None)


def one_chat_ends_the_pass(put: Put) -> None:
    broken = []

    def ask(one_pass: assigning.Pass, chat: routing.Candidate) -> Iterator[assigning.Asking]:
        try:
            asking = None if broken else one_pass.ask(chat)
        except ZeroDivisionError:
            broken.append(chat)
            return
        if asking:
            yield asking

    put(offering, "_ask", ask)


def a_decline_ends_the_chat(put: Put) -> None:
    real = offering.after_offer_ended

    def after(tx: Any, offer: Any, why: str, now: Any) -> None:
        real(tx, offer, why, now)
        ending.leave_the_line(tx, chats.chat(tx, offer.chat_id), why="declined", now=now)

    put(offering, "after_offer_ended", after)


def a_transfer_lets_go_at_once(put: Put) -> None:
    real = offering.hand_over

    def hand_over(tx: Any, chat: Chat, *who: Any, now: Any, **how: Any) -> Any:
        made = real(tx, chat, *who, now=now, **how)
        chats.end_holding(tx, chat.id, now)
        chat.holder_id = None
        tx.session.add(chat)
        return made

    put(offering, "hand_over", hand_over)


def an_alarm_has_a_typo(put: Put) -> None:
    misspelt = {("unanswerd" if kind == "unanswered" else kind): words
                for kind, words in wording.ALERTS.items()}  # fmt: skip
    put(wording, "ALERTS", misspelt)


def a_minute_is_an_hour(put: Put) -> None:
    put(alarms, "UNANSWERED_AFTER", timedelta(minutes=60))


def the_router_keeps_the_time(put: Put) -> None:
    """Alarms about waiting come from routing's own sweep, and are lost with it."""
    put(watching, "_watch_critical", lambda store, chat_id, now: None)


# -- real time ------------------------------------------------------------------------------------


def heads_are_of_before(put: Put) -> None:
    """A beat that says "I am alive", and not what there is to hear."""
    put(chats, "heads", lambda tx, ids: dict.fromkeys(ids, 1))


def recovery_by_a_window(put: Put) -> None:
    real = chats.messages_after

    def lately(tx: Any, chat_id: str, after: int, **how: Any) -> Any:
        said, more = real(tx, chat_id, after, **how)
        last = max((each.sent_at for each in said), default=None)
        return [each for each in said if last - each.sent_at < timedelta(hours=1)], more

    put(chats, "messages_after", lately)


def a_page_sleeps_on(put: Put) -> None:
    real = test_waking_pages.source

    def source(page: str) -> str:
        kept = [line for line in real(page).splitlines() if "visibilitychange" not in line]
        return "\n".join(kept)

    put(test_waking_pages, "source", source)


def boards_have_no_version(put: Put) -> None:
    put(transaction, "_raise_versions", lambda tx: None)


def a_message_may_be_there_twice(put: Put) -> None:
    """One unique key of the messages is gone, in the database of this test."""
    real = evening.Evening.opens

    def opens(self: evening.Evening, *words: Any, **wish: Any) -> visiting.Opened:
        opened = real(self, *words, **wish)
        _without_unique_messages(self)
        return opened

    put(evening.Evening, "opens", opens)


def _without_unique_messages(on: evening.Evening) -> None:
    with on.store.transaction() as tx:
        tx.session.execute(text("CREATE TABLE plain AS SELECT * FROM messages"))
        tx.session.execute(text("DROP TABLE messages"))
        tx.session.execute(text("ALTER TABLE plain RENAME TO messages"))


def a_lost_connection_is_a_goodbye(put: Put) -> None:
    put(offering, "grace", lambda level: timedelta(seconds=30))


def nobody_watches_the_channel(put: Put) -> None:
    """What does not come through is never late."""
    put(canary, "is_late", lambda through_at, period, now: False)


def the_line_says_nothing(put: Put) -> None:
    put(ending, "line_says", lambda *_, **__: None)


def a_quiet_chat_just_stops(put: Put) -> None:
    put(quieting, "_close", lambda tx, chat, now: ending.end(tx, chat, quieting.OUTCOME, now))


def what_is_set_aside_is_out_of_mind(put: Put) -> None:
    """Its ladder ends where it was set aside."""
    real = chats.active
    put(chats, "active", lambda tx: [each for each in real(tx) if not each.parked_at])


def who_was_set_aside_queues_like_anybody(put: Put) -> None:
    """Back in line by the arrival alone."""
    real = ending.release

    def release(tx: Any, chat: Any, *, why: str, now: Any) -> None:
        real(tx, chat, why=why, now=now)
        chat.returned = False

    put(ending, "release", release)


# -- people ---------------------------------------------------------------------------------------


def a_shift_ends_with_its_chats(put: Put) -> None:
    real = watching.end_stints

    def end_stints(store: Any, *, now: Any) -> None:
        real(store, now=now)
        with store.transaction() as tx:
            for chat in chats.active(tx):
                if not people.presence(tx, chat.holder_id or "", now).ready:
                    ending.release(tx, chat, why="shift_over", now=now)

    put(evening, "SWEEPS", evening.SWEEPS | {"shift_ends": end_stints})


def everybody_drains(put: Put) -> None:
    """Also when nobody who stays is there."""

    def draining(listeners: Any, going: frozenset[str]) -> list[routing.Listener]:
        return [replace(each, draining=each.id in going) for each in listeners]

    put(routing, "draining", draining)


def a_filter_never_yields(put: Put) -> None:
    put(routing, "PATIENCE", dict.fromkeys(Level, timedelta(hours=12)))


def triage_comes_later(put: Put) -> None:
    """The words are read after the answer has left."""
    put(hearing, "hear", lambda *_, **__: Level.ROUTINE)


def the_card_waits_for_somebody(put: Put) -> None:
    """Help elsewhere is shown once somebody has answered."""
    real = visitor_board.snapshot

    def snapshot(tx: Any, chat: Chat, now: Any) -> dict[str, Any]:
        shown = real(tx, chat, now)
        return shown | {"urgent_help": shown["urgent_help"] and chat.holder_id is not None}

    put(visitor_board, "snapshot", snapshot)


def practice_on_every_address(put: Put) -> None:
    class Anywhere(tuple[str, ...]):
        def __contains__(self, host: object) -> bool:
            return True

    put(settings, "LOOPBACKS", Anywhere())


def a_timer_closes_what_waits(put: Put) -> None:
    old_chats_are_swept_away(put)


def silence_is_golden(put: Put) -> None:
    put(silence, "listener_step", lambda quiet, now: 0)


def a_timer_closes_what_is_silent(put: Put) -> None:
    """The ladder of a routine chat, for everybody."""
    put(silence, "LADDER", dict.fromkeys(Level, silence.LADDER[Level.ROUTINE]))


def a_silent_visitor_is_left_alone(put: Put) -> None:
    put(silence, "has_reached", lambda quiet, step, rules, now: False)


def stepping_out_asks_for_a_lead_first(put: Put) -> None:
    """A request that somebody else must grant; until then the chat stays."""

    def step_out(store: Any, who: Any, chat_id: str, why: Any, *, now: Any) -> None:
        handing.ask_help(store, who, chat_id, why, now=now)

    put(handing, "step_out", step_out)


def who_stepped_out_is_asked_again(put: Put) -> None:
    put(offers, "give_back", lambda *_: None)


def privacy_is_a_leaflet(put: Put) -> None:
    """Written once, whatever the settings say."""
    said = ["This chat is kept for 30 days, and we may have to tell someone."]
    put(visitor_board, "confidentiality", lambda row, language: said)


def a_wait_is_said_once(put: Put) -> None:
    put(watching, "correct_promises", lambda store, *, now: None)
