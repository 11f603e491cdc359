"""What those who are connected here have been told of each chat, and what has passed them by.

Telling is quick and may be lost: an event of another process, a hiccup of ours. A look at the
store, every second, finds what is missing. One look alone proves nothing, because the telling may
be on its way: only what was missing at the look before, and still is, is told.
"""

from __future__ import annotations

from collections.abc import Mapping

from helpline.domain import events
from helpline.store.standing import Standing


class Following:
    """`seqs`: the last message told of each chat; `shown`: how it stood when it was last shown;
    `version`: of the boards that were last shown."""

    def __init__(self) -> None:
        self.seqs: dict[str, int] = {}
        self.shown: dict[str, Standing] = {}
        self.version: int | None = None
        self._before: Mapping[str, Standing] = {}
        self._version_before: int | None = None

    def missed(self, now: Mapping[str, Standing]) -> list[events.Event]:
        """What to tell again, given how each chat stands that somebody here follows."""
        before, self._before = self._before, now
        for gone in (self.seqs.keys() | self.shown.keys()) - now.keys():
            self.forget(gone)
        found: list[events.Event] = []
        for chat_id in before.keys() & now.keys():  # who just came has asked for everything
            then = before[chat_id]
            if self.seqs.setdefault(chat_id, then.seq) < then.seq:
                found.append(events.MessageSaid(chat_id, then.seq, "unknown"))
            if not self.shown.setdefault(chat_id, then).looks_like(then):
                found.append(events.ChatChanged(chat_id))
        return found

    def boards_are_behind(self, version: int) -> bool:
        """Whether boards that changed before the last look were not shown since."""
        before, self._version_before = self._version_before, version
        if self.version is None:
            self.version = before
        return before is not None and self.version is not None and self.version < before

    def forget(self, chat_id: str) -> None:
        """Nobody here follows this chat any more."""
        self.seqs.pop(chat_id, None)
        self.shown.pop(chat_id, None)
