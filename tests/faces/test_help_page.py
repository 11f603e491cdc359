"""Finding help without a script and without a chat: nothing of it in an address, never an end."""

from __future__ import annotations

import logging
import re
from html import unescape

import pytest

from helpline import clock, practice
from helpline.domain import errors
from helpline.domain.directory import Wish
from helpline.domain.resources import Resource, Way
from helpline.faces.wishes import wish_from
from helpline.store import resources


@pytest.fixture(autouse=True)
def known(store, monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)
    practice.load_directory(store, now=now)


def names(page) -> list[str]:
    """The services below the search, in order."""
    main = page.text.split('<main id="main"')[1].split("</main>")[0]
    return [unescape(each) for each in re.findall(r"<h3><bdi>(.*?)</bdi></h3>", main)]


def test_the_page_shows_what_there_is_here_before_anything_is_asked(client):
    page = client.get("/help")

    assert page.status_code == 200
    assert "112" in names(page)[0]
    assert "Samaritans" in names(page)
    assert page.headers["Cache-Control"] == "no-store"
    assert re.search(r'<form method="post" action="/help[^"]*" role="search"', page.text)


def test_a_search_is_sent_and_stands_in_no_address_and_no_log(client, caplog):
    caplog.set_level(logging.DEBUG)

    page = client.post("/help", data={"query": "samaritns", "country": "IE"})

    assert names(page) == ["Samaritans"]
    assert 'value="samaritns"' in page.text  # still in the box
    assert "samaritns" not in caplog.text
    assert not re.search(r'(href|action)="[^"]*samaritns', page.text)
    assert page.headers["Cache-Control"] == "no-store"


def test_what_was_let_go_is_said_and_nobody_is_left_with_nothing(client):
    page = client.post("/help", data={"query": "samaritans", "country": "IE", "way": "visit"})
    assert "This fits without: how to reach it." in page.text
    assert names(page) == ["Samaritans"]

    page = client.post("/help?lang=es", data={"query": "xyzzy", "country": ""})
    assert "Nada encaja." in page.text
    assert names(page)


@pytest.mark.parametrize(
    "said", [{"age": "old"}, {"way": "pigeon"}, {"country": "Ireland"}, {"query": "x" * 500}]
)
def test_a_choice_that_cannot_be_read_is_told_above_what_there_is(client, said):
    page = client.post("/help", data=said)

    assert page.status_code == 200
    assert 'class="problem"' in page.text.split('<main id="main"')[1]
    assert names(page)


@pytest.mark.parametrize(
    "said", [{"query": "samaritans", "way": "visit"}, {"query": "xyzzy"}, {"country": "JP"},
             {"age": "old"}],
)  # fmt: skip
def test_the_emergency_number_stands_on_top_whatever_is_looked_for(client, said):
    page = client.post("/help", data=said)

    top = page.text.split('<div id="emergency">')[1].split("</div>")[0]
    assert 'href="tel:112"' in top


def test_the_way_there_stands_on_every_page(client):
    assert re.search(r'<a href="/help[^"]*"[^>]*>Find other help</a>', client.get("/").text)


# -- what a wish may be ---------------------------------------------------------------------------


def test_a_wish_is_read_from_a_form_and_from_the_wire():
    assert wish_from({}) == Wish()
    form = {
        "query": " ear ",
        "country": "ie",
        "age": "12",
        "open_now": "yes",
        "topic": "",
        "x": "y",
    }
    assert wish_from(form) == Wish(query="ear", country="IE", age=12, open_now=True)
    assert wish_from({"age": 0, "open_now": False, "way": "chat", "cost": "free"}) == Wish(
        age=0, way="chat", cost="free"
    )


@pytest.mark.parametrize(
    "field, value",
    [
        ("age", -1), ("age", 131), ("age", True), ("age", "99999"), ("age", [1]),
        ("country", "IRL"), ("country", 7), ("region", "'; --"), ("language", ["en"]),
        ("way", "fly"), ("cost", {}), ("topic", "a" * 41), ("open_now", "maybe"), ("query", 5),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_field(field, value):
    with pytest.raises(errors.BadRequest) as refused:
        wish_from({field: value})

    assert refused.value.field == field


def test_regions_are_offered_where_a_country_has_them(client, store):
    with store.transaction() as tx:
        for id, country, region in (("aid", "US", "US-CA"), ("help", "US", "US-OR")):
            resources.put(tx, Resource(
                id, id.title(), country, frozenset({"en"}), (Way("call", "988"),),
                regions=frozenset({region}), source="https://a.example",
            ))  # fmt: skip

    assert 'name="region"' not in client.get("/help").text  # nothing here is for one region
    page = client.post("/help", data={"country": "US", "region": "us-ca"})
    assert '<option value="US-CA" selected>California</option>' in page.text
    assert "Aid" in names(page)
    assert "Help" not in names(page)
    page = client.post("/help", data={"country": "IE", "region": "US-CA"})  # chosen before
    assert "Samaritans" in names(page)
    assert "without" not in page.text.split('role="status"')[1].split("</div>")[0]
