"""Somebody is told at three in the morning: alerts and pages on a clock that only we move."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from threading import Barrier, Thread

import pytest
from freezegun import freeze_time
from sqlalchemy import select

from helpline import clock, jobs, pager
from helpline.actions import (
    directing,
    furnishing,
    handing,
    judging,
    listening,
    offering,
    paging,
    settling,
    visiting,
    watching,
)
from helpline.actions.paging import Call
from helpline.boards import alerts as alert_board
from helpline.boards import visitor as visitor_board
from helpline.boards import wording
from helpline.domain import alarms, errors
from helpline.domain.access import Who
from helpline.domain.chat import ChatState
from helpline.domain.urgency import Level
from helpline.store import alerts
from helpline.store.tables import Alert, Page
from tests import makers
from tests.actions.evening import CRITICAL, HIGH, ROUTINE, SWEEPS, Evening
from tests.conftest import NOW

AT_THREE = NOW.replace(hour=3)


class Night(Evening):
    """An evening whose time is the frozen clock's, with a pager that keeps what it sent."""

    frozen: object
    sent: list[Call]
    fails: bool = False

    def ticks(self, seconds: float, *sweeps: str, every: float = 15) -> None:
        """The clock moves on, step by step; these sweeps and the pager run."""
        until = self.now + timedelta(seconds=seconds)
        while self.now < until:
            self.frozen.tick(min(timedelta(seconds=every), until - self.now))
            self.runs(*sweeps)

    def runs(self, *sweeps: str) -> None:
        self.now = clock.now()
        self.beat()
        self.sweep(*(sweeps or ("routing", "watching", "silence", "line")))
        paging.send_due(self.store, self.send, clock=clock.now)

    def send(self, call: Call) -> bool:
        if self.fails:
            return False
        self.sent.append(call)
        return True

    def told(self, kind: str) -> list[str]:
        """Who got a page of this kind, in the order of their names."""
        return sorted(call.person_name for call in self.sent if call.kind == kind)

    def owns(self, kind: str) -> None:
        directing.acknowledge(self.store, self.cast.sol, self.alerts()[kind].id, now=self.now)

    def all_alerts(self, kind: str) -> list[Alert]:
        with self.store.reading() as tx:
            query = select(Alert).where(Alert.kind == kind).order_by(Alert.since)
            return list(tx.session.scalars(query))

    def pages(self, kind: str) -> list[Page]:
        with self.store.reading() as tx:
            query = select(Page).join(Alert, Alert.id == Page.alert_id).where(Alert.kind == kind)
            return list(tx.session.scalars(query))


@pytest.fixture
def night(store, cast) -> Iterator[Night]:  # type: ignore[no-untyped-def]
    with freeze_time(AT_THREE, ignore=["_pytest"]) as frozen:
        made = Night(store, cast, clock.now())
        made.frozen, made.sent = frozen, []
        yield made


BOTH = ["Cora", "Sol"]

# -- a critical chat that nobody answers --------------------------------------------------------


def test_a_critical_chat_unanswered_for_a_minute_calls_lead_and_coordinator(night: Night) -> None:
    night.ready(night.cast.leo)
    opened = night.opens(CRITICAL)

    night.ticks(59.9)
    assert night.told("unanswered") == []
    night.ticks(0.1)

    assert night.told("unanswered") == BOTH
    assert night.alerts()["unanswered"].chat_id == opened.chat_id


def test_the_leads_know_after_half_a_minute_and_before_the_coordinator_is_paged(
    night: Night,
) -> None:
    night.ready(night.cast.leo)
    opened = night.opens(CRITICAL)

    night.ticks(29.9)
    assert night.sent == []
    night.ticks(0.1)

    assert night.told("rings_too_long") == ["Sol"]
    assert night.alerts()["rings_too_long"].chat_id == opened.chat_id
    night.ticks(29.9, every=5)
    assert [call.person_name for call in night.sent] == ["Sol"]


def test_they_know_also_when_the_router_stands_still(night: Night) -> None:
    night.ready(night.cast.leo)
    night.opens(CRITICAL)

    night.ticks(30, "watching")

    assert night.told("rings_too_long") == ["Sol"]


