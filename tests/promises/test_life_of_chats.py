"""The whole life of chats, in any order of deeds: what holds always, and faults that break it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from helpline.store import packs
from helpline.store.engines import open_engine
from helpline.store.transaction import Store
from helpline.store.vault import Vault
from tests.actions import faults
from tests.databases import Templates
from tests.promises.life import Life
from tests.promises.stage import Line, write_down

# The same choices in every run (ids are drawn anew); `make test-all` asks more.
ALWAYS = settings(
    max_examples=6,
    stateful_step_count=30,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
OFTEN = settings(ALWAYS, max_examples=80, stateful_step_count=40)
TO_BREAK = settings(OFTEN, max_examples=100, phases=[Phase.generate], report_multiple_bugs=False)


@pytest.fixture(scope="module")
def machine(
    templates: Callable[[str], Templates],
    tmp_path_factory: pytest.TempPathFactory,
    lexicon: tuple[packs.Pack, ...],
) -> Iterator[type[Life]]:
    """Each example has the cast in a fresh copy, on one engine: it compiles a statement once."""
    made, folder = templates("sqlite"), tmp_path_factory.mktemp("life")
    settled, cast = made.settled
    url = made.databases.copy(settled, folder)
    engine = open_engine(url)

    class OnSqlite(Life):
        @staticmethod
        def line() -> Line:
            engine.dispose()
            made.databases.refill(url, settled)
            store = Store(engine, Vault(folder / "keys"), packs=lexicon)
            write_down(store)
            return Line(store, cast, NOW)

    yield OnSqlite
    engine.dispose()


NOW = datetime.fromisoformat("2026-11-18T20:00:00+00:00")


def test_whatever_is_done_in_whatever_order_the_promises_hold(machine: type[Life]) -> None:
    run_state_machine_as_test(machine, settings=ALWAYS)


@pytest.mark.full
@pytest.mark.slow
def test_and_for_much_longer(machine: type[Life]) -> None:
    run_state_machine_as_test(machine, settings=OFTEN)


QUICK = (
    faults.a_chat_is_looked_at_once,
    faults.silence_is_golden,
)
SLOWER = (
    faults.a_decline_ends_the_chat,
    faults.a_lost_connection_is_a_goodbye,
    faults.a_pending_offer_is_no_load,
    faults.a_rescue_is_one_try,
    faults.a_silent_visitor_is_left_alone,
    faults.a_timer_closes_what_is_silent,
    faults.a_transfer_lets_go_at_once,
    faults.old_chats_are_swept_away,
    faults.who_stepped_out_is_asked_again,
    faults.writing_again_is_arriving_again,
)


@pytest.mark.parametrize(
    "fault", [*QUICK, *(pytest.param(each, marks=pytest.mark.full) for each in SLOWER)]
)
def test_a_fault_is_met_on_the_way(
    machine: type[Life], monkeypatch: pytest.MonkeyPatch, fault: Callable[..., None]
) -> None:
    """Each is found by a promise that is broken, within a hundred lives at the most."""
    fault(monkeypatch.setattr)

    with pytest.raises(AssertionError, match=r"^\w+: \["):
        run_state_machine_as_test(machine, settings=TO_BREAK)
