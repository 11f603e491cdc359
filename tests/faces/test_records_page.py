"""The records on a page: coordinators see that, leads what, and who was in a chat no complaint of it."""

from __future__ import annotations

import pytest

from helpline import clock
from helpline.actions import complaining, returning, viewing
from helpline.domain.incidents import Kind
from helpline.store import holds, incidents, left
from tests import makers
from tests.cast import make_ready
from tests.faces.test_coordinator_pages import enter, post

WORDS = "he asked where I live, heronfeather"
RECORDS = "/coordinator/records"


@pytest.fixture(autouse=True)
def frozen(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def complained(store, cast, now):
    """Leo talks with somebody who complains."""
    make_ready(store, cast.leo, now=now)
    opened = makers.open_chat(store, "I feel low, reedwarbler", now=now)
    makers.take_next(store, cast.leo, now=now)
    complaining.complain(store, opened.token, WORDS, now=now)
    return opened


def the(store, opened):
    with store.reading() as tx:
        return incidents.of_chat(tx, opened.chat_id, Kind.COMPLAINT)[0]


def test_a_coordinator_sees_a_complaint_and_its_state_and_no_word(
    client, store, cast, complained, now
):
    cora = enter(client, store, cast.cora, now)

    page = cora.get(RECORDS).text

    assert "complaint" in page
    assert "placed by a complaint" in page
    assert "heronfeather" not in page + cora.get(f"{RECORDS}.csv").text
    assert "Read this chat" not in page
    row = the(store, complained)
    refused = post(cora, f"{RECORDS}/chat", incident=row.id, reason="to see")
    assert refused.status_code == 403
    assert "reedwarbler" not in refused.text
    assert post(cora, RECORDS, do="take", incident=row.id).status_code == 302
    assert post(cora, RECORDS, do="review", incident=row.id, outcome="changed").status_code == 302
    assert the(store, complained).reviewed_by == cast.cora.id


def test_a_lead_reads_the_words_and_with_a_reason_the_chat(app, store, cast, complained, now):
    cora, sol = (enter(app.test_client(), store, who, now) for who in (cast.cora, cast.sol))
    row = the(store, complained)
    assert "heronfeather" in sol.get(RECORDS).text

    without = post(sol, f"{RECORDS}/chat", incident=row.id, reason="")
    assert (without.status_code, "reedwarbler" in without.text) == (422, False)
    answer = post(sol, f"{RECORDS}/chat", incident=row.id, reason="because of what they say")

    assert "reedwarbler" in answer.text
    page = sol.get(RECORDS).text
    assert "reedwarbler" not in page
    assert "because of what they say" in page
    page = cora.get(RECORDS).text
    assert "Sol" in page
    assert "because of what they say" not in page


def test_whoever_was_in_the_chat_finds_no_trace_of_the_complaint(client, store, cast, now):
    make_ready(store, cast.sol, now=now)
    opened = makers.open_chat(store, "hello", now=now)
    makers.take_next(store, cast.sol, now=now)
    complaining.complain(store, opened.token, WORDS, now=now)
    sol = enter(client, store, cast.sol, now)

    shown = sol.get(RECORDS).text + sol.get(f"{RECORDS}.csv").text + sol.get("/listener").text

    assert "heronfeather" not in shown
    assert "placed by a complaint" not in shown
    assert the(store, opened).id not in shown


def test_an_answer_is_written_on_the_page_and_read_with_the_code(
    app, house, store, cast, complained, now
):
    code = house.codes.new()
    returning.keep(store, complained.token, house.codes.digest(code), now=now)
    cora = enter(app.test_client(), store, cast.cora, now)
    row = the(store, complained)

    answer = post(cora, RECORDS, do="answer", incident=row.id, answer="We are sorry. <b>Leo</b>")

    assert "We are sorry." in cora.get(answer.location).text
    visitor = app.test_client()
    read = visitor.post("/return", data={"code": code, "client_id": makers.client_id()}).text
    assert "You told us that something was not right. We have it." in read
    assert "We answer you: We are sorry. &lt;b&gt;Leo&lt;/b&gt;" in read
    assert "heronfeather" not in read
    again = enter(app.test_client(), store, cast.leo, now)
    assert again.get(RECORDS).status_code == 403


def test_a_message_that_was_left_is_held_on_the_page(app, store, cast, now):
    with store.transaction() as tx:
        row = left.add(
            tx, client_id=makers.client_id(), code_hash="x", language="en", level=0,
            words=WORDS, now=now,
        )  # fmt: skip
    cora = enter(app.test_client(), store, cast.cora, now)
    assert f"left:{row.id}" in cora.get(RECORDS).text
    wish = {"do": "hold", "why": "safety", "reason": "because", "days": "30"}

    answer = post(cora, RECORDS, chat=f"left:{row.id}", **wish)

    page = cora.get(answer.location).text
    assert "a message left while closed" in page
    assert "heronfeather" not in page
    with store.reading() as tx:
        assert holds.held_left(tx, now) == {row.id}
    assert post(cora, RECORDS, chat="left:nothing", **wish).status_code == 404


def test_two_people_hold_a_chat_on_the_page_and_one_releases_it(app, store, cast, now):
    make_ready(store, cast.leo, now=now)
    opened = makers.open_chat(store, "hello", now=now)
    cora, sol = (enter(app.test_client(), store, who, now) for who in (cast.cora, cast.sol))
    given = {"do": "hold", "chat": opened.chat_id, "why": "safety", "days": "90"}
    assert opened.chat_id in cora.get(f"{RECORDS}?day={now.date()}").text
    assert post(cora, RECORDS, **given, reason="").status_code == 422
    assert post(cora, RECORDS, **given, reason=WORDS).status_code == 302
    assert "heronfeather" not in cora.get(RECORDS).text
    assert "heronfeather" in sol.get(RECORDS).text
    with store.reading() as tx:
        (hold,) = holds.of_chat(tx, opened.chat_id)

    refused = post(cora, RECORDS, do="agree", hold=hold.id)
    assert refused.status_code == 403
    assert "Somebody else has to agree" in refused.text
    assert post(sol, RECORDS, do="agree", hold=hold.id).status_code == 302
    assert "two people agreed" in sol.get(RECORDS).text
    assert post(sol, RECORDS, do="release", hold=hold.id).status_code == 302

    with store.reading() as tx:
        assert not holds.held(tx, opened.chat_id, now)


def test_an_incident_is_reported_reviewed_and_closed_by_form(client, store, cast, now):
    cora = enter(client, store, cast.cora, now)
    given = {"do": "report", "kind": "technical", "what": WORDS, "actions": "we called"}
    assert post(cora, RECORDS, **given).status_code == 302
    with store.reading() as tx:
        (row,) = incidents.latest(tx, 10)

    assert post(cora, RECORDS, do="review", incident=row.id, outcome="odd").status_code == 400
    for deed in ({"do": "review", "outcome": "learned", "note": "a note"}, {"do": "close"}):
        assert post(cora, RECORDS, incident=row.id, **deed).status_code == 302

    table = cora.get(f"{RECORDS}.csv").text
    assert "technical" in table
    assert "closed" in table
    assert "heronfeather" not in table + cora.get(RECORDS).text
    assert post(cora, RECORDS, do="burn").status_code == 400


def test_a_listener_has_no_way_in(client, store, cast, complained, now):
    leo = enter(client, store, cast.leo, now)

    for path in (RECORDS, f"{RECORDS}.csv"):
        assert leo.get(path).status_code == 403
    assert post(leo, RECORDS, do="take", incident="x").status_code == 403


# -- the visitor's side ------------------------------------------------------------------------


def test_a_visitor_without_scripts_complains_and_reads_what_happens_next(
    client, store, cast, complained, now
):
    opened = makers.open_chat(store, "hello", now=now)
    page = client.get(f"/chat/{viewing.issue(store, opened.token, now=now)}").text
    assert "Something was not right in this chat" in page

    given = {"token": opened.token, "text": WORDS}
    page = client.post("/complain", data=given, follow_redirects=True).text

    assert "looks into it" in page
    assert "We keep this chat until December 2, 2026" in page
    assert "heronfeather" not in page
    page = client.post("/erase", data={"token": opened.token, "sure": "yes"}, follow_redirects=True)
    assert "A complaint about this chat is being looked into." in page.text
    assert store.vault.holds(opened.chat_id)
