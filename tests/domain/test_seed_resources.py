"""The seeded crisis resources: whoever reads a number here may depend on it for their life."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

from helpline.actions import furnishing
from helpline.domain import resources
from helpline.store import packs

HERE = Path(__file__).resolve().parents[2] / "seed_data" / "resources"
FILES = sorted(HERE.glob("*.yaml"))
KINDS = {"call", "text", "web"}
TOPICS = {"emergency", "suicide", "crisis", "children", "abuse", "lgbt", "listening"}
KEYS = {
    "id", "name", "operator", "country", "regions", "languages", "topics", "emergency", "ways",
    "hours", "cost", "note", "source", "seen", "proof", "verified",
}  # fmt: skip
MAY_HAVE = {"also", "dated", "notes", "stored_at"}
LONGEST_PROOF = 15


def entries_of(path: Path) -> list[dict]:
    return packs.parsed(path.read_text(encoding="utf-8"))


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def numbers(entry: dict) -> list[str]:
    return [way["value"] for way in entry["ways"] if way["kind"] != "web"]


def quotations(entry: dict) -> list[dict]:
    first = {"source": entry["source"], "proof": entry["proof"]}
    return [first, *entry.get("also", [])]


ENTRIES = [(path, entry) for path in FILES for entry in entries_of(path)]
each_entry = pytest.mark.parametrize(
    ("path", "entry"), ENTRIES, ids=[entry["id"] for _, entry in ENTRIES]
)


def test_there_are_at_least_ten_countries():
    assert len(FILES) >= 10


def test_ids_are_unique():
    counted = Counter(entry["id"] for _, entry in ENTRIES)

    assert [name for name, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_each_country_has_a_number_that_answers_day_and_night(path):
    assert any(entry["hours"] == "always" and numbers(entry) for entry in entries_of(path))


@each_entry
def test_an_entry_has_the_agreed_keys_and_stands_in_its_country(path, entry):
    assert set(entry) >= KEYS
    assert set(entry) <= KEYS | MAY_HAVE
    assert entry["country"] == path.stem.upper()
    assert entry["id"].startswith(f"{path.stem}-")
    assert all(region.startswith(f"{entry['country']}-") for region in entry["regions"])


@each_entry
def test_an_entry_is_verified_from_a_dated_page(path, entry):
    assert entry["verified"] is True
    assert isinstance(entry["seen"], date)
    assert isinstance(entry.get("dated", entry["seen"]), date)
    assert entry.get("dated", entry["seen"]) <= entry["seen"]


@each_entry
def test_every_quotation_is_short_and_has_its_page(path, entry):
    for quoted in quotations(entry):
        page = urlsplit(quoted["source"])

        assert page.scheme == "https"
        assert page.hostname
        assert quoted["proof"].strip()
        assert len(quoted["proof"].split()) <= LONGEST_PROOF


@each_entry
def test_each_number_stands_in_a_quotation(path, entry):
    quoted = [digits(each["proof"]) for each in quotations(entry)]

    assert any(digits(value) in digits(entry["proof"]) for value in numbers(entry))
    for value in numbers(entry):
        assert any(digits(value) in each for each in quoted), value


@each_entry
def test_the_ways_can_be_dialled_or_opened(path, entry):
    assert numbers(entry)
    for way in entry["ways"]:
        assert set(way) == {"kind", "value", "word"}
        assert way["kind"] in KINDS
        assert isinstance(way["value"], str)
        if way["kind"] == "web":
            assert urlsplit(way["value"]).scheme == "https"
        else:
            assert re.fullmatch(r"\+?[0-9](?: ?[0-9])+", way["value"])
        assert way["word"] is None or way["kind"] == "text"


@each_entry
def test_the_words_that_route_an_entry_are_known(path, entry):
    assert entry["languages"]
    assert all(re.fullmatch(r"[a-z]{2,3}", language) for language in entry["languages"])
    assert set(entry["topics"]) <= TOPICS
    assert entry["topics"]
    assert entry["emergency"] is ("emergency" in entry["topics"])
    assert entry["cost"] in {"free", "local", "unknown"}


@each_entry
def test_the_hours_are_always_or_a_week_in_a_zone(path, entry):
    if entry["hours"] == "always":
        return

    assert {"zone", "weekly"} <= set(entry["hours"]) <= {"zone", "weekly", "monthly"}
    ZoneInfo(entry["hours"]["zone"])
    assert entry["hours"]["weekly"]
    for opening in entry["hours"]["weekly"]:
        assert set(opening) == {"days", "from", "to"}
        assert set(opening["days"]) <= set(range(7))
        assert opening["days"]
        assert time.fromisoformat(opening["from"]) != time.fromisoformat(opening["to"])
    for opening in entry["hours"].get("monthly", []):
        assert set(opening) == {"days", "from", "to"}
        assert set(opening["days"]) <= set(range(1, 32))
        assert opening["days"]


@each_entry
def test_an_emergency_number_answers_day_and_night(path, entry):
    if entry["emergency"]:
        assert entry["hours"] == "always"


@each_entry
def test_the_note_is_one_plain_sentence_or_nothing(path, entry):
    assert entry["note"] == "" or entry["note"].endswith(".")
    assert "\n" not in entry["note"]
    assert len(entry["note"]) <= 140
    for language, note in entry.get("notes", {}).items():  # what is English, in other words
        assert re.fullmatch(r"(?!en$)[a-z]{2,3}", language)
        assert entry["note"]
        assert note.endswith(".")
        assert len(note) <= 140


# -- open now, told slowly by the clock on the wall -----------------------------------------------

INSTANTS = 200
NIGHTS = ("2026-11-01", "2027-03-14", "2027-03-28", "2027-04-04", "2027-10-03", "2027-10-31")


def instants(zone: str) -> list[datetime]:
    """Half of a year at random, half in the nights in which clocks are changed somewhere."""
    chance = Random(zone)
    year = datetime(2026, 11, 1, tzinfo=UTC)
    some = [year + timedelta(minutes=chance.randrange(525_600)) for _ in range(INSTANTS // 2)]
    nights = [datetime.fromisoformat(night).replace(tzinfo=UTC) for night in NIGHTS]
    return some + [
        chance.choice(nights) + timedelta(minutes=chance.randrange(-600, 900))
        for _ in range(INSTANTS // 2)
    ]


def slowly_open(hours: dict, at: datetime) -> bool:
    """Of each opening of yesterday and today, on the wall; what clocks show twice is open twice."""
    wall = at.astimezone(ZoneInfo(hours["zone"])).replace(tzinfo=None)
    for day in (wall.date() - timedelta(days=1), wall.date()):
        openings = [each for each in hours["weekly"] if day.weekday() in each["days"]]
        openings += [each for each in hours.get("monthly", []) if day.day in each["days"]]
        for opening in openings:
            opens, closes = time.fromisoformat(opening["from"]), time.fromisoformat(opening["to"])
            begins, ends = datetime.combine(day, opens), datetime.combine(day, closes)
            ends += timedelta(days=closes <= opens)
            if begins <= wall < ends:
                return True
    return False


@each_entry
def test_open_now_is_right_at_two_hundred_instants(path, entry):
    resource = furnishing._resource(entry)
    if entry["hours"] == "always":
        zones, expected = ["UTC"], lambda _at: True
    else:
        zones, expected = [entry["hours"]["zone"]], lambda at: slowly_open(entry["hours"], at)

    wrong = [
        at
        for zone in zones
        for at in instants(zone)
        if resources.shown(resource, at).open_now != expected(at)
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("utc", "expected"),
    [
        ("2026-12-09T22:59", False),  # the tenth, a minute before eight in Tokyo
        ("2026-12-09T23:00", True),
        ("2026-12-10T03:00", True),
        ("2026-12-10T22:59", True),  # until eight on the eleventh
        ("2026-12-10T23:00", False),
        ("2026-12-11T07:00", True),  # and from four in the afternoon as on every day
        ("2026-12-11T12:00", False),
    ],
)
def test_the_line_in_japan_is_open_all_day_on_the_tenth(utc, expected):
    entry = next(entry for _, entry in ENTRIES if entry["id"] == "jp-inochi-no-denwa")
    at = datetime.fromisoformat(utc).replace(tzinfo=UTC)

    assert resources.shown(furnishing._resource(entry), at).open_now is expected


@each_entry
def test_a_seed_becomes_a_resource_that_can_be_reached_and_says_where_it_was_read(path, entry):
    resource = furnishing._resource(entry)

    assert resource.ways
    assert resource.source.startswith("https://")
    assert resource.assured_on is not None
