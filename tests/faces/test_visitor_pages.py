"""The visitor's plain pages: every step without a script, no cookie, no token in an address."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from helpline import clock, practice
from helpline.actions import directing, furnishing, listening, offering, visiting, watching
from helpline.domain import chat as rules
from helpline.domain import errors, way_back
from helpline.faces import refusals
from helpline.store import line
from tests import cast as the_cast
from tests import makers

NASTY = "<script>alert('x')</script> & \"quoted\" \u202eabc"


@pytest.fixture(autouse=True)
def open_line(store, cast, now, monkeypatch):
    """The clock stands still; Leo and Sol are ready; the directory is known."""
    monkeypatch.setattr(clock, "now", lambda: now)
    practice.load_directory(store, now=now)
    the_cast.make_ready(store, cast.leo, cast.sol, now=now)


def hidden(page, name: str) -> str:
    """The value of the first filled hidden field of this name."""
    found = re.findall(rf'name="{name}" value="([^"]*)"', page.get_data(as_text=True))
    return unescape(next((value for value in found if value), ""))


def fields(page, **more: str) -> dict[str, str]:
    carried = {name: hidden(page, name) for name in ("token", "ticket", "client_id")}
    return carried | more


def open_chat(client, text: str = "hello", **more: str):
    """Through the door as a browser would go; the page of the chat."""
    door = client.get("/")
    form = {"client_id": hidden(door, "client_id"), "lang": "en", "text": text, **more}
    return client.post("/open", data=form, follow_redirects=True)


def urgent_help_is_open(page) -> bool:
    return bool(re.search(r'<details id="urgent"[^>]* open', page.get_data(as_text=True)))


def words_in_the_box(page, box: str) -> str:
    found = re.search(rf'<textarea id="{box}"[^>]*>(.*?)</textarea>', page.text, re.DOTALL)
    return unescape(found[1]) if found else ""


# -- the way through ----------------------------------------------------------------------------


def test_the_door_asks_for_one_word_and_shows_limits_wait_and_help(client):
    page = client.get("/")

    assert page.status_code == 200
    assert "<title>Chat</title>" in page.text
    assert "We keep this private. If a life or a child is in danger" in page.text
    assert "Most people wait up to 5 minutes." in page.text
    assert 'href="tel:112"' in page.text
    assert not urgent_help_is_open(page)


def test_a_visitor_goes_from_the_first_word_to_the_feedback_without_a_script(
    client, store, cast, now
):
    page = open_chat(client)
    assert "You are in the queue." in page.text
    assert "You are next." in page.text

    page = client.post("/say", data=fields(page, text="are you there"), follow_redirects=True)
    chat_id = makers.take_next(store, cast.leo, now=now)
    listening.say(store, cast.leo, chat_id, makers.client_id(), "I am here", now=now)
    page = client.post("/say", data=fields(page, text="thank you"), follow_redirects=True)
    assert "I am here" in page.text
    assert "Leo is here with you." in page.text

    page = client.post("/leave", data=fields(page), follow_redirects=True)
    assert "This chat has ended." in page.text
    page = client.post("/feedback", data=fields(page, feeling="better"), follow_redirects=True)
    assert "Thank you for telling us." in page.text
    assert makers.chat_row(store, chat_id).feeling == "better"
    said = [words for words in makers.transcript(store, chat_id) if not words.startswith("[")]
    assert said == ["hello", "are you there", "I am here", "thank you"]


def test_the_same_form_sent_twice_stores_one_message(client, store):
    page = open_chat(client)
    form = fields(page, text="only once")

    client.post("/say", data=form)
    client.post("/say", data=form)

    shown = client.get(client.post("/say", data=form).location)
    assert shown.text.count("only once") == 1


def test_critical_words_open_the_urgent_help_with_the_answer(client):
    assert urgent_help_is_open(open_chat(client, "I took all my pills"))


def test_whoever_feels_worse_sees_the_urgent_help(client):
    page = client.post("/leave", data=fields(open_chat(client)), follow_redirects=True)

    page = client.post("/feedback", data=fields(page, feeling="worse"), follow_redirects=True)

    assert urgent_help_is_open(page)


def test_deleting_asks_once_and_then_the_words_are_gone(client, store):
    page = open_chat(client, "please forget this")
    chat_id = chat_of(store, page)

    asked = client.post("/erase", data=fields(page))
    assert "It cannot be undone." in asked.text
    done = client.post("/erase", data={"token": hidden(asked, "token"), "sure": "yes"})

    assert "What you wrote is deleted." in done.text
    assert makers.chat_row(store, chat_id).erased_at is not None


def chat_of(store, page) -> str:
    return visiting.bound_to(store, hidden(page, "token"), now=clock.now())


# -- what an address and a cookie may tell --------------------------------------------------------


def test_no_answer_to_a_visitor_sets_a_cookie(client):
    page = open_chat(client)
    form = fields(page, text="x", feeling="same")
    ways = [client.get(path) for path in ("/", "/widget", "/embed.js", "/chat/none", "/say")]
    ways += [
        client.post(f"/{verb}", data=form)
        for verb in ("open", "say", "leave", "feedback", "erase", "exit")
    ]

    assert [answer.headers.getlist("Set-Cookie") for answer in ways] == [[]] * len(ways)


def test_no_address_holds_the_token(client):
    page = open_chat(client)
    token = hidden(page, "token")

    answers = [client.post(f"/{verb}", data=fields(page, text="x")) for verb in ("say", "leave")]

    assert len(token) > 40
    assert all(token not in (answer.location or "") for answer in answers)
    addresses = re.findall(r'(?:href|src|action|content)="([^"]*)"', page.text)
    assert all(token not in address for address in addresses)


def test_every_answer_is_stored_nowhere_and_names_no_referrer(client):
    page = open_chat(client)

    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"


# -- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [errors.Empty, errors.TooLong, errors.SlowDown, errors.TryAgain,
                                  errors.ClientIdReused, errors.UnknownToken, errors.ChatClosed,
                                  errors.LineClosed, errors.BadRequest])  # fmt: skip
def test_every_refusal_is_a_kind_page_that_keeps_the_words(client, monkeypatch, kind):
    page = open_chat(client)

    def refuse(*_, **__):
        raise kind

    monkeypatch.setattr(visiting, "say", refuse)
    answer = client.post("/say", data=fields(page, text=NASTY))

    assert answer.status_code == refusals.STATUS[kind.code]
    assert kind.message in unescape(answer.text)
    assert NASTY in (words_in_the_box(answer, "text"), words_in_the_box(answer, "first"))
    assert 'id="urgent"' in answer.text
    assert 'href="tel:112"' in answer.text


@pytest.mark.parametrize("text, status", [("", 422), (" \n\t ", 422), ("x" * 4001, 422)])
def test_nothing_and_too_much_are_refused_at_the_door(client, text, status):
    answer = open_chat(client, text)

    assert answer.status_code == status
    assert words_in_the_box(answer, "first").strip() == text.strip()


def test_words_too_long_to_be_read_get_a_kind_page(client):
    answer = client.post("/open", data={"client_id": makers.client_id(), "text": "x" * 200_000})

    assert answer.status_code == 422
    assert urgent_help_is_open(answer)


def test_words_too_long_to_be_read_are_not_said_to_be_in_the_box(client):
    answer = client.post("/open", data={"client_id": makers.client_id(), "text": "x" * 200_000})

    assert "Go back one page: your words may still be in the box." in unescape(answer.text)
    assert "Your words are still in the box." not in unescape(answer.text)


def test_a_browser_without_a_script_takes_no_more_than_the_line_does(client):
    pages = client.get("/").text + open_chat(client).text

    boxes = re.findall(r"<textarea[^>]*>", pages)
    longest = {"note": way_back.NOTE_LENGTH}  # all others hold what a message may
    assert len(boxes) == 10
    for box in boxes:
        name = re.search(r'name="(\w+)"', box)[1]
        assert f'maxlength="{longest.get(name, rules.MESSAGE_LENGTH)}"' in box


def test_a_closed_line_says_so_and_keeps_the_words(client, store, cast, now):
    directing.set_line(store, cast.cora, is_open=False, reason="storm", now=now)

    door = client.get("/")
    answer = open_chat(client, "just a bad day")

    assert "No one is here to chat right now." in door.text
    assert urgent_help_is_open(door)
    assert answer.status_code == 503
    assert words_in_the_box(answer, "first") == "just a bad day"
    assert urgent_help_is_open(answer)


def test_a_closed_line_still_takes_critical_words(client, store, cast, now):
    directing.set_line(store, cast.cora, is_open=False, reason="storm", now=now)

    page = open_chat(client, "I took all my pills")

    assert page.status_code == 200
    assert "You are in the queue." in page.text
    assert urgent_help_is_open(page)


@pytest.fixture
def full_door(store, cast, now):
    """Leo and Sol are busy with two chats each; the limit is five minutes."""
    furnishing.set_door_limit(store, 5, now=now)
    for _ in range(4):
        makers.open_chat(store, now=now)
    offering.sweep(store, now=now)
    for who in (cast.leo, cast.sol):
        for offer in makers.offered_to(store, who):
            listening.accept(store, who, offer.id, now=now)
    makers.open_chat(store, "I keep thinking about suicide", now=now)


@pytest.mark.usefixtures("full_door")
@pytest.mark.parametrize("path", ["/", "/widget"])
def test_a_full_door_says_how_long_and_shows_what_is_open(client, path):
    door = client.get(path)

    assert "<h1>The wait is now longer than 5 minutes.</h1>" in door.text
    assert "Most people wait" not in door.text[: door.text.index("<script")]
    welcome = door.text[door.text.index('id="welcome"') : door.text.index('id="open"')]
    assert "Samaritans" in welcome
    assert "Closed now." not in welcome
    assert "If you are in danger, you can also write it here." in unescape(door.text)
    assert urgent_help_is_open(door)


@pytest.mark.usefixtures("full_door")
def test_a_full_door_says_so_in_spanish(client):
    door = client.get("/?lang=es")

    assert "La espera es ahora de más de 5 minutos." in door.text


@pytest.mark.usefixtures("full_door")
def test_a_full_door_tells_whoever_writes_and_leaves_the_words_in_the_box(client, store):
    answer = open_chat(client, "just a bad day")

    assert answer.status_code == 503
    assert "we did not keep what you wrote" in unescape(answer.text)
    assert words_in_the_box(answer, "first") == "just a bad day"
    assert urgent_help_is_open(answer)
    with store.reading() as tx:
        assert line.line(tx).told_at_door == 1


@pytest.mark.usefixtures("full_door")
@pytest.mark.parametrize("words", ["I took all my pills", "I keep thinking about suicide"])
def test_a_full_door_still_takes_urgent_words(client, words):
    page = open_chat(client, words)

    assert page.status_code == 200
    assert "You are in the queue." in page.text
    assert urgent_help_is_open(page) == ("pills" in words)


def test_whoever_waits_while_it_closes_is_not_told_that_they_are_next(client, store, cast, now):
    page = open_chat(client)
    for who in (cast.leo, cast.sol):
        listening.go_away(store, who, now=now)
    directing.set_line(store, cast.cora, is_open=False, reason="storm", now=now)

    page = client.get(next_ticket(page))

    assert "No one is here to chat right now. You are still in line." in page.text
    assert re.search(r'<p id="place" hidden>', page.text)
    assert re.search(r'<ul id="instead".*?</ul>', page.text, re.DOTALL)[0].count("<h3>") > 0
    assert not re.search(r'<div id="line-closed" hidden', page.text)


def test_too_many_at_once_are_asked_to_wait(client, house):
    page = open_chat(client)
    house.limits._on = True

    answers = [client.post("/say", data=fields(page, text="again")) for _ in range(12)]

    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert words_in_the_box(answers[-1], "text") == "again"
    assert urgent_help_is_open(answers[-1])


@pytest.mark.parametrize("token", ["", "unknown", "../../etc", "x" * 500, "\u0000"])
def test_a_token_that_opens_nothing_leads_back_to_the_door(client, token):
    answer = client.post(
        "/say", data={"token": token, "client_id": makers.client_id(), "text": "my words"}
    )

    assert answer.status_code in (400, 404)
    assert words_in_the_box(answer, "first") == "my words"


@pytest.mark.parametrize("client_id", ["", "no spaces allowed", "<b>", "x" * 65])
def test_an_id_that_is_none_is_refused(client, client_id):
    answer = client.post("/open", data={"client_id": client_id, "text": "hello"})

    assert answer.status_code == 400


def test_a_fault_inside_is_a_kind_page_too(client, monkeypatch):
    page = open_chat(client)

    def break_down(*_, **__):
        raise RuntimeError("out of order")

    monkeypatch.setattr(visiting, "say", break_down)
    answer = client.post("/say", data=fields(page, text="hello"))

    assert answer.status_code == 503
    assert "out of order" not in answer.text
    assert words_in_the_box(answer, "text") == "hello"


# -- what people write is shown as they wrote it --------------------------------------------------


def test_markup_in_every_field_is_shown_literally(client, store, cast, now):
    refused = open_chat(client, "x" * 4001, nickname=NASTY, topic=NASTY)
    page = open_chat(client, NASTY, nickname="<b>Vera</b>", topic="<i>home</i>")
    chat_id = makers.take_next(store, cast.leo, now=now)
    listening.say(store, cast.leo, chat_id, makers.client_id(), NASTY, now=now)
    page = client.get(client.post("/say", data=fields(page, text="ok")).location)

    for shown in (refused, page):
        assert "<script>alert" not in shown.text
        assert "<b>Vera" not in shown.text
    assert unescape(page.text).count(NASTY) == 2


def test_a_lone_surrogate_and_controls_do_not_break_the_page(client):
    page = open_chat(client, "a\ufffdb\x07c")

    assert page.status_code == 200
    assert "a\ufffdbc" in page.text


# -- view tickets ---------------------------------------------------------------------------------


def test_a_ticket_is_void_once_its_successor_is_used(client):
    page = open_chat(client)
    first = page.request.path
    successor = re.search(r"15;url=(/chat/[\w-]+)", page.text)[1]

    assert client.get(first).status_code == 200
    assert client.get(successor).status_code == 200
    assert client.get(first).status_code == 404


def test_a_ticket_shows_nothing_after_a_quarter_of_an_hour(client, now, monkeypatch):
    path = open_chat(client).request.path

    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=15))

    assert client.get(path).status_code == 404


def test_a_page_that_closed_by_itself_says_so_kindly_beside_the_help(client, now, monkeypatch):
    path = open_chat(client).request.path

    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=15))
    page = client.get(path)

    assert "closes when it was not looked at for a while. You did nothing wrong." in page.text
    assert "Start again" in page.text
    assert urgent_help_is_open(page)
    assert 'href="tel:112"' in page.text


def test_whoever_comes_back_without_a_script_waits_again(client, store, now, monkeypatch):
    page = open_chat(client)
    chat_id, successor = chat_of(store, page), next_ticket(page)
    later = now + timedelta(minutes=11)
    monkeypatch.setattr(clock, "now", lambda: later)
    offering.let_go(store, now=later)
    assert makers.chat_row(store, chat_id).state == "left"

    back = client.get(successor)

    chat = makers.chat_row(store, chat_id)
    assert (chat.state, chat.arrived_at, chat.visitor_here) == ("waiting", now, True)
    assert "You are in the queue." in back.text
    assert next_ticket(back)


def test_who_writes_on_a_page_held_still_is_here_and_finds_the_chat_again(
    client, store, now, monkeypatch
):
    page = open_chat(client)
    chat_id = chat_of(store, page)
    still = client.get(link(page, "still=1"))

    writing = now + timedelta(minutes=14)
    watching.notice_visitors(store, now=writing)
    assert makers.chat_row(store, chat_id).visitor_here
    later = now + timedelta(minutes=24)
    offering.let_go(store, now=later)
    assert makers.chat_row(store, chat_id).state == "waiting"
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=59))
    assert "You are in the queue." in client.get(link(still, "/chat/")).text


def next_ticket(page) -> str:
    return unescape(re.search(r"15;url=(/chat/[^\"]+)", page.text)[1])


def link(page, part: str) -> str:
    """The address of the first link that holds `part`."""
    return unescape(re.search(rf'<a href="([^"]*{re.escape(part)}[^"]*)"', page.text)[1])


def test_a_ticket_lets_nobody_write(client):
    page = open_chat(client)
    ticket = hidden(page, "ticket")

    answer = client.post(
        "/say", data={"token": ticket, "client_id": makers.client_id(), "text": "hello"}
    )

    assert answer.status_code == 404


def test_an_unknown_ticket_gets_a_kind_page_with_a_way_to_start_again(client):
    page = client.get("/chat/AAAAAAAAAAAAAAAAAAAAAA")

    assert page.status_code == 404
    assert "Start again" in page.text
    assert urgent_help_is_open(page)


def test_the_page_refreshes_itself_only_while_something_may_come(client):
    page = open_chat(client)
    still = client.get(unescape(re.search(r'href="([^"]*still=1)"', page.text)[1]))
    ended = client.post("/leave", data=fields(page), follow_redirects=True)

    assert 'http-equiv="refresh" content="15;' in page.text
    assert "http-equiv" not in still.text
    assert "http-equiv" not in ended.text


# -- leaving at once ------------------------------------------------------------------------------


def test_leaving_the_site_clears_it_voids_the_token_and_goes_elsewhere(client, store):
    page = open_chat(client)
    chat_id = chat_of(store, page)

    away = client.post("/exit", data={"token": hidden(page, "token")})

    assert away.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert re.fullmatch(r"0;url=https://[^/]+(/.*)?", away.headers["Refresh"])
    assert makers.chat_row(store, chat_id).left_quickly
    assert client.post("/say", data=fields(page, text="x")).status_code == 404
    assert client.get(page.request.path).status_code == 404


def test_the_beacon_of_a_live_page_gets_no_page_back(client):
    page = open_chat(client)

    away = client.post("/exit", data={"token": hidden(page, "token"), "in_passing": "1"})

    assert (away.status_code, away.data) == (204, b"")
    assert "Clear-Site-Data" in away.headers


@pytest.mark.parametrize("token", ["", "unknown", "\ud7ff"])
def test_leaving_works_whoever_asks(client, token):
    away = client.post("/exit", data={"token": token})

    assert away.status_code == 200
    assert "Refresh" in away.headers


# -- in a frame -----------------------------------------------------------------------------------


def test_only_the_widget_and_its_pages_may_stand_in_a_frame_of_allowed_sites(client):
    page, widget = client.get("/"), client.get("/widget")
    form = {"client_id": hidden(widget, "client_id"), "text": "hello"}
    framed = client.post("/open?frame=1", data=form)

    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert "frame-ancestors https://friends.example" in widget.headers["Content-Security-Policy"]
    assert framed.location.endswith("frame=1")
    shown = client.get(framed.location)
    assert "frame-ancestors https://friends.example" in shown.headers["Content-Security-Policy"]


def test_the_loader_is_small_and_may_be_fetched_by_other_sites(client):
    loader = client.get("/embed.js")

    assert loader.mimetype == "text/javascript"
    assert loader.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert len(loader.data) < 5_000


# -- practice -------------------------------------------------------------------------------------


def test_a_practice_line_says_so_on_every_page_a_visitor_may_see(app, client):
    object.__setattr__(app.extensions["helpline"], "demo", True)
    page = open_chat(client)
    shown = [client.get("/"), client.get("/widget"), client.get("/chat/none"), page]
    shown += [
        client.post("/say", data=fields(page, text="")),
        client.post("/erase", data=fields(page)),
    ]

    assert all("Practice site. No one is here." in each.text for each in shown)
