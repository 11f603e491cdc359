"""Has rosters thought out in a process of their own, and keeps what it says.

The server only looks every two seconds: nothing of the thinking runs in it. Whoever thinks knows
no secret of the server's: it is handed the question, and answers in lines of JSON in a file.
"""

from __future__ import annotations

import json
import logging
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from helpline.actions import proposing
from helpline.domain import proposals
from helpline.domain.rostering import Question
from helpline.store.transaction import Store

log = logging.getLogger(__name__)

ROOT = Path(__file__).parent.parent
WORKERS = 8
READS_IN = timedelta(seconds=120)  # besides its time of thinking: to read the question and to end
LOOKS_EVERY = 2.0  # seconds


class Thought:
    """A process that thinks about one question."""

    def __init__(self, proposal_id: str, question: Question, seconds: float, now: datetime) -> None:
        self.proposal_id, self.question, self.seconds = proposal_id, question, seconds
        self.late_at = now + timedelta(seconds=seconds) + READS_IN
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - read until it is over
        with tempfile.TemporaryFile() as asked:
            pickle.dump(question, asked)
            asked.seek(0)
            self._process = subprocess.Popen(
                [sys.executable, "-m", "helpline.solving", str(seconds), str(WORKERS)],
                stdin=asked,
                stdout=self._said,
                stderr=subprocess.DEVNULL,
                cwd=ROOT,
                env={"PATH": ""},
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_over(self) -> bool:
        return self._process.poll() is not None

    def said(self) -> dict[str, Any] | None:
        """The last whole line."""
        self._said.seek(0)
        lines = self._said.read().split(b"\n")[:-1]
        found: dict[str, Any] | None = json.loads(lines[-1]) if lines else None
        return found

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        self._said.close()


class Rosterer:
    """One question at a time; `look` is called by one process, every few seconds."""

    def __init__(
        self, store: Store, *, clock: Callable[[], datetime], seconds: float = proposals.SECONDS
    ) -> None:
        self._store, self._clock, self._seconds = store, clock, seconds
        self.thought: Thought | None = None

    def look(self) -> None:
        now = self._clock()
        if self.thought is not None:
            self._follow(self.thought, now)
            return
        proposing.fail_lost(self._store, now=now)
        begun = proposing.begin_next(self._store, now=now)
        if begun is not None:
            self.thought = Thought(*begun, self._seconds, now)

    def stop(self) -> None:
        """The server stops: what it had thought out is lost, and says so."""
        if self.thought is not None:
            self._give_up(self.thought, "lost", self._clock())

    def _follow(self, thought: Thought, now: datetime) -> None:
        over, said = thought.is_over(), thought.said()
        if over and said is not None and said["kind"] == "end":
            proposing.end(self._store, thought.proposal_id, said, now=now)
            self._close(thought)
        elif over:
            self._think_plainly(thought, now)
        elif now > thought.late_at:
            self._give_up(thought, "late", now)
        elif not proposing.beat(self._store, thought.proposal_id, _progress(said), now=now):
            self._close(thought)

    def _think_plainly(self, thought: Thought, now: datetime) -> None:
        """The solver failed: once more without it."""
        log.error("the solver of rosters ended early")
        if thought.seconds <= 0:
            self._give_up(thought, "died", now)
            return
        self._close(thought)
        if proposing.beat(self._store, thought.proposal_id, {"solver_failed": True}, now=now):
            self.thought = Thought(thought.proposal_id, thought.question, 0, now)

    def _give_up(self, thought: Thought, why: str, now: datetime) -> None:
        self._close(thought)
        proposing.fail(self._store, thought.proposal_id, why, now=now)

    def _close(self, thought: Thought) -> None:
        thought.stop()
        self.thought = None


def _progress(said: dict[str, Any] | None) -> dict[str, Any]:
    """What the page shows meanwhile."""
    if said is None:
        return {}
    names: Sequence[str] = ("method", "cost", "coverage", "coverage_now", "bound")
    return {name: said[name] for name in names}
