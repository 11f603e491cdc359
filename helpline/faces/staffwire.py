"""What the listener's and the coordinator's namespaces share: a pass, looked up for every event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Flask
from socketio.exceptions import ConnectionRefusedError as Refuse

from helpline.boards.wording import say
from helpline.domain import access, errors
from helpline.domain.access import Who
from helpline.faces import identity, wire
from helpline.faces.house import House
from helpline.faces.identity import Pass
from helpline.live import person_room

ANSWER_FIRST = 0.2  # seconds


class StaffNamespace(wire.Namespace):
    """`verb` is what a person must be allowed to come in here at all."""

    verb: str

    def __init__(self, namespace: str, house: House, app: Flask) -> None:
        super().__init__(namespace, house)
        self._app = app
        self.passes: dict[str, Pass] = {}
        self.languages: dict[str, str] = {}

    def enter(self, sid: str, environ: Mapping[str, Any], auth: Any, now: datetime) -> None:
        try:
            proof = identity.pass_of(environ, auth, self._app, self.house)
            who = identity.who_holds(proof, self.house, now)
            access.require(who, self.verb)
        except (errors.NotSignedIn, errors.NotAllowed) as refused:
            message = say(self.house.default_language, refused.message)
            raise Refuse(message, {"code": refused.code}) from None
        except Exception as fault:
            raise Refuse("", {"code": "try_again"}) from fault
        self.passes[sid] = proof
        self.languages[sid] = who.language
        self.enter_room(sid, person_room(who.id))
        self.came(who, now)

    def came(self, who: Who, now: datetime) -> None:
        """A person is connected."""

    def leave(self, sid: str, now: datetime) -> None:
        self.passes.pop(sid, None)
        self.languages.pop(sid, None)

    def language_of(self, sid: str) -> str:
        return self.languages.get(sid, self.house.default_language)

    def who(self, sid: str, now: datetime) -> Who:
        """Who speaks, as the store has it now; a lost session or role ends its connection."""
        proof = self.passes.get(sid)
        if proof is None:
            raise errors.NotAllowed
        try:
            who = identity.who_holds(proof, self.house, now)
            access.require(who, self.verb)
        except (errors.NotSignedIn, errors.NotAllowed):
            self.server.start_background_task(self._put_out, sid)
            raise errors.NotAllowed from None
        return who

    def _put_out(self, sid: str) -> None:
        """A moment later, so that the refusal arrives first."""
        self.server.sleep(ANSWER_FIRST)
        self.disconnect(sid)

    def let_go_of_revoked(self, now: datetime) -> None:
        """Connections whose session has ended since, for those who say nothing any more."""
        for sid, proof in list(self.passes.items()):
            try:
                access.require(identity.who_holds(proof, self.house, now), self.verb)
            except (errors.NotSignedIn, errors.NotAllowed):
                self.disconnect(sid)
