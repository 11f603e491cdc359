"""Many routers at once, and connections that end under them: nobody is lost, nobody doubled."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.promises import crowd
from tests.promises.crowd import Size, violations

pytestmark = pytest.mark.slow

# The whole of it, 16 routers and 10,000 chats, is `make bench-routers`.
SMALL = Size(routers=4, desks=2, listeners=12, chats=120, cuts=20, within=200)

FEW = replace(SMALL, chats=60, cuts=0, within=20)  # for a fault that shows at once


@pytest.fixture
def on():
    return "postgresql"


@pytest.fixture
def gather(open_again, store, cast, tmp_path):
    url = store.engine.url.render_as_string(hide_password=False)

    def run(size, faults=()):
        return crowd.gather(url, tmp_path / "keys", cast, size, faults)

    return run


def test_routers_at_once_double_nobody_forget_nobody_and_go_over_no_seats(gather):
    seen = gather(SMALL)

    assert violations(seen) == []
    assert {"accepted", "declined", "lapsed", "taken"} <= set(seen.offers)


@pytest.mark.parametrize(
    "size, faults, complaint",
    [
        (FEW, ["stale_reads", "no_where", "no_index"], "two people had"),
        (FEW, ["seats_counted_before"], "more than their seats"),
        pytest.param(
            replace(SMALL, routers=8, chats=400, within=120),
            ["writers_side_by_side"],
            "more than their seats",
            marks=pytest.mark.full,
        ),
        pytest.param(
            FEW, ["looked_at_once"], "nobody was ever asked about", marks=pytest.mark.full
        ),
    ],
)
def test_routers_that_break_the_promise_are_found_out(gather, size, faults, complaint):
    found = violations(gather(replace(size, critical=0.5), faults))

    assert [each for each in found if complaint in each]