@pytest.mark.parametrize("words", [ROUTINE, HIGH])
def test_they_are_not_told_of_a_chat_that_is_not_critical(night: Night, words: str) -> None:
    night.ready(night.cast.leo)
    night.opens(words)

    night.ticks(60)

    assert night.told("rings_too_long") == []


def test_after_the_whole_minute_one_alarm_takes_the_place_of_the_other(night: Night) -> None:
    night.ready(night.cast.leo)
    night.opens(CRITICAL)
    night.ticks(30)
    night.owns("rings_too_long")

    night.ticks(60)

    assert sorted(night.alerts()) == ["unanswered"]
    assert night.told("unanswered") == BOTH
    assert len(night.all_alerts("rings_too_long")) == 1


def test_it_is_over_once_somebody_takes_the_chat(night: Night) -> None:
    leo = night.cast.leo
    night.ready(leo)
    night.opens(CRITICAL)
    night.ticks(30)
    assert "rings_too_long" in night.alerts()

    while not night.offered(leo):
        night.ticks(5)
    night.accepts(leo)

    assert night.alerts() == {}


def test_it_calls_once_for_each_spell(night: Night) -> None:
    night.ready(night.cast.leo)
    night.opens(CRITICAL)

    night.ticks(300)

    assert night.told("unanswered") == BOTH
    assert len(night.all_alerts("unanswered")) == 1


@pytest.mark.parametrize("words", [ROUTINE, HIGH])
def test_a_chat_that_is_not_critical_calls_nobody_after_a_minute(night: Night, words: str) -> None:
    night.ready(night.cast.leo)
    night.opens(words)

    night.ticks(130, every=65)

    assert night.told("unanswered") == []


def test_the_minute_counts_from_the_words_that_were_critical(night: Night) -> None:
    night.ready(night.cast.leo)
    opened = night.opens(ROUTINE)
    night.ticks(300, every=100)
    night.says(opened, CRITICAL)

    night.ticks(59)
    assert night.told("unanswered") == []
    night.ticks(1)

    assert night.told("unanswered") == BOTH


def test_it_is_noticed_also_when_the_router_stands_still(night: Night) -> None:
    night.ready(night.cast.leo)
    night.opens(CRITICAL)

    night.ticks(60, "watching")

    assert night.told("unanswered") == BOTH


def test_after_two_minutes_the_visitor_sees_where_else_to_turn_and_stays_in_line(
    night: Night, directory: list[str]
) -> None:
    night.ready(night.cast.leo)
    opened = night.opens(CRITICAL)
    night.ticks(119.9)
    assert makers.transcript(night.store, opened.chat_id) == [CRITICAL]

    night.ticks(0.1)
    night.ticks(60)

    assert makers.transcript(night.store, opened.chat_id) == [CRITICAL, "[call_or_text]"]
    assert night.in_line() == {opened.chat_id}
    page = visitor_board.page(night.store, opened.token, night.now)
    assert page["chat"]["urgent_help"]
    assert [each["id"] for each in page["chat"]["resources"]] == directory
    assert "You are still in line." in page["messages"][-1]["text"]
    assert page["chat"]["place"] == 1


