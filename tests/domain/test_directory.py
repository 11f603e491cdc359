"""The right one now: filters, their order, and that nobody is left with nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpline.domain import directory, resources, schedules
from helpline.domain.directory import LET_GO, Found, Look, Wish
from helpline.domain.resources import Resource, Shown, Way

NOW = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)  # a Wednesday evening
MORNINGS = (schedules.weekly("Europe/Dublin", range(7), time(8), time(12)),)
EVENINGS = (schedules.weekly("Europe/Dublin", range(7), time(18), time(22)),)


def helps(
    id: str, country: str = "IE", languages: str = "en", ways: str = "call", **more
) -> Resource:
    more["topics"] = frozenset(more.get("topics", "crisis").split())
    more["regions"] = frozenset(more.get("regions", "").split())
    kinds = tuple(Way(kind, "112") for kind in ways.split())
    return Resource(id, id, country, frozenset(languages.split()), kinds, **more)


def among(known: list[Resource], now: datetime = NOW) -> Look:
    """Looks through a list; the words are in the name."""

    def look(wish: Wish) -> list[Shown]:
        named = [each for each in known if not wish.query or wish.query in each.name]
        return directory.ranked([each for each in named if directory.fits(each, wish)], wish, now)

    return look


def ids(found: Found) -> str:
    return " ".join(each.resource.id for each in found.shown)


VERIFIED = date(2026, 11, 1)
KNOWN = [
    helps("mornings", hours=MORNINGS),
    helps("evenings", hours=EVENINGS, verified_on=VERIFIED),
    helps("always"),
    helps("always-verified", verified_on=VERIFIED, cost="free"),
    helps("112", topics="emergency", emergency=True, languages="en ga"),
    helps("chatty", ways="chat", languages="ga", cost="free"),
    helps("young", topics="children", youngest=5, oldest=17),
    helps("munster", regions="IE-M", topics="abuse"),
    helps("leinster", regions="IE-L", topics="abuse", ways="visit call"),
    helps("fr-15", "FR", "fr", emergency=True, topics="emergency"),
    helps("fr-children", "FR", "fr", topics="children"),
]


@pytest.mark.parametrize(
    "wish, expected, widened",
    [
        # verified first, day and night first, then what is open
        (
            Wish(country="IE", topic="crisis"),
            "always-verified evenings always chatty mornings",
            "",
        ),
        (Wish(country="IE", topic="crisis", open_now=True), "always-verified evenings always chatty", ""),
        (Wish(country="FR"), "fr-15 fr-children", ""),
        (Wish(country="IE", language="ga"), "112 chatty", ""),
        (Wish(way="visit"), "leinster", ""),
        (Wish(topic="abuse", region="IE-M"), "munster", ""),
        (Wish(topic="children", age=5), "fr-children young", ""),
        (Wish(topic="children", age=17), "fr-children young", ""),
        (Wish(topic="children", age=18), "fr-children", ""),
        (Wish(topic="children", age=4, country="IE"), "112 always-verified evenings always chatty "
         "leinster munster mornings", "topic"),
        (Wish(cost="free", country="IE"), "always-verified chatty", ""),
        (Wish(query="morn"), "mornings", ""),
        # what is asked for beside goes first, then more and more
        (Wish(country="FR", cost="paid"), "fr-15 fr-children", "cost"),
        (Wish(country="FR", cost="free", way="visit", topic="children"), "fr-children", "cost way"),
        (Wish(query="morn", open_now=True), "mornings", "open_now"),
        (Wish(query="munster", country="FR"), "fr-15 fr-children", "query"),
        (Wish(query="nothing of this name", country="IE", open_now=True, topic="children"),
         "112 always-verified evenings always chatty leinster munster young mornings",
         "topic open_now query"),
        # and at the very end the emergency numbers
        (Wish(country="FI"), "112 fr-15", "country"),
        (Wish(query="xyzzy"), "112 fr-15", "query"),
        (Wish(country="FI", language="fi", age=90, way="text"), "112 fr-15",
         "way age language country"),
    ],
)  # fmt: skip
def test_what_is_found_and_what_was_let_go_for_it(wish: Wish, expected: str, widened: str) -> None:
    found = directory.find(among(KNOWN), wish)

    assert ids(found) == expected
    assert " ".join(found.widened) == widened


def test_without_any_emergency_number_whatever_there_is_is_the_answer() -> None:
    lines = [each for each in KNOWN if not each.emergency]

    assert ids(directory.find(among(lines[:2]), Wish(country="FI"))) == "evenings mornings"
    assert directory.find(among([]), Wish(country="FI")).shown == ()


def test_a_page_is_not_longer_than_one_reads() -> None:
    many = [helps(f"line-{each:02}") for each in range(directory.PAGE + 5)]

    assert len(directory.find(among(many), Wish(country="IE")).shown) == directory.PAGE


# -- for every directory, and every wish ----------------------------------------------------------

some = {
    "country": st.sampled_from(["IE", "FR", "JP"]),
    "region": st.sampled_from(["IE-M", "FR-A"]),
    "language": st.sampled_from(["en", "fr", "ja"]),
    "topic": st.sampled_from(["crisis", "abuse", "emergency"]),
    "age": st.integers(0, 99),
    "way": st.sampled_from(resources.WAYS),
    "cost": st.sampled_from(resources.COSTS),
}
hours = st.sampled_from([(), (), MORNINGS, EVENINGS])
known_ones = st.lists(
    st.builds(
        lambda n, more: Resource(f"r{n}", more.pop("name"), **more),
        st.integers(0, 10**9),
        st.fixed_dictionaries(
            {
                "name": st.sampled_from(["Ear", "Harbour", "Lantern"]),
                "country": some["country"],
                "languages": st.frozensets(some["language"]),
                "ways": st.lists(st.builds(Way, some["way"], st.just("112"))).map(tuple),
                "emergency": st.booleans(),
                "hours": hours,
                "topics": st.frozensets(some["topic"]),
                "regions": st.frozensets(some["region"], max_size=1),
                "youngest": st.none() | st.integers(0, 30),
                "oldest": st.none() | st.integers(10, 99),
                "cost": some["cost"],
                "verified_on": st.none() | st.just(VERIFIED),
            }
        ),
    ),
    max_size=14,
    unique_by=lambda each: each.id,
)
wishes = st.builds(
    Wish,
    query=st.none() | st.sampled_from(["Ear", "Harb", "nothing"]),
    open_now=st.booleans(),
    **{name: st.none() | each for name, each in some.items()},
)


@given(known_ones, wishes, st.integers(0, 7 * 24), st.randoms())
@settings(max_examples=150, deadline=None)
def test_nobody_is_left_with_nothing(
    known: list[Resource], wish: Wish, hour: int, chance: Random
) -> None:
    now = NOW + timedelta(hours=hour)
    shuffled = chance.sample(known, len(known))

    found = directory.find(among(known, now), wish)

    assert bool(found.shown) == bool(known)
    # emergency numbers stand first, and the order hangs on the facts alone
    of_emergency = [each.resource.emergency for each in found.shown]
    assert of_emergency == sorted(of_emergency, reverse=True)
    assert directory.find(among(shuffled, now), wish) == found
    # what was not let go is kept
    if set(found.widened) < {each for each in LET_GO if getattr(wish, each)}:
        kept = Wish(**{
            each: getattr(wish, each) for each in LET_GO if each not in found.widened
        })  # fmt: skip
        assert all(directory.fits(each.resource, kept) for each in found.shown)
        assert all(each.open_now for each in found.shown) or not kept.open_now
    # and nothing is let go without need
    if found.widened and any(directory.fits(each, wish) for each in known):
        assert wish.query or wish.open_now


@given(known_ones, st.sampled_from(["IE", "FI"]), st.sampled_from(["en", "fi"]))
@settings(max_examples=50, deadline=None)
def test_the_urgent_card_begins_with_an_emergency_number_where_one_is_shown(
    known: list[Resource], country: str, language: str
) -> None:
    fitting: Callable[..., list[Shown]] = resources.fitting
    found = fitting(known, country=country, language=language, now=NOW)

    assert bool(found) == bool(known)
    assert not any(each.resource.emergency for each in found) or found[0].resource.emergency
