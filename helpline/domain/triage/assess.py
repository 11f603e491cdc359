"""From a visitor's words to an assessment: what matched, how grave it is, and why."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

from ..urgency import Assessment, Flag, Level
from . import match, reading, reasons
from .lexicon import Entry, Pack
from .likeness import LIKENESS, undecided
from .normalise import Line, Span
from .scope import Scope

ANALYSED_AT_EACH_END = 4_000
_EARLIER_MESSAGES = 2
_EARLIER_TAIL = 600
LASTING_MESSAGES = 10
DIFFERENT_SIGNS = 3
_NOT_A_SIGN = frozenset(("not_analysed", "several_signs", "misuse", "information"))


def assess(
    text: str,
    packs: Sequence[Pack],
    *,
    before: Sequence[str] = (),
    asked_about_risk: bool = False,
) -> Assessment:
    """The urgency of a visitor's newest message. Never raises.

    `before` are up to two earlier messages, oldest first; `asked_about_risk` says that the
    listener's last words asked about suicide or safety. Offsets count code points of `text`.
    """
    try:
        return _assess(text, packs, before, asked_about_risk)
    except Exception:  # an edge: whatever fails here, a person must look
        return not_analysed()


def not_analysed() -> Assessment:
    """What stands when the rules could not read a message: at least elevated, and said so."""
    flag = Flag("not_analysed", "not_analysed", Level.ELEVATED, reasons.NOT_ANALYSED, 0, 0, "")
    return Assessment(Level.ELEVATED, (flag,))


def over_conversation(assessments: Sequence[Assessment]) -> Assessment:
    """The highest assessment so far, and high when several different signs came close together."""
    flags = tuple(flag for assessment in assessments for flag in assessment.flags)
    level = max((assessment.level for assessment in assessments), default=Level.ROUTINE)
    if level < Level.HIGH and _signs_add_up(assessments):
        level = Level.HIGH
        flags += (Flag("several_signs", "several_signs", level, reasons.SEVERAL_SIGNS, 0, 0, ""),)
    return Assessment(level, flags)


def _signs_add_up(assessments: Sequence[Assessment]) -> bool:
    return any(
        len(_signs(assessments[max(0, end - LASTING_MESSAGES) : end])) >= DIFFERENT_SIGNS
        for end in range(1, len(assessments) + 1)
    )


def _signs(assessments: Sequence[Assessment]) -> set[str]:
    return {
        flag.category
        for assessment in assessments
        for flag in assessment.flags
        if flag.level >= Level.ELEVATED
        and flag.lowered_by is None
        and flag.category not in _NOT_A_SIGN
    }


def _assess(
    text: str, packs: Sequence[Pack], before: Sequence[str], asked_about_risk: bool
) -> Assessment:
    matcher = match.for_packs(tuple(packs))
    if not matcher.packs:
        return not_analysed()
    flags = list[Flag]()
    for start in _stretches(text):
        flags += _flags(matcher, text[start : start + ANALYSED_AT_EACH_END], start)
    if len(text) > 2 * ANALYSED_AT_EACH_END:
        flags += not_analysed().flags
    if asked_about_risk and reading.says_yes(matcher, text[:ANALYSED_AT_EACH_END]):
        flags.append(Flag("said_yes", "ideation", Level.HIGH, reasons.SAID_YES, 0, len(text), ""))
    if before:
        flags += _joined_flags(matcher, text, before)
    return _graded(flags)


def _stretches(text: str) -> Iterator[int]:
    """Where each analysed stretch begins: the head, and the tail of a long text."""
    yield 0
    if len(text) > ANALYSED_AT_EACH_END:
        yield len(text) - ANALYSED_AT_EACH_END


def _flags(matcher: match.Matcher, text: str, shift: int = 0) -> Iterator[Flag]:
    lines = matcher.read(text)
    if not reading.can_read(text, lines[0], matcher):
        yield from not_analysed().flags
    found = list(_entry_flags(matcher, text, lines))
    if not any(flag.level >= Level.HIGH for flag in found):
        found += _likenesses(
            matcher, lines, [(flag.start, flag.end) for flag in found if flag.lowered_by]
        )
    for flag in found:
        yield dataclasses.replace(flag, start=flag.start + shift, end=flag.end + shift)


def _likenesses(
    matcher: match.Matcher, lines: Sequence[Line], lowered: Sequence[Span]
) -> Iterator[Flag]:
    """What the second reader says of each reading, where no word rule has decided: of sentences
    in which a rule lowered a match it says nothing."""
    for line in lines:
        likeness = matcher.tongue(line).likeness
        if likeness is None:
            continue
        for words in undecided(line.words, lowered):
            telling = likeness.telling(words)
            if telling:
                place = telling[0].start, max(word.end for word in telling)
                reason = reasons.READS_LIKE_RISK
                yield Flag(likeness.rule, LIKENESS, Level.HIGH, reason, *place, likeness.label)


def _joined_flags(matcher: match.Matcher, text: str, before: Sequence[str]) -> Iterator[Flag]:
    """Flags that need the earlier messages too, cut to their part of the newest one."""
    newest = text[:ANALYSED_AT_EACH_END]
    earlier = "\n".join(before[-_EARLIER_MESSAGES:])[-_EARLIER_TAIL:] + "\n"
    joined = earlier + newest
    lines = matcher.read(joined)
    for flag in _entry_flags(matcher, joined, lines, crossing=len(earlier)):
        yield dataclasses.replace(
            flag,
            start=max(0, flag.start - len(earlier)),
            end=flag.end - len(earlier),
            reason=reasons.SEVERAL_MESSAGES,
        )


def _entry_flags(
    matcher: match.Matcher, text: str, lines: Sequence[Line], crossing: int | None = None
) -> Iterator[Flag]:
    """One flag for each entry that matches, its gravest match.

    With `crossing`, only matches that begin before that place and end after it.
    """
    for line in lines:
        seam = None if crossing is None else match.seam(line, crossing)
        found = matcher.find(line, seam)
        scopes: dict[str, Scope] = {}
        for rule, places in found.entries.items():
            language = rule.pack.language
            if language not in scopes:
                home = None if language == line.language else matcher.tongue(line)
                scopes[language] = Scope(text, found, matcher.around(line, rule.pack), home)
            hits = [(hit, line.original(*hit)) for hit in places]
            if crossing is not None:
                hits = [(hit, at) for hit, at in hits if at[0] < crossing < at[1]]
            gravest = _gravest(rule.entry, rule.pack, scopes[language], hits)
            if gravest:
                yield gravest


def _gravest(
    entry: Entry, pack: Pack, scope: Scope, hits: Sequence[tuple[Span, Span]]
) -> Flag | None:
    gravest: Flag | None = None
    for hit, place in hits:
        flag = _flag(entry, pack, scope, hit, place)
        if flag and flag.lowered_by is None:
            return flag
        gravest = gravest or flag
    return gravest


def _flag(entry: Entry, pack: Pack, scope: Scope, hit: Span, place: tuple[int, int]) -> Flag | None:
    level, lowered_by = entry.level, None
    if level < Level.CRITICAL:
        if scope.idiom(hit) or scope.everyday(hit):
            return None
        lowered_by = scope.lowered_by(entry, hit)
    if lowered_by:
        level = min(level, Level.ELEVATED)
    reason = reasons.OF_CATEGORY[entry.category]
    return Flag(entry.id, entry.category, level, reason, *place, pack.label, lowered_by)


def _graded(flags: Sequence[Flag]) -> Assessment:
    """One flag per rule, the gravest first."""
    kept: dict[str, Flag] = {}
    for flag in sorted(flags, key=lambda flag: (-flag.level, flag.lowered_by or "", flag.start)):
        kept.setdefault(flag.rule, flag)
    ordered = tuple(kept.values())
    return Assessment(ordered[0].level if ordered else Level.ROUTINE, ordered)
