"""The staff door: what it tells, what it proves, and how long it stays open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from sqlalchemy import text as sql

from helpline.actions import entering
from helpline.bootstrap import create_app
from helpline.settings import Settings
from helpline.store.transaction import Store
from tests.cast import Cast
from tests.faces.entered import PASSWORD, cookie_of, enter, knock, set_password, token_of

OF_VISITORS = ("visitor.", "way_back.")
STAFF_TABLES = (
    "people",
    "staff_sessions",
    "shift_patterns",
    "bookings",
    "shift_overrides",
    "needs",
    "chats",
    "messages",
)


@pytest.fixture
def time(now: datetime) -> Iterator[FrozenDateTimeFactory]:
    with freeze_time(now) as frozen:
        yield frozen


@pytest.fixture
def leo(app: Flask, cast: Cast, time: FrozenDateTimeFactory) -> str:
    set_password(app, "leo")
    return "leo"


def rows(store: Store) -> list[Any]:
    with store.reading() as tx:
        return [tx.session.execute(sql(f"SELECT * FROM {each}")).all() for each in STAFF_TABLES]


def without_token(page: str) -> str:
    return re.sub(r'(value|content)="[A-Za-z0-9_-]{32}"', "", page)


# -- what it tells ---------------------------------------------------------------------------------


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(client: FlaskClient, leo: str):
    wrong, unknown = knock(client, leo, "wrong"), knock(client, "nobody", "wrong")

    assert wrong.status_code == unknown.status_code == 401
    assert without_token(wrong.text) == without_token(unknown.text)
    assert dict(wrong.headers) | {"Set-Cookie": ""} == dict(unknown.headers) | {"Set-Cookie": ""}


def test_somebody_who_left_or_has_no_password_gets_that_answer_too(
    client: FlaskClient, store: Store, leo: str
):
    unknown = without_token(knock(client, "nobody").text)
    assert without_token(knock(client, "lin").text) == unknown  # has no password
    with store.transaction() as tx:
        tx.session.execute(sql("UPDATE people SET active = 0 WHERE email = 'leo@example.org'"))

    gone = knock(client, leo)

    assert gone.status_code == 401
    assert without_token(gone.text) == unknown


def test_an_unknown_name_takes_as_much_work_as_a_known_one(
    client: FlaskClient, leo: str, monkeypatch: pytest.MonkeyPatch
):
    checked: list[str] = []
    matches = entering._matches
    monkeypatch.setattr(entering, "_matches", lambda *of: checked.append(of[1]) or matches(*of))

    knock(client, leo, "wrong")
    knock(client, "nobody", "wrong")

    assert checked == ["wrong", "wrong"]


def test_whose_name_is_unknown_is_checked_as_dearly_as_everybody():
    assert not entering.HASHER.check_needs_rehash(entering.NOBODYS_HASH)


def test_the_hash_of_a_password_never_runs_on_the_event_loop(
    app: Flask, client: FlaskClient, leo: str
):
    offloaded: list[str] = []
    at = app.extensions["helpline"]
    app.extensions["helpline"] = replace(
        at, offload=lambda work, *of: offloaded.append(work.__name__) or work(*of)
    )

    assert knock(client, leo).status_code == 302

    assert offloaded == ["_matches"]


@pytest.mark.parametrize(
    "form",
    [
        {"email": "\x00"},
        {"email": "a" * 10_000},
        {"email": "' OR 1=1 --"},
        {"password": "x" * 10_000},
        {"code": "\x00" * 500},
        {"code": "١٢٣٤٥٦"},
        {"email": "leo@example.org", "password": PASSWORD + "\x00"},
    ],
)
def test_nothing_odd_in_the_form_comes_in_or_breaks(client: FlaskClient, leo: str, form: dict):
    token = token_of(client.get("/sign-in"))

    answer = client.post("/sign-in", data={"csrf_token": token} | form)

    assert answer.status_code == 401


# -- what it proves --------------------------------------------------------------------------------


def test_the_session_changes_at_the_door(app: Flask, client: FlaskClient, leo: str):
    """Whoever planted a session or its token before gains nothing by it."""
    before = token_of(client.get("/sign-in"))
    planted = cookie_of(client)

    entered = enter(client, app, leo)

    assert entered.cookie != planted
    assert entered.csrf != before
    assert client.post("/sign-out", data={"csrf_token": before}).status_code == 400
    other = app.test_client()
    other.set_cookie("helpline", planted)
    assert other.get("/listener").status_code == 302


@pytest.mark.parametrize("token", [None, "", "foreign", "é", "A" * 32])
def test_signing_in_needs_the_token_of_the_page(client: FlaskClient, leo: str, token: str | None):
    client.get("/sign-in")
    form = {"email": "leo@example.org", "password": PASSWORD}

    answer = client.post("/sign-in", data=form | ({} if token is None else {"csrf_token": token}))

    assert answer.status_code == 400
    assert client.get("/listener").status_code == 302


def test_no_form_of_staff_acts_without_its_own_token(app: Flask, store: Store, cast: Cast, time):
    """A page elsewhere can make a browser post; it cannot know the token."""
    for name in ("leo", "sol"):
        set_password(app, name)
    cora, leo, sol = (app.test_client() for _ in range(3))
    enter(cora, app, "cora")
    enter(sol, app, "sol")
    foreign = enter(leo, app, "leo").csrf
    visitors = {
        rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith(OF_VISITORS)
    }
    posts = [
        rule
        for rule in app.url_map.iter_rules()
        if "POST" in rule.methods and rule.rule not in visitors and not rule.rule.startswith("/api")
    ]
    before = rows(store)

    assert len(posts) >= 4
    for rule in posts:
        _, path = rule.build({name: "nothing" for name in rule.arguments})
        for form in ({}, {"csrf_token": ""}, {"csrf_token": foreign}, {"csrf_token": "x" * 5_000}):
            poster = sol if path.startswith(("/listener", "/shifts")) else cora
            answer = poster.post(path, data={"do": "close", "reason": "planted"} | form)
            assert answer.status_code == 400, path
    assert rows(store) == before


def test_the_api_takes_no_cookie_without_its_token(app: Flask, store: Store, cast: Cast, time):
    cora = app.test_client()
    enter(cora, app, "cora")
    before = rows(store)

    for rule in app.url_map.iter_rules():
        for method in rule.methods & {"POST", "PUT", "PATCH", "DELETE"}:
            if rule.rule.startswith("/api"):
                _, path = rule.build({name: "nothing" for name in rule.arguments})
                answer = cora.open(path, method=method, json={})
                assert answer.status_code in (400, 401, 403), (method, path)
    assert rows(store) == before


def test_a_role_opens_its_own_pages_only(app: Flask, client: FlaskClient, cast: Cast, time):
    enter(client, app, "leo")

    refused = client.get("/coordinator")

    assert refused.status_code == 403
    assert "role does not allow" in refused.text
    other = app.test_client()
    enter(other, app, "cora")
    assert other.get("/listener").status_code == 403


def test_a_stranger_is_led_to_the_door_and_back(app: Flask, client: FlaskClient, leo: str):
    asked = client.get("/listener")

    assert asked.status_code == 302
    assert asked.headers["Location"] == "/sign-in?next=/listener"
    entered = knock(client, leo, next="/listener")
    assert entered.headers["Location"] == "/listener"


@pytest.mark.parametrize(
    "wished",
    [
        "https://evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/listener\r\nX-Evil: 1",
        "/%0d%0aX-Evil: 1",
        "/" + "\x00",
        "/\x0b/evil.example",
    ],
)
def test_the_way_on_never_leaves_the_site(client: FlaskClient, leo: str, wished: str):
    entered = knock(client, leo, next=wished)

    where = entered.headers["Location"]
    assert entered.status_code == 302
    assert re.fullmatch(r"/(?![/\\])[\x21-\x7e]*", where), where
    assert "\\" not in where
    assert "X-Evil" not in entered.headers


# -- how long it stays open ------------------------------------------------------------------------


def test_signing_out_ends_the_session_wherever_its_cookie_was_copied(
    app: Flask, client: FlaskClient, leo: str
):
    entered = enter(client, app, leo)
    copied = app.test_client()
    copied.set_cookie("helpline", entered.cookie)
    assert copied.get("/listener").status_code == 200

    left = client.post("/sign-out", data={"csrf_token": entered.csrf})

    assert left.status_code == 302
    assert "cache" in left.headers["Clear-Site-Data"]
    assert copied.get("/listener").status_code == 302


def test_a_new_password_signs_everybody_out_who_had_the_old_one(
    app: Flask, client: FlaskClient, leo: str
):
    enter(client, app, leo)
    assert client.get("/listener").status_code == 200

    set_password(app, leo)

    assert client.get("/listener").status_code == 302


def test_two_idle_hours_end_a_session(app: Flask, client: FlaskClient, leo: str, time):
    enter(client, app, leo)

    time.tick(timedelta(hours=1, minutes=59))
    assert client.get("/listener").status_code == 200
    time.tick(timedelta(hours=1, minutes=59))
    assert client.get("/listener").status_code == 200
    time.tick(timedelta(hours=2, seconds=1))

    assert client.get("/listener").status_code == 302


def test_twelve_hours_end_a_session_however_busy_it_is(
    app: Flask, client: FlaskClient, leo: str, time
):
    enter(client, app, leo)
    for _ in range(11):
        time.tick(timedelta(hours=1))
        assert client.get("/listener").status_code == 200

    time.tick(timedelta(hours=1))

    assert client.get("/listener").status_code == 302


def test_a_role_that_is_taken_away_counts_at_once(
    app: Flask, client: FlaskClient, store: Store, leo: str
):
    enter(client, app, leo)
    with store.transaction() as tx:
        tx.session.execute(sql("UPDATE people SET roles = '[]' WHERE email = 'leo@example.org'"))

    assert client.get("/listener").status_code == 403


@pytest.mark.parametrize("spoilt", ["", "x", "e30.x.y", "a" * 3_000, "."])
def test_a_cookie_that_was_made_up_is_none(
    app: Flask, client: FlaskClient, cast: Cast, spoilt: str
):
    client.set_cookie("helpline", spoilt)

    assert client.get("/listener").status_code == 302


def test_the_cookie_is_for_this_site_alone(store: Store, cast: Cast, settings: Settings):
    public = replace(
        settings, public_origin="https://line.example", secure_cookies=True, proxy_hops=1
    )
    for chosen, start in ((settings, "helpline="), (public, "__Host-helpline=")):
        client = create_app(chosen, store).test_client()
        page = client.get("/sign-in", headers={"X-Forwarded-Proto": "https"})

        cookie = page.headers["Set-Cookie"]
        assert cookie.startswith(start)
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        assert ("Secure" in cookie) == (chosen is public)


def test_a_session_is_kept_as_a_hash(app: Flask, client: FlaskClient, store: Store, leo: str):
    enter(client, app, leo)
    with client.session_transaction() as kept:
        secret = kept["_user_id"]

    with store.reading() as tx:
        hashes = [row[0] for row in tx.session.execute(sql("SELECT id_hash FROM staff_sessions"))]

    assert hashes
    assert secret not in hashes
    assert "helpline" not in secret


# -- the second factor -----------------------------------------------------------------------------


@pytest.fixture
def second(store: Store, leo: str) -> pyotp.TOTP:
    return pyotp.TOTP(entering.set_up_second_factor(store, "leo@example.org"))


def test_with_a_second_factor_the_password_alone_is_not_enough(client, leo: str, second):
    assert knock(client, leo).status_code == 401
    assert knock(client, leo, code="000000").status_code == 401
    assert knock(client, leo, code=second.now()).status_code == 302


def test_a_code_counts_once(app: Flask, leo: str, second: pyotp.TOTP):
    code = second.now()
    assert knock(app.test_client(), leo, code=code).status_code == 302

    assert knock(app.test_client(), leo, code=code).status_code == 401


def test_a_code_older_than_the_last_one_counts_no_more(app: Flask, leo: str, second, time):
    older = second.now()
    time.tick(30)
    assert knock(app.test_client(), leo, code=second.now()).status_code == 302

    assert knock(app.test_client(), leo, code=older).status_code == 401
    time.tick(30)
    assert knock(app.test_client(), leo, code=second.now()).status_code == 302


def test_a_clock_may_be_one_step_off_and_no_more(app: Flask, leo: str, second, now: datetime):
    two_off = second.at(now + timedelta(seconds=60))
    one_off = second.at(now + timedelta(seconds=30))

    assert knock(app.test_client(), leo, code=two_off).status_code == 401
    assert knock(app.test_client(), leo, code=one_off).status_code == 302


def test_a_right_code_does_not_make_up_for_a_wrong_password(client, leo: str, second):
    code = second.now()

    assert knock(client, leo, "wrong", code=code).status_code == 401
    assert knock(client, leo, code=code).status_code == 302


def test_the_secret_of_a_second_factor_is_sealed(store: Store, leo: str, second: pyotp.TOTP):
    with store.reading() as tx:
        query = "SELECT totp_sealed FROM people WHERE email = 'leo@example.org'"
        sealed = tx.session.execute(sql(query)).scalar()

    assert second.secret.encode() not in sealed
