"""The volunteer's own pages by plain forms: what they show, what one tap does, what they refuse."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

import pytest

from helpline import clock
from helpline.actions import entering, planning
from helpline.domain import requests
from helpline.domain.access import Who
from helpline.store import requests as rows
from helpline.store import shifts as rota
from helpline.store import wishes
from tests.faces.test_coordinator_pages import enter, post

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def frozen(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def ida(store, now):
    return _joins(store, "ida", now)


def _joins(store, name, now):
    made = entering.add_person(
        store, email=f"{name}@example.org", name=name.title(), roles=["listener"],
        languages=["en"], skills=["mentor"], seats=2, password=None, now=now,
    )  # fmt: skip
    return Who(made.id, made.name, frozenset(made.roles))


@pytest.fixture
def friday(store, cast, now):
    """An evening in nine days, with Sol; five listeners and a lead are needed then."""
    day = now.date() + 9 * DAY
    pattern = planning.add_pattern(
        store, cast.cora, "Late", day.weekday(), time(18), time(21), day, day, now=now
    )
    planning.set_need(store, cast.cora, day.weekday(), 18, 21, 5, 1, now=now)
    return pattern, day


def serve(store, friday):
    with store.reading() as tx:
        span = requests.occurrence(rota.plan(tx), *friday)
    return {each.person_id for each in span.people}


def key(friday):
    return f"{friday[0]}:{friday[1].isoformat()}"


def test_the_header_leads_there_and_a_stranger_to_the_door(client, store, cast, now):
    assert "/sign-in" in client.get("/shifts").location

    page = enter(client, store, cast.leo, now).get("/shifts")

    assert page.status_code == 200
    assert '<a href="/shifts" aria-current="page">' in page.text
    assert "style=" not in page.text
    assert "<script" not in page.text.replace('<script type="application/json"', "")
    assert "With:" in page.text
    assert enter(client, store, cast.cora, now).get("/shifts").status_code == 403


def test_one_tap_takes_an_open_shift_and_it_is_said(client, store, friday, ida, now):
    volunteer = enter(client, store, ida, now)
    assert "Fri 27 Nov 18:00–21:00" in volunteer.get("/shifts").text

    answer = post(volunteer, "/shifts", do="take", shift=key(friday), role="listener")

    assert answer.status_code == 302
    assert ida.id in serve(store, friday)
    page = volunteer.get(answer.location).text
    assert "The shift is yours" in page
    assert "Trade or cancel" in page


def test_a_refusal_says_why_in_words(client, store, friday, ida, now):
    volunteer = enter(client, store, ida, now)
    post(volunteer, "/shifts", do="keep_free", first_date=friday[1].isoformat(), last_date="")

    answer = post(volunteer, "/shifts", do="take", shift=key(friday), role="listener")

    assert answer.status_code == 400
    alert = re.search(r'<div class="refusal" role="alert">.*?</div>', answer.text, re.DOTALL)[0]
    assert "You cannot come on that day, as you said." in alert
    assert " you may not take, and why" in volunteer.get("/shifts").text
    assert ida.id not in serve(store, friday)


def test_who_said_that_they_come_is_thanked_and_marked(client, store, cast, now):
    volunteer = enter(client, store, cast.leo, now)
    page = volunteer.get("/shifts").text
    shift = re.search(
        r'value="confirm">\s*<input type="hidden" name="shift" value="([^"]+)"', page
    )[1]

    answer = post(volunteer, "/shifts", do="confirm", shift=shift)

    assert "We count on you" in volunteer.get(answer.location).text
    with store.reading() as tx:
        assert len(wishes.confirmed(tx, cast.leo.id, now.date())) == 1


def test_a_cover_goes_from_one_page_to_the_other(app, store, friday, ida, now):
    jon = _joins(store, "jon", now)
    first, second = (
        enter(app.test_client(), store, ida, now),
        enter(app.test_client(), store, jon, now),
    )
    post(first, "/shifts", do="take", shift=key(friday), role="listener")
    trade = f"/shifts/{friday[0]}/{friday[1].isoformat()}"
    assert ">Jon</option>" in first.get(trade).text

    answer = post(first, trade, do="cover", to_id=jon.id)
    assert "Until somebody agrees the shift stays yours." in first.get(answer.location).text
    assert "You have asked about this shift already" in first.get(trade).text
    page = second.get("/shifts").text
    assert "\u2068Ida\u2069 asks whether you can take the shift Fri 27 Nov 18:00–21:00." in page
    asked = re.search(
        r'value="agree">\s*<input type="hidden" name="request" value="([^"]+)"', page
    )[1]
    answer = post(second, "/shifts", do="agree", request=asked)

    assert "it stands in the plan now" in second.get(answer.location).text
    assert {jon.id, ida.id} & serve(store, friday) == {jon.id}
    again = post(first, "/shifts", do="withdraw", request=asked)
    assert again.status_code == 409
    assert "answered or taken back meanwhile" in again.text


def test_a_shift_of_somebody_else_and_a_day_that_is_none_are_not_there(
    client, store, cast, friday, ida, now
):
    volunteer = enter(client, store, ida, now)

    assert volunteer.get(f"/shifts/{friday[0]}/{friday[1].isoformat()}").status_code == 404
    assert volunteer.get(f"/shifts/{friday[0]}/tomorrow").status_code == 404
    assert (
        post(volunteer, "/shifts", do="take", shift="x:2027-01-01", role="listener").status_code
        == 404
    )
    assert post(volunteer, "/shifts", do="take", shift="x:y", role="listener").status_code == 400
    assert post(volunteer, "/shifts", do="swap", shift=key(friday)).status_code == 400
    assert post(volunteer, "/shifts", do="rule").status_code == 400


def test_the_week_the_limit_and_time_off_are_kept(client, store, friday, ida, now):
    volunteer = enter(client, store, ida, now)
    said = {"do": "say_when", "from_hour": "18", "to_hour": "22", "level": "gladly"}

    assert post(volunteer, "/shifts", **said, weekdays=["0", "4"]).status_code == 302
    assert post(volunteer, "/shifts", **said).status_code == 400  # no day
    assert post(volunteer, "/shifts", do="limit", hours="9").status_code == 302
    first = friday[1].isoformat()
    answer = post(volunteer, "/shifts", do="time_off", first_date=first, last_date=first)

    page = volunteer.get(answer.location).text
    assert "A coordinator is asked." in page
    assert "<strong>Friday</strong>: 18:00–22:00 gladly" in page
    assert "You asked for time off: Fri 27 Nov 2026." in page
    assert 'name="hours" min="0" max="80" value="9"' in page
    with store.reading() as tx:
        assert [each.kind for each in rows.still_open(tx)] == ["time_off"]


def test_a_form_without_its_token_changes_nothing(client, store, friday, ida, now):
    volunteer = enter(client, store, ida, now)

    assert volunteer.post("/shifts", data={"do": "take", "shift": key(friday)}).status_code == 400
    assert ida.id not in serve(store, friday)


def test_the_certificate_counts_real_hours_between_two_days(client, store, cast, now):
    """Leo has served around the clock for fourteen days and is in the middle of today."""
    volunteer = enter(client, store, cast.leo, now)

    page = volunteer.get("/shifts/certificate?first_date=2026-11-16&last_date=2026-11-17").text

    assert "Harbour Line" in page
    assert "48 hours in 2 shifts" in page
    backwards = "/shifts/certificate?first_date=2026-11-17&last_date=2026-11-16"
    assert volunteer.get(backwards).status_code == 400
    assert datetime.combine(now.date(), time(20)) == now.replace(tzinfo=None)
    assert (
        "20 hours in 1 shift<"
        in volunteer.get("/shifts/certificate?first_date=2026-11-18&last_date=2026-12-31").text
    )
