"""Settings of one process, read once from the environment and handed down as arguments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

PREFIX = "HELPLINE_"
LOOPBACK = "127.0.0.1"
LOOPBACKS = (LOOPBACK, "localhost", "::1")
REDIS = re.compile(r"(rediss?|unix)://\S+")
POSTGRESQL = re.compile(r"(postgresql(\+psycopg)?|postgres)://")
ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?", re.IGNORECASE)
WAYS = ("mail", "sms", "push", "chat")
DEMO_SECRET = "practice-only-this-secret-protects-nobody"


class MissingSetting(Exception):
    """The server must not start; the message says what to set."""


@dataclass(frozen=True, slots=True)
class Settings:
    database_url: str
    redis_url: str
    secret_key: str
    key_dir: Path
    host: str
    port: int
    async_mode: str
    embed_origins: tuple[str, ...]
    public_origin: str
    limits: bool
    proxy_hops: int
    demo: bool
    page_urls: str
    metrics_token: str
    secure_cookies: bool
    nudges: bool = True
    ways: Mapping[str, str] = field(default_factory=dict)


def read(environ: Mapping[str, str]) -> Settings:
    """The settings, or MissingSetting with a sentence that says what to do."""

    def value(name: str, default: str = "") -> str:
        return environ.get(PREFIX + name, "").strip() or default

    demo = value("DEMO") == "1"
    instance = Path("instance/demo" if demo else "instance").absolute()
    secret = value("SECRET_KEY", DEMO_SECRET if demo else "")
    if not secret:
        raise MissingSetting(
            "Set HELPLINE_SECRET_KEY to a long random text, for example the output of: "
            'python -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    if not demo and len(secret) < 32:
        raise MissingSetting("HELPLINE_SECRET_KEY is too short: give it 32 characters or more.")

    host = value("HOST", LOOPBACK)
    if demo and host not in LOOPBACKS:
        raise MissingSetting(
            "The practice site (HELPLINE_DEMO=1) is for this machine only: leave HELPLINE_HOST out."
        )
    mode = value("ASYNC", "eventlet")
    if mode not in ("eventlet", "threading"):
        raise MissingSetting("HELPLINE_ASYNC is either eventlet or threading.")
    origin = "".join(_origins("PUBLIC_ORIGIN", value("PUBLIC_ORIGIN"))[:1])
    hops = _number("PROXY_HOPS", value("PROXY_HOPS", "0"), upto=5)
    if origin.lower().startswith("https://") and host in LOOPBACKS and hops == 0:
        raise MissingSetting(
            "With https in HELPLINE_PUBLIC_ORIGIN and a server on this machine only, a proxy is in "
            "front: set HELPLINE_PROXY_HOPS=1, or everybody seems to come from one address."
        )
    limits = value("LIMITS", "off" if demo else "default")
    if limits not in ("default", "off"):
        raise MissingSetting("HELPLINE_LIMITS is either default or off.")

    database = _database(value("DATABASE_URL", f"sqlite:///{instance / 'helpline.db'}"))
    return Settings(
        database_url=database,
        redis_url=_redis(value("REDIS_URL"), database),
        secret_key=secret,
        key_dir=Path(value("KEY_DIR", str(instance / "keys"))),
        host=host,
        port=_number("PORT", value("PORT", "5000"), upto=65_535),
        async_mode=mode,
        embed_origins=tuple(_origins("EMBED_ORIGINS", value("EMBED_ORIGINS"))),
        public_origin=origin,
        limits=limits == "default",
        proxy_hops=hops,
        demo=demo,
        page_urls=value("PAGE_URL"),
        metrics_token=value("METRICS_TOKEN"),
        secure_cookies=origin.lower().startswith("https://"),
        nudges=value("NUDGES", "on") == "on",
        ways=_ways({kind: value(f"{kind.upper()}_URL") for kind in WAYS}),
    )


def _ways(urls: Mapping[str, str]) -> dict[str, str]:
    """Of each kind of channel that is set: the Apprise URL, with a place for an address."""
    for kind, url in urls.items():
        if url and "{to}" not in url:
            raise MissingSetting(
                f"HELPLINE_{kind.upper()}_URL is an Apprise URL with {{to}} where a person's own "
                "address goes (docs/shifts.md)."
            )
    return {kind: url for kind, url in urls.items() if url}


def _database(url: str) -> str:
    """The address, with the driver that we have for it."""
    if re.match(r"sqlite:///[^?]", url):
        return url
    if not POSTGRESQL.match(url):
        raise MissingSetting(
            "HELPLINE_DATABASE_URL is sqlite:///path/to/helpline.db "
            "or postgresql://user:password@host/database"
        )
    return POSTGRESQL.sub("postgresql+psycopg://", url, count=1)


def _redis(url: str, database: str) -> str:
    """Where the processes of one line hear of each other; nowhere, for one process."""
    if url and not REDIS.fullmatch(url):
        raise MissingSetting("HELPLINE_REDIS_URL is redis://host:6379/0 (or rediss://, unix://)")
    if url and database.startswith("sqlite"):
        raise MissingSetting(
            "HELPLINE_REDIS_URL is for several processes, and those need PostgreSQL: name it in "
            "HELPLINE_DATABASE_URL (docs/scaling.md), or leave HELPLINE_REDIS_URL out."
        )
    return url


def _number(name: str, text: str, *, upto: int) -> int:
    if not text.isdigit() or int(text) > upto:
        raise MissingSetting(f"HELPLINE_{name} is a number from 0 to {upto}.")
    return int(text)


def _origins(name: str, text: str) -> list[str]:
    """Exact origins, separated by blanks or commas: they stand in a policy as they are."""
    origins = [each.rstrip("/") for each in text.replace(",", " ").split()]
    if not all(ORIGIN.fullmatch(each) for each in origins):
        raise MissingSetting(
            f"HELPLINE_{name} takes exact origins and nothing more, such as https://example.org"
        )
    return origins
