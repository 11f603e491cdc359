"""`flask …`: what hands may do at the command line, and what it answers."""

from __future__ import annotations

import pytest

from helpline.store import line


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
