"""`flask resources import` and `export`: what the hands at the server read, and the exit codes."""

from __future__ import annotations

import json
import zipfile

import pytest

from helpline.actions import exchanging
from helpline.boards import exchange
from helpline.domain import hsds
from helpline.domain.hsds import reading, values, writing
from tests.hsds_data import HERE, lantern


@pytest.fixture
def flask(app, store, cast):
    runner = app.test_cli_runner()

    def run(*args: str):
        return runner.invoke(args=["resources", *map(str, args)])

    return run


def records(store):
    return exchanging.taken_out(store, everything=True)


def zipped(path, broken=False):
    with zipfile.ZipFile(path, "w") as packed:
        for each in (HERE / "lantern").glob("*.csv"):
            text = each.read_text("utf-8")
            text = text.replace("20:00", "25:00") if broken else text
            packed.writestr(f"lantern/{each.name}", text)
    return path


@pytest.mark.parametrize("form", ["json", "folder", "zip"])
def test_each_form_is_imported_once_and_exported_again(flask, store, tmp_path, form):
    path = {
        "json": lambda: HERE / "lantern.json",
        "folder": lambda: HERE / "lantern",
        "zip": lambda: zipped(tmp_path / "lantern.zip"),
    }[form]()

    first, again = flask("import", path), flask("import", path)

    assert (first.exit_code, first.output) == (0, "16 added, 0 changed, 0 removed, 0 unchanged\n")
    assert (again.exit_code, again.output) == (0, "0 added, 0 changed, 0 removed, 16 unchanged\n")
    out = flask("export", "--json", "--all")
    assert json.loads(out.output)["contents"] == [lantern()]
    assert json.loads(flask("export", "--json").output)["contents"] == []


def test_a_dry_run_says_each_change_and_keeps_none(flask, store, tmp_path):
    flask("import", HERE / "lantern")
    changed = tmp_path / "phones.csv"
    phones = (HERE / "lantern" / "phones.csv").read_text("utf-8")
    changed.write_text(phones.replace("7946 0101", "7946 0199"), "utf-8")

    said = flask("import", changed, "--dry-run")

    assert said.exit_code == 0
    assert "number: '+44 20 7946 0101' becomes '+44 20 7946 0199'" in said.output
    assert "0 added, 1 changed, 0 removed, 4 unchanged; nothing was changed" in said.output
    assert list(writing.services(records(store))) == [lantern()]


def test_what_is_wrong_is_said_by_its_line_and_nothing_is_kept(flask, store, tmp_path):
    said = flask("import", zipped(tmp_path / "broken.zip", broken=True))

    assert said.exit_code == 1
    line = "schedules.csv line 2: opens_at: '25:00' is no time. Write it as 18:00."
    assert line in said.output.splitlines()
    assert "Nothing was imported." in said.output
    assert records(store) == {}


@pytest.mark.parametrize(
    ("name", "sent", "words"),
    [
        ("a.json", b"{", "cannot be read as JSON"),
        ("a.json", b"[" * 100_000, "cannot be read as JSON"),
        ("a.json", b'{"name": "\xff"}', "UTF-8"),
        ("a.zip", b"PK\x03\x04 no zip", "zip"),
        ("services.csv", b"\xff\xfe", "UTF-8"),
        ("other.csv", b"a,b\n", "nothing to import"),
    ],
)
def test_what_cannot_be_read_is_said(flask, store, tmp_path, name, sent, words):
    (tmp_path / name).write_bytes(sent)

    said = flask("import", tmp_path / name)

    assert said.exit_code == 1
    assert words in said.output


def test_replace_removes_what_the_same_partner_sends_no_more(flask, store, tmp_path):
    flask("import", HERE / "lantern", "--from", "lantern house")
    (tmp_path / "less.json").write_text(json.dumps(lantern(contacts=None)), "utf-8")

    said = flask("import", tmp_path / "less.json", "--from", "lantern house", "--replace")

    assert "0 added, 0 changed, 2 removed, 14 unchanged" in said.output
    assert list(writing.services(records(store))) == [lantern(contacts=None)]
    assert flask("import", tmp_path / "less.json", "--from", "seed").exit_code == 1


def test_csv_is_written_to_a_folder_that_can_be_imported_again(flask, store, tmp_path):
    flask("import", HERE / "lantern.json")

    said = flask("export", "--csv", tmp_path / "out", "--all")

    assert said.exit_code == 0
    assert {each.name for each in (tmp_path / "out").iterdir()} == {
        each.name for each in (HERE / "lantern").iterdir()
    }
    assert "16 unchanged" in flask("import", tmp_path / "out").output
    assert flask("export").exit_code == 2


def test_every_problem_has_its_sentence():
    codes = {"no_json", "no_zip", "not_utf8", "too_large", "nothing"}
    for type_ in values.CHECKS:
        for value in (True, [], "@", 3, "", '"112"'):
            try:
                values.check(type_, value)
            except values.Wrong as wrong:
                codes.add(wrong.code)
    codes |= {each.code for each in hsds.read_tables({"a.csv": "", "services.csv": "a,a"}).problems}

    assert codes <= exchange.SENTENCES.keys()
    for code, sentence in exchange.SENTENCES.items():
        values_ = dict.fromkeys(
            ("found", "expected", "first", "one", "other", "kind", "id", "value", "allowed"), "x"
        )
        said = exchange.words("en", reading.Problem("phones.csv line 1", "number", code, values_))
        assert said.startswith("phones.csv line 1: number: ")
        assert sentence
