"""The word rules as their keepers see them: entries, counts of verdicts, versions. No words of
anybody who wrote to the line."""

from __future__ import annotations

from typing import Any

from helpline.boards.wording import iso
from helpline.domain import access
from helpline.domain.access import Who
from helpline.domain.triage import Entry, Pack
from helpline.domain.urgency import Assessment
from helpline.store import flags, people, published
from helpline.store.tables import PackVersion
from helpline.store.transaction import Store, Transaction

Board = dict[str, Any]


def overview(store: Store, who: Who) -> list[Board]:
    """Each language: its version, how many entries, how many proposals wait."""
    with store.reading() as tx:
        access.require(who, "keep_packs")
        return [
            {
                "language": pack.language,
                "label": pack.label,
                "entries": len(pack.entries),
                "proposals": sum(
                    row.state == "proposed" for row in published.history(tx, pack.language)
                ),
            }
            for pack in published.current(tx)
        ]


def one(store: Store, who: Who, language: str, find: str) -> Board | None:
    """A pack with its entries that hold `find`, and its versions; None for an unknown language."""
    with store.reading() as tx:
        access.require(who, "keep_packs")
        pack = next((each for each in published.current(tx) if each.language == language), None)
        if pack is None:
            return None
        counts = flags.verdict_counts(tx)
        return {
            "language": language,
            "label": pack.label,
            "count": len(pack.entries),
            "entries": [_entry(each, counts) for each in _found(pack, find)],
            "versions": _versions(tx, language),
            "missed": counts.get("-", {}).get("missed", 0),
            "likeness": _likeness(pack, counts),
            "unread": pack.unread,
        }


def _found(pack: Pack, find: str) -> list[Entry]:
    wanted = find.strip().lower()
    return [
        each
        for each in pack.entries
        if wanted in " ".join((each.id, each.category, each.level.word, *each.written)).lower()
    ]


def _entry(entry: Entry, counts: dict[str, dict[str, int]]) -> Board:
    verdicts = counts.get(entry.id, {})
    return {
        "id": entry.id,
        "level": entry.level.word,
        "category": entry.category,
        "patterns": list(entry.written),
        "why": entry.why,
        "lowered_by": sorted(entry.lowered_by),
        "hit": list(entry.hit),
        "miss": list(entry.miss),
        "added_by": entry.added_by,
        "reviewed_by": entry.reviewed_by,
        "date": entry.date,
        "agreed": verdicts.get("agree", 0),
        "misread": verdicts.get("misread", 0),
    }


def _likeness(pack: Pack, counts: dict[str, dict[str, int]]) -> Board | None:
    """The second reader of the language: nobody edits it here, and what listeners said of it."""
    if pack.likeness is None:
        return None
    verdicts = counts.get(pack.likeness.rule, {})
    return {
        "label": pack.likeness.label,
        "agreed": verdicts.get("agree", 0),
        "misread": verdicts.get("misread", 0),
    }


def _versions(tx: Transaction, language: str) -> list[Board]:
    names = people.names(tx)
    return [version_dict(row, names) for row in published.history(tx, language)]


def version_dict(row: PackVersion, names: dict[str, str]) -> Board:
    return {
        "id": row.id,
        "label": row.label,
        "state": row.state,
        "entry": row.entry,
        "why": row.why,
        "made_by": names.get(row.made_by or ""),
        "made_at": iso(row.made_at),
        "decided_at": iso(row.decided_at),
    }


def version(store: Store, who: Who, version_id: str) -> Board:
    """A proposal, with the entry it is about. Refused: `not_found`."""
    with store.reading() as tx:
        access.require(who, "keep_packs")
        row = published.version(tx, version_id)
        return version_dict(row, people.names(tx)) | {"language": row.language}


def explained(text: str, assessment: Assessment) -> Board:
    """Why a text has its level: each rule, the words it saw, what lowered it."""
    return {
        "text": text,
        "level": assessment.level.word,
        "flags": [
            {
                "rule": flag.rule,
                "category": flag.category,
                "level": flag.level.word,
                "reason": flag.reason,
                "words": text[flag.start : flag.end],
                "lowered_by": flag.lowered_by,
                "pack": flag.pack,
            }
            for flag in assessment.flags
        ],
    }
