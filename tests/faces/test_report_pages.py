"""Reports as pages, CSV and JSON: what they show, whom they hide, and who may look."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from helpline import clock, practice
from helpline.actions import entering
from helpline.domain.chat import ChatState
from helpline.store import cards
from helpline.store.hand_off_tables import Emergency, HandOff
from helpline.store.secrets import new_id
from helpline.store.tables import Chat, Offer
from tests.faces.test_coordinator_pages import enter

PATH = "/coordinator/reports"


@pytest.fixture(autouse=True)
def frozen(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def cora(client, store, cast, now):
    return enter(client, store, cast.cora, now)


@pytest.fixture
def came(store, now):
    """Chats of the last whole week, as they stay when their words are gone."""

    def add(count, *, waited=3, level=0, state=ChatState.CLOSED, **more):
        at = now - timedelta(days=7)
        answered = None if waited is None else at + timedelta(minutes=waited)
        with store.transaction() as tx:
            for _ in range(count):
                tx.session.add(
                    Chat(
                        id=new_id(),
                        state=state,
                        language="en",
                        country="IE",
                        open_client_id=new_id(),
                        arrived_at=at,
                        level=level,
                        accepted_at=answered,
                        ended_at=at + timedelta(minutes=40),
                        visitor_seen_at=at,
                        erased_at=at,
                        **more,
                    )
                )
        return at

    return add


def rows(answer):
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_a_line_without_a_past_says_so(cora):
    page = cora.get(PATH).text

    assert "Nobody wrote in these weeks." in page
    assert "Too few came in this time to say anything of them" in page


def test_the_finding_stands_above_its_figure_and_its_table(cora, came):
    came(9, outcome="felt_heard", feeling="better")
    came(6, waited=None, state=ChatState.LEFT, outcome="visitor_left", level=2)

    page = cora.get(PATH).text

    assert "60 in 100 of 15 were answered; half of them within 3.0 minutes" in page
    assert "40 in 100 were at high or critical risk" in page
    assert "Most often: Felt heard" in page
    assert page.count("<svg") == 7
    assert page.count("None in these weeks.") == 2  # of hand-offs and cards
    assert page.count("Show as a table") == 5


def test_a_small_group_is_hidden_in_the_page_in_csv_and_in_json(cora, came):
    came(20)
    came(3, waited=None, state=ChatState.LEFT)
    came(8, waited=None)

    week = rows(cora.get(f"{PATH}/weeks.csv?weeks=4"))[-1]
    told = cora.get("/api/v1/reports?weeks=4").json["tables"]["weeks"][-1]

    assert (week["came"], week["answered"], week["left"], week["otherwise"]) == ("31", "20", "", "")
    assert (told["came"], told["answered"], told["left"], told["otherwise"]) == (31, 20, None, None)
    assert ">hidden<" in cora.get(f"{PATH}?weeks=4").text


def test_hand_offs_are_counted_by_how_they_went(cora, came, cast, store):
    at = came(1)
    with store.transaction() as tx:
        chat = tx.session.scalars(select(Chat)).one()
        for state in ["accepted"] * 6 + ["lapsed"] * 5:
            tx.session.add(
                Offer(
                    id=new_id(),
                    chat_id=chat.id,
                    person_id=cast.lin.id,
                    from_id=cast.leo.id,
                    kind="listener",
                    state=state,
                    offered_at=at,
                    expires_at=at,
                )
            )
        for kind, state, times in (
            ("queue", "accepted", 7),
            ("queue", "refused", 5),
            ("resource", "reached", 8),
        ):
            for _ in range(times):
                tx.session.add(
                    HandOff(
                        id=new_id(),
                        chat_id=chat.id,
                        from_id=cast.leo.id,
                        kind=kind,
                        state=state,
                        at=at,
                        expires_at=at,
                        ended_at=at,
                    )
                )
        for _ in range(6):
            tx.session.add(
                Emergency(
                    id=new_id(),
                    chat_id=chat.id,
                    begun_by=cast.leo.id,
                    begun_at=at,
                    country="IE",
                    result="not_reached",
                    ended_at=at,
                )
            )

    told = cora.get("/api/v1/reports?weeks=4").json["tables"]["hand-offs"]

    assert told == [
        {"key": "emergency", "accepted": 0, "declined": 0, "otherwise": 6},
        {"key": "listener", "accepted": 6, "declined": 0, "otherwise": 5},
        {"key": "queue", "accepted": 7, "declined": 5, "otherwise": 0},
        {"key": "resource", "accepted": 8, "declined": 0, "otherwise": 0},
    ]


def test_cards_are_counted_by_resource_and_a_few_are_hidden(cora, store, now):
    practice.load_directory(store, now=now)
    with store.transaction() as tx:
        for _ in range(6):
            cards.offered(tx, "ie-samaritans", now - timedelta(days=7))
        for _ in range(4):
            cards.opened(tx, "ie-samaritans", now - timedelta(days=7))
        cards.offered(tx, "ie-samaritans", now)  # this week is not over

    told = cora.get("/api/v1/reports?weeks=4").json["tables"]["cards"]

    assert told == [{"key": "ie-samaritans", "offered": 6, "opened": None}]
    assert "Samaritans" in cora.get(PATH).text


def test_this_week_and_canaries_are_not_in_it(cora, came, store, now):
    came(9, state=ChatState.CANARY)
    with store.transaction() as tx:
        tx.session.add(
            Chat(
                id=new_id(),
                state=ChatState.CLOSED,
                language="en",
                country="IE",
                open_client_id=new_id(),
                arrived_at=now,
                visitor_seen_at=now,
            )
        )

    assert "Nobody wrote in these weeks." in cora.get(PATH).text


@pytest.mark.parametrize("weeks", ["3", "x", "-1", ""])
def test_weeks_that_there_are_not_are_the_usual_ones(cora, weeks):
    shown = cora.get(f"{PATH}?weeks={weeks}")

    assert shown.status_code == 200
    assert '<a href="/coordinator/reports?weeks=13" aria-current="true">' in shown.text


def test_a_table_that_there_is_not_is_not_found(cora):
    assert cora.get(f"{PATH}/names.csv").status_code == 404


def test_a_lead_may_look_and_a_listener_may_not(app, store, cast, now):
    for who, status in ((cast.sol, 200), (cast.leo, 403)):
        client = enter(app.test_client(), store, who, now)
        token = entering.make_token(store, f"{who.name.lower()}@example.org", now=now)
        answer = app.test_client().get(
            "/api/v1/reports", headers={"Authorization": f"Bearer {token}"}
        )

        assert client.get(PATH).status_code == status
        assert client.get(f"{PATH}/weeks.csv").status_code == status
        assert answer.status_code == status
