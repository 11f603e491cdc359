"""HSDS data on disk or as it was sent: a JSON file, a folder of CSV files, or a zip of them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from helpline.domain import hsds
from helpline.domain.hsds import Reading, writing
from helpline.domain.hsds.kinds import named
from helpline.domain.hsds.writing import Records

LARGEST = 512 * 1024 * 1024  # bytes of all files together, unpacked
MOST_FILES = 200  # in a zip


def read_path(path: Path) -> Reading:
    """What a file or folder holds; what cannot be read is among its problems."""
    if path.is_dir():
        return _tables({each.name: each.read_bytes for each in sorted(path.glob("*.csv"))})
    return read_bytes(path.name, path.read_bytes())


def read_bytes(name: str, sent: bytes, *, largest: int = LARGEST) -> Reading:
    """A file by its contents: a zip, one table if its name says so, else JSON."""
    if len(sent) > largest:
        return _refused(name, "too_large")
    if sent.startswith(b"PK"):
        return _zip(name, sent, largest)
    if name.lower().endswith(".csv"):
        return _tables({name: lambda: sent})
    try:
        return hsds.read_json(json.loads(sent))
    except UnicodeDecodeError:
        return _refused(name, "not_utf8")
    except (ValueError, RecursionError):
        return _refused(name, "no_json")


def as_json(records: Records) -> str:
    """Every service in full, as the specification's API would list them."""
    page = writing.page(list(writing.services(records)))
    return json.dumps(page, ensure_ascii=False, indent=2) + "\n"


def write_folder(records: Records, folder: Path) -> Iterator[Path]:
    """One CSV file for each table that has rows; the paths as they are written."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in writing.csv_files(records).items():
        path = folder / name
        path.write_text(text, "utf-8", newline="")
        yield path


def _zip(name: str, sent: bytes, largest: int) -> Reading:
    try:
        with zipfile.ZipFile(io.BytesIO(sent)) as packed:
            inside = [each for each in packed.infolist() if each.filename.endswith(".csv")]
            if len(inside) > MOST_FILES or sum(each.file_size for each in inside) > largest:
                return _refused(name, "too_large")
            return _tables({each.filename: _opened(packed, each, largest) for each in inside})
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError):
        return _refused(name, "no_zip")


def _opened(packed: zipfile.ZipFile, each: zipfile.ZipInfo, largest: int) -> Callable[[], bytes]:
    """Reads no more than the directory of the zip says, whatever is packed."""

    def read() -> bytes:
        with packed.open(each) as file:
            return file.read(min(each.file_size, largest) + 1)[: each.file_size]

    return read


def _tables(found: Mapping[str, Callable[[], bytes]]) -> Reading:
    files: dict[str, str] = {}
    for name, read in found.items():
        try:
            files[name.rsplit("/", 1)[-1]] = read().decode("utf-8-sig")
        except UnicodeDecodeError:
            return _refused(name, "not_utf8")
    if not any(named(name) for name in files):
        return _refused("", "nothing")
    return hsds.read_tables(files)


def _refused(where: str, code: str) -> Reading:
    made = Reading()
    made.tell(where, "", code)
    return made
