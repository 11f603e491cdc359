"""What every answer of every face carries, and what no trick with a request changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from helpline.bootstrap import create_app
from helpline.settings import Settings
from helpline.store.transaction import Store
from tests.cast import Cast
from tests.faces.entered import Entered, enter

FRIENDS = "https://friends.example"


def csp(response: TestResponse) -> dict[str, str]:
    policy = response.headers["Content-Security-Policy"]
    return {
        name: values
        for name, _, values in (each.strip().partition(" ") for each in policy.split(";"))
    }


def routes(app: Flask, method: str) -> Iterator[str]:
    """Every address of the house, its blanks filled with something that is not there."""
    for rule in app.url_map.iter_rules():
        if method in rule.methods:
            blanks = {name: 7 if "int" in str(rule) else "nothing" for name in rule.arguments}
            _, path = rule.build(blanks) or (None, str(rule))
            yield path


def carries_everything(response: TestResponse, path: str) -> None:
    policy, headers = csp(response), response.headers
    assert policy["default-src"] == "'none'", path
    assert policy["script-src"] == policy["style-src"] == "'self'", path
    assert policy["form-action"] == "'self'", path
    assert policy["base-uri"] == "'none'", path
    assert policy["require-trusted-types-for"] == "'script'", path
    assert "unsafe" not in headers["Content-Security-Policy"], path
    assert "*" not in headers["Content-Security-Policy"], path
    assert headers["Referrer-Policy"] == "no-referrer", path
    assert headers["X-Content-Type-Options"] == "nosniff", path
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin", path
    kept = path.startswith("/static/") or path == "/embed.js"
    assert headers["Cache-Control"] == ("no-cache" if kept else "no-store"), path
    assert "Traceback" not in response.text, path


@pytest.mark.parametrize("who", [None, "leo", "cora"])
def test_every_route_of_every_face_carries_the_headers(app: Flask, client, cast: Cast, who):
    if who:
        enter(client, app, who)

    for path in routes(app, "GET"):
        response = client.get(path)

        assert response.status_code < 500 or path == "/readyz", path
        carries_everything(response, path)
        if path not in ("/widget",):
            assert csp(response)["frame-ancestors"] == "'none'", path
            assert response.headers["X-Frame-Options"] == "DENY", path


def test_every_post_without_anything_is_refused_with_the_same_headers(app: Flask, client, cast):
    for path in routes(app, "POST"):
        response = client.post(path, data={"csrf_token": "foreign"})

        assert response.status_code < 500, path
        carries_everything(response, path)


@pytest.mark.parametrize(
    "method, path, status",
    [
        ("GET", "/nowhere", 404),
        ("GET", "/static/nothing.js", 404),
        ("GET", "/static/../settings.py", 404),
        ("GET", "/static/%2e%2e/settings.py", 404),
        ("GET", "/%00", 404),
        ("GET", "/%ff%fe", 404),
        ("GET", "//evil.example/%2e%2e", 404),
        ("PUT", "/", 405),
        ("DELETE", "/listener", 405),
        ("TRACE", "/", 405),
        ("GET", "/sign-out", 405),
    ],
)
def test_what_is_not_there_is_said_kindly(client: FlaskClient, method: str, path: str, status: int):
    response = client.open(path, method=method)

    assert response.status_code == status
    carries_everything(response, path)
    assert "Set-Cookie" not in response.headers
    assert "werkzeug" not in response.text.lower()
    assert 'href="/"' in response.text


def test_a_body_that_is_too_long_is_refused_and_help_is_shown(client: FlaskClient):
    words = {"text": "a" * 70_000, "client_id": "c1"}

    for path in ("/open", "/say"):
        response = client.post(path, data=words)
        assert response.status_code == 422
        assert "too long" in response.text
    staff = client.post("/sign-in", data=words)
    assert staff.status_code == 413
    carries_everything(staff, "/sign-in")


@pytest.mark.parametrize(
    "path", ["/", "/widget", "/open", "/chat/nothing", "/embed.js", "/healthz"]
)
def test_no_page_of_a_visitor_sets_a_cookie(client: FlaskClient, path: str):
    response = client.get(path)

    assert "Set-Cookie" not in response.headers


def test_a_whole_visit_without_javascript_sets_no_cookie(client: FlaskClient):
    form = {"client_id": "c1", "text": "I want to die"}
    opened = client.post("/open", data=form)
    page = client.get(opened.headers["Location"])
    token = page.text.split('name="token" value="')[1].split('"')[0]
    said = client.post("/say", data={"token": token, "client_id": "c2", "text": "hello"})
    left = client.post("/exit", data={"token": token})

    for each in (opened, page, said, left):
        assert "Set-Cookie" not in each.headers
        assert each.headers["Cache-Control"] == "no-store"
        assert token not in str(each.headers)


# -- frames ----------------------------------------------------------------------------------------


def test_only_the_widget_may_stand_in_a_frame_and_only_of_allowed_sites(client: FlaskClient):
    for path in ("/widget", "/?frame=1"):
        response = client.get(path)
        assert csp(response)["frame-ancestors"] == FRIENDS
        assert "X-Frame-Options" not in response.headers


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/listener", "/coordinator", "/nowhere", "/healthz"]
)
def test_nothing_else_may(client: FlaskClient, path: str):
    for tried in (path, f"{path}?frame=0", f"{path}?frames=embed"):
        assert csp(client.get(tried))["frame-ancestors"] == "'none'"


@pytest.mark.parametrize("path", ["/sign-in", "/listener", "/coordinator", "/nowhere"])
def test_asking_for_a_frame_opens_no_page_of_staff(app: Flask, client, cast: Cast, path: str):
    enter(client, app, "cora")

    response = client.get(f"{path}?frame=1")

    assert csp(response)["frame-ancestors"] == "'none'"
    assert response.headers["X-Frame-Options"] == "DENY"


def test_without_allowed_sites_not_even_the_widget_may(
    store: Store, cast: Cast, settings: Settings
):
    client = create_app(replace(settings, embed_origins=()), store).test_client()

    response = client.get("/widget")

    assert csp(response)["frame-ancestors"] == "'none'"
    assert response.headers["X-Frame-Options"] == "DENY"


# -- tricks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "a; script-src *",
        "a b",
        '"><script>',
        "ü.example",
        "127.0.0.1:80, evil.example",
    ],
)
def test_no_host_changes_what_a_page_may_load(client: FlaskClient, host: str):
    response = client.get("/", headers={"Host": host})

    policy = csp(response)
    assert response.status_code in (200, 400)
    assert policy["script-src"] == "'self'"
    assert len(policy) == 10
    assert "evil.example" not in response.text
    assert "<script>" not in response.text


def test_with_a_public_origin_a_foreign_host_is_not_repeated(store, cast: Cast, settings: Settings):
    public = replace(settings, public_origin="https://line.example", secure_cookies=True)
    client = create_app(public, store).test_client()
    tricks = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}

    for path in ("/", "/sign-in", "/listener", "/nowhere", "/open"):
        response = client.get(path, headers=tricks)
        assert "evil.example" not in str(response.headers)
        assert "evil.example" not in response.text
    assert csp(client.get("/", headers=tricks))["connect-src"] == "'self' wss://line.example"


def test_behind_tls_browsers_are_told_to_stay_there(store: Store, cast: Cast, settings: Settings):
    client = create_app(replace(settings, proxy_hops=1), store).test_client()

    secure = client.get("/", headers={"X-Forwarded-Proto": "https"})
    plain = client.get("/")

    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert csp(secure)["connect-src"].startswith("'self' wss://")
    assert "Strict-Transport-Security" not in plain.headers


def test_without_a_proxy_its_headers_count_for_nothing(client: FlaskClient):
    response = client.get(
        "/", headers={"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"}
    )

    assert "Strict-Transport-Security" not in response.headers
    assert "evil.example" not in str(response.headers)


@pytest.mark.parametrize(
    "language",
    [
        "../../etc/passwd",
        "%2e%2e/",
        "..\\..\\",
        "\x00",
        "x" * 10_000,
        "en\r\nX-Evil: 1",
        "zz",
        "'\"><b>",
    ],
)
def test_a_language_that_is_none_is_the_lines_own(client: FlaskClient, language: str):
    by_address = client.get("/", query_string={"lang": language})
    by_header = client.get("/", headers={"Accept-Language": language.replace("\r\n", " ")})

    for response in (by_address, by_header):
        assert response.status_code == 200
        assert '<html lang="en"' in response.text
        assert "root:" not in response.text
        assert "X-Evil" not in response.headers
        assert "<b>" not in response.text


# -- nothing inline --------------------------------------------------------------------------------


class Inline(HTMLParser):
    """Finds what a strict policy would refuse, and what would be asked of another site."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        data = given.get("type") == "application/json"
        if tag == "style" or (tag == "script" and "src" not in given and not data):
            self.found.append(tag)
        self.found += [name for name in given if name == "style" or name.startswith("on")]
        if tag in ("script", "img", "link", "iframe", "audio", "source", "form"):
            wanted = given.get("src") or given.get("href") or given.get("action") or ""
            if re.match(r"[a-z]+:|//", wanted) and not wanted.startswith("data:"):
                self.found.append(f"{tag} {wanted}")


def inline_of(response: TestResponse) -> list[str]:
    page = Inline()
    page.feed(response.text)
    return page.found


@pytest.mark.parametrize("who", [None, "leo", "cora"])
def test_no_page_holds_anything_inline_or_from_elsewhere(app: Flask, client, cast: Cast, who):
    if who:
        enter(client, app, who)
    for path in [*routes(app, "GET"), "/nowhere"]:
        response = client.get(path)
        if response.mimetype == "text/html":
            assert inline_of(response) == [], path


def test_the_search_for_inline_things_finds_them():
    """Planted, so that the test above cannot pass by looking at nothing."""
    page = Inline()
    page.feed(
        '<script>1</script><p style="x" onclick="y"></p><img src="//evil.example/x">'
        '<script type="application/json">{}</script><script src="/static/a.js"></script>'
    )

    assert page.found == ["script", "style", "onclick", "img //evil.example/x"]


def test_an_entered_client_is_really_inside(app: Flask, client: FlaskClient, cast: Cast):
    entered: Entered = enter(client, app, "cora")

    assert client.get("/coordinator").status_code == 200
    assert entered.csrf
