"""Everything the rules see in one message, for people who keep the packs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import match
from .assess import assess
from .lexicon import Pack
from .normalise import Line, Span


def explain(text: str, packs: Sequence[Pack]) -> dict[str, Any]:
    """The level, the flags with their words, the line as it was read, and cues around it."""
    assessment = assess(text, packs)
    matcher = match.for_packs(tuple(packs))
    line = matcher.read(text)[0]
    cues = [
        {"kind": rule.kind, "name": rule.name, "pack": rule.pack.label, "words": _words(line, span)}
        for rule, spans in matcher.find(line).everything().items()
        if rule.kind != match.ENTRY
        for span in spans
    ]
    return {
        "level": assessment.level.word,
        "read_as": " ".join(word.text for word in line.words),
        "flags": [
            {
                "rule": flag.rule,
                "category": flag.category,
                "level": flag.level.word,
                "words": text[flag.start : flag.end],
                "lowered_by": flag.lowered_by,
                "reason": flag.reason,
                "pack": flag.pack,
            }
            for flag in assessment.flags
        ],
        "cues": cues,
    }


def as_text(explained: Mapping[str, Any]) -> str:
    """An explanation for reading in a terminal."""
    lines = [f"level    {explained['level']}", f"read as  {explained['read_as']}"]
    for flag in explained["flags"]:
        lowered = f", lowered by {flag['lowered_by']}" if flag["lowered_by"] else ""
        lines.append(f"flag     {flag['level']:<9}{flag['rule']}  {flag['words']!r}{lowered}")
        lines.append(f"         {flag['reason']} ({flag['pack']})")
    lines += [
        f"cue      {cue['kind']:<9}{cue['name']}  {cue['words']!r}" for cue in explained["cues"]
    ]
    return "\n".join(lines)


def _words(line: Line, span: Span) -> str:
    return " ".join(word.text for word in line.words[line.among(*span)])
