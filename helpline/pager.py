"""The voice that leaves the building: mail, SMS, push through Apprise. Never a visitor's words."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

import apprise

from helpline.actions import paging
from helpline.actions.paging import CALL_OUT, Call
from helpline.boards.wording import alert_text, call_out_text
from helpline.store.transaction import Store

log = logging.getLogger(__name__)

TITLE = "Helpline"


class Pager:
    """Sends what is due. Without a URL, pages stay in the outbox that the dashboard shows."""

    def __init__(
        self, store: Store, urls: str, *, demo: bool, clock: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._demo = demo
        self._clock = clock
        self._apprise = apprise.Apprise()
        for url in urls.split():
            if not self._apprise.add(url):
                raise ValueError("HELPLINE_PAGE_URL holds something that Apprise cannot read")

    @property
    def goes_somewhere(self) -> bool:
        return len(self._apprise) > 0

    def deliver(self) -> None:
        paging.send_due(self._store, self.send, clock=self._clock)

    def send(self, call: Call) -> bool:
        """True once the page is on its way; in the demo the outbox is the way."""
        if not self.goes_somewhere:
            return self._demo
        # In the loop, where the network is cooperative: a thread beside it would share locks with
        # the loop (those of logging) that cannot wake it, and stop the house.
        return bool(self._apprise.notify(title=TITLE, body=words(call)))


def words(call: Call) -> str:
    """What a page says: whom it is for, what is the matter, how many wait; to who is off shift
    only that help is needed."""
    if call.kind == CALL_OUT:
        return f"{call.person_name}: {call_out_text(call.language)}"
    return f"{call.person_name}: {alert_text('en', call.kind)} ({call.waiting})"
