"""The refusal of a pack, or of what was learned for one."""

from __future__ import annotations

from collections.abc import Iterable


class BadPack(ValueError):
    """A pack that cannot be used. `problems` are sentences that an editor can act on."""

    def __init__(self, language: str, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"{language}: " + "; ".join(self.problems))
