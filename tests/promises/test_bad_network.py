"""However the network fails, at whatever step: nothing is lost, doubled or shown untruthfully.

The real pages in a real browser, behind a proxy of ours. `make test` asks some of each mode and each
step, `make test-all` every mode at every step on both sides.
"""

from __future__ import annotations

import pytest

from tests.promises.bad_network import Conversation
from tests.promises.practice import rising
from tests.promises.proxy import MODES

COMING_BACK = ("connect", "handshake", "shaken", "enter", "entered", "resume", "resume answered")
TALKING = ("say", "say answered", "message told")
STEPS = {
    "visitor": (*COMING_BACK, *TALKING),
    "listener": (*COMING_BACK[:5], "sync", "sync answered", *TALKING),
}
STEP_COMES_WITHIN = 30  # seconds: pages that failed often wait longer between tries
BREAKS = ("cut", "black hole")  # after which nothing passes until the network is back

# In the full run only: on a crowded machine a page may come back too late for a step to be met.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.sockets,
    pytest.mark.slow,
    pytest.mark.full,
]


def cases():
    for side, steps in STEPS.items():
        for step in steps:
            for mode in MODES:
                yield side, mode, step


@pytest.fixture(scope="module")
def house(week, tmp_path_factory):
    folder = tmp_path_factory.mktemp("network") / "house"
    with rising(week, folder, fault="short_pings") as served:
        yield served


@pytest.fixture(scope="module")
def talk(house, browser):
    conversation = Conversation(house, browser)
    yield conversation
    conversation.close()


@pytest.mark.parametrize("side, mode, step", list(cases()))
def test_nothing_is_lost_doubled_or_shown_untruthfully(talk, side, mode, step):
    here, there = getattr(talk, side), getattr(talk, STEPS_OF_THE_OTHER[side])
    words, stays_down = f"{mode}, {step}, {side}", mode in BREAKS
    here.proxy.meddle(mode, step, stays_down=stays_down)

    if step in TALKING[:2]:
        here.writes(words)
        here.proxy.met.wait(STEP_COMES_WITHIN)
        there.writes(f"meanwhile: {words}")
    else:
        if step not in TALKING:
            here.proxy.break_lines()
        there.writes(f"meanwhile: {words}")
        here.proxy.met.wait(STEP_COMES_WITHIN)
        here.writes(words)
    assert here.proxy.met.is_set(), "this step never came"
    if stays_down:
        talk.watch(
            lambda *shown: says_so(here, shown[side == "listener"]), "it says that it is off"
        )
        here.proxy.heal()

    talk.watch(talk.is_whole, "both have everything, once and in order")

    here.proxy.heal()


STEPS_OF_THE_OTHER = {"visitor": "listener", "listener": "visitor"}


def says_so(side, shown):
    """The page says that it is offline, and of each word that is only there that it is not sent."""
    return shown.offline and all(side.not_sent in mark for _, mark in shown.unsent)
