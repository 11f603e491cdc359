"""Ids without meaning, secrets, and the hashes that stand for them at rest."""

from __future__ import annotations

import hashlib
import secrets


def new_id() -> str:
    """128 random bits; tells neither order nor time."""
    return secrets.token_urlsafe(16)


def new_token() -> str:
    """256 random bits, for whoever holds it."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What the store keeps of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
