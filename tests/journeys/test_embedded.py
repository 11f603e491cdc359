"""The widget on somebody else's page: framed where it is allowed, nowhere else."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.journeys.people import SOON
from tests.server import Server

pytestmark = [pytest.mark.browser, pytest.mark.sockets]


class Host(BaseHTTPRequestHandler):
    """A page of another site that carries the loader."""

    helpline = ""

    def do_GET(self) -> None:
        script = f"<script src='{self.helpline}/embed.js' defer></script>"
        page = f"<!doctype html><title>Host</title>{script}"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def host():
    site = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{site.server_port}"
    site.shutdown()


def framed(browser, server, host):
    page = browser.new_context(viewport={"width": 800, "height": 800}).new_page()
    Host.helpline = server.url
    page.goto(host)
    page.get_by_role("button", name="Chat").click()
    return page


def test_an_allowed_site_frames_the_same_page(tmp_path, browser, host):
    server = Server(tmp_path, EMBED_ORIGINS=host).start()
    try:
        page = framed(browser, server, host)
        frame = page.frame_locator("iframe")
        frame.locator("textarea").first.fill("I took all my pills")
        frame.get_by_role("button", name="Start chat").click()

        expect(frame.locator("#urgent")).to_have_attribute("open", "", timeout=SOON)
        expect(frame.locator("#messages")).to_contain_text("I took all my pills", timeout=SOON)
        assert page.context.cookies() == []
    finally:
        server.stop()


def test_another_site_frames_nothing(browser, server, host):
    page = framed(browser, server, host)

    page.wait_for_timeout(1_500)

    assert all("Leave this site" not in frame.content() for frame in page.frames[1:])


def test_staff_pages_are_never_framed(tmp_path, browser, host):
    server = Server(tmp_path, EMBED_ORIGINS=host).start()
    try:
        page = browser.new_page()
        answer = page.goto(f"{server.url}/sign-in")

        assert answer is not None
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    finally:
        server.stop()
