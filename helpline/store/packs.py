"""Language packs from a folder of YAML files."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from helpline.domain import triage
from helpline.domain.triage.building import without_collecting


def load_folder(path: Path | str) -> tuple[triage.Pack, ...]:
    """Every `*.yaml` of a folder as a pack, in the order of their names.

    triage.BadPack when a file cannot be used, when two speak one language, or when there is none.
    """
    files = sorted(Path(path).glob("*.yaml"))
    if not files:
        raise triage.BadPack(str(path), ["no pack (*.yaml) in this folder"])
    with without_collecting():
        packs = tuple(replace(load_file(file), likeness=_likeness_beside(file)) for file in files)
    languages = Counter(pack.language for pack in packs)
    for language, count in languages.items():
        if count > 1:
            raise triage.BadPack(language, ["more than one pack speaks this language"])
    return packs


def _likeness_beside(file: Path) -> triage.Likeness | None:
    """The learned weights of a pack's language, `en.likeness.json` for `en.yaml`, if it has any."""
    learned = _likeness_file(file.parent, file.stem)
    if not learned.exists():
        return None
    try:
        return triage.Likeness.read(json.loads(learned.read_text("utf-8")))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise triage.BadPack(learned.name, [f"not readable as learned weights: {error}"]) from error


def keep_likeness(folder: Path, learned: triage.Likeness) -> None:
    """Learned weights beside their pack, one sign to a line so that a change can be read."""
    text = json.dumps(learned.as_mapping(), ensure_ascii=False, indent=0, sort_keys=True)
    _likeness_file(folder, learned.language).write_text(text + "\n", "utf-8")


def _likeness_file(folder: Path, language: str) -> Path:
    return folder / f"{language}.likeness.json"


def load_file(file: Path) -> triage.Pack:
    """One pack. triage.BadPack says in which file and what is wrong."""
    return load_text(file.read_text(encoding="utf-8"), name=file.name)


def load_text(text: str, *, name: str) -> triage.Pack:
    """A pack from YAML text, as an editor sends it. `name` is only for the error."""
    try:
        return triage.parse(_parsed(text))
    except yaml.YAMLError as error:
        raise triage.BadPack(name, [f"not readable as YAML: {error}"]) from error
    except triage.BadPack as error:
        raise triage.BadPack(name, error.problems) from error


def _parsed(text: str) -> Any:  # whatever YAML holds: `triage.parse` judges its shape
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
    document = _parsed(text)
    entries = [each for each in document.get("entries", []) if each.get("id") != entry["id"]]
    at = next(
        (n for n, each in enumerate(document["entries"]) if each.get("id") == entry["id"]),
        len(entries),
    )
    document["entries"] = [*entries[:at], dict(entry), *entries[at:]]
    return yaml.dump(document, allow_unicode=True, sort_keys=False, width=100)


def entry_of(text: str, entry_id: str) -> Mapping[str, Any] | None:
    """An entry as it is written."""
    for each in _parsed(text).get("entries", []):
        if each.get("id") == entry_id:
            found: Mapping[str, Any] = each
            return found
    return None
