"""Round changes of the clocks and through a whole year: every shift once, every reminder once, the
ladder in order, whatever the sweeps do."""

from __future__ import annotations

from datetime import datetime

import pytest

from helpline.store.engines import open_engine
from helpline.store.transaction import Store
from tests.actions.year import Year, day

ZONES = ("Europe/Dublin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
MOODS = ("calm", "doubled", "wild")


@pytest.fixture
def on() -> str:
    """The rule is the same on both; a year on one of them is long enough."""
    return "sqlite"


def lived(store: Store, zone: str, start: datetime, days: int, mood: str) -> Year:
    made = Year(store, zone, start, days, mood)
    made.run()
    return made


def test_days_round_a_change_of_the_clocks_with_sweeps_late_doubled_and_skipped(store):
    year = lived(store, "Australia/Lord_Howe", day("2027-04-03"), 2, "wild")

    assert year.faults() == []
    assert year.counts["closed"] >= 5
    assert year.sent["reminder"] >= 5
    assert year.gaps > 1


@pytest.mark.full
def test_doubled_sweeps_in_another_order_come_to_the_same(store, open_again, tmp_path, request):
    calm = lived(store, "Europe/Dublin", day("2027-03-28"), 1, "calm").end_state()

    other = request.getfixturevalue("templates")("sqlite")
    url = other.databases.copy(other.empty, tmp_path)
    engine = open_engine(url)
    again = Store(engine, store.vault, lambda _: None, store.packs)
    doubled = lived(again, "Europe/Dublin", day("2027-03-28"), 1, "doubled").end_state()
    engine.dispose()

    assert doubled == calm
    assert calm[2]


@pytest.mark.full
@pytest.mark.slow
@pytest.mark.parametrize("mood", ["wild"])
@pytest.mark.parametrize("zone", ZONES)
def test_a_year(store, zone, mood):
    year = lived(store, zone, day("2027-01-01"), 365, mood)

    assert year.faults() == []
    print(zone, mood, dict(year.counts), dict(year.sent), "gaps:", year.gaps)
