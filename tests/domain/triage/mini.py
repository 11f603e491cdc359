"""Packs as small as can be, as their YAML would give them."""

from __future__ import annotations

from typing import Any


def entry(name: str, *patterns: str, **fields: Any) -> dict[str, Any]:
    """An entry of high ideation that says enough to be read."""
    return {
        "id": name,
        "level": "high",
        "category": "ideation",
        "why": "C-SSRS 2",
        "patterns": list(patterns),
        "hit": ["one", "two"],
        "miss": ["three", "four"],
        **fields,
    }


def document(language: str, *entries: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "language": language,
        "added_by": "Lin",
        "date": "2026-11-01",
        "entries": list(entries),
        **fields,
    }
