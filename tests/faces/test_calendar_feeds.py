"""Calendar feeds: what a calendar reads back is the plan, and whose secret it is."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from icalendar import Calendar

from helpline import clock
from helpline.actions import entering, feeding, planning
from helpline.boards import feed as board
from helpline.domain import errors, shifts
from helpline.domain.access import Role, Who
from helpline.store import shifts as rota
from tests.faces.test_coordinator_pages import enter, post

PAGE = "/shifts/calendar"


@pytest.fixture(autouse=True)
def frozen(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def mia(store, now) -> Who:
    made = entering.add_person(
        store, email="mia@example.org", name="Mia", roles=["listener"], languages=["es"],
        skills=[], seats=1, password=None, now=now,
    )  # fmt: skip
    return Who(made.id, made.name, frozenset(made.roles))


@pytest.fixture
def evening(store, cast, mia, now) -> str:
    """Mia serves on Fridays from 22:00 to 02:00."""
    pattern = planning.add_pattern(
        store, cast.cora, "Crisis line, late", 4, time(22), time(2), now.date(), now=now
    )
    planning.book(store, cast.cora, pattern, mia.id, Role.LISTENER, now.date(), now=now)
    return pattern


def feed(store, who, now, secret=None):
    secret = secret or feeding.make(store, who, now=now)
    return read(board.calendar(store, secret, now))


def read(file: bytes):
    return {str(each["uid"]): each for each in Calendar.from_ical(file).walk("VEVENT")}


def times(events, *, status="CONFIRMED"):
    return sorted(
        (each["dtstart"].dt, each["dtend"].dt)
        for each in events.values()
        if each["status"] == status
    )


def planned(store, who, now):
    with store.reading() as tx:
        plan = rota.plan(tx)
    around = shifts.spans(plan, now - timedelta(days=40), now + timedelta(days=190))
    return sorted(
        (each.starts_at, each.ends_at)
        for each in around
        if who.id in {person.person_id for person in each.people}
        and abs(each.date - now.date() - timedelta(days=75)) <= timedelta(days=105)
    )


def test_a_calendar_reads_back_what_is_planned(store, cast, mia, evening, now):
    events = feed(store, mia, now)

    assert times(events) == planned(store, mia, now)
    assert len(times(events)) >= 25
    assert all(each[0].tzinfo for each in times(events))
    assert planned(store, cast.leo, now) == times(feed(store, cast.leo, now))


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Santiago", "Australia/Lord_Howe"])
def test_it_is_right_on_both_nights_of_a_change(store, mia, evening, zone):
    with store.transaction() as tx:
        row = rota.line(tx)
        row.zone = zone
        row.roster_version += 1
        tx.session.add(row)
    for now in (datetime(2027, 3, 1, 12, tzinfo=UTC), datetime(2027, 9, 20, 12, tzinfo=UTC)):
        assert times(feed(store, mia, now)) == planned(store, mia, now)


def test_titles_tell_nobody_anything(store, mia, evening, now):
    file = board.calendar(store, feeding.make(store, mia, now=now), now).decode()

    assert {str(each["summary"]) for each in read(file.encode()).values()} == {"Shift"}
    for word in ("Crisis", "late", "Harbour", "Mia", "mia@", mia.id, evening, "helpline"):
        assert word not in file, word


def test_an_entry_keeps_its_id_and_is_cancelled_not_lost(store, cast, mia, evening, now):
    secret = feeding.make(store, mia, now=now)
    before = feed(store, mia, now, secret)
    friday = now.date() + timedelta(days=(4 - now.weekday()) % 7)
    planning.override(store, cast.cora, evening, friday, "remove", mia.id, now=now)
    after = feed(store, mia, now, secret)

    assert set(after) == set(before)
    gone = [uid for uid in after if after[uid]["status"] == "CANCELLED"]
    assert [after[each]["dtstart"].dt.date() for each in gone] == [friday]
    assert before[gone[0]]["status"] == "CONFIRMED"
    assert after[gone[0]]["sequence"] > before[gone[0]]["sequence"]


def test_a_shift_that_moves_keeps_its_id(store, cast, mia, evening, now):
    secret = feeding.make(store, mia, now=now)
    before = feed(store, mia, now, secret)
    from_ = now.date() + timedelta(days=15)
    for starts in (time(21), time(20)):
        evening = planning.change_pattern(
            store, cast.cora, evening, from_, title="Crisis line, late", weekday=4, starts=starts,
            ends=time(1), now=now,
        )  # fmt: skip
        from_ += timedelta(days=21)
    after = feed(store, mia, now, secret)

    assert set(after) == set(before)
    hours = {each["dtstart"].dt.hour for each in after.values()}
    assert {20, 21, 22} <= hours


def test_a_cancelled_shift_and_a_cover_reach_the_calendars_of_both(store, cast, mia, evening, now):
    friday = now.date() + timedelta(days=(4 - now.weekday()) % 7)
    planning.override(store, cast.cora, evening, friday, "add", cast.leo.id, now=now)
    assert (datetime.combine(friday, time(22), tzinfo=UTC)) in [
        each[0] for each in times(feed(store, cast.leo, now))
    ]
    planning.override(store, cast.cora, evening, friday, "cancel", now=now)

    for who in (cast.leo, mia):
        (off,) = times(feed(store, who, now), status="CANCELLED")
        assert off[0] == datetime.combine(friday, time(22), tzinfo=UTC)


def test_a_secret_opens_until_it_is_taken_back_or_replaced(client, store, mia, evening, now):
    first = feeding.make(store, mia, now=now)
    answer = client.get(f"/shifts/{first}.ics")
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert (
        "no-store" in answer.headers["Cache-Control"]
        or "private" in answer.headers["Cache-Control"]
    )
    tag = answer.headers["ETag"]
    assert client.get(f"/shifts/{first}.ics", headers={"If-None-Match": tag}).status_code == 304

    second = feeding.make(store, mia, now=now)
    assert client.get(f"/shifts/{first}.ics").status_code == 404
    assert client.get(f"/shifts/{second}.ics").status_code == 200
    feeding.revoke(store, mia, now=now)
    assert client.get(f"/shifts/{second}.ics").status_code == 404
    assert client.get("/shifts/guess.ics").status_code == 404
    with pytest.raises(errors.NotAllowed):
        feeding.make(store, Who("max", "Max"), now=now)


def test_who_left_has_no_feed(client, store, cast, mia, evening, now):
    secret = feeding.make(store, mia, now=now)
    with store.transaction() as tx:
        person = tx.session.get(board.Person, mia.id)
        person.active = False
        tx.session.add(person)

    assert client.get(f"/shifts/{secret}.ics").status_code == 404


def test_the_page_shows_the_address_once(client, store, cast, evening, now):
    leo = enter(client, store, cast.leo, now)
    assert "Take it back" not in leo.get(PAGE).text

    made = post(leo, PAGE, do="make").text
    secret = made.split("/shifts/")[1].split(".ics")[0]
    assert leo.get(f"/shifts/{secret}.ics").status_code == 200
    assert f"webcal://localhost/shifts/{secret}.ics" in made
    again = leo.get(PAGE).text
    assert secret not in again
    assert "Take it back" in again

    gone = leo.get(post(leo, PAGE, do="revoke").location).text
    assert "opens nothing any more" in gone
    assert leo.get(f"/shifts/{secret}.ics").status_code == 404
    assert post(leo, PAGE, do="burn").status_code == 400


def test_the_secret_is_kept_as_a_hash(store, mia, now):
    secret = feeding.make(store, mia, now=now)

    with store.reading() as tx:
        rows = tx.session.connection().exec_driver_sql("SELECT * FROM shift_feeds").all()
    assert len(rows) == 1
    assert secret not in str(rows)
