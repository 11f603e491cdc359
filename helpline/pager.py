"""The voice that leaves the building: mail, SMS, push through Apprise. Never a visitor's words."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from urllib.parse import quote

import apprise

from helpline.actions import notifying, paging
from helpline.actions.notifying import Letter
from helpline.actions.paging import CALL_OUT, Call
from helpline.boards import noticing
from helpline.boards.wording import alert_text, call_out_text
from helpline.domain import channels
from helpline.store.transaction import Store

log = logging.getLogger(__name__)

TITLE = "Helpline"
WARNS_EVERY = timedelta(minutes=1)


class Pager:
    """Sends what is due. Without a URL, pages stay in the outbox that the dashboard shows."""

    def __init__(
        self,
        store: Store,
        urls: str,
        *,
        demo: bool,
        clock: Callable[[], datetime],
        ways: Mapping[str, str] | None = None,
    ) -> None:
        """`urls` reach the house as a whole; `ways` has for a kind of channel the Apprise URL in
        which `{to}` stands for a person's own address. ValueError for what Apprise cannot read."""
        self._store = store
        self._ways = dict(ways or {})
        self._warned_at: datetime | None = None
        self._demo = demo
        self._clock = clock
        self._apprise = apprise.Apprise()
        for url in urls.split():
            if not self._apprise.add(url):
                raise ValueError("HELPLINE_PAGE_URL holds something that Apprise cannot read")
        for kind, url in self._ways.items():
            if not apprise.Apprise().add(_filled(url, SAMPLES[kind])):
                raise ValueError(f"HELPLINE_{kind.upper()}_URL is nothing that Apprise can read")

    @property
    def goes_somewhere(self) -> bool:
        return len(self._apprise) > 0

    def deliver(self) -> None:
        paging.send_due(self._store, self.send, clock=self._clock)
        notifying.send_due(self._store, self.send_letter, reaches=self.reaches, clock=self._clock)
        self._warn(self._clock())

    def _warn(self, now: datetime) -> None:
        """In the demo the mailbox is the way."""
        if self._demo or (self._warned_at is not None and now - self._warned_at < WARNS_EVERY):
            return
        self._warned_at = now
        notifying.warn_unreachable(self._store, self.reaches, now=now)

    def reaches(self, channel: str | None) -> bool:
        """Whether somebody with this channel of their own is reached outside."""
        return self.goes_somewhere or self._own(channel) is not None

    def send_letter(self, letter: Letter) -> bool:
        """By the person's own way; without one by the house's, with the name in front."""
        body = noticing.words(letter.language, letter.zone, letter.kind, letter.detail)
        url = self._own(letter.channel)
        if url is None:
            return self.goes_somewhere and bool(
                self._apprise.notify(title=TITLE, body=f"{letter.person_name}: {body}")
            )
        own = apprise.Apprise()
        return bool(own.add(url)) and bool(own.notify(title=TITLE, body=body))

    def _own(self, channel: str | None) -> str | None:
        kind, address = channels.parts(channel or "")
        return _filled(self._ways[kind], address) if kind in self._ways else None

    def send(self, call: Call) -> bool:
        """True once the page is on its way; in the demo the outbox is the way."""
        if not self.goes_somewhere:
            return self._demo
        # In the loop, where the network is cooperative: a thread beside it would share locks with
        # the loop (those of logging) that cannot wake it, and stop the house.
        return bool(self._apprise.notify(title=TITLE, body=words(call)))


SAMPLES = {
    "mail": "somebody@example.org",
    "sms": "+353861234567",
    "push": "somebody",
    "chat": "1234",
}


def _filled(url: str, address: str) -> str:
    return url.replace(channels.TO, quote(address, safe=""))


def words(call: Call) -> str:
    """What a page says: whom it is for, what is the matter, how many wait; to who is off shift
    only that help is needed."""
    if call.kind == CALL_OUT:
        return f"{call.person_name}: {call_out_text(call.language)}"
    return f"{call.person_name}: {alert_text('en', call.kind)} ({call.waiting})"
