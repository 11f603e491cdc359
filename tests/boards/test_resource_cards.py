"""The card of a resource: when it is open, in words, and its note in a language one can read."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from helpline.actions import listening
from helpline.boards import resources as board
from helpline.domain import resources, schedules
from helpline.domain.resources import Resource, Way
from helpline.domain.schedules import Schedule
from helpline.store import chats
from helpline.store.transaction import Store
from tests.actions.evening import Evening, load_directory
from tests.cast import Cast

NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)  # a Wednesday, nine at night in Paris


def paris(opens: str, closes: str, *days: int) -> Schedule:
    named = days or range(7)
    of = schedules.weekly(
        "Europe/Paris", named, time.fromisoformat(opens), time.fromisoformat(closes)
    )
    return of


def helps(*hours: Schedule, **more) -> Resource:
    return Resource("r", "R", "FR", frozenset(["fr"]), (Way("call", "112"),), hours=hours, **more)


@pytest.mark.parametrize(
    "hours, language, expected",
    [
        ([], "en", "Open day and night."),
        ([], "es", "Abierto día y noche."),
        ([paris("09:00", "22:00")], "en", "Open now until 10:00 PM."),
        ([paris("09:00", "22:00")], "es", "Abierto ahora, hasta las 22:00."),
        ([paris("18:00", "02:00")], "en", "Open now until 2:00 AM."),
        ([paris("18:00", "00:00"), paris("00:00", "18:00", 3)], "en",
         "Open now until Friday at 12:00 AM."),
        ([paris("00:00", "00:00")], "en", "Open now."),
        ([paris("09:00", "17:00")], "en", "Closed now. Opens tomorrow at 9:00 AM."),
        ([paris("09:00", "17:00")], "es", "Cerrado ahora. Abre mañana a las 9:00."),
        ([paris("22:30", "23:00")], "en", "Closed now. Opens today at 10:30 PM."),
        ([paris("09:00", "17:00", 0)], "en", "Closed now. Opens on Monday at 9:00 AM."),
        ([Schedule("Europe/Paris", time(9), time(17), dtstart=date(2027, 1, 8))], "en",
         "Closed now. Opens on January 8, 2027 at 9:00 AM."),
        ([Schedule("Europe/Paris", time(9), time(17), dtstart=date(2026, 1, 8))], "en",
         "Closed now."),
        # a language that nobody knows is answered in English
        ([], "xx", "Open day and night."),
    ],
)  # fmt: skip
def test_when_it_is_open_in_words(hours: list[Schedule], language: str, expected: str) -> None:
    card = board.card(helps(*hours), language, NOW)

    assert card["when"].replace("\u202f", " ") == expected


@pytest.mark.parametrize(
    "notes, language, expected",
    [
        ({"es": "Una voz."}, "es", ("Una voz.", "es")),
        ({"es": "Una voz."}, "es-MX", ("Una voz.", "es")),
        ({"es": "Una voz."}, "en", ("A voice.", "en")),
        ({"es": "Una voz."}, "fr", ("A voice.", "en")),
        ({}, "fr", ("A voice.", "en")),
        ({"en": "One voice.", "es": "Una voz."}, "fr", ("One voice.", "en")),
    ],
)
def test_the_note_is_the_readers_or_says_whose_it_is(
    notes: dict[str, str], language: str, expected: tuple[str, str | None]
) -> None:
    card = board.card(helps(note="A voice.", notes=notes), language, NOW)

    assert (card["note"], card["note_language"]) == expected


def test_a_note_in_one_language_alone_is_better_than_none() -> None:
    assert board.card(helps(notes={"es": "Una voz."}), "fr", NOW)["note"] == "Una voz."
    assert board.card(helps(), "fr", NOW)["note_language"] is None


def test_a_card_says_until_when() -> None:
    card = board.as_dict(resources.shown(helps(paris("09:00", "22:00")), NOW), "en")

    assert card["open_now"]
    assert card["open_until"] == "2026-11-18T21:00:00.000Z"
    assert card["opens_at"] is None


def test_the_cards_of_a_chat_are_those_that_were_sent_each_once(
    store: Store, cast: Cast, now: datetime
) -> None:
    evening = Evening(store, cast, now)
    load_directory(store, now)
    leo = evening.cast.leo
    evening.ready(leo)
    opened = evening.talks(leo)
    for client_id, name in (("c1", "ie-ear"), ("c2", "ie-112"), ("c3", "ie-ear")):
        listening.send_resource(
            evening.store, leo, opened.chat_id, name, client_id, now=evening.now
        )

    with evening.store.reading() as tx:
        cards = board.cards_of(tx, chats.chat(tx, opened.chat_id), evening.now)

    assert [each["id"] for each in cards] == ["ie-ear", "ie-112"]
