"""Seals what people write: one data key per chat, in a key directory outside the database.

Erasing a chat destroys its key; the sealed rows are then noise, in every copy of the database.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12
PADDED_TO = (256, 1_024, 4_096, 16_384)  # bytes; a length should tell little
LENGTH = 4


class KeyIsGone(Exception):
    """The chat was erased, or its key cannot be read."""


class Vault:
    """`directory` holds one 32-byte file per chat, readable by this user only."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)

    def prove(self) -> None:
        """Raises OSError or KeyIsGone unless keys can be made, read and destroyed here."""
        self.make_key("proof-of-keys")
        sealed = self.seal("proof-of-keys", "proof", "words")
        if self.unseal("proof-of-keys", "proof", sealed) != "words":
            raise KeyIsGone
        self.destroy("proof-of-keys")

    def make_key(self, owner: str) -> None:
        """Creates the key of a chat; an existing one is left alone. Durable on return."""
        try:
            handle = os.open(self._file(owner), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return
        with os.fdopen(handle, "wb") as file:
            file.write(AESGCM.generate_key(bit_length=256))
            file.flush()
            os.fsync(file.fileno())
        self._sync_directory()

    def seal(self, owner: str, place: str, words: str) -> bytes:
        """Encrypts `words` so that they open only in this `place` of this chat."""
        nonce = os.urandom(NONCE)
        aad = _aad(owner, place)
        return nonce + AESGCM(self._key(owner)).encrypt(nonce, _pad(words.encode()), aad)

    def unseal(self, owner: str, place: str, sealed: bytes) -> str:
        """The words again. KeyIsGone when the chat was erased or the row was moved."""
        try:
            padded = AESGCM(self._key(owner)).decrypt(
                sealed[:NONCE], sealed[NONCE:], _aad(owner, place)
            )
        except InvalidTag as moved:
            raise KeyIsGone from moved
        return _unpad(padded).decode()

    def destroy(self, owner: str) -> bool:
        """Unlinks the key. True if there was one."""
        try:
            os.unlink(self._file(owner))
        except FileNotFoundError:
            return False
        self._sync_directory()
        return True

    def holds(self, owner: str) -> bool:
        return self._file(owner).exists()

    def _key(self, owner: str) -> bytes:
        try:
            return self._file(owner).read_bytes()
        except FileNotFoundError as gone:
            raise KeyIsGone from gone

    def _file(self, owner: str) -> Path:
        return self._directory / f"{owner}.key"

    def _sync_directory(self) -> None:
        handle = os.open(self._directory, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _aad(owner: str, place: str) -> bytes:
    return f"1|{owner}|{place}".encode()


def _pad(plain: bytes) -> bytes:
    """Prefixes the length and fills up to the next of the fixed sizes."""
    size = next((each for each in PADDED_TO if len(plain) <= each - LENGTH), len(plain) + LENGTH)
    return len(plain).to_bytes(LENGTH, "big") + plain.ljust(size - LENGTH, b"\0")


def _unpad(padded: bytes) -> bytes:
    length = int.from_bytes(padded[:LENGTH], "big")
    return padded[LENGTH : LENGTH + length]
