"""The listener's namespace, also for shift leads."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from flask import Flask

from helpline.actions import (
    answering,
    caring,
    closing,
    directing,
    handing,
    judging,
    likening,
    listening,
    quieting,
    sparing,
)
from helpline.boards import listener as board
from helpline.boards.wording import iso
from helpline.domain import care, routing, text
from helpline.domain import chat as rules
from helpline.domain.access import Who
from helpline.domain.chat import Closing
from helpline.domain.urgency import Level
from helpline.faces import wire
from helpline.faces.house import House
from helpline.faces.listener import finding, following_up, leads, summoning
from helpline.faces.listener import handing as hand_offs
from helpline.faces.staffwire import StaffNamespace
from helpline.faces.wire import Ack, Payload
from helpline.live import LISTENER

RENEWED_EVERY = timedelta(seconds=5)  # any event renews; a write for each would be dear
REASON_LENGTH = 500


class ListenerNamespace(StaffNamespace):
    verb = "enter_console"

    def __init__(self, house: House, app: Flask) -> None:
        super().__init__(LISTENER, house, app)
        self._renewed: dict[str, datetime] = {}

    def came(self, who: Who, now: datetime) -> None:
        self._renew(who, now)

    def who(self, sid: str, now: datetime) -> Who:
        who = super().who(sid, now)
        if now - self._renewed.get(who.id, now - RENEWED_EVERY) >= RENEWED_EVERY:
            self._renew(who, now)
        return who

    def _renew(self, who: Who, now: datetime) -> None:
        listening.be_here(self.house.store, who, now=now)
        self._renewed[who.id] = now

    def beat(self, now: datetime) -> None:
        """Asks every connection for a sign of life; only its answer renews."""
        for sid in list(self.passes):
            self.emit("beat", {}, to=sid, callback=self._answered(sid))

    def _answered(self, sid: str) -> Any:
        def answered(*_: Any) -> None:
            self._answer("beat", sid, ())

        return answered

    # -- being there --------------------------------------------------------------------------

    def on_sync(self, sid: str, payload: Payload, now: datetime) -> Ack:
        who = self.who(sid, now)
        return {"board": board.board(self.house.store, who, now)}

    def on_ready(self, sid: str, payload: Payload, now: datetime) -> Ack:
        who = self.who(sid, now)
        fit = wire.flag(payload, "fit")
        listening.get_ready(self.house.store, who, fit=fit, now=now)
        return {"presence": board.presence_of(self.house.store, who, now)}

    def on_not_fit(self, sid: str, payload: Payload, now: datetime) -> Ack:
        who = self.who(sid, now)
        listening.not_fit(self.house.store, who, now=now)
        return {"presence": board.presence_of(self.house.store, who, now)}

    def on_away(self, sid: str, payload: Payload, now: datetime) -> Ack:
        who = self.who(sid, now)
        listening.go_away(self.house.store, who, now=now)
        return {"presence": board.presence_of(self.house.store, who, now)}

    def on_beat(self, sid: str, payload: Payload, now: datetime) -> Ack:
        who = self.who(sid, now)
        version, heads = board.heads(self.house.store, who, now)
        next_s = int(routing.BEAT_EVERY.total_seconds())
        return {"next_s": next_s, "version": version, "heads": heads}

    # -- call-outs ----------------------------------------------------------------------------

    def on_may_be_asked(self, sid: str, payload: Payload, now: datetime) -> Ack:
        who, when = self.who(sid, now), wire.word(payload, "when")
        answering.choose_when(self.house.store, who, when, now=now)
        return {"may_be_asked": when}

    def on_answer_call_out(self, sid: str, payload: Payload, now: datetime) -> Ack:
        who, store = self.who(sid, now), self.house.store
        call_out, comes = wire.word(payload, "call_out"), wire.required_flag(payload, "comes")
        answering.answer(store, who, call_out, comes=comes, here=True, now=now)
        return {
            "presence": board.presence_of(store, who, now),
            "call_out": board.call_out_of(store, who, now),
        }

    # -- offers -------------------------------------------------------------------------------

    def on_accept(self, sid: str, payload: Payload, now: datetime) -> Ack:
        who = self.who(sid, now)
        offer = wire.word(payload, "offer")
        chat_id, said, more = listening.accept(self.house.store, who, offer, now=now)
        return {
            "chat": board.chat_of(self.house.store, who, chat_id, now),
            "messages": board.messages(self.house.store, who, chat_id, said, now),
            "more": more,
        }

    def on_decline(self, sid: str, payload: Payload, now: datetime) -> None:
        who = self.who(sid, now)
        listening.decline(self.house.store, who, wire.word(payload, "offer"), now=now)

    # -- talking ------------------------------------------------------------------------------

    def on_say(self, sid: str, payload: Payload, now: datetime) -> Ack:
        who, chat_id = self.who(sid, now), wire.word(payload, "chat")
        client_id = wire.word(payload, "client_id")
        words = text.clean(payload.get("text"), limit=rules.MESSAGE_LENGTH, field="text")
        epoch = _epoch(payload)
        with self.house.live.speaking(chat_id, sid):
            kept = listening.say(
                self.house.store, who, chat_id, client_id, words, epoch=epoch, now=now, via=sid
            )
        return {"seq": kept.seq, "sent_at": iso(kept.sent_at)}

    def on_resume(self, sid: str, payload: Payload, now: datetime) -> Ack:
        who = self.who(sid, now)
        chat_id = wire.word(payload, "chat")
        after = wire.number(payload, "after", default=0)
        said, more = listening.read_on(self.house.store, who, chat_id, after, now=now)
        messages = board.messages(self.house.store, who, chat_id, said, now)
        return {"messages": messages, "more": more}

    def on_typing(self, sid: str, payload: Payload, now: datetime) -> None:
        who = self.who(sid, now)
        chat_id = wire.word(payload, "chat")
        listening.require_writing(self.house.store, who, chat_id, now=now)
        self.house.live.typing(chat_id, by_visitor=False, holder_id=who.id)

    def on_seen(self, sid: str, payload: Payload, now: datetime) -> None:
        self.who(sid, now)
        wire.word(payload, "chat")
        wire.number(payload, "seq")

    def on_send_resource(self, sid: str, payload: Payload, now: datetime) -> Ack:
        who, chat_id = self.who(sid, now), wire.word(payload, "chat")
        resource_id = wire.word(payload, "resource")
        client_id = wire.word(payload, "client_id")
        epoch = _epoch(payload)
        with self.house.live.speaking(chat_id, sid):
            kept = listening.send_resource(
                self.house.store,
                who,
                chat_id,
                resource_id,
                client_id,
                epoch=epoch,
                now=now,
                via=sid,
            )
        return {"seq": kept.seq, "sent_at": iso(kept.sent_at)}

    # -- judging ------------------------------------------------------------------------------

    def on_assess(self, sid: str, payload: Payload, now: datetime) -> Ack:
        who = self.who(sid, now)
        chat_id = wire.word(payload, "chat")
        level = Level.from_word(wire.choice(payload, "level", tuple(each.word for each in Level)))
        reason = text.clean(payload.get("reason"), limit=REASON_LENGTH, field="reason")
        judging.assess(
            self.house.store, who, chat_id, level, reason, epoch=_epoch(payload), now=now
        )
        return {"chat": board.chat_of(self.house.store, who, chat_id, now)}

    def on_answer_flag(self, sid: str, payload: Payload, now: datetime) -> None:
        who = self.who(sid, now)
        verdict = wire.choice(payload, "verdict", ("agree", "misread"))
        flag_id = wire.word(payload, "flag")
        judging.answer_flag(self.house.store, who, flag_id, verdict, now=now)

    def on_missed(self, sid: str, payload: Payload, now: datetime) -> None:
        who = self.who(sid, now)
        seq = wire.maybe_number(payload, "seq")
        judging.report_missed(self.house.store, who, wire.word(payload, "chat"), seq, now=now)

    def on_note(self, sid: str, payload: Payload, now: datetime) -> None:
        who = self.who(sid, now)
        words = text.clean(payload.get("text"), limit=rules.MESSAGE_LENGTH, field="text")
        chat_id = wire.word(payload, "chat")
        epoch = _epoch(payload)
        judging.write_note(self.house.store, who, chat_id, words, epoch=epoch, now=now)

    # -- being spared -------------------------------------------------------------------------

    def on_not_today(self, sid: str, payload: Payload, now: datetime) -> Ack:
        who = self.who(sid, now)
        chosen = wire.words(payload, "topics")
        sparing.choose_not_today(self.house.store, who, chosen, now=now)
        return {"not_today": board.not_today(self.house.store, who, now)}

    def on_keep_apart(self, sid: str, payload: Payload, now: datetime) -> None:
        who, store = self.who(sid, now), self.house.store
        chat_id = wire.word(payload, "chat")
        apart = payload.get("apart") is None or wire.required_flag(payload, "apart")
        if payload.get("listener") is None:
            sparing.keep_apart(store, who, chat_id, apart=apart, now=now)
            return
        person_id = wire.word(payload, "listener")
        sparing.keep_others_apart(store, who, chat_id, person_id, apart=apart, now=now)

    def on_lift_cap(self, sid: str, payload: Payload, now: datetime) -> None:
        who = self.who(sid, now)
        sparing.lift_cap(self.house.store, who, wire.word(payload, "listener"), now=now)

    def on_link(self, sid: str, payload: Payload, now: datetime) -> None:
        who = self.who(sid, now)
        one, other = wire.word(payload, "chat"), wire.word(payload, "other")
        likening.link(self.house.store, who, one, other, now=now)

    def on_unlink(self, sid: str, payload: Payload, now: datetime) -> None:
        who = self.who(sid, now)
        one, other = wire.word(payload, "chat"), wire.word(payload, "other")
        likening.unlink(self.house.store, who, one, other, now=now)

    def on_close_waiting(self, sid: str, payload: Payload, now: datetime) -> None:
        who = self.who(sid, now)
        chat, outcome = wire.word(payload, "chat"), wire.word(payload, "outcome")
        closing.close_waiting(self.house.store, who, chat, outcome, now=now)

    # -- asking for help, ending --------------------------------------------------------------

    def on_ask_help(self, sid: str, payload: Payload, now: datetime) -> None:
        who = self.who(sid, now)
        chat_id = wire.word(payload, "chat")
        handing.ask_help(self.house.store, who, chat_id, _why(payload), now=now)

    def on_step_out(self, sid: str, payload: Payload, now: datetime) -> None:
        who = self.who(sid, now)
        chat_id = wire.word(payload, "chat")
        handing.step_out(self.house.store, who, chat_id, _why(payload), now=now)

    def on_park(self, sid: str, payload: Payload, now: datetime) -> Ack:
        who, chat_id = self.who(sid, now), wire.word(payload, "chat")
        quieting.park(self.house.store, who, chat_id, epoch=_epoch(payload), now=now)
        return {"chat": board.chat_of(self.house.store, who, chat_id, now)}

    def on_take_up(self, sid: str, payload: Payload, now: datetime) -> Ack:
        who, chat_id = self.who(sid, now), wire.word(payload, "chat")
        quieting.take_up(self.house.store, who, chat_id, epoch=_epoch(payload), now=now)
        return {"chat": board.chat_of(self.house.store, who, chat_id, now)}

    def on_close(self, sid: str, payload: Payload, now: datetime) -> None:
        who = self.who(sid, now)
        closing = Closing(
            outcome=wire.choice(payload, "outcome", rules.OUTCOMES),
            anyway=text.clean_or_none(payload.get("anyway"), limit=REASON_LENGTH, field="anyway"),
        )
        note = text.clean_or_none(payload.get("note"), limit=rules.MESSAGE_LENGTH, field="note")
        chat_id = wire.word(payload, "chat")
        epoch = _epoch(payload)
        limit = rules.NEXT_STEP_LENGTH
        step = text.clean_or_none(payload.get("next_step"), limit=limit, field="next_step")
        listening.close(
            self.house.store, who, chat_id, closing, note, next_step=step, epoch=epoch, now=now
        )

    def on_after_hard(self, sid: str, payload: Payload, now: datetime) -> Ack:
        who, chat_id = self.who(sid, now), wire.word(payload, "chat")
        how = wire.choice(payload, "how", care.AFTER_HARD)
        caring.after_hard(self.house.store, who, chat_id, how, now=now)
        return {"chat": board.chat_of(self.house.store, who, chat_id, now)}

    def on_reopen(self, sid: str, payload: Payload, now: datetime) -> Ack:
        who = self.who(sid, now)
        chat_id = wire.word(payload, "chat")
        listening.reopen(self.house.store, who, chat_id, now=now)
        return {"chat": board.chat_of(self.house.store, who, chat_id, now)}

    def on_acknowledge(self, sid: str, payload: Payload, now: datetime) -> None:
        who = self.who(sid, now)
        directing.acknowledge(self.house.store, who, wire.word(payload, "alert"), now=now)

    def on_answer_alert(self, sid: str, payload: Payload, now: datetime) -> None:
        who = self.who(sid, now)
        alert, answer = wire.word(payload, "alert"), wire.word(payload, "answer")
        quieting.answer(self.house.store, who, alert, answer, now=now)

    EVENTS: ClassVar[dict[str, wire.Handler]] = {
        "sync": on_sync,
        "ready": on_ready,
        "not_fit": on_not_fit,
        "away": on_away,
        "beat": on_beat,
        "may_be_asked": on_may_be_asked,
        "answer_call_out": on_answer_call_out,
        "accept": on_accept,
        "decline": on_decline,
        "say": on_say,
        "resume": on_resume,
        "typing": on_typing,
        "seen": on_seen,
        "send_resource": on_send_resource,
        "assess": on_assess,
        "answer_flag": on_answer_flag,
        "missed": on_missed,
        "note": on_note,
        "not_today": on_not_today,
        "keep_apart": on_keep_apart,
        "lift_cap": on_lift_cap,
        "link": on_link,
        "close_waiting": on_close_waiting,
        "unlink": on_unlink,
        "ask_help": on_ask_help,
        "step_out": on_step_out,
        "park": on_park,
        "take_up": on_take_up,
        "close": on_close,
        "reopen": on_reopen,
        "after_hard": on_after_hard,
        "acknowledge": on_acknowledge,
        "answer_alert": on_answer_alert,
        **finding.EVENTS,
        **following_up.EVENTS,
        **hand_offs.EVENTS,
        **leads.EVENTS,
        **summoning.EVENTS,
    }


def _epoch(payload: Payload) -> int | None:
    """Since when the writer holds the chat: what comes too late is refused as `stale`."""
    return wire.maybe_number(payload, "epoch")


def _why(payload: Payload) -> str | None:
    return text.clean_or_none(payload.get("why"), limit=REASON_LENGTH, field="why")
