"""The keepers' pages: what a coordinator sees and sends, by plain forms."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from helpline.actions import keeping
from helpline.bootstrap import LEXICON
from helpline.domain.retention import SESSION_LIVES
from helpline.faces import identity
from helpline.store import sessions

FORM = {
    "form": "propose",
    "id": "en.zorblax",
    "level": "high",
    "category": "ideation",
    "patterns": "zorblax tonight",
    "why": "heard twice this week",
    "hit": "i will zorblax tonight\nzorblax tonight, i mean it",
    "miss": "zorblax\ntonight",
    "why_change": "new word",
}


@pytest.fixture
def cora(app, store, cast, now, monkeypatch, client):
    keeping.take_in(store, LEXICON, now=now)
    few = app.extensions["helpline"].vectors()[:150]
    app.extensions["helpline"] = replace(app.extensions["helpline"], vectors=lambda: few)
    with store.transaction() as tx:
        secret = sessions.begin(tx, cast.cora.id, "cookie", now, lives=SESSION_LIVES)
    with client.session_transaction() as kept:
        kept["_user_id"], kept["csrf"] = secret, "csrf"
    monkeypatch.setattr(identity.clock, "now", lambda: now)
    return client


def post(client, path, **form):
    return client.post(path, data={"csrf_token": "csrf", **form})


def test_a_coordinator_reads_the_rules_and_tries_a_message(cora):
    assert "en@" in cora.get("/coordinator/packs").text
    shown = cora.get("/coordinator/packs/en?find=kill-myself").text
    assert "kill" in shown
    assert "en-likeness@" in shown

    tried = post(cora, "/coordinator/packs/try", text="I took all my pills <b>")

    assert "critical" in tried.text
    assert "&lt;b&gt;" in tried.text
    assert cora.get("/coordinator/packs/xx").status_code == 404


def test_a_proposal_is_weighed_published_and_rolled_back(cora):
    proposed = post(cora, "/coordinator/packs/en", **FORM)
    weighed = cora.get(proposed.headers["Location"]).text
    assert "Publish it" in weighed
    assert re.search(r"On \d{3,} labelled messages", weighed)

    assert post(cora, proposed.headers["Location"], do="publish").status_code == 302
    assert "high" in post(cora, "/coordinator/packs/try", text="i will zorblax tonight").text
    assert post(cora, "/coordinator/packs/en/roll-back").status_code == 302

    assert (
        "en.zorblax" not in cora.get("/coordinator/packs/en?find=zorblax").text.split("Entries")[1]
    )


def test_a_bad_proposal_says_what_is_wrong_and_keeps_what_was_typed(cora):
    answer = post(cora, "/coordinator/packs/en", **FORM | {"patterns": "(unclosed"})

    assert answer.status_code == 400
    assert "(unclosed" in answer.text
    assert "en.zorblax" in answer.text


def test_without_the_token_of_the_page_nothing_is_done(cora):
    assert cora.post("/coordinator/packs/en", data=FORM).status_code == 400


def test_a_second_reader_that_cannot_be_used_is_said_on_the_page_of_its_pack(cora, store):
    assert "cannot be used" not in cora.get("/coordinator/packs/en").text

    store.packs = [replace(pack, likeness=None, unread="why <so>") for pack in store.packs]
    store.known.clear()

    shown = cora.get("/coordinator/packs/en").text
    assert "what it learned cannot be used" in shown
    assert "why &lt;so&gt;" in shown