def stands_still(night: Night, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    return "watching", "line"


def raises_each_time(night: Night, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    def fails(store, *, now):  # type: ignore[no-untyped-def]
        raise ZeroDivisionError

    monkeypatch.setitem(SWEEPS, "routing", _guarded(fails))
    return "routing", "watching", "line"


def _guarded(sweep: Callable[..., None]) -> Callable[..., None]:
    """As the loop of the sweeps runs it."""
    return lambda store, *, now: jobs._guarded("routing", partial(sweep, store, now=now))


@pytest.mark.parametrize("router", [stands_still, raises_each_time])
def test_the_ages_are_the_databases_and_no_routers(
    night: Night,
    directory: list[str],
    monkeypatch: pytest.MonkeyPatch,
    router: Callable[[Night, pytest.MonkeyPatch], tuple[str, ...]],
) -> None:
    """Leads after 30 s, the coordinator after 60, more help for the visitor after 120."""
    night.ready(night.cast.leo)
    sweeps = router(night, monkeypatch)
    opened = night.opens(CRITICAL)
    said = []

    for seconds in (29, 1, 29, 1, 59, 1):
        night.ticks(seconds, *sweeps)
        shown = "[call_or_text]" in makers.transcript(night.store, opened.chat_id)
        said.append((night.told("rings_too_long"), night.told("unanswered"), shown))

    assert said == [
        ([], [], False),
        (["Sol"], [], False),
        (["Sol"], [], False),
        (["Sol"], BOTH, False),
        (["Sol"], BOTH, False),
        (["Sol"], BOTH, True),
    ]
    assert night.chat(opened).first_offered_at is None
    page = visitor_board.page(night.store, opened.token, night.now)
    assert [each["id"] for each in page["chat"]["resources"]] == directory


def test_the_alarm_is_over_once_somebody_answers(night: Night) -> None:
    leo = night.cast.leo
    night.ready(leo)
    night.opens(CRITICAL)
    night.ticks(60)
    assert "unanswered" in night.alerts()

    while not night.offered(leo):
        night.ticks(5)
    night.accepts(leo)

    assert "unanswered" not in night.alerts()
    assert night.all_alerts("unanswered")[0].over_at == night.now


def test_the_alarm_is_over_when_the_visitor_goes(night: Night) -> None:
    night.ready(night.cast.leo)
    opened = night.opens(CRITICAL)
    night.ticks(60)

    visiting.leave(night.store, opened.token, quick=False, now=night.now)
    night.ticks(5)

    assert "unanswered" not in night.alerts()
    assert night.all_alerts("unanswered")[0].over_at == night.now


def test_a_new_spell_is_a_new_alarm(night: Night) -> None:
    leo = night.cast.leo
    night.ready(leo)
    night.opens(CRITICAL)
    night.ticks(60)
    while not night.offered(leo):
        night.ticks(5)
    night.accepts(leo)
    night.ticks(600, every=300)
    night.loses(leo)
    night.ticks(90, every=30)
    assert len(night.all_alerts("unanswered")) == 1

    night.ticks(60)

    first, second = night.all_alerts("unanswered")
    assert first.over_at is not None
    assert second.over_at is None
    assert night.told("unanswered") == sorted(2 * BOTH)


# -- a listener who does not answer --------------------------------------------------------------


def says(night: Night, who: Who, chat_id: str, text: str = "I am here.") -> None:
    listening.say(night.store, who, chat_id, makers.client_id(), text, now=night.now)


def test_a_listener_who_never_answers_is_noticed(night: Night) -> None:
    """The tab is open, the lease runs, nobody writes."""
    leo = night.cast.leo
    night.ready(leo)
    opened = night.talks(leo, HIGH)

    night.ticks(179, every=60)
    assert night.alerts() == {}
    night.ticks(1)

    assert night.told("silent") == ["Sol"]
    alert = night.alerts()["silent"]
    assert (alert.chat_id, alert.person_id) == (opened.chat_id, leo.id)


def test_a_visitor_who_keeps_asking_does_not_start_it_anew(night: Night) -> None:
    leo = night.cast.leo
    night.ready(leo)
    opened = night.talks(leo, HIGH)
    says(night, leo, opened.chat_id)
    night.ticks(600, every=300)
    assert night.alerts() == {}

    for _ in range(3):
        night.says(opened, "are you there?")
        night.ticks(60)

    assert night.told("silent") == ["Sol"]


def test_an_answer_ends_it_and_the_next_silence_is_another(night: Night) -> None:
    leo = night.cast.leo
    night.ready(leo)
    opened = night.talks(leo, HIGH)
    night.ticks(180, every=60)
    assert "silent" in night.alerts()

    says(night, leo, opened.chat_id)
    night.ticks(5)
    assert night.alerts() == {}
    night.says(opened, "thank you")
    night.ticks(180, every=60)

    assert len(night.all_alerts("silent")) == 2
    assert night.told("silent") == ["Sol", "Sol"]


def test_the_end_of_the_chat_ends_it(night: Night) -> None:
    leo = night.cast.leo
    night.ready(leo)
    opened = night.talks(leo, HIGH)
    night.ticks(180, every=60)

    visiting.leave(night.store, opened.token, quick=False, now=night.now)
    night.ticks(5)

    assert "silent" not in night.alerts()


def test_the_silence_of_a_chat_without_risk_is_told_after_seven_minutes(night: Night) -> None:
    night.ready(night.cast.leo)
    night.talks(night.cast.leo, ROUTINE)

    night.ticks(419, every=60)
    assert night.sent == []
    night.ticks(1)

    assert night.told("waits_for_answer") == ["Sol"]


def test_whoever_gets_the_chat_has_time_of_their_own(night: Night) -> None:
    leo, lin = night.cast.leo, night.cast.lin
    night.ready(leo, lin)
    opened = night.talks(leo, HIGH)
    night.ticks(170, every=85)

    handed = handing.hand_off(
        night.store, leo, opened.chat_id,
        kind="listener", to_id=lin.id, words=None, now=night.now,
    )  # fmt: skip
    listening.accept(night.store, lin, handed.id, now=night.now)
    night.ticks(179, every=60)
    assert night.alerts() == {}
    night.ticks(1)

    assert night.alerts()["silent"].person_id == lin.id


# -- nobody can take a chat ---------------------------------------------------------------------


def test_with_somebody_waiting_nobody_there_is_told_at_once(night: Night) -> None:
    night.hold_open()
    night.opens(ROUTINE)

    night.runs()

    assert night.told("nobody_there") == BOTH


def test_with_nobody_waiting_it_is_told_after_two_minutes(night: Night) -> None:
    night.hold_open()
    night.runs()

    night.ticks(119.9)
    assert night.sent == []
    night.ticks(0.1)

    assert night.told("nobody_there") == BOTH


def test_somebody_who_comes_in_meanwhile_makes_it_urgent(night: Night) -> None:
    night.hold_open()
    night.ticks(30)
    assert night.sent == []

    night.opens(ROUTINE)
    night.ticks(5)

    assert night.told("nobody_there") == BOTH


def test_a_change_of_shift_that_takes_a_minute_calls_nobody(night: Night) -> None:
    night.hold_open()
    night.ticks(100)

    night.ready(night.cast.leo)
    night.ticks(300, every=100)

    assert night.sent == []
    assert night.alerts() == {}


def test_a_line_whose_people_are_booked_but_away_calls_too(night: Night) -> None:
    """Not held open by hand: three are booked, none is ready."""
    night.runs()

    night.ticks(120)

    assert night.told("nobody_there") == BOTH


def test_a_line_closed_by_hand_with_nobody_waiting_calls_nobody(night: Night) -> None:
    directing.set_line(night.store, night.cast.cora, is_open=False, reason="", now=night.now)

    night.ticks(300, every=100)

    assert night.sent == []


def test_busy_people_are_people(night: Night) -> None:
    leo = night.cast.leo
    night.ready(leo)
    night.talks(leo, CRITICAL)
    night.opens(ROUTINE)

    night.ticks(300)

    assert night.told("nobody_there") == []


def test_nobody_there_is_over_when_somebody_is(night: Night) -> None:
    night.hold_open()
    night.ticks(130, every=65)
    assert "nobody_there" in night.alerts()

    night.ready(night.cast.leo)
    night.ticks(5)
    assert night.alerts() == {}
    listening.go_away(night.store, night.cast.leo, now=night.now)
    night.ticks(130, every=65)

    assert len(night.all_alerts("nobody_there")) == 2


# -- owned --------------------------------------------------------------------------------------


def test_an_owned_alarm_calls_nobody_any_more(night: Night) -> None:
    night.hold_open()
    night.ticks(60)
    night.owns("nobody_there")

    night.opens(ROUTINE)
    night.ticks(300)

    assert night.told("nobody_there") == []
    assert night.alerts()["nobody_there"].acknowledged_by == night.cast.sol.id
    assert all(each.given_up_at is not None for each in night.pages("nobody_there"))


def test_an_owned_alarm_stays_until_it_is_over(night: Night) -> None:
    night.ready(night.cast.leo)
    night.opens(CRITICAL)
    night.ticks(65)
    night.owns("unanswered")

    night.ticks(300)

    assert night.told("unanswered") == BOTH
    assert len(night.all_alerts("unanswered")) == 1
    shown = alert_board.alert_of(night.store, night.alerts()["unanswered"].id, "en")
    assert shown["acknowledged_by"] == "Sol"


def test_the_first_owner_stays(night: Night) -> None:
    night.hold_open()
    night.ticks(5)
    alert = night.alerts()["nobody_there"]

    directing.acknowledge(night.store, night.cast.cora, alert.id, now=night.now)
    directing.acknowledge(night.store, night.cast.sol, alert.id, now=night.now)

    assert night.alerts()["nobody_there"].acknowledged_by == night.cast.cora.id
    with pytest.raises(errors.NotAllowed):
        directing.acknowledge(night.store, night.cast.leo, alert.id, now=night.now)
    with pytest.raises(errors.NotFound):
        directing.acknowledge(night.store, night.cast.sol, "no-such-alert", now=night.now)


def test_what_happened_once_is_over_when_somebody_owns_it(night: Night) -> None:
    leo = night.cast.leo
    night.ready(leo)
    opened = night.talks(leo)
    handing.ask_help(night.store, leo, opened.chat_id, None, now=night.now)
    night.ticks(60)
    assert "help_asked" in night.alerts()

    night.owns("help_asked")
    night.ticks(5)
    assert night.alerts() == {}
    handing.ask_help(night.store, leo, opened.chat_id, None, now=night.now)
    night.ticks(5)

    assert night.told("help_asked") == ["Sol", "Sol"]


def test_an_owned_alarm_about_missed_offers_does_not_come_back_with_each_miss(
    night: Night,
) -> None:
    leo = night.cast.leo
    night.ready(leo)
    night.opens(HIGH)
    night.ticks(120)
    night.owns("last_one_misses")

    night.ticks(180)
    assert night.told("last_one_misses") == BOTH
    night.ready(leo)
    night.ticks(5)

    assert "last_one_misses" not in night.alerts()


def test_everything_open_can_be_owned_at_once(night: Night) -> None:
    night.hold_open()
    night.opens(CRITICAL)
    night.ticks(70)

    directing.own_everything(night.store, night.cast.cora, now=night.now)

    assert sorted(night.alerts()) == ["nobody_there", "unanswered"]
    assert {each.acknowledged_by for each in night.alerts().values()} == {night.cast.cora.id}


# -- closing over somebody ----------------------------------------------------------------------


def test_closing_by_hand_over_urgent_chats_says_how_many_and_calls(night: Night) -> None:
    night.ready(night.cast.leo)
    night.look()
    for words in (ROUTINE, HIGH, CRITICAL):
        night.opens(words)

    counted = directing.set_line(
        night.store, night.cast.cora, is_open=False, reason="storm", now=night.now
    )
    night.ticks(5, "watching")

    assert counted == {"routine": 1, "elevated": 0, "high": 1, "critical": 1}
    assert night.told("closing_over_urgent") == BOTH
    assert len(night.in_line()) == 3


def test_closing_over_routine_chats_calls_nobody(night: Night) -> None:
    night.ready(night.cast.leo)
    night.look()
    night.opens(ROUTINE)

    directing.set_line(night.store, night.cast.cora, is_open=False, reason="", now=night.now)
    night.ticks(30)

    assert night.told("closing_over_urgent") == []


def test_who_came_while_it_was_closed_is_another_alarm(night: Night) -> None:
    night.ready(night.cast.leo)
    directing.set_line(night.store, night.cast.cora, is_open=False, reason="", now=night.now)
    night.ticks(60)

    night.opens(HIGH)
    night.ticks(30, "watching")

    assert sorted(night.alerts()) == ["urgent_while_closed"]


def test_the_alarm_about_closing_is_over_when_they_are_answered(night: Night) -> None:
    leo = night.cast.leo
    night.ready(leo)
    night.look()
    night.opens(HIGH)
    directing.set_line(night.store, night.cast.cora, is_open=False, reason="", now=night.now)
    night.ticks(5)
    assert "closing_over_urgent" in night.alerts()

    night.accepts(leo)
    night.ticks(5)

    assert night.alerts() == {}


# -- pages --------------------------------------------------------------------------------------


def test_only_who_leads_now_is_called_and_else_every_lead(night: Night) -> None:
    eve = night.hires("eve", lead=True, booked=False)
    night.hold_open()
    night.opens(ROUTINE)

    night.runs()

    assert night.told("nobody_there") == BOTH
    assert eve.name not in night.told("nobody_there")
    with night.store.transaction() as tx:
        nobody_leads = directing.whom_to_page(
            tx, tuple(directing.Role), AT_THREE.replace(year=2025)
        )
    assert {eve.id, night.cast.sol.id, night.cast.cora.id} == set(nobody_leads)


def test_each_page_is_claimed_by_one_process(night: Night, open_again) -> None:
    night.hold_open()
    night.opens(CRITICAL)
    night.frozen.tick(timedelta(seconds=61))
    night.now = clock.now()
    night.sweep("watching")
    due = len(night.pages("unanswered")) + len(night.pages("nobody_there"))
    start, sent = Barrier(2), []

    def deliver() -> None:
        store = open_again()
        start.wait()
        paging.send_due(store, lambda call: not sent.append(call.page_id), clock=clock.now)

    threads = [Thread(target=deliver) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(sent) == len(set(sent)) == due == 4


def test_a_page_is_claimed_even_by_who_saw_it_before_another_took_it(night: Night) -> None:
    """Two processes have both read the page as due; the row count is the verdict."""
    night.hold_open()
    night.opens(ROUTINE)
    night.sweep("watching")
    page = night.pages("nobody_there")[0]
    until = night.now + alarms.PAGE_CLAIM_LASTS

    with night.store.transaction() as tx:
        verdicts = [alerts.claim_page(tx, page.id, night.now, until) for _ in range(2)]

    assert verdicts == [True, False]


def test_a_page_whose_sender_died_is_sent_by_another(night: Night) -> None:
    night.hold_open()
    night.opens(ROUTINE)
    night.sweep("watching")

    def die(call: Call) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        paging.send_due(night.store, die, clock=clock.now)
    night.ticks(55, "watching")
    assert night.sent == []
    night.ticks(10, "watching")

    assert night.told("nobody_there") == BOTH


def test_a_page_that_fails_is_tried_again(night: Night) -> None:
    night.hold_open()
    night.opens(ROUTINE)
    night.fails = True
    night.runs()
    assert night.sent == []

    night.fails = False
    night.ticks(15)

    assert night.told("nobody_there") == BOTH
    assert "page_failed" not in night.alerts()


@pytest.mark.parametrize("how", ["says no", "breaks"])
def test_a_page_that_keeps_failing_is_given_up_and_said_so(
    night: Night, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    night.hold_open()
    night.opens(ROUTINE)
    night.sweep("watching")
    tries: list[datetime] = []

    def fail(call: Call) -> bool:
        if call.person_name == "Sol":
            tries.append(clock.now())
            if how == "breaks":
                raise ConnectionError
            return False
        return night.send(call)

    while "page_failed" not in night.alerts():
        paging.send_due(night.store, fail, clock=clock.now)
        night.frozen.tick(timedelta(seconds=5))
    tried = list(tries)
    paging.send_due(night.store, fail, clock=clock.now)

    assert len(tried) == alarms.PAGE_TRIES
    gaps = [int((after - before).total_seconds()) for before, after in pairwise(tried)]
    assert gaps == [15, 25, 35, 45]
    assert night.alerts()["page_failed"].person_id == night.cast.sol.id
    assert night.told("page_failed") == night.told("nobody_there") == ["Cora"]


def test_failing_pages_about_failing_pages_come_to_an_end(night: Night) -> None:
    night.hold_open()
    night.opens(ROUTINE)
    night.fails = True

    night.ticks((alarms.RUNGS + 3) * AGAIN, "watching", every=60)

    assert len(night.all_alerts("page_failed")) == 2
    assert all(each.given_up_at for each in night.pages("page_failed"))
    assert len(night.pages("page_failed")) == alarms.RUNGS * 2 * len(BOTH)


def test_a_pager_that_works_again_ends_the_alarm_about_it(night: Night) -> None:
    night.hold_open()
    opened = night.opens(ROUTINE)
    night.fails = True
    night.ticks(200, "watching", every=25)
    assert "page_failed" in night.alerts()

    night.fails = False
    visiting.leave(night.store, opened.token, quick=False, now=night.now)
    night.ready(night.cast.leo)
    night.ticks(5)
    listening.go_away(night.store, night.cast.leo, now=night.now)
    night.ticks(150, "watching")

    assert night.told("nobody_there") == BOTH
    assert "page_failed" not in night.alerts()


def test_pages_of_an_alarm_that_is_over_do_not_leave(night: Night) -> None:
    night.hold_open()
    night.opens(ROUTINE)
    night.fails = True
    night.runs()

    night.fails = False
    night.ready(night.cast.leo)
    night.ticks(60)

    assert night.sent == []


# -- called again -------------------------------------------------------------------------------

AGAIN = alarms.CALLED_AGAIN_AFTER.total_seconds()


def test_a_missed_buzz_is_not_the_end(night: Night) -> None:
    """Called every five minutes until somebody owns it, and silent from then on."""
    night.ready(night.cast.leo)
    night.opens(CRITICAL)
    night.ticks(60, "watching")
    assert night.told("unanswered") == BOTH

    night.ticks(AGAIN - 1, "watching", every=60)
    assert night.told("unanswered") == BOTH
    night.ticks(1, "watching")
    assert night.told("unanswered") == sorted(2 * BOTH)
    night.ticks(AGAIN, "watching", every=60)
    assert night.told("unanswered") == sorted(3 * BOTH)

    night.owns("unanswered")
    night.ticks(2 * AGAIN, "watching", every=60)
    assert night.told("unanswered") == sorted(3 * BOTH)
    assert len(night.all_alerts("unanswered")) == 1


def test_what_is_over_calls_nobody_again(night: Night) -> None:
    night.hold_open()
    opened = night.opens(CRITICAL)
    night.ticks(60, "watching")

    visiting.leave(night.store, opened.token, quick=False, now=night.now)
    night.ticks(2 * AGAIN, "watching", every=60)

    assert night.told("unanswered") == BOTH


def test_calling_again_comes_to_an_end(night: Night) -> None:
    night.ready(night.cast.leo)
    night.opens(CRITICAL)

    night.ticks((alarms.RUNGS + 3) * AGAIN, "watching", every=AGAIN)

    assert night.told("unanswered") == sorted(alarms.RUNGS * BOTH)
    assert {each.rung for each in night.pages("unanswered")} == set(range(1, alarms.RUNGS + 1))


def test_whoever_leads_by_then_is_called_too(night: Night) -> None:
    night.ready(night.cast.leo)
    night.opens(CRITICAL)
    night.ticks(60, "watching")
    night.hires("eve", lead=True)

    night.ticks(AGAIN, "watching", every=60)

    assert night.told("unanswered") == sorted([*BOTH, *BOTH, "Eve"])


def test_a_page_that_could_not_leave_gives_way_to_the_next(night: Night) -> None:
    night.ready(night.cast.leo)
    night.opens(CRITICAL)
    night.fails = True
    night.ticks(60 + AGAIN, "watching", every=30)
    assert night.sent == []

    night.fails = False
    night.ticks(AGAIN, "watching", every=60)

    assert night.told("unanswered") == sorted(2 * BOTH)  # of the second call and the third
    assert "page_failed" not in night.alerts()


# -- what a page says ---------------------------------------------------------------------------

SECRET = "my name is Vera Vane and I took all my pills"


def test_no_page_says_a_word_of_what_was_written(night: Night) -> None:
    leo, lin = night.cast.leo, night.cast.lin
    night.ready(leo, lin)
    opened = night.opens(SECRET, nickname="Vera Vane", topic="pills")
    night.ticks(130, every=65)
    while not night.asked(opened.chat_id):
        night.ticks(5)
    holder = leo if night.offered(leo) else lin
    night.accepts(holder)
    handing.ask_help(night.store, holder, opened.chat_id, SECRET, now=night.now)
    judging.assess(night.store, holder, opened.chat_id, Level.ELEVATED, SECRET, now=night.now)
    handing.step_out(night.store, holder, opened.chat_id, SECRET, now=night.now)
    night.runs()
    visiting.leave(night.store, opened.token, quick=False, now=night.now)
    night.ticks(10)

    said = [pager.words(call) for call in night.sent]

    assert {call.kind for call in night.sent} >= {
        "unanswered", "help_asked", "critical_lowered", "stepped_out",
    }  # fmt: skip
    for word in ("Vera", "Vane", "pills", opened.chat_id):
        assert not any(word in each for each in said)
    assert all(str(getattr(each, "detail", {})) == "{}" for each in night.all_alerts("unanswered"))


def test_what_leaves_the_building_is_a_name_a_matter_and_a_number(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[dict[str, str]] = []
    voice = pager.Pager(night.store, "json://127.0.0.1:1", demo=False, clock=clock.now)
    monkeypatch.setattr(voice._apprise, "notify", lambda **said: not sent.append(said))
    night.hold_open()
    night.opens(SECRET)
    night.sweep("watching")

    voice.deliver()

    nobody = "Nobody can take a chat right now. Please open the console. (1)"
    assert {each["title"] for each in sent} == {"Helpline"}
    assert sorted(each["body"] for each in sent) == [f"{name}: {nobody}" for name in BOTH]


@pytest.mark.parametrize("demo, leaves", [(True, True), (False, False)])
def test_without_an_address_a_page_leaves_only_in_the_demo(
    night: Night, demo: bool, leaves: bool
) -> None:
    voice = pager.Pager(night.store, "", demo=demo, clock=clock.now)

    assert voice.send(Call("a-page", "Sol", "nobody_there", 1)) == leaves


# -- 15. an alarm with a typo -------------------------------------------------------------------

ACTIONS = Path(watching.__file__).parent


def kinds_raised() -> set[str]:
    """Every kind of alert that a line of the actions names when it raises one."""
    found = set()
    for file in ACTIONS.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and len(node.args) > 1:
                called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if called in ("tell", "tell_leads", "call_for_sign_off"):
                    found |= set(_kinds(node.args[1]))
                elif called == "contact_lost":  # the incident comes with its alert
                    found |= set(_kinds(node.args[2]))
    return found


def _kinds(said: ast.expr) -> Iterator[str]:
    if isinstance(said, ast.Constant):
        yield said.value
    elif ast.unparse(said) == "TOLD_OF[each]":  # a table of the notes of offers
        yield from offering.TOLD_OF.values()
    elif ast.unparse(said) == "quiet_kind":  # a table of what a silence calls for
        yield from settling.QUIET


def test_every_alarm_that_can_be_raised_has_its_words_and_none_is_left_over() -> None:
    assert kinds_raised() == set(wording.ALERTS)


def test_every_alarm_comes_to_an_end() -> None:
    assert kinds_raised() == set(settling.OVER_WHEN)


def test_an_unknown_kind_still_says_something() -> None:
    assert wording.alert_text("en", "misspelt") == "Something needs a look."


# -- who sees them ------------------------------------------------------------------------------


def test_leads_see_all_coordinators_what_is_about_the_line_listeners_none(night: Night) -> None:
    leo = night.cast.leo
    night.ready(leo)
    opened = night.talks(leo)
    handing.ask_help(night.store, leo, opened.chat_id, None, now=night.now)
    listening.go_away(night.store, leo, now=night.now)
    night.hold_open()
    night.opens(HIGH)
    night.runs("watching")

    def kinds(who) -> list[str]:  # type: ignore[no-untyped-def]
        with night.store.reading() as tx:
            return sorted(each["kind"] for each in alert_board.open_alerts(tx, who))

    assert kinds(night.cast.sol) == ["help_asked", "nobody_there"]
    assert kinds(night.cast.cora) == ["nobody_there"]
    assert kinds(leo) == kinds(night.cast.max) == []


def test_somebody_waiting_without_resources_is_told_so_and_not_lost(night: Night) -> None:
    """No directory was loaded: the chat still goes on, with nothing to show."""
    night.hold_open()
    opened = night.opens(CRITICAL)

    night.ticks(130, every=65)

    assert night.chat(opened).state == ChatState.WAITING
    assert furnishing.is_set_up(night.store)
