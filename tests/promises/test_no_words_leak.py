"""What people write, and where they come from, is in no log, no table, no page that leaves."""

from __future__ import annotations

import re

import pytest
from sqlmodel import SQLModel

from helpline.store import tables
from tests.databases import BOTH
from tests.promises import leaking
from tests.promises.leaking import marked
from tests.promises.practice import serving

pytestmark = pytest.mark.sockets


@pytest.fixture(scope="module", params=BOTH)
def on(request):
    return request.param


@pytest.fixture(scope="module")
def told(weeks, on, tmp_path_factory):
    """A server that was told everything, then broken everywhere: what it left behind."""
    pigeonhole = leaking.Pigeonhole()
    folder = tmp_path_factory.mktemp("leak") / "house"
    with serving(weeks(on), folder, fault="faults_hold_words", PAGE_URL=pigeonhole.url) as house:
        seen = leaking.talk_everywhere(house)
        leaking.break_everywhere(house, seen)
        pigeonhole.wait_for(b"Sol")
        shown = leaking.shown_to_operators(house)
        running = leaking.leaks(house, seen.secrets, **shown)
        house.stop()
        shown["pages"] = b"\n".join(pigeonhole.bodies)
        stopped = leaking.leaks(house, seen.secrets, **shown)
        log = house.log.read_text()
    pigeonhole.close()
    return seen, shown, running, stopped, log


def test_no_word_and_no_secret_lies_open_anywhere(told):
    _, _, running, stopped, _ = told

    assert running == []
    assert stopped == []


def test_pages_leave_the_building_and_say_nothing_of_what_was_written(told):
    _, shown, *_ = told

    assert b"Sol" in shown["pages"]
    assert leaking.WORD.encode() not in shown["pages"]


def test_a_fault_is_logged_with_its_place_and_without_what_it_quotes(told):
    *_, log = told

    assert "ValueError" in log
    assert "planted.py" in log


def test_words_that_break_the_triage_are_kept(told):
    seen, *_ = told

    assert seen.acks["break-triage"]["ok"]
    assert seen.acks["break-sum"]["ok"]
    assert seen.acks["break-telling"]["ok"]


def test_words_that_could_not_be_kept_are_never_acknowledged(told):
    seen, *_ = told

    for fault in ("break-store", "break-commit"):
        assert seen.acks[fault]["error"]["code"] == "try_again"
    assert seen.acks["form"]["status"] == 503


def test_visitors_get_no_cookie(told):
    seen, *_ = told

    assert seen.cookies == []


def test_a_house_that_logs_what_its_faults_say_is_found_out(week, tmp_path):
    with serving(week, tmp_path / "house", fault="logs_words") as house:
        leaking.break_everywhere(house, leaking.Telltale())
        house.stop()

        found = leaking.leaks(house, [])

    assert f"server.log: {marked('break-store')}" in found


def test_no_table_has_a_place_for_where_somebody_comes_from():
    telling = re.compile(
        r"(^|_)(ip|ips|addr|address|remote|host|agent|ua|browser|cookie|referer|forwarded)($|_)"
    )

    columns = [
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
    ]

    assert tables.Chat.__tablename__ in {each.partition(".")[0] for each in columns}
    assert [each for each in columns if telling.search(each.partition(".")[2])] == []
    assert all(telling.search(each) for each in ("ip_address", "user_agent", "cookie"))
