"""People in front of a browser: what they do, and everything their pages sent and heard."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, WebSocket, expect

from tests.server import Server

SAID = re.compile(r"^42/\w+,(\d+)(\[.*\])$", re.DOTALL)
ACKED = re.compile(r"^43/\w+,(\d+)(\[.*\])$", re.DOTALL)
SOON = 10_000  # milliseconds


class Watched:
    """A page whose console, requests and sockets are kept for the end of the journey."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self.server = server
        self.complaints: list[str] = []
        self._expected: tuple[str, ...] = ()
        self.off_origin: list[str] = []
        self.acked: dict[str, dict[str, Any]] = {}
        self._socket = 0
        page.on("console", self._console)
        page.on("pageerror", lambda fault: self._complain(str(fault)))
        page.on("request", self._request)
        page.on("websocket", self._watch)

    def expect_complaints(self, *parts: str) -> None:
        """Lets pass what has to be said: a server away on purpose, a page that is no more."""
        self._expected += parts
        self.complaints, said = [], self.complaints
        for each in said:
            self._complain(each)

    def _console(self, message: ConsoleMessage) -> None:
        if message.text.startswith("Clear-Site-Data header"):  # the browser says that it obeyed
            return
        at = message.location.get("url", "")
        self._complain(f"{message.type}: {message.text} {at}".rstrip())

    def _complain(self, said: str) -> None:
        if not any(part in said for part in self._expected):
            self.complaints.append(said)

    def _request(self, request: Request) -> None:
        url = urlsplit(request.url)
        if request.is_navigation_request():  # leaving the site is the visitor's own wish
            return
        if url.scheme in ("http", "https", "ws", "wss") and url.netloc not in self.server.url:
            self.off_origin.append(request.url)

    def _watch(self, socket: WebSocket) -> None:
        self._socket += 1
        number, asked = self._socket, {}

        def sent(frame: str | bytes) -> None:
            said = SAID.match(str(frame))
            if said:
                event, *rest = json.loads(said[2])
                client_id = rest[0].get("client_id") if rest and rest[0] else None
                if event in ("say", "open", "send_resource") and client_id:
                    asked[said[1]] = {"client_id": client_id, **rest[0]}

        def received(frame: str | bytes) -> None:
            answer = ACKED.match(str(frame))
            if answer and answer[1] in asked:
                ack = json.loads(answer[2])[0]
                if ack.get("ok") and ack.get("seq"):
                    wish = asked[answer[1]]
                    self.acked[wish["client_id"]] = {
                        "seq": ack["seq"],
                        "text": wish.get("text"),
                        "socket": number,
                    }

        socket.on("framesent", sent)
        socket.on("framereceived", received)


class VisitorPage(Watched):
    def open(self, text: str) -> None:
        """Arrives and starts with some words."""
        self.page.goto(f"{self.server.url}/")
        self.page.get_by_role("textbox").first.fill(text)
        self.page.get_by_role("button", name="Start chat").click()
        expect(self.page.locator("#chat")).to_be_visible(timeout=SOON)

    def say(self, text: str) -> None:
        self.page.locator("#say textarea").fill(text)
        self.page.locator("#say button").click()

    def sees(self, text: str) -> None:
        expect(self.page.locator("#messages")).to_contain_text(text, timeout=SOON)

    def state(self) -> str | None:
        return self.page.locator("#chat").get_attribute("data-state")

    def wait_for_state(self, state: str) -> None:
        expect(self.page.locator("#chat")).to_have_attribute("data-state", state, timeout=SOON)

    def transcript(self) -> list[str]:
        """What stands on the page, message by message, without the line's own words."""
        bubbles = self.page.locator("#messages > li:not(.line) .bubble").all_inner_texts()
        return [each.strip() for each in bubbles]


class ListenerPage(Watched):
    def __init__(self, page: Page, server: Server, name: str) -> None:
        super().__init__(page, server)
        self.name = name
        page.goto(f"{server.url}/sign-in")
        page.get_by_label("Email").fill(f"{name}@example.org")
        page.get_by_label("Password").fill(server.sign_ins[f"{name}@example.org"])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(re.compile(r"/(listener|coordinator)$"))

    def ready(self) -> None:
        button = self.page.locator("#presence").get_by_role("button", name="Ready")
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true", timeout=SOON)

    def offer(self) -> str:
        """The words on the offer that is open now."""
        offer = self.page.locator("#offers")
        expect(offer.get_by_role("button", name="Accept").first).to_be_visible(timeout=SOON)
        return offer.inner_text()

    def accept(self) -> None:
        """Until their chat stands open: the one that stood there before is still written to."""
        chosen = "#chats [data-chat][aria-current='true']"
        before = self.page.locator(chosen).evaluate_all("rows => rows[0]?.dataset.chat ?? ''")
        self.page.locator("#offers").get_by_role("button", name="Accept").first.click()
        fresh = self.page.locator(f"{chosen}:not([data-chat='{before}'])")
        expect(fresh).to_have_count(1, timeout=SOON)
        expect(self.page.locator("#talk")).to_be_visible(timeout=SOON)

    def ends(self, outcome: str, *, anyway: str = "") -> None:
        self.page.locator("#deeds").get_by_role("button", name="End chat").click()
        ending = self.page.locator("#close-dialog")
        if anyway:
            ending.locator("#close-anyway").fill(anyway)
        ending.locator(f"input[value={outcome}]").check()
        ending.get_by_role("button", name="End the chat").click()
        expect(ending).to_be_hidden(timeout=SOON)

    def say(self, text: str) -> None:
        self.page.locator("#reply").fill(text)
        self.page.locator("#composer button").first.click()

    def sees(self, text: str) -> None:
        expect(self.page.locator("#transcript")).to_contain_text(text, timeout=SOON)
