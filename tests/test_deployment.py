"""The files beside docs/scaling.md can be read, and say what the line rests on."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from helpline import bootstrap, settings
from tests.server import ROOT

FOLDER = ROOT / "docs" / "scaling"
TOKENS = re.compile(r'"[^"]*"|[{};]|[^\s{};"]+')
KNOWN = set(
    re.findall(
        r'(?:value|_number|_origins)\(\s*"([A-Z_]+)"', (ROOT / "helpline/settings.py").read_text()
    )
)
Block = list[tuple[list[str], Any]]


def nginx(text: str) -> Block:
    """(words, block or None) of each directive. AssertionError where nginx would refuse the file."""
    bare = re.sub(r"#.*", "", text)
    tokens = iter(TOKENS.findall(bare))
    return _block(tokens, inside=False)


def _block(tokens: Iterator[str], *, inside: bool) -> Block:
    found: Block = []
    words: list[str] = []
    for token in tokens:
        if token == ";":
            assert words, "a semicolon after nothing"
            found.append((words, None))
            words = []
        elif token == "{":
            assert words, "a block without a name"
            found.append((words, _block(tokens, inside=True)))
            words = []
        elif token == "}":
            assert inside, "a brace too many"
            assert not words, f"no semicolon after {words}"
            return found
        else:
            words.append(token)
    assert not inside, "a brace is missing"
    assert not words, f"no semicolon after {words}"
    return found


def everything(block: Block) -> Iterator[list[str]]:
    for words, inner in block:
        yield words
        yield from everything(inner or [])


@pytest.fixture(scope="module")
def proxy() -> Block:
    return nginx((FOLDER / "nginx.conf").read_text())


def test_nginx_passes_websockets_to_any_process(proxy: Block):
    said = list(everything(proxy))

    assert ["proxy_set_header", "Upgrade", "$http_upgrade"] in said
    assert ["proxy_set_header", "Connection", "$connection_upgrade"] in said
    assert ["least_conn"] in said
    assert not [words for words in said if words[0] in ("ip_hash", "hash", "sticky")]
    waits = next(words[1] for words in said if words[0] == "proxy_read_timeout")
    assert int(waits.removesuffix("s")) > 45


def test_nginx_says_where_people_come_from_and_keeps_nothing_of_it(proxy: Block):
    said = list(everything(proxy))
    servers = [inner for words, inner in proxy if words == ["server"]]

    assert ["proxy_set_header", "X-Forwarded-For", "$remote_addr"] in said
    assert ["proxy_set_header", "X-Forwarded-Proto", "$scheme"] in said
    assert ["proxy_set_header", "X-Forwarded-Host", "$host"] in said
    assert all((["access_log", "off"], None) in inner for inner in servers)
    assert ["client_max_body_size", f"{bootstrap.FRAME_AT_MOST // 1024}k"] in said
    assert ["client_body_buffer_size", f"{bootstrap.FRAME_AT_MOST // 1024}k"] in said
    assert ["proxy_max_temp_file_size", "0"] in said


def test_only_forms_that_carry_a_client_id_are_sent_again(proxy: Block):
    server = next(inner for words, inner in proxy if words == ["server"])
    again = [
        words[-1]
        for words, inner in server
        if any(
            each[0] == "proxy_next_upstream" and "non_idempotent" in each for each, _ in inner or []
        )
    ]

    assert again == ["^/(open|say)$"]


@pytest.mark.parametrize(
    "broken", ["server {", "server }", "listen 80", "server { listen 80 }", ";", "{ }"]
)
def test_the_reader_of_nginx_files_refuses_what_nginx_would(broken: str):
    with pytest.raises(AssertionError):
        nginx(broken)


@pytest.mark.parametrize("name", ["helpline@.service", "helpline.target"])
def test_the_units_of_systemd_can_be_read(name: str):
    unit = _unit(name)

    assert unit.get("Unit", "Description")
    assert unit.get("Install", "WantedBy")


def test_the_service_runs_the_program_and_writes_no_memory_down():
    service = _unit("helpline@.service")["Service"]

    assert service["ExecStart"].endswith("/.venv/bin/python app.py")
    assert service["Restart"] == "always"
    assert service["LimitCORE"] == "0"
    assert int(service["TimeoutStopSec"]) > bootstrap.DRAIN_WITHIN * 2


def test_compose_starts_several_processes_behind_one_address():
    services = yaml.safe_load((FOLDER / "compose.yaml").read_text())["services"]
    line = services["helpline"]

    assert set(services) == {"setup", "helpline", "postgres", "redis", "nginx"}
    assert all("image" in each for each in services.values())
    assert line["deploy"]["replicas"] > 1
    assert set(line["depends_on"]) <= set(services)
    assert _names(line["environment"]) <= KNOWN
    assert "--save" in services["redis"]["command"]
    assert any(
        "docs/scaling" not in each and "nginx.conf" in each for each in services["nginx"]["volumes"]
    )


def test_the_environment_is_one_that_a_server_starts_with():
    lines = (FOLDER / "environment").read_text().splitlines()
    environ = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))

    chosen = settings.read(environ)

    assert _names(environ) <= KNOWN
    assert chosen.redis_url
    assert chosen.proxy_hops == 1
    assert chosen.database_url.startswith("postgresql")


def _unit(name: str) -> configparser.ConfigParser:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string((FOLDER / name).read_text())
    return unit


def _names(environ: dict[str, str]) -> set[str]:
    return {name.removeprefix("HELPLINE_") for name in environ if name.startswith("HELPLINE_")}
