"""Where a notice reaches somebody: mail, a text message, push or a chat service, and an address."""

from __future__ import annotations

import re
from collections.abc import Mapping

from . import errors

# kind -> what an address of it looks like; nothing in it can leave its place in an Apprise URL
KINDS: Mapping[str, re.Pattern[str]] = {
    "mail": re.compile(r"[^@\s/?#&]{1,64}@[^@\s./?#&]+(\.[^@\s./?#&]+)+"),
    "sms": re.compile(r"\+[0-9]{6,15}"),
    "push": re.compile(r"[A-Za-z0-9_.-]{1,80}"),
    "chat": re.compile(r"@?[A-Za-z0-9_.:-]{1,80}"),
}
TO = "{to}"  # where the address goes in the line's setting for the kind


class BadAddress(errors.BadRequest):
    message = "This address does not fit the way you chose."


class BadQuietHours(errors.BadRequest):
    message = "Give both times, or none."


def clean(kind: str, address: str) -> str:
    """A channel as it is kept, "mail:leo@example.org". Refused: `bad_request` with the field."""
    if kind not in KINDS:
        raise errors.BadRequest(field="channel")
    address = address.strip()
    if len(address) > 200 or not KINDS[kind].fullmatch(address):
        raise BadAddress(field="address")
    return f"{kind}:{address}"


def parts(channel: str) -> tuple[str, str]:
    kind, _, address = channel.partition(":")
    return kind, address
