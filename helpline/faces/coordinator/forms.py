"""A form that was refused: what was typed, and the sentence that belongs beside a field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from helpline.domain import errors
from helpline.faces.coordinator import sentences


@dataclass(frozen=True, slots=True)
class Tried:
    """`given` holds the form's own name under `form`; a page may hold several forms."""

    given: Mapping[str, str | Sequence[str]]
    refused: errors.Refused

    @property
    def form(self) -> str:
        return str(self.given.get("form", ""))

    @property
    def field(self) -> str:
        return self.refused.field or ""

    @property
    def message(self) -> str:
        return sentences.refusal(self.refused)
