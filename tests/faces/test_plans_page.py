"""The leads' page of contact plans, by plain form."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpline import clock
from helpline.store import plans
from tests import makers
from tests.faces.test_coordinator_pages import enter, post

PATH = "/listener/plans"


@pytest.fixture(autouse=True)
def frozen(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)


def test_a_plan_is_made_reviewed_and_ended_by_form(client, store, cast, now):
    sol, chat = (
        enter(client, store, cast.sol, now),
        makers.open_chat(store, "I took all my pills", now=now).chat_id,
    )
    given = {"chat": chat, "words": "<b>Two chats</b> a day", "review_on": "1999-01-01"}
    assert "There is no plan now." in sol.get(PATH).text

    refused = post(sol, PATH, do="keep", **given)
    assert refused.status_code == 400
    assert "Please choose a day after today" in refused.text
    assert "&lt;b&gt;Two chats&lt;/b&gt; a day</textarea>" in refused.text

    later = (now + timedelta(days=30)).date().isoformat()
    page = sol.get(post(sol, PATH, do="keep", **given | {"review_on": later}).location).text
    assert "&lt;b&gt;Two chats&lt;/b&gt; a day" in page
    assert "Not told yet: not in force." in page

    with store.reading() as tx:
        (plan,) = plans.every(tx)
    latest = (now + timedelta(days=90)).date()
    post(sol, PATH, do="review", plan=plan.row.id, review_on=latest.isoformat())
    with store.reading() as tx:
        assert plans.plan(tx, plan.row.id).review_on == latest
    page = sol.get(post(sol, PATH, do="end", plan=plan.row.id).location).text
    assert "There is no plan now." in page


@pytest.mark.parametrize("name", ["leo", "cora"])
def test_only_leads_see_the_plans(client, store, cast, now, name):
    somebody = enter(client, store, getattr(cast, name), now)

    assert somebody.get(PATH).status_code == 403
    assert post(somebody, PATH, do="end", plan="any").status_code == 403
