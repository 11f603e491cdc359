"""Each promise of several processes is kept, and each seeded fault is found (`docs/never.md`)."""

from __future__ import annotations

import re

import pytest

from tests.promises import side_by_side as both
from tests.promises.side_by_side import Pair
from tests.server import ROOT

ROW = re.compile(r"^\| (?!\d)[^|]+ \| `(\w+)` \| `(\w+)` \|$", re.MULTILINE)

ASKED = {
    both.missed: (both.nobody_catches_up, ["vera missed a word", "vera missed the end"]),
    both.echoed: (both.ours_is_waited_for_no_longer, ["her own word came back"]),
    both.missed_while_coming_back: (
        both.a_page_is_bound_too_late,
        ["a word between the look and the room"],
    ),
    both.taken_for_gone: (both.nobody_says_that_she_is_here, ["she is here"]),
    both.lost_beside: (
        both.only_its_holder_reads,
        ["sol missed a word", "sol missed a whisper"],
    ),
    both.watched_unknown: (both.nobody_catches_up, ["leo does not know of it"]),
    both.swept_late: (both.a_sweeper_without_a_fence, ["a sleeper kept something"]),
    both.words_in_hints: (both.payloads_pass_through_redis, ["a word passed"]),
}


@pytest.mark.parametrize("asked", ASKED, ids=lambda each: each.__name__)
def test_the_promise_is_kept_and_the_seeded_fault_is_found(
    store, open_again, cast, now, asked, monkeypatch
):
    plant, consequences = ASKED[asked]
    beside = open_again()

    assert asked(Pair.talk(store, beside, cast.leo, now)) == []

    plant(monkeypatch.setattr)
    assert asked(Pair.talk(store, beside, cast.lin, now)) == consequences


def test_the_book_names_each_promise_and_its_fault():
    in_book = ROW.findall((ROOT / "docs" / "never.md").read_text("utf-8"))

    assert in_book == [(asked.__name__, plant.__name__) for asked, (plant, _) in ASKED.items()]
