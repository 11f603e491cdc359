"""The coordinator's namespace: never a visitor's words."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from flask import Flask

from helpline.actions import calling, directing, offering, quieting
from helpline.boards import coordinator as board
from helpline.domain import opening, text
from helpline.faces import wire
from helpline.faces.house import House
from helpline.faces.staffwire import StaffNamespace
from helpline.faces.wire import Ack, Payload
from helpline.live import COORDINATOR

REASON_LENGTH = 200


class CoordinatorNamespace(StaffNamespace):
    verb = "enter_dashboard"

    def __init__(self, house: House, app: Flask) -> None:
        super().__init__(COORDINATOR, house, app)

    def on_sync(self, sid: str, payload: Payload, now: datetime) -> Ack:
        who = self.who(sid, now)
        return {"board": board.board(self.house.store, who, now)}

    def on_assign(self, sid: str, payload: Payload, now: datetime) -> Ack:
        who = self.who(sid, now)
        chat_id, listener = wire.word(payload, "chat"), wire.word(payload, "listener")
        return {"offer": offering.assign(self.house.store, who, chat_id, listener, now=now)}

    def on_acknowledge(self, sid: str, payload: Payload, now: datetime) -> None:
        who = self.who(sid, now)
        directing.acknowledge(self.house.store, who, wire.word(payload, "alert"), now=now)

    def on_call_out(self, sid: str, payload: Payload, now: datetime) -> Ack:
        who = self.who(sid, now)
        return {"call_out": calling.start(self.house.store, who, now=now)}

    def on_end_call_out(self, sid: str, payload: Payload, now: datetime) -> None:
        who = self.who(sid, now)
        calling.end(self.house.store, who, wire.word(payload, "call_out"), now=now)

    def on_answer_alert(self, sid: str, payload: Payload, now: datetime) -> None:
        who = self.who(sid, now)
        alert, answer = wire.word(payload, "alert"), wire.word(payload, "answer")
        quieting.answer(self.house.store, who, alert, answer, now=now)

    def on_set_line(self, sid: str, payload: Payload, now: datetime) -> Ack:
        who = self.who(sid, now)
        is_open = wire.required_flag(payload, "open")
        reason = text.clean_or_none(payload.get("reason"), limit=REASON_LENGTH, field="reason")
        hours = wire.maybe_number(payload, "hours")
        waiting = directing.set_line(
            self.house.store,
            who,
            is_open=is_open,
            reason=reason or "",
            until=opening.by_hand_until(hours, now),
            now=now,
        )
        return {"open": is_open, "waiting": waiting}

    EVENTS: ClassVar[dict[str, wire.Handler]] = {
        "sync": on_sync,
        "assign": on_assign,
        "acknowledge": on_acknowledge,
        "answer_alert": on_answer_alert,
        "set_line": on_set_line,
        "call_out": on_call_out,
        "end_call_out": on_end_call_out,
    }
