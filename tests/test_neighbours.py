"""What the processes of one line tell each other: every event, in ids, and nothing else."""

from __future__ import annotations

import dataclasses
import json
import typing
from datetime import UTC, datetime

import pytest
import redis

from helpline import neighbours, settings
from helpline.domain import events
from helpline.neighbours import KINDS, Neighbours, as_words, understood
from tests import redis_server
from tests.promises.pair import eventually
from tests.redis_server import NoRedis, Redis

AT = datetime(2026, 11, 18, 20, 0, tzinfo=UTC)
# Every field of an event that may pass. A new one is looked at here: may Redis know it?
FIELDS = set(
    "chat_id seq author by via level offer_id person_id why alert_id language at by_visitor "
    "holder_id call_out_id note_id by kind".split()
)
VALUES = {str: "some-id", int: 3, bool: True, datetime: AT}


def example(kind: type[events.Event]) -> events.Event:
    hints = typing.get_type_hints(kind)
    return kind(**{name: VALUES.get(hint, "some-id") for name, hint in hints.items()})


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_event_arrives_as_it_was_told(kind: type[events.Event]):
    told = example(kind)

    said = json.dumps(["a", [as_words(told)]]).encode()

    assert understood(said) == ("a", [told])
    assert {field.name for field in dataclasses.fields(kind)} <= FIELDS


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"7",
        b"[]",
        b'["a", 3]',
        b'["a", [["Unheard", {}]]]',
        b'["a", [["ChatChanged", {"words": "x"}]]]',
        b'["a", [["ChatChanged", 7]]]',
        b'["a", [["TokenVoided", {"chat_id": "c", "at": "soon"}]]]',
    ],
)
def test_what_cannot_be_read_is_nothing(said: bytes):
    assert understood(said)[1] == []


def test_beside_what_cannot_be_read_the_rest_is_heard():
    said = json.dumps(["a", [["Unheard", {}], as_words(events.ChatChanged("c"))]]).encode()

    assert understood(said) == ("a", [events.ChatChanged("c")])


def test_lines_that_share_a_redis_do_not_hear_each_other():
    assert neighbours.channel("one secret") != neighbours.channel("another secret")
    assert "secret" not in neighbours.channel("one secret")


def test_who_is_told_hears_it_and_who_tells_does_not(hints_url: str):
    heard: dict[str, list[events.Event]] = {"a": [], "b": [], "other line": []}
    a, b, other = (
        Neighbours(hints_url, secret, lambda: datetime.now(UTC)) for secret in ("s", "s", "t")
    )
    for name, each in zip(heard, (a, b, other), strict=True):
        each.start(heard[name].extend)
    eventually(lambda: a.hears and b.hears and other.hears, within=30)

    a.tell([events.ChatChanged("c"), events.LineChanged()])
    eventually(lambda: len(heard["b"]) == 2)

    assert heard == {
        "a": [],
        "b": [events.ChatChanged("c"), events.LineChanged()],
        "other line": [],
    }


@pytest.fixture(scope="module")
def hints_url():
    yield from redis_server.running()


# -- the tests' own Redis ----------------------------------------------------------------------


def test_it_runs_from_the_wheel_as_somebody_without_rights_and_leaves_nothing():
    server = Redis(redis_server.from_the_wheel()).start()
    process, folder = server.process, server.folder
    assert redis.Redis.from_url(server.url).ping()

    server.close()

    assert process is not None
    assert process.returncode is not None
    assert not folder.exists()


def test_a_server_that_is_named_is_used(monkeypatch):
    monkeypatch.setenv("HELPLINE_TEST_REDIS_URL", "redis://elsewhere:1/0")

    assert next(redis_server.running()) == "redis://elsewhere:1/0"


def test_where_there_is_none_the_tests_fail_and_say_what_to_install(monkeypatch):
    monkeypatch.setattr(redis_server.shutil, "which", lambda _: None)
    monkeypatch.setattr(redis_server.importlib.util, "find_spec", lambda _: None)

    with pytest.raises(NoRedis, match="apt-get install redis-server"):
        Redis()


# -- settings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "chosen, says",
    [
        ({"REDIS_URL": "redis://here:6379/0"}, "HELPLINE_DATABASE_URL"),
        ({"REDIS_URL": "here:6379", "DATABASE_URL": "postgresql://a@b/c"}, "HELPLINE_REDIS_URL is"),
    ],
)
def test_redis_without_postgresql_or_without_an_address_is_refused(chosen, says: str):
    environ = {f"HELPLINE_{name}": value for name, value in ({"DEMO": "1"} | chosen).items()}

    with pytest.raises(settings.MissingSetting, match=says):
        settings.read(environ)


@pytest.mark.parametrize("url", ["redis://h/0", "rediss://:pw@h:1/2", "unix:///run/redis.sock", ""])
def test_an_address_of_redis_is_taken_as_it_is(url: str):
    environ = {
        "HELPLINE_DEMO": "1",
        "HELPLINE_DATABASE_URL": "postgresql://a@b/c",
        "HELPLINE_REDIS_URL": url,
    }

    assert settings.read(environ).redis_url == url
