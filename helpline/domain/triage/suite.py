"""How well the packs do on labelled messages and conversations: shares with their uncertainty.

A row is a message {text, label, group, category, lang, must} or a conversation {turns,
expect_peak}. `must` is "flag" (high or above is needed), "noflag" (it would be a false flag) or
"either"; where it is missing, the label decides.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from ..urgency import Assessment, Level
from .assess import assess, over_conversation
from .lexicon import Pack
from .questions import asks_about_risk

Row: TypeAlias = Mapping[str, Any]
_SURE = 1.96  # a 95% interval
_EARLIER = 2
A_POINT = 0.01


def report(rows: Iterable[Row], packs: Sequence[Pack]) -> dict[str, Any]:
    """Figures over rows of both kinds. A share is None when nothing was counted."""
    everything = list(rows)
    messages = [row for row in everything if "turns" not in row]
    return _report(everything, messages, [assess(row["text"], packs) for row in messages], packs)


def _report(
    rows: Sequence[Row],
    messages: Sequence[Row],
    assessed: Sequence[Assessment],
    packs: Sequence[Pack],
) -> dict[str, Any]:
    conversations = [row for row in rows if "turns" in row]
    judged = [(row, said.level) for row, said in zip(messages, assessed, strict=True)]
    conversed = (assess(turn["text"], packs) for row in conversations for turn in row["turns"])
    return {
        "n": len(judged),
        **_shares(judged),
        "confusion": _confusion(judged),
        "by_language": _by("lang", judged),
        "by_category": _by("category", judged),
        "missed": [row.get("id", row["text"]) for row, level in judged if _is_missed(row, level)],
        "false": [row.get("id", row["text"]) for row, level in judged if _is_false(row, level)],
        **_peaks(conversations, packs),
        "entries": sum(len(pack.entries) for pack in packs),
        "unshown": _unshown((*assessed, *conversed), packs),
    }


def as_text(report: Mapping[str, Any]) -> str:
    """A report for reading in a terminal."""
    lines = [f"{report['n']} messages, {report['conversations']} conversations", ""]
    lines += [_share_line(name, report) for name in ("critical_seen", "recall_high", "false_flags")]
    lines += [_share_line("peak_exact", report), ""]
    for title in ("by_language", "by_category"):
        lines.append(title.replace("_", " "))
        for name, part in report[title].items():
            lines.append(f"  {name:<18}{part['n']:>5}  {_brief(part)}")
        lines.append("")
    lines.append("label, and what the rules said  " + "".join(f"{w:>10}" for w in _words()))
    for label, counted in report["confusion"].items():
        lines.append(f"  {label:<30}" + "".join(f"{counted[w]:>10}" for w in _words()))
    shown = report["entries"] - len(report["unshown"])
    lines += ["", f"entries that alone flag a message here: {shown}/{report['entries']}"]
    for title in ("missed", "false", "peaks_missed", "unshown"):
        if report[title] and (title != "unshown" or shown > len(report["unshown"])):
            lines += ["", f"{title.replace('_', ' ')}: {' '.join(map(str, report[title]))}"]
    lines += ["", "Intervals are Wilson's, at 95%."]
    return "\n".join(lines)


def unshown(rows: Iterable[Row], packs: Sequence[Pack]) -> list[str]:
    """Ids of entries that are the only one to flag none of these messages."""
    texts = (turn["text"] for row in rows for turn in row.get("turns", [row]))
    return _unshown((assess(text, packs) for text in texts), packs)


def _unshown(assessed: Iterable[Assessment], packs: Sequence[Pack]) -> list[str]:
    alone = (rules for said in assessed if len(rules := {flag.rule for flag in said.flags}) == 1)
    shown = set[str]().union(*alone)
    return [entry.id for pack in packs for entry in pack.entries if entry.id not in shown]


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The Wilson score interval of a share, at 95%."""
    if not n:
        return 0.0, 1.0
    share, spread = hits / n, _SURE**2 / n
    middle = (share + spread / 2) / (1 + spread)
    half = _SURE * math.sqrt(share * (1 - share) / n + spread / (4 * n)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


Judged: TypeAlias = tuple[Row, Level]


def _label(row: Row) -> Level:
    return Level.from_word(row["label"])


def must(row: Row) -> str:
    """What a row wants; where it does not say, its label decides."""
    fallback = {Level.ROUTINE: "noflag", Level.ELEVATED: "either"}.get(_label(row), "flag")
    return str(row.get("must", fallback))


def _is_missed(row: Row, level: Level) -> bool:
    return must(row) == "flag" and level < Level.HIGH


def _is_false(row: Row, level: Level) -> bool:
    return must(row) == "noflag" and level >= Level.HIGH


def _shares(judged: Sequence[Judged]) -> dict[str, Any]:
    wanted: Mapping[str, Callable[[Row], bool]] = {
        "critical_seen": lambda row: _label(row) is Level.CRITICAL,
        "recall_high": lambda row: must(row) == "flag",
        "false_flags": lambda row: must(row) == "noflag",
    }
    shares: dict[str, Any] = {}
    for name, counts in wanted.items():
        levels = [level for row, level in judged if counts(row)]
        shares |= _share(name, sum(level >= Level.HIGH for level in levels), len(levels))
    return shares


def _share(name: str, hits: int, n: int) -> dict[str, Any]:
    low, high = wilson(hits, n)
    return {
        name: hits / n if n else None,
        f"{name}_count": [hits, n],
        f"{name}_interval": [round(low, 4), round(high, 4)],
    }


def _by(field: str, judged: Sequence[Judged]) -> dict[str, Any]:
    groups: dict[str, list[Judged]] = {}
    for row, level in judged:
        groups.setdefault(str(row.get(field, "?")), []).append((row, level))
    return {name: {"n": len(groups[name]), **_shares(groups[name])} for name in sorted(groups)}


def _words() -> list[str]:
    return [level.word for level in Level]


def _confusion(judged: Sequence[Judged]) -> dict[str, dict[str, int]]:
    counted = {label: dict.fromkeys(_words(), 0) for label in _words()}
    for row, level in judged:
        counted[row["label"]][level.word] += 1
    return counted


def _peaks(conversations: Sequence[Row], packs: Sequence[Pack]) -> dict[str, Any]:
    missed = [
        row.get("id", "?")
        for row in conversations
        if conversation_peak(row["turns"], packs).level.word != row["expect_peak"]
    ]
    n = len(conversations)
    return {
        "conversations": n,
        **_share("peak_exact", n - len(missed), n),
        "peaks_missed": missed,
    }


def conversation_peak(turns: Sequence[Row], packs: Sequence[Pack]) -> Assessment:
    """What a conversation comes to, read turn by turn as the line reads it.

    A turn may say `from: listener`; a question about risk then bears on the next answer.
    """
    said: list[str] = []
    assessed: list[Assessment] = []
    asked = False
    for turn in turns:
        if turn.get("from") == "listener":
            asked = asks_about_risk(turn["text"])
            continue
        before = said[-_EARLIER:]
        assessed.append(assess(turn["text"], packs, before=before, asked_about_risk=asked))
        said.append(turn["text"])
        asked = False
    return over_conversation(assessed)


def _share_line(name: str, figures: Mapping[str, Any]) -> str:
    return f"{name.replace('_', ' '):<15}{_counted(name, figures)}"


def _brief(figures: Mapping[str, Any]) -> str:
    names = {"critical_seen": "critical", "recall_high": "recall", "false_flags": "false"}
    return "   ".join(
        f"{title} {_counted(name, figures)}"
        for name, title in names.items()
        if figures[f"{name}_count"][1]
    )


def _counted(name: str, figures: Mapping[str, Any]) -> str:
    """A count with the 95% interval of its share: 12/13 (67-99%)."""
    hits, n = figures[f"{name}_count"]
    low, high = figures[f"{name}_interval"]
    return f"{hits}/{n} ({100 * low:.0f}-{100 * high:.0f}%)" if n else "none"


def compare(
    rows: Iterable[Row], before: Sequence[Pack], after: Sequence[Pack]
) -> tuple[dict[str, Any], dict[str, Any], list[tuple[str, str, str, str]]]:
    """What a change of packs would do: both reports, and each message whose level would differ
    as (text, label, level before, level after)."""
    everything = list(rows)
    messages = [row for row in everything if "turns" not in row]
    old, new = ([assess(row["text"], packs) for row in messages] for packs in (before, after))
    changed = [
        (str(row["text"]), str(row.get("label", "")), was.level.word, is_now.level.word)
        for row, was, is_now in zip(messages, old, new, strict=True)
        if was.level != is_now.level
    ]
    return (
        _report(everything, messages, old, before),
        _report(everything, messages, new, after),
        changed,
    )


def worsens(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    changed: Iterable[tuple[str, str, str, str]],
) -> list[str]:
    """Why a change must not be published, as sentences; empty when it may be.

    No critical message may fall below high; recall may fall, and false flags rise, by a point.
    """
    reasons = [
        f"A critical message would no longer be seen: {text}"
        for text, label, _, new in changed
        if label == Level.CRITICAL.word and Level.from_word(new) < Level.HIGH
    ]
    if (before["recall_high"] or 0) - (after["recall_high"] or 0) > A_POINT:
        reasons.append("Recall at high would fall by more than one point.")
    if (after["false_flags"] or 0) - (before["false_flags"] or 0) > A_POINT:
        reasons.append("False flags would rise by more than one point.")
    return reasons
