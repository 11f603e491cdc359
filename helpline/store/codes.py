"""Return codes: six words, and the one-way value that stands for them at rest."""

from __future__ import annotations

import functools
import secrets
from importlib import resources

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from helpline.domain import errors, way_back

MANY = 7_776  # words on the EFF's long list
LABEL = b"helpline: return codes, 1"  # a key of its own, whatever else the secret serves for
MEMORY_KIB = 19 * 1024
PASSES = 2


class NotTheList(Exception):
    """The word list that codes are made of is not whole: they would be easier to guess."""


@functools.cache
def words() -> tuple[str, ...]:
    """Raises NotTheList unless there are as many different ones as there must be."""
    listed = resources.files("xkcdpass").joinpath("static", "eff-long").read_text("utf-8")
    found = tuple(line.split()[-1] for line in listed.splitlines() if line.strip())
    if len(found) != MANY or len(set(found)) != MANY:
        raise NotTheList
    return found


class Codes:
    """Makes codes and turns them into what the store keeps. Nothing here asks the database.

    The salt is derived from the secret of the server, so that whoever has only the database
    cannot try codes. With another secret every code that was given is void.
    """

    def __init__(self, secret: str) -> None:
        self._salt = HKDF(SHA256(), length=32, salt=None, info=LABEL).derive(secret.encode())
        self._plain = frozenset(way_back.plain(each) for each in words())

    def new(self) -> str:
        return " ".join(secrets.choice(words()) for _ in range(way_back.WORDS))

    def look_like_one(self, written: str) -> bool:
        return way_back.reads_as_code(written, self._plain)

    def digest(self, written: str) -> str:
        """Argon2id of a code, however it was written: a twentieth of a second and 19 MiB, so never
        on the event loop. Refused: `unknown_token` for what is too long to be one."""
        if len(written) > way_back.LONGEST:
            raise errors.UnknownCode
        return hash_secret_raw(
            way_back.plain(written).encode(),
            self._salt,
            time_cost=PASSES,
            memory_cost=MEMORY_KIB,
            parallelism=1,
            hash_len=32,
            type=Type.ID,
        ).hex()
