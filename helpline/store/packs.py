"""Language packs from a folder of YAML files."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from helpline.domain import triage
from helpline.domain.triage.building import without_collecting

log = logging.getLogger(__name__)


def load_folder(path: Path | str) -> tuple[triage.Pack, ...]:
    """Every `*.yaml` of a folder as a pack, in the order of their names.

    triage.BadPack when a pack cannot be used, when two speak one language, or when there is none.
    What was learned for a pack and cannot be used is left out and said: its rules still stand.
    """
    files = sorted(Path(path).glob("*.yaml"))
    if not files:
        raise triage.BadPack(str(path), ["no pack (*.yaml) in this folder"])
    with without_collecting():
        packs = tuple(_with_likeness(load_file(file), file.parent) for file in files)
    languages = Counter(pack.language for pack in packs)
    for language, count in languages.items():
        if count > 1:
            raise triage.BadPack(language, ["more than one pack speaks this language"])
    return packs


class OnDemand(Sequence[triage.Pack]):
    """The packs of a folder, read when somebody first looks: most commands never do."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _read(self) -> tuple[triage.Pack, ...]:
        return load_folder(self._folder)

    def __getitem__(self, which: Any) -> Any:
        return self._read[which]

    def __len__(self) -> int:
        return len(self._read)


def _with_likeness(pack: triage.Pack, folder: Path) -> triage.Pack:
    """The pack with the weights learned for its language, `en.likeness.json`, if it has any."""
    file = _likeness_file(folder, pack.language)
    if not file.exists():
        return pack
    try:
        return replace(pack, likeness=read_likeness(file, pack.language))
    except triage.BadPack as bad:
        log.error("%s is not used, the rules of the pack are: %s", file.name, bad)
        return replace(pack, unread=str(bad))


def read_likeness(file: Path, language: str) -> triage.Likeness:
    """What `keep_likeness` wrote. triage.BadPack when it is anything else, or cannot be read."""
    try:
        kept = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise triage.BadPack(file.name, [f"it cannot be read ({type(error).__name__})"]) from error
    return triage.Likeness.read(kept, language)


def keep_likeness(folder: Path, learned: triage.Likeness) -> Path:
    """Learned weights beside their pack, one sign to a line so that a change can be read; where.

    Whole or not at all: whoever starts meanwhile finds the old ones or the new ones.
    """
    file = _likeness_file(folder, learned.language)
    text = json.dumps(learned.as_mapping(), ensure_ascii=False, indent=0, sort_keys=True)
    written = file.with_suffix(".new")
    written.write_text(text + "\n", "utf-8")
    written.replace(file)
    return file


def _likeness_file(folder: Path, language: str) -> Path:
    return folder / f"{language}.likeness.json"


def load_file(file: Path) -> triage.Pack:
    """One pack. triage.BadPack says in which file and what is wrong."""
    return load_text(file.read_text(encoding="utf-8"), name=file.name)


def load_text(text: str, *, name: str) -> triage.Pack:
    """A pack from YAML text, as an editor sends it. `name` is only for the error."""
    try:
        return triage.parse(parsed(text))
    except yaml.YAMLError as error:
        raise triage.BadPack(name, [f"not readable as YAML: {error}"]) from error
    except triage.BadPack as error:
        raise triage.BadPack(name, error.problems) from error


def parsed(text: str) -> Any:  # whatever YAML holds: `triage.parse` judges its shape
    """A document of ours, read by libyaml if it is there: ten times as fast."""
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def load_vectors(folder: Path) -> list[dict[str, Any]]:
    """The labelled messages of a folder of JSON lines, in the order of the files' names."""
    return [row for file in sorted(folder.rglob("*.jsonl")) for row in rows_of(file)]


def rows_of(file: Path) -> list[dict[str, Any]]:
    """Labelled messages, one JSON object to a line."""
    text = file.read_text("utf-8-sig")
    return [json.loads(row) for row in text.split("\n") if row.strip()]


def with_entry(text: str, entry: Mapping[str, Any]) -> str:
    """The pack's YAML with this entry added, or in the place of the one of the same id."""
    document = parsed(text)
    entries = [each for each in document.get("entries", []) if each.get("id") != entry["id"]]
    at = next(
        (n for n, each in enumerate(document["entries"]) if each.get("id") == entry["id"]),
        len(entries),
    )
    document["entries"] = [*entries[:at], dict(entry), *entries[at:]]
    return yaml.dump(document, allow_unicode=True, sort_keys=False, width=100)


def entry_of(text: str, entry_id: str) -> Mapping[str, Any] | None:
    """An entry as it is written."""
    for each in parsed(text).get("entries", []):
        if each.get("id") == entry_id:
            found: Mapping[str, Any] = each
            return found
    return None
