"""Two processes look after shifts and are killed: every shift opens once, everybody is told once."""

from __future__ import annotations

import pytest

from benchmarks import shifts


@pytest.mark.full
@pytest.mark.slow
def test_every_shift_opens_once_and_every_reminder_is_sent_once_while_processes_are_killed():
    assert shifts.run(kills=5, shifts=40)
