"""Somebody of the staff in a browser of the test: signed in through the door, by the form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from helpline import clock
from helpline.actions import entering
from helpline.faces.house import House

PASSWORD = "a password that is only for tests"
TOKEN_FIELD = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Entered:
    """What the browser holds after the door: the token of its pages and its cookie."""

    csrf: str
    cookie: str


def set_password(app: Flask, name: str, *, now: datetime | None = None) -> None:
    """Argon2 is slow on purpose; one quick hash serves every test of a run."""
    house: House = app.extensions["helpline"]
    kept = entering.hash_password
    entering.hash_password = lambda _: _hash()  # type: ignore[assignment]
    try:
        entering.set_password(house.store, f"{name}@example.org", PASSWORD, now=now or clock.now())
    finally:
        entering.hash_password = kept


@lru_cache(maxsize=1)
def _hash() -> str:
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def token_of(page: TestResponse) -> str:
    found = TOKEN_FIELD.search(page.text)
    assert found, page.text
    return found[1]


def knock(client: FlaskClient, name: str, password: str = PASSWORD, **more: str) -> TestResponse:
    """Fills in the form of the door."""
    form = {"email": f"{name}@example.org", "password": password} | more
    form.setdefault("csrf_token", token_of(client.get("/sign-in")))
    return client.post("/sign-in", data=form)


def enter(client: FlaskClient, app: Flask, name: str) -> Entered:
    set_password(app, name)
    answer = knock(client, name)
    assert answer.status_code == 302, answer.text
    page = client.get(answer.headers["Location"])
    return Entered(token_of(page), cookie_of(client))


def cookie_of(client: FlaskClient) -> str:
    found = client.get_cookie("helpline")
    assert found is not None
    return str(found.value)
