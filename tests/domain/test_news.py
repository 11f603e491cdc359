"""What a change of the plan means for the people on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from helpline.domain.news import News, Place, news

START = datetime(2026, 11, 20, 18, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FAR = START + 7 * DAY


def place(person: str = "leo", pattern: str = "late", days: int = 0) -> Place:
    starts_at = START + days * DAY
    return Place(person, pattern, starts_at.date(), starts_at, starts_at + 3 * HOUR)


def told(known: list[Place], planned: list[Place], **more) -> list[tuple[str, str, date]]:
    found = news(known, planned, known_until=FAR, **more)
    return [(str(kind), each.person_id, each.date) for kind, each in found]


def by_hand_of(person: str) -> Callable[[News, Place], bool]:
    return lambda kind, where: where.person_id == person


def test_what_stays_is_no_news():
    assert told([place(), place("lin")], [place("lin"), place()]) == []


def test_a_new_place_and_one_that_is_gone():
    day = START.date()

    assert told([place()], [place(), place("lin")]) == [("shift_added", "lin", day)]
    assert told([place(), place("lin")], [place()]) == [("shift_off", "lin", day)]


def test_what_only_comes_nearer_is_no_news():
    far = place(days=8)

    assert told([], [far]) == []
    assert told([], [place(days=7)]) != []


def test_other_times_are_a_move_to_them():
    later = replace(place(), starts_at=START + HOUR)

    ((kind, where),) = news([place()], [later], known_until=FAR)

    assert (kind, where.starts_at) == (News.MOVED, START + HOUR)


def test_a_pattern_that_goes_on_under_another_id_is_a_move_or_nothing():
    later = replace(place(pattern="fresh"), ends_at=START + 4 * HOUR)

    assert told([place()], [later]) == [("shift_moved", "leo", START.date())]
    assert told([place()], [place(pattern="fresh")]) == []


def test_another_day_or_person_is_no_move():
    moved = told([place()], [place(days=1)])
    assert moved == [
        ("shift_off", "leo", START.date()),
        ("shift_added", "leo", START.date() + DAY),
    ]
    swapped = told([place()], [place("lin")])
    assert sorted(each[0] for each in swapped) == ["shift_added", "shift_off"]


def test_what_was_told_or_asked_for_is_not_told_again():
    assert told([place()], [], told={place().key}) == []
    assert told([place()], [place("lin")], asked_for=by_hand_of("lin")) == [
        ("shift_off", "leo", START.date())
    ]


def test_who_asked_for_a_place_still_hears_when_others_move_it_or_take_it_away():
    later = replace(place(), starts_at=START + HOUR)

    def got_it(kind: News, where: Place) -> bool:
        return kind == News.ADDED

    day = START.date()
    assert told([place()], [later], asked_for=got_it) == [("shift_moved", "leo", day)]
    assert told([place()], [], asked_for=got_it) == [("shift_off", "leo", day)]
    fresh = replace(later, pattern_id="fresh")
    assert told([place()], [fresh], asked_for=got_it) == [("shift_moved", "leo", day)]


def test_a_swap_within_one_day_is_no_news_to_who_asked_for_it():
    later = replace(place(pattern="night"), starts_at=START + 4 * HOUR)

    assert told([place()], [later]) == [("shift_moved", "leo", START.date())]
    assert told([place()], [later], asked_for=by_hand_of("leo")) == []


def test_two_on_one_day_each_find_their_own():
    early, late = place(), replace(place(pattern="night"), starts_at=START + 4 * HOUR)
    fresh = replace(late, pattern_id="fresh", starts_at=START + 5 * HOUR)

    found = news([early, late], [early, fresh], known_until=FAR)

    assert [(kind, each.pattern_id) for kind, each in found] == [(News.MOVED, "fresh")]
