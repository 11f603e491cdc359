"""Beyond a limit the door says so and offers what is open; the gravest still come in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from helpline.actions import directing, furnishing, limiting, visiting
from helpline.boards import coordinator as coordinator_board
from helpline.boards import visitor as visitor_board
from helpline.domain import errors, queue
from helpline.domain.chat import ChatState
from helpline.domain.urgency import Level
from helpline.store import chats, line
from helpline.store.tables import Line, Moment
from tests import makers
from tests.actions.evening import CRITICAL, ELEVATED, HIGH, ROUTINE, Evening


@pytest.fixture
def evening(quiet_evening: Evening, directory: list[str]) -> Evening:
    """Leo alone, both seats taken; the wait is longer than the five minutes of the limit."""
    evening = quiet_evening
    furnishing.set_door_limit(evening.store, 5, now=evening.now)
    evening.ready(evening.cast.leo)
    evening.talks(evening.cast.leo)
    evening.talks(evening.cast.leo)
    return evening


def row(evening: Evening) -> Line:
    with evening.store.reading() as tx:
        return line.line(tx)


def journal(evening: Evening, *kinds: str) -> list[tuple[str, dict[str, object]]]:
    with evening.store.reading() as tx:
        query = select(Moment).where(Moment.kind.in_(kinds)).order_by(Moment.id)
        return [(each.kind, each.detail) for each in tx.session.scalars(query)]


def leo_ends_one(evening: Evening) -> None:
    with evening.store.reading() as tx:
        held = chats.active(tx)[0].id
    evening.closes(evening.cast.leo, held)
    evening.passes(301, every=100, sweeps=["routing", "wrap_ups", "door"])


# -- who comes ----------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [ROUTINE, ELEVATED, None])
def test_a_full_door_tells_the_limit_and_where_help_is_and_keeps_nothing(
    evening: Evening, directory: list[str], words: str | None
) -> None:
    keys = set(evening.store.vault._directory.iterdir())

    with pytest.raises(errors.LineFull) as refused:
        evening.opens(words)

    assert refused.value.code == "line_closed"
    assert refused.value.extra["limit_minutes"] == 5
    assert [each.resource.id for each in refused.value.extra["resources"]] == directory
    assert evening.in_line() == set()
    assert set(evening.store.vault._directory.iterdir()) == keys


@pytest.mark.parametrize("words", [HIGH, CRITICAL])
def test_a_full_door_lets_urgent_words_in_at_once(evening: Evening, words: str) -> None:
    opened = evening.opens(words)

    assert evening.in_line() == {opened.chat_id}
    assert makers.transcript(evening.store, opened.chat_id) == [words]
    assert "urgent_while_closed" not in evening.alerts()
    assert row(evening).told_at_door == 0


@pytest.mark.parametrize("where", ["nickname", "topic"])
def test_urgent_words_beside_the_message_let_in_too(evening: Evening, where: str) -> None:
    opened = evening.opens(ROUTINE, **{where: CRITICAL})

    assert evening.chat(opened).level == Level.CRITICAL


def test_words_that_no_rule_can_read_are_let_in(evening: Evening) -> None:
    opened = evening.opens("хочу умереть")

    assert evening.in_line() == {opened.chat_id}


def test_the_emergency_card_comes_through_a_full_door(
    evening: Evening, directory: list[str]
) -> None:
    opened = evening.opens(CRITICAL)

    shown = visitor_board.page(evening.store, opened.token, evening.now)["chat"]
    assert shown["urgent_help"]
    assert [each["id"] for each in shown["resources"]] == directory


def test_only_what_is_open_is_offered(evening: Evening) -> None:
    never = {
        "zone": "Europe/Dublin",
        "weekly": [{"days": [evening.now.weekday()], "from": "03:00", "to": "03:05"}],
    }
    shut = {
        "id": "ie-shut",
        "name": "Asleep",
        "country": "IE",
        "languages": ["en"],
        "ways": [{"kind": "call", "value": "1"}],
        "hours": never,
        "source": "https://example.org",
        "seen": evening.now.date(),
        "verified": True,
    }
    furnishing.load_resources(evening.store, [shut], now=evening.now)

    with pytest.raises(errors.LineFull) as refused:
        evening.opens()

    offered = [each.resource.id for each in refused.value.extra["resources"]]
    assert offered == ["ie-112", "ie-ear"]


def test_a_free_seat_opens_the_door(quiet_evening: Evening) -> None:
    evening = quiet_evening
    furnishing.set_door_limit(evening.store, 5, now=evening.now)
    evening.ready(evening.cast.leo)
    evening.talks(evening.cast.leo)

    assert evening.opens().chat_id in evening.in_line()


def test_who_is_being_offered_has_a_seat_already(quiet_evening: Evening) -> None:
    """A chat on its way to a listener is not counted twice, as one who waits and as a seat less."""
    evening = quiet_evening
    furnishing.set_door_limit(evening.store, 5, now=evening.now)
    evening.ready(evening.cast.leo, evening.cast.lin)
    for _ in range(3):
        evening.opens()
    evening.sweep()

    assert evening.opens().chat_id in evening.in_line()


def test_without_a_limit_everybody_may_wait(evening: Evening) -> None:
    furnishing.set_door_limit(evening.store, 0, now=evening.now)

    assert evening.opens().chat_id in evening.in_line()
    evening.sweep("door")
    assert "door_limits" not in evening.alerts()


def test_the_usual_limit_is_the_promise_to_a_routine_chat(evening: Evening) -> None:
    """Two seats, 45 minutes a chat: five may wait, the sixth would wait for more than 45."""
    with evening.store.transaction() as tx:
        line.line(tx).policies = {}

    waiting = [evening.opens() for _ in range(5)]

    with pytest.raises(errors.LineFull) as refused:
        evening.opens()
    assert refused.value.extra["limit_minutes"] == 45
    assert evening.in_line() == {each.chat_id for each in waiting}


def test_a_closed_line_is_closed_and_not_full(evening: Evening) -> None:
    evening.sweep("door")
    directing.set_line(evening.store, evening.cast.cora, is_open=False, reason="", now=evening.now)

    with pytest.raises(errors.LineClosed) as refused:
        evening.opens()

    assert type(refused.value) is errors.LineClosed
    evening.sweep("door")
    assert "door_limits" not in evening.alerts()


# -- who is in line already ---------------------------------------------------------------------


def test_nobody_in_line_is_sent_away(evening: Evening) -> None:
    furnishing.set_door_limit(evening.store, 0, now=evening.now)
    opened = evening.opens()
    furnishing.set_door_limit(evening.store, 5, now=evening.now)

    evening.sweep("door", "routing", "watching")

    assert "door_limits" in evening.alerts()
    assert evening.chat(opened).state == ChatState.WAITING
    evening.says(opened, "still here")
    assert makers.transcript(evening.store, opened.chat_id)[-1] == "still here"


def test_who_lost_the_connection_comes_back_to_their_place(evening: Evening) -> None:
    furnishing.set_door_limit(evening.store, 0, now=evening.now)
    opened = evening.opens()
    arrived = evening.chat(opened).arrived_at
    furnishing.set_door_limit(evening.store, 5, now=evening.now)
    evening.disconnects(opened)
    evening.passes(700, every=70, sweeps=["routing", "door"])
    assert evening.chat(opened).state == ChatState.LEFT

    visiting.come_back(evening.store, opened.token, 0, now=evening.now)

    assert evening.chat(opened).state == ChatState.WAITING
    assert evening.chat(opened).arrived_at == arrived


def test_the_same_first_message_again_finds_its_chat(evening: Evening) -> None:
    furnishing.set_door_limit(evening.store, 0, now=evening.now)
    client_id = makers.client_id()
    opened = evening.opens(client_id=client_id)
    furnishing.set_door_limit(evening.store, 5, now=evening.now)

    assert evening.opens(client_id=client_id).chat_id == opened.chat_id
    assert row(evening).told_at_door == 0


# -- who answers for the line -------------------------------------------------------------------


def test_leads_are_told_once_when_it_begins_and_it_is_counted_without_words(
    evening: Evening,
) -> None:
    for _ in range(3):
        with pytest.raises(errors.LineFull):
            evening.opens(ELEVATED)
    evening.sweep("door", "watching", "door")

    assert evening.paged("door_limits") == ["Sol"]
    assert journal(evening, "door_limited") == [("door_limited", {})]
    assert row(evening).told_at_door == 3
    assert row(evening).full_since == evening.now


def test_it_is_over_when_a_seat_is_free_and_the_journal_says_how_many_were_told(
    evening: Evening,
) -> None:
    with pytest.raises(errors.LineFull):
        evening.opens()
    assert "door_limits" in evening.alerts()

    leo_ends_one(evening)

    assert "door_limits" not in evening.alerts()
    assert journal(evening, "door_wide") == [("door_wide", {"told": 1})]
    assert (row(evening).full_since, row(evening).told_at_door) == (None, 0)
    assert evening.opens().chat_id in evening.in_line()


def test_the_sweep_alone_begins_it(evening: Evening) -> None:
    evening.sweep("door")

    assert row(evening).full_since == evening.now
    assert evening.paged("door_limits") == ["Sol"]


def test_a_count_that_fails_keeps_no_answer_back(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(line, "count_told_at_door", breaks)

    with pytest.raises(errors.LineFull) as refused:
        evening.opens()

    assert refused.value.extra["resources"]


def test_the_coordinator_sees_since_when_and_how_many(evening: Evening) -> None:
    def shown() -> str:
        board = coordinator_board.board(evening.store, evening.cast.cora, evening.now)
        return str(board["line"]["door_words"])

    assert "when the wait is longer than 5 minutes" in shown()
    with pytest.raises(errors.LineFull):
        evening.opens()
    assert shown().endswith("longer than 5 minutes. 1 person wrote and was shown other help.")
    furnishing.set_door_limit(evening.store, 0, now=evening.now)
    evening.sweep("door")
    assert shown() == "The door takes new chats however long the wait is."


def test_coordinators_set_the_limit_and_nobody_else(evening: Evening) -> None:
    cast = evening.cast
    limiting.set_limit(evening.store, cast.cora, 60, now=evening.now)

    for who in (cast.leo, cast.sol, cast.max):
        with pytest.raises(errors.NotAllowed):
            limiting.set_limit(evening.store, who, 0, now=evening.now)
    with pytest.raises(errors.BadRequest):
        limiting.set_limit(evening.store, cast.cora, 3, now=evening.now)

    assert row(evening).policies["door_limit"] == 60
    assert journal(evening, "door_limit_set")[-1] == (
        "door_limit_set",
        {"setting": "door_limit", "value": 60},
    )


def test_the_door_lets_in_again_only_when_the_wait_is_well_below(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The wait of a newcomer goes down from 6 to 4 to 3.7 minutes, and up to 4 again."""

    def waits(minutes: float) -> bool:
        monkeypatch.setattr(queue, "middle_wait", lambda *_: minutes)
        evening.now += timedelta(seconds=2)
        evening.sweep("door")
        return row(evening).full_since is not None

    assert [waits(minutes) for minutes in (4.0, 6.0, 4.0, 3.7, 4.0, 6.0)] == [
        False, True, True, False, False, True,
    ]  # fmt: skip
