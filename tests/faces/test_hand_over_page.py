"""The page of the change of shift, without scripts."""

from __future__ import annotations

import pytest

from helpline import clock
from helpline.actions import entering, handover
from helpline.domain.access import Who
from tests.faces.test_coordinator_pages import enter, post

PATH = "/listener/hand-over"


@pytest.fixture(autouse=True)
def frozen(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)


def test_a_lead_leaves_words_and_the_next_one_reads_them(client, store, cast, now):
    sol = enter(client, store, cast.sol, now)
    assert "Nobody waits, no chat goes on" in sol.get(PATH).text
    answer = post(sol, PATH, do="leave", watch_for="<b>Leo</b> is tired", incidents="")
    page = sol.get(answer.location).text
    assert "It is left for the next lead." in page
    assert "&lt;b&gt;Leo&lt;/b&gt; is tired" in page
    assert "Nobody has read it yet." in page
    assert "I have read this" not in page


def test_the_next_lead_sees_it_on_the_console_and_says_that_they_read_it(client, store, cast, now):
    mia = entering.add_person(
        store, email="mia@example.org", name="Mia", roles=["lead", "listener"], languages=["en"],
        skills=[], seats=2, password=None, now=now,
    )  # fmt: skip
    mia = Who(mia.id, mia.name, frozenset(mia.roles))
    left = handover.leave(store, mia, "Leo is tired", None, now=now)
    sol = enter(client, store, cast.sol, now)
    assert "1 not read yet" in sol.get("/listener").text
    assert "I have read this" in sol.get(PATH).text

    answer = post(sol, PATH, do="read", hand_over=left)

    page = sol.get(answer.location).text
    assert "Whoever left it can see that you read it." in page
    assert "I have read this" not in page
    assert "not read yet" not in sol.get("/listener").text


def test_what_was_typed_stays_when_it_is_refused(client, store, cast, now):
    sol = enter(client, store, cast.sol, now)

    empty = post(sol, PATH, do="leave", watch_for=" ", incidents="")
    assert empty.status_code == 422
    assert 'aria-describedby="watch-for-refused"' in empty.text

    long = post(sol, PATH, do="leave", watch_for="kept here", incidents="x" * 4001)
    assert long.status_code == 422
    assert "kept here" in long.text
    assert 'aria-describedby="incidents-refused"' in long.text
    assert "Nothing was left in these days." in long.text


def test_it_is_for_leads_only(client, store, cast, now):
    for who in (cast.leo, cast.cora):
        other = enter(client, store, who, now)
        assert other.get(PATH).status_code == 403
        assert post(other, PATH, do="leave", watch_for="hi").status_code == 403


def test_unknown_deeds_and_ids_are_refused(client, store, cast, now):
    sol = enter(client, store, cast.sol, now)

    assert post(sol, PATH, do="burn").status_code == 400
    assert post(sol, PATH, do="read", hand_over="nothing").status_code == 404
