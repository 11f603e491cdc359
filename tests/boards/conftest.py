"""Boards are looked at in one database, one test after the other."""

from tests.shared import open_again, shared  # noqa: F401 - fixtures of this folder
