"""What every door needs of the house: handed in by bootstrap, found through the app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import current_app

from helpline.faces.limits import Limits
from helpline.live import Live
from helpline.store.codes import Codes
from helpline.store.transaction import Store


@dataclass(frozen=True, slots=True)
class House:
    """`offload` runs blocking work beside the event loop; `ready` names what is not well,
    `weakened` what works less well than it should; `vectors` are the labelled messages that a
    change of the word rules is tried on; `canaries` are the client ids that our own canaries come
    with; `canary` says when the last one came through; `calls` whether pages leave the building.
    """

    store: Store
    live: Live
    limits: Limits
    offload: Callable[..., Any]
    ready: Callable[[], list[str]]
    weakened: Callable[[], list[str]]
    demo: bool
    embed_origins: tuple[str, ...]
    public_origin: str
    metrics_token: str
    vectors: Callable[[], list[dict[str, Any]]]
    codes: Codes
    calls: bool = False
    canary: Callable[[], datetime | None] = lambda: None
    canaries: set[str] = field(default_factory=set)
    default_language: str = "en"


def house() -> House:
    found: House = current_app.extensions["helpline"]
    return found
