"""Keeping the language packs: propose, see what it would change, publish, roll back.

A pack that cannot be read, that misses its own examples, or that would see less, never replaces
one that works.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from helpline.domain import access, errors, events, triage
from helpline.domain.access import Who
from helpline.domain.triage import BadPack, Pack, suite
from helpline.domain.urgency import Assessment
from helpline.store import journal, line, packs, published
from helpline.store.transaction import Store, Transaction


@dataclass(frozen=True, slots=True)
class Trial:
    """What a proposal would change: both reports, the messages that differ, what speaks against."""

    before: Mapping[str, Any]
    after: Mapping[str, Any]
    changed: Sequence[tuple[str, str, str, str]]
    against: Sequence[str]


def take_in(store: Store, folder: Path, *, now: datetime) -> None:
    """The packs that came with the software speak, unless somebody here has published another."""
    if not any(folder.glob("*.yaml")):
        return
    seeds = {pack.language: pack for pack in store.packs}
    with store.transaction() as tx:
        if not line.exists(tx.session):
            return
        for file in sorted(folder.glob("*.yaml")):
            pack = seeds.get(file.stem)
            if pack is not None:
                _take_in(tx, pack, file.read_text("utf-8"), now)


def _take_in(tx: Transaction, pack: Pack, text: str, now: datetime) -> None:
    known = published.history(tx, pack.language)
    if any(row.label == pack.label for row in known):
        return
    speaks = next((row for row in known if row.state == "published"), None)
    if speaks is not None and speaks.made_by is not None:
        published.add(tx, pack, text, state="proposed", now=now, why="with the software")
        return
    if speaks is not None:
        published.decide(tx, speaks, "retired", now)
    published.add(tx, pack, text, state="published", now=now)
    tx.announce(events.PackPublished(pack.language))


def propose_entry(
    store: Store, who: Who, language: str, entry: Mapping[str, Any], why: str, *, now: datetime
) -> str:
    """Keeps a pack with this entry added or replaced, for somebody to try and publish; its id.

    Refused with `bad_request` and the problems when it cannot be read or misses its examples.
    """
    with store.transaction() as tx:
        access.require(who, "keep_packs")
        text = packs.with_entry(published.speaking(tx, language).text, entry)
        pack = _readable(text, language)
        _require_examples(pack, str(entry["id"]))

        made = published.add(
            tx, pack, text, state="proposed", now=now, entry=str(entry["id"]), why=why,
            made_by=who.id,
        )  # fmt: skip
        journal.write(tx, "pack_proposed", now=now, person_id=who.id, pack=pack.label)
        return made.id


def _readable(text: str, language: str) -> Pack:
    try:
        pack = packs.load_text(text, name=language)
    except BadPack as bad:
        raise errors.PackRefused(problems=list(bad.problems)) from bad
    if pack.language != language:
        raise errors.PackRefused(problems=["the pack speaks another language"])
    return pack


def _require_examples(pack: Pack, entry_id: str) -> None:
    """The entry flags what it says it hits, and leaves what it says it misses."""
    entry = next(each for each in pack.entries if each.id == entry_id)
    problems = [f"does not find: {text}" for text in entry.hit if not _finds(pack, entry, text)]
    problems += [
        f"finds, but should not: {text}" for text in entry.miss if _finds(pack, entry, text)
    ]
    if problems:
        raise errors.PackRefused(problems=problems)


def _finds(pack: Pack, entry: triage.Entry, text: str) -> bool:
    found = triage.assess(text, (pack,)).flags
    return any(flag.rule == entry.id and flag.level == entry.level for flag in found)


def packs_with(store: Store, who: Who, version_id: str) -> tuple[Sequence[Pack], Sequence[Pack]]:
    """The packs as they speak now, and as they would with this version."""
    with store.reading() as tx:
        access.require(who, "keep_packs")
        row = published.version(tx, version_id)
        now_speaking = published.current(tx)
    fresh = _readable(row.text, row.language).beside(now_speaking)
    others = tuple(pack for pack in now_speaking if pack.language != row.language)
    return now_speaking, tuple(sorted((*others, fresh), key=lambda pack: pack.language))


def weigh(rows: Sequence[suite.Row], before: Sequence[Pack], after: Sequence[Pack]) -> Trial:
    """Pure, and long: to be run beside the event loop."""
    old, new, changed = suite.compare(rows, before, after)
    return Trial(old, new, changed, suite.worsens(old, new, changed))


def publish(store: Store, who: Who, version_id: str, trial: Trial, *, now: datetime) -> None:
    """This version speaks from now on. Refused with what speaks against it."""
    if trial.against:
        raise errors.PackRefused(problems=list(trial.against))
    with store.transaction() as tx:
        access.require(who, "keep_packs")
        row = published.version(tx, version_id)
        if row.state != "proposed":
            raise errors.BadRequest(field="version")

        published.decide(tx, published.speaking(tx, row.language), "retired", now)
        published.decide(tx, row, "published", now)
        journal.write(tx, "pack_published", now=now, person_id=who.id, pack=row.label)
        tx.announce(events.PackPublished(row.language))


def roll_back(store: Store, who: Who, language: str, *, now: datetime) -> None:
    """The version before speaks again. Refused with `bad_request` when there is none."""
    with store.transaction() as tx:
        access.require(who, "keep_packs")
        before = published.before_this(tx, language)
        if before is None:
            raise errors.BadRequest(field="language")
        _readable(before.text, language)

        published.decide(tx, published.speaking(tx, language), "withdrawn", now)
        published.decide(tx, before, "published", now)
        journal.write(tx, "pack_rolled_back", now=now, person_id=who.id, pack=before.label)
        tx.announce(events.PackPublished(language))


def withdraw(store: Store, who: Who, version_id: str, *, now: datetime) -> None:
    """A proposal that nobody wants any more."""
    with store.transaction() as tx:
        access.require(who, "keep_packs")
        row = published.version(tx, version_id)
        if row.state == "proposed":
            published.decide(tx, row, "withdrawn", now)


def try_text(store: Store, who: Who, text: str) -> Assessment:
    """What the packs that speak now say of a text. Nothing is kept."""
    with store.reading() as tx:
        access.require(who, "keep_packs")
        return triage.assess(text, published.current(tx))
