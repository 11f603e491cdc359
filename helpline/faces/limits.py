"""How much at once is too much: buckets in memory, keyed so that no address is ever kept.

The key of a bucket is an HMAC of a network prefix under a random key that lives for minutes and
is never written down. Nobody is refused for good: a bucket refills.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from helpline.domain import errors
from helpline.domain.urgency import Level

KEY_LIVES = timedelta(minutes=10)
BUCKETS_AT_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` at once, then one more every `refill_s` seconds."""

    burst: int
    refill_s: float


SAY = Rate(burst=10, refill_s=1.0)
OPEN = Rate(burst=20, refill_s=20.0)  # a school, or all customers of a carrier, is one network
OPEN_AT_RISK = Rate(burst=100, refill_s=2.0)  # words at high or critical
FIND = Rate(burst=60, refill_s=1.0)  # searches of the directory, from one network
KEEP = Rate(burst=3, refill_s=20.0)  # return codes made for one chat
CODE = Rate(burst=5, refill_s=12.0)  # tries of a code, from one network
CODES = Rate(burst=60, refill_s=1.0)  # likewise, from everywhere
SIGN_IN = Rate(burst=5, refill_s=12.0)
EVENTS = Rate(burst=60, refill_s=0.1)


class Limits:
    """Token buckets of one process. `on` is False where limits are turned off."""

    def __init__(self, *, on: bool) -> None:
        self._on = on
        self._buckets: dict[str, tuple[float, datetime]] = {}
        self._key = secrets.token_bytes(32)
        self._key_since: datetime | None = None

    def take(self, rate: Rate, whose: str, *, now: datetime) -> None:
        """Refused with `slow_down` and `retry_after_s` when the bucket is empty."""
        if not self._on:
            return
        if len(self._buckets) >= BUCKETS_AT_MOST:
            self._buckets.clear()
        left, since = self._buckets.get(whose, (float(rate.burst), now))
        refilled = (now - since).total_seconds() / rate.refill_s
        left = min(float(rate.burst), left + max(0.0, refilled))
        if left < 1.0:
            wait = ceil((1.0 - left) * rate.refill_s)
            raise errors.SlowDown(retry_after_s=max(1, wait))
        self._buckets[whose] = (left - 1.0, now)

    def take_opening(self, source: str, level: Level, *, now: datetime) -> None:
        """Words at risk have a bucket of their own, so that no crowd before them keeps them out."""
        if level >= Level.HIGH:
            self.take(OPEN_AT_RISK, f"open-at-risk:{source}", now=now)
        else:
            self.take(OPEN, f"open:{source}", now=now)

    def take_code(self, source: str, *, now: datetime) -> None:
        """One try of a return code: nobody may guess fast, nor many together."""
        self.take(CODE, f"code:{source}", now=now)
        self.take(CODES, "codes", now=now)

    def source(self, address: str, *, now: datetime) -> str:
        """A name for where somebody comes from, good for some minutes, that tells nothing."""
        if self._key_since is None or now - self._key_since > KEY_LIVES:
            self._key, self._key_since = secrets.token_bytes(32), now
        return hmac.new(self._key, _prefix(address).encode(), hashlib.sha256).hexdigest()[:16]


def _prefix(address: str) -> str:
    """The /24 or /48 around an address."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    bits = 24 if ip.version == 4 else 48
    return str(ipaddress.ip_network(f"{ip}/{bits}", strict=False).network_address)
