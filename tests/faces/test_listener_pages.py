"""The console's page and the staff door: who gets in, and what the first paint holds."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun import freeze_time

from helpline.actions import calling, entering, visiting
from helpline.domain import alarms
from helpline.domain.access import Who
from helpline.domain.chat import OUTCOMES
from helpline.faces.listener import words
from helpline.store.transaction import Store
from tests import cast as the_cast
from tests import makers
from tests.cast import Cast

ROOT = Path(__file__).parent.parent.parent
SCRIPTS = sorted(
    path
    for face in ("listener", "shared")
    for path in (ROOT / f"helpline/static/{face}").glob("*.js")
)
TEMPLATES = sorted((ROOT / "templates/listener").glob("*.html")) + [
    ROOT / "templates/shared" / name for name in ("staff.html", "sign_in.html", "refused.html")
]
PASSWORD = "a long enough practice password"
SPOKEN = re.compile(r"\b(?:say|phrase)\(\s*'([a-z_]+)'")
FAMILIES = (
    ("level", ("routine", "elevated", "high", "critical")),
    ("state", ("ready", "away", "paused", "off_shift", "resting")),
    ("offer_gone", ("lapsed", "declined", "taken", "withdrawn")),
    ("hand_off", ("accepted", "declined", "lapsed", "withdrawn", "refused")),
    ("call", ("offered", "calling", "overdue")),
    ("role", ("lead", "listener")),
    ("answer", sorted({each for answers in alarms.ANSWERS.values() for each in answers})),
)


@pytest.fixture(autouse=True)
def _the_evening(now: datetime) -> Iterator[None]:
    with freeze_time(now):
        yield


@pytest.fixture
def ida(store: Store, cast: Cast, now: datetime) -> Who:
    """A listener with a password, who is not booked."""
    return person(store, "ida", ["listener"], now)


def person(store: Store, name: str, roles: list[str], now: datetime) -> Who:
    made = entering.add_person(
        store,
        email=f"{name}@example.org",
        name=name.title(),
        roles=roles,
        languages=["en"],
        skills=[],
        seats=2,
        password=PASSWORD,
        now=now,
    )
    return Who(made.id, made.name, frozenset(made.roles))


def sign_in(client: FlaskClient, email: str, password: str = PASSWORD, **more: str):  # type: ignore[no-untyped-def]
    page = client.get("/sign-in").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    form = {"email": email, "password": password, "csrf_token": token[1], **more}
    return client.post("/sign-in", data=form)


def block(page: str, name: str):  # type: ignore[no-untyped-def]
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.S)
    assert found is not None
    return json.loads(found[1])


# -- the door ---------------------------------------------------------------------------------


def test_a_stranger_is_sent_to_the_door_and_back(client: FlaskClient, ida: Who) -> None:
    away = client.get("/listener")
    back = sign_in(client, "ida@example.org", next="/listener")

    assert away.status_code == 302
    assert away.location == "/sign-in?next=/listener"
    assert back.location == "/listener"


def test_a_wrong_password_says_that_it_did_not_match_and_not_why(
    client: FlaskClient, ida: Who
) -> None:
    known = sign_in(client, "ida@example.org", "wrong")
    unknown = sign_in(client, "nobody@example.org", "wrong")

    assert known.status_code == unknown.status_code == 401
    assert "This did not match." in known.text
    assert "This did not match." in unknown.text


def test_a_coordinator_who_does_not_listen_gets_no_console(
    client: FlaskClient, store: Store, cast: Cast, now: datetime
) -> None:
    person(store, "kim", ["coordinator"], now)
    sign_in(client, "kim@example.org")

    answer = client.get("/listener")

    assert answer.status_code == 403
    assert "Your role does not allow this." in answer.text


def test_signing_out_closes_the_console(client: FlaskClient, ida: Who) -> None:
    sign_in(client, "ida@example.org")
    page = client.get("/listener").text
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert token is not None

    client.post("/sign-out", data={"csrf_token": token[1]})

    assert client.get("/listener").status_code == 302


# -- the first paint --------------------------------------------------------------------------


def test_the_console_comes_with_its_board_shelf_and_words(client: FlaskClient, ida: Who) -> None:
    sign_in(client, "ida@example.org")

    page = client.get("/listener").text

    assert block(page, "me") == {"id": ida.id, "name": "Ida", "leads": False}
    assert block(page, "board")["me"]["state"] == "off_shift"
    assert set(block(page, "shelf")) == {
        "quick_replies", "resources", "country", "regions", "outcomes", "follow_ups", "people",
    }  # fmt: skip
    assert block(page, "words") == words.sentences()
    for id in ("find-language", "hand-off-language"):
        languages = page.split(f'id="{id}"')[1].split("</select>")[0]
        assert '<option value="en">English</option>' in languages


def test_without_scripts_the_console_says_that_it_needs_them(client: FlaskClient, ida: Who) -> None:
    sign_in(client, "ida@example.org")

    page = client.get("/listener").text

    assert "The console needs JavaScript" in page
    assert re.search(r'<div id="console"[^>]* hidden>', page)


def test_a_nickname_that_looks_like_html_stays_data(
    client: FlaskClient, store: Store, ida: Who, cast: Cast, now: datetime
) -> None:
    the_cast.make_ready(store, cast.leo, now=now)
    nickname = "</script><b>Vera"
    wish = visiting.Opening(makers.client_id(), text="hello", language="en", nickname=nickname)
    visiting.open_chat(store, wish, now=now)
    makers.take_next(store, cast.leo, now=now)
    sign_in(client, "ida@example.org")
    entering.set_password(store, "leo@example.org", PASSWORD, now=now)
    sign_in(client, "leo@example.org")

    page = client.get("/listener").text

    assert nickname not in page
    assert block(page, "board")["chats"][0]["nickname"] == nickname


def test_nothing_of_the_page_comes_from_elsewhere_or_is_inline(
    client: FlaskClient, ida: Who
) -> None:
    sign_in(client, "ida@example.org")

    answer = client.get("/listener")

    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    for address in re.findall(r'(?:src|href|action)="([^"#]+)"', answer.text):
        assert address.startswith("/")


# -- what scripts and templates promise -------------------------------------------------------


def test_every_sentence_that_a_script_says_is_there(app: Flask) -> None:
    with app.test_request_context("/listener"):
        known = words.sentences()

    for script in SCRIPTS:
        for key in SPOKEN.findall(script.read_text(encoding="utf-8")):
            assert key in known, f"{script.name} says {key}"
    for family, members in FAMILIES:
        for member in members:
            assert f"{family}_{member}" in known


def test_every_outcome_has_its_words(app: Flask) -> None:
    with app.test_request_context("/listener"):
        known = words.sentences()

    for outcome in OUTCOMES:
        assert f"outcome_{outcome}" in known


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_no_script_parses_html_or_keeps_words(script: Path) -> None:
    source = script.read_text(encoding="utf-8")

    assert not re.search(r"\.(innerHTML|outerHTML|insertAdjacentHTML|write)\b", source)
    assert not re.search(r"indexedDB|sessionStorage|document\.cookie", source)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_inline_style_or_script(template: Path) -> None:
    source = template.read_text(encoding="utf-8")

    assert not re.search(r"\sstyle=|<style|\son[a-z]+=", source)
    for opening in re.findall(r"<script[^>]*>", source):
        assert "src=" in opening or 'type="application/json"' in opening


# -- being called off shift ---------------------------------------------------------------------


def form(client: FlaskClient, **fields: str):  # type: ignore[no-untyped-def]
    page = client.get("/listener").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    return client.post("/listener", data={"csrf_token": token[1], **fields})


def state_of(client: FlaskClient) -> tuple[str, str | None]:
    board = block(client.get("/listener").text, "board")
    return board["me"]["state"], (board["call_out"] or {}).get("state")


def test_nobody_may_be_asked_until_they_say_so_with_or_without_a_script(
    client: FlaskClient, ida: Who
) -> None:
    sign_in(client, "ida@example.org")
    before = client.get("/listener").text

    kept = form(client, do="choose", when="by_day")
    after = client.get(kept.location).text

    assert 'value="never" checked' in before
    assert 'value="by_day" checked' in after
    assert "Your choice is kept." in after


def test_a_call_out_is_answered_by_a_plain_form(
    client: FlaskClient, store: Store, ida: Who, cast: Cast, now: datetime
) -> None:
    sign_in(client, "ida@example.org")
    form(client, do="choose", when="any_time")
    call_out = calling.start(store, cast.cora, now=now)
    asked = client.get("/listener").text
    assert "People are waiting on the line. Can you help?" in asked
    assert "I can help now" in asked

    said_no = form(client, do="not_now", call_out=call_out)
    assert "That is all right." in client.get(said_no.location).text
    assert state_of(client) == ("off_shift", "declined")
    said_yes = form(client, do="come", call_out=call_out)

    assert "Thank you for coming." in client.get(said_yes.location).text
    assert state_of(client) == ("away", "helping")  # a form is no heartbeat: Ready is the next step
    calling.end(store, cast.cora, call_out, now=now)
    late = form(client, do="come", call_out=call_out)
    assert "It is covered now" in client.get(late.location).text


def test_what_a_call_out_cannot_be_answered_with_is_refused(
    client: FlaskClient, store: Store, ida: Who, cast: Cast, now: datetime
) -> None:
    sign_in(client, "ida@example.org")
    call_out = calling.start(store, cast.cora, now=now)

    assert form(client, do="explode").status_code == 400
    assert form(client, do="choose", when="always").status_code == 400
    assert form(client, do="come", call_out="unknown").status_code == 404
    bare = client.post("/listener", data={"do": "come", "call_out": call_out})
    assert bare.status_code == 400
    assert state_of(client) == ("off_shift", None)
