"""That a card was offered and opened is counted, and never by whom."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import inspect, select

from helpline.actions import forgetting, handing, listening, verifying, visiting
from helpline.domain import errors, retention
from helpline.store import cards
from helpline.store.directory_tables import CardDay
from helpline.store.secrets import new_id
from tests.actions.evening import Evening


@pytest.fixture
def pushed_by() -> str:
    return "sweeps"


def counts(evening: Evening) -> list[tuple[str, str, int, int]]:
    with evening.store.reading() as tx:
        return cards.counted(tx, date(2000, 1, 1), date(2100, 1, 1))


def sends(evening: Evening, chat_id: str, resource: str, client_id: str | None = None) -> None:
    listening.send_resource(
        evening.store, evening.cast.leo, chat_id, resource, client_id or new_id(), now=evening.now
    )


def test_each_offer_and_each_opening_counts_for_its_resource(
    evening: Evening, directory: list[str]
) -> None:
    first, second = sorted(directory)[:2]
    evening.ready(evening.cast.leo)
    opened = evening.talks(evening.cast.leo)
    again = new_id()

    for _ in range(2):  # the second is the answer to the first, once more
        sends(evening, opened.chat_id, first, again)
    sends(evening, opened.chat_id, first)
    sends(evening, opened.chat_id, second)
    visiting.open_card(evening.store, opened.token, first, now=evening.now)

    found = {resource: (offered, pressed) for resource, _, offered, pressed in counts(evening)}
    assert found == {first: (2, 1), second: (1, 0)}


def test_what_is_counted_has_no_place_for_a_chat_or_a_person() -> None:
    assert set(inspect(CardDay).columns.keys()) == {"resource_id", "on_date", "offered", "opened"}


def test_only_a_visitor_of_a_chat_opens_and_only_what_there_is(
    evening: Evening, directory: list[str]
) -> None:
    evening.ready(evening.cast.leo)
    opened = evening.talks(evening.cast.leo)

    with pytest.raises(errors.UnknownToken):
        visiting.open_card(evening.store, "someone-elses", directory[0], now=evening.now)
    with pytest.raises(errors.NotFound):
        visiting.open_card(evening.store, opened.token, "no-such-card", now=evening.now)
    assert counts(evening) == []


def test_what_no_visitor_is_shown_is_neither_sent_nor_opened(
    evening: Evening, directory: list[str]
) -> None:
    """Imported and not verified, or hidden since a listener's page was loaded."""
    leo, now = evening.cast.leo, evening.now
    sent, hidden = directory
    evening.ready(leo)
    opened, again = evening.talks(leo), new_id()
    sends(evening, opened.chat_id, sent, again)
    for each in directory:
        verifying.hide(evening.store, evening.cast.cora, each, now=now)

    with pytest.raises(errors.NotFound):
        sends(evening, opened.chat_id, hidden)
    with pytest.raises(errors.NotFound):
        handing.hand_off(
            evening.store, leo, opened.chat_id, kind="resource", to_id=hidden, words=None, now=now
        )
    with pytest.raises(errors.NotFound):
        visiting.open_card(evening.store, opened.token, hidden, now=now)

    sends(evening, opened.chat_id, sent, again)  # the answer to the first, once more
    assert [(each[0], *each[2:]) for each in counts(evening)] == [(sent, 1, 0)]


def test_a_day_is_one_of_the_line(evening: Evening, directory: list[str]) -> None:
    """Half past eleven at night in Dublin, in summer: tomorrow has not begun there."""
    at = evening.now.replace(month=7, day=1, hour=23, minute=30)
    with evening.store.transaction() as tx:
        cards.offered(tx, directory[0], at)
        cards.offered(tx, directory[0], at - timedelta(hours=1))

    with evening.store.reading() as tx:
        days = [
            row.on_date.day for row in tx.session.scalars(select(CardDay).order_by(CardDay.on_date))
        ]
    assert days == [1, 2]


def test_counts_go_in_time(evening: Evening, directory: list[str]) -> None:
    with evening.store.transaction() as tx:
        cards.offered(tx, directory[0], evening.now)

    forgetting.forget_due(evening.store, now=evening.now + retention.CARDS_COUNTED)
    assert len(counts(evening)) == 1
    forgetting.forget_due(
        evening.store, now=evening.now + retention.CARDS_COUNTED + timedelta(days=1)
    )
    assert counts(evening) == []
