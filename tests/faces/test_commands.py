"""`flask …`: what hands may do at the command line, and what it answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from helpline import bootstrap
from helpline.domain import simulation
from helpline.domain.urgency import Level
from helpline.store import line, packs


@pytest.mark.parametrize(
    "given, code, said, kept",
    [
        ("60", 0, "door limit: 60 minutes\n", 60),
        ("0", 0, "door limit: none\n", 0),
        ("3", 1, "This number is too small or too large. (door_limit)", None),
    ],
)
def test_the_door_gets_its_limit(app, store, cast, given, code, said, kept):
    answer = app.test_cli_runner().invoke(args=["line", "door", given])

    assert (answer.exit_code, answer.output.rstrip()) == (code, said.rstrip())
    with store.reading() as tx:
        assert line.line(tx).policies.get("door_limit") == kept


def test_policies_are_set_side_by_side_with_a_picture(app, tmp_path):
    """At the command line: a row for each level under each policy, and a bar for each row."""
    picture = tmp_path / "late.svg"
    args = ["simulate", "--load", "1.2", "--days", "1", "--runs", "2", "--plot", str(picture)]

    answer = app.test_cli_runner().invoke(args=args)

    assert answer.exit_code == 0
    policies = [line for line in answer.output.splitlines() if not line.startswith("  ")]
    assert policies == list(simulation.compared(simulation.Scenario()))
    assert answer.output.count(" late (± ") == len(policies) * len(Level)
    svg = "{http://www.w3.org/2000/svg}"
    drawn = ElementTree.parse(picture).getroot()
    assert len(drawn.findall(f"{svg}rect")) == 1 + len(policies) * len(Level)
    assert set(policies) <= {each.text for each in drawn.findall(f"{svg}text")}


def test_a_command_reads_the_packs_only_when_it_looks_into_them(
    fresh_url, tmp_path, settings, monkeypatch
):
    chosen = replace(settings, database_url=fresh_url)
    read: list[Path] = []
    monkeypatch.setattr(packs, "load_folder", lambda folder: read.append(folder) or ())
    begin = ["line", "setup", "Harbour Line", "--zone", "Europe/Dublin", "--country", "IE"]
    runner = bootstrap.create_app(chosen).test_cli_runner()

    assert runner.invoke(args=begin).exit_code == 0
    assert read == []

    runner.invoke(args=["triage", "explain", "hello"])
    assert read == [bootstrap.LEXICON]
