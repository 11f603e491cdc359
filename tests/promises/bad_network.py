"""Two real pages in one conversation, each behind a network of ours, and what they show meanwhile."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from playwright.sync_api import Browser, Page, Route

from helpline.store import chats
from tests.journeys.people import ListenerPage, VisitorPage
from tests.promises.practice import House
from tests.promises.proxy import Proxy

SOONER = 5  # so many times sooner than a page would, ours gives up waiting and tries again
TIMES = re.compile(r"(_MS = |reconnectionDelay(?:Max)?: )([\d_]+)")
SCRIPTS = re.compile(r"/static/(shared|visitor|listener)/\w+\.js$")
HEALED_WITHIN = 40  # seconds, on a machine that does much else
LOOKS_EVERY = 0.05

VISITOR_SHOWS = """() => {
  const text = (node) => node.querySelector('.bubble p')?.textContent;
  const all = (where) => [...document.querySelectorAll(where)];
  return {
    said: all('#messages .message:not(.line)').map(text),
    own: all('#messages .message.me').map(text),
    sent: all('#messages .message.me').filter((each) => each.querySelector('.mark')).map(text),
    unsent: all('#unsent .message').map((each) => [text(each), each.querySelector('.mark').textContent]),
    offline: !document.getElementById('offline').hidden,
  };
}"""
LISTENER_SHOWS = """() => {
  const text = (node) => node.querySelector('.text')?.textContent;
  const all = (where) => [...document.querySelectorAll('#transcript .message' + where)];
  const own = all('.listener:not(.unsent)');
  return {
    said: all(':not(.unsent):not(.line)').map(text),
    own: own.map(text),
    sent: own.filter((each) => each.querySelector('.by .hint')).map(text),
    unsent: all('.unsent').map((each) => [text(each), each.querySelector('.by').textContent]),
    offline: document.getElementById('connection').textContent !== '',
  };
}"""


def in_a_hurry(page: Page) -> None:
    """The page's own modules, with every time in them divided."""

    def sooner(route: Route) -> None:
        answer = route.fetch()
        body = TIMES.sub(
            lambda found: f"{found[1]}{int(found[2].replace('_', '')) // SOONER}", answer.text()
        )
        route.fulfill(response=answer, body=body)

    page.route(SCRIPTS, sooner)


@dataclass
class Side:
    """One of the two: a page, its network, and how to speak and look."""

    page: Page
    proxy: Proxy
    say: Callable[[str], None]
    shows: str
    not_sent: str  # how its page says that words are only there
    wrote: list[str]

    def look(self) -> Any:
        return SimpleNamespace(**self.page.evaluate(self.shows))

    def writes(self, words: str) -> None:
        self.wrote.append(words)
        self.say(words)


class Conversation:
    """Vera and Leo, who were connected before anything went wrong."""

    def __init__(
        self,
        house: House,
        browser: Browser,
        *,
        listener_at: House | None = None,
        hurried: bool = True,
    ) -> None:
        self.house = house
        self._contexts: list[Any] = []
        self._browser, self._hurried = browser, hurried
        self.proxies = {
            "visitor": Proxy(house.url),
            "listener": Proxy((listener_at or house).url),
        }
        leo = ListenerPage(self.new_page(), self._behind("listener"), "leo")
        vera = VisitorPage(self.new_page(), self._behind("visitor"))
        leo.ready()
        vera.open("hello")
        leo.accept()
        vera.wait_for_state("active")
        self.visitor = Side(
            vera.page, self.proxies["visitor"], vera.say, VISITOR_SHOWS, "Not sent yet", ["hello"]
        )
        self.listener = Side(
            leo.page, self.proxies["listener"], leo.say, LISTENER_SHOWS, "not sent yet", []
        )
        with house.store.reading() as tx:
            self.chat = next(
                row.id for row in chats.held_by(tx, house.person_id("leo")) if row.state == "active"
            )

    def new_page(self) -> Page:
        context = self._browser.new_context()
        self._contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        if self._hurried:
            in_a_hurry(page)
        return page

    def _behind(self, name: str) -> Any:
        return SimpleNamespace(url=self.proxies[name].url, sign_ins=self.house.sign_ins)

    def kept(self) -> list[str]:
        """What both have said, as it is on disk, in order."""
        with self.house.store.reading() as tx:
            said, more = chats.messages_after(tx, self.chat, 0)
            while more:
                page, more = chats.messages_after(tx, self.chat, said[-1].seq)
                said += page
        return [each.text for each in said if each.text and each.author != "line"]

    def watch(
        self, until: Callable[[Any, Any], bool], what: str, *, within: float = HEALED_WITHIN
    ) -> None:
        """Looks at both pages until this is so. Whatever they show meanwhile must be true."""
        by = time.monotonic() + within
        while True:
            shown = self.look()
            if until(*shown):
                return
            assert time.monotonic() < by, f"{what}: {[vars(each) for each in shown]}"
            time.sleep(LOOKS_EVERY)

    def look(self) -> list[Any]:
        """What both show at this moment, which must be true."""
        shown = []
        for side in (self.visitor, self.listener):
            seen = side.look()
            self._is_true(side, seen)
            shown.append(seen)
        return shown

    def _is_true(self, side: Side, seen: Any) -> None:
        """Nothing one wrote is out of sight or there twice; what is shown as sent is on disk."""
        unsent = [words for words, _ in seen.unsent]
        assert sorted(seen.own + unsent) == sorted(side.wrote), "a word is missing or doubled"
        kept = self.kept()
        assert set(seen.sent) <= set(kept), "said to be sent, and is not"
        assert set(seen.said) <= set(kept), "shown, and is not on disk"

    def remember(self) -> None:
        """Marks both pages: a page that is loaded again has forgotten it."""
        for side in (self.visitor, self.listener):
            side.page.evaluate("window.remembered = true")

    def is_as_remembered(self) -> bool:
        sides = (self.visitor, self.listener)
        return all(side.page.evaluate("window.remembered === true") for side in sides)

    def lead_to(self, server: str) -> None:
        """Whoever answers, both go there from now on."""
        for each in self.proxies.values():
            each.lead_to(server)

    def is_whole(self, visitor: Any, listener: Any) -> bool:
        kept = self.kept()
        return (
            len(kept) == len(self.visitor.wrote) + len(self.listener.wrote)
            and visitor.said == listener.said == kept
            and not (visitor.unsent or listener.unsent or visitor.offline or listener.offline)
        )

    def close(self) -> None:
        for context in self._contexts:
            context.close()
        for proxy in self.proxies.values():
            proxy.close()
