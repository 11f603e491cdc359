"""The deeds of silence: who answers and who does not, types, looks away, is set aside or linked."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from helpline.actions import likening, listening, quieting, visiting
from tests import makers
from tests.promises.stage import Stage

# What may happen after each wait; most often nothing does.
MOMENTS = (
    "nothing", "nothing", "nothing", "nothing", "types", "hides", "shows",
    "set_aside", "take_up", "keep_open", "close", "put_back",
)  # fmt: skip


class Stillness(Stage):
    @rule(
        number=st.integers(0, 5),
        answers=st.sampled_from([True, True, False]),
        minutes=st.sampled_from([1, 4, 4, 5, 5, 30]),
        moments=st.lists(st.sampled_from(MOMENTS), min_size=2, max_size=6),
    )
    def nobody_writes(self, number: int, answers: bool, minutes: int, moments: list[str]) -> None:
        """In one chat, for long; the line looks at it again and again."""
        held = self.talk(number)
        if held is None:
            return
        if answers:
            who, words = self.who(held["holder_id"]), (makers.client_id(), "I am here.")
            self.does("answer", listening.say, who, held["id"], *words)
            self.all_is_well()
        for each in moments:
            self.passes(minutes * 60, ["silence", "routing"])
            self.all_is_well()
            self._happens(each, held["id"])
            self.all_is_well()

    def _happens(self, moment: str, chat_id: str) -> None:
        them, holder_id = self.visitors[chat_id], self.look.by_id[chat_id]["holder_id"]
        if moment == "types":
            them.stirred_at = self.now
            self.does(moment, visiting.types, chat_id)
        elif moment in ("hides", "shows") and them.here:
            them.hidden = moment == "hides"
            self.does(moment, visiting.shows, chat_id, hidden=them.hidden)
        elif moment in ("set_aside", "take_up") and holder_id:
            deed = quieting.park if moment == "set_aside" else quieting.take_up
            self.does(moment, deed, self.who(holder_id), chat_id)
        elif moment in ("keep_open", "close", "put_back"):
            self._lead_says(moment, chat_id)

    def _lead_says(self, word: str, chat_id: str) -> None:
        for alert in self.look.alerts:
            if alert["chat_id"] == chat_id:
                self.does("lead_says", quieting.answer, self.cast.sol, alert["id"], word)
                self.answered = "" if self.refused or word != "close" else chat_id
                self.all_is_well()

    @rule(number=st.integers(0, 5))
    def somebody_waits_for_an_answer(self, number: int) -> None:
        self.nobody_writes(number, False, 4, ["nothing", "nothing"])

    @precondition(lambda self: len(self.visitors) > 1)
    @rule(number=st.integers(0, 5), other=st.integers(0, 5), apart=st.sampled_from([0, 0, 1]))
    def same_person(self, number: int, other: int, apart: int) -> None:
        one, two = sorted(self.visitor(each).opened.chat_id for each in (number, other))
        deed = likening.unlink if apart else likening.link
        self.does("unlink" if apart else "link", deed, self.cast.sol, one, two)
        if not self.refused:
            (self.links.discard if apart else self.links.add)((one, two))
