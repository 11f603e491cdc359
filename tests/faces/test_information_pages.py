"""What visitors read about the line, and where the organisation writes it."""

from __future__ import annotations

import re

import pytest

from helpline import clock
from helpline.actions import informing
from helpline.domain import errors, information
from helpline.store import information as kept
from helpline.store import line
from tests.faces.test_coordinator_pages import CSRF, enter

PRIVATE = "/coordinator/information/private/en"


@pytest.fixture(autouse=True)
def frozen(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def cora(app, store, cast, now):
    return enter(app.test_client(), store, cast.cora, now)


def post(cora, path=PRIVATE, **form):
    return cora.post(path, data={"csrf_token": CSRF, **form})


def speaking(store):
    with store.reading() as tx:
        return {place: row.text for place, row in kept.speaking(tx).items()}


def test_without_a_word_of_the_organisation_the_house_says_what_is_true(client):
    page = client.get("/about")

    assert page.status_code == 200
    assert "Set-Cookie" not in page.headers
    for title in ("What happens in a chat", "Who answers", "What stays private", "Help that goes"):
        assert title in page.text
    assert "Trained volunteers answer, not a program." in page.text


def test_what_it_says_of_privacy_is_what_rules_it(client, store):
    """Not a sentence about deletion, reading along or telling that could differ from practice."""
    with store.transaction() as tx:
        row = line.line(tx)
        row.keep_days = 12
        row.policies = row.policies | {"may_tell": False, "supervised": False}
        tx.session.add(row)

    page = client.get("/about").text

    assert "is deleted 12 days after the chat ends" in page
    assert "we tell no one what you write" in page
    assert "A supervisor may read along to help." not in page
    assert "If your listener asks for help" in page
    assert "anonym" not in page.lower()


def test_every_language_of_the_line_has_a_page_of_its_own(client):
    page = client.get("/about?lang=es").text

    assert '<html lang="es"' in page
    assert "Quién responde" in page
    assert "Who answers" not in page


def test_words_of_the_organisation_replace_ours_in_their_language_only(client, cora):
    post(cora, "/coordinator/information/who_answers/en", do="publish", text="**We** are nurses.")

    assert "<strong>We</strong> are nurses." in client.get("/about").text
    assert "Trained volunteers answer" not in client.get("/about").text
    assert "nurses" not in client.get("/about?lang=es").text


def test_what_is_made_from_the_settings_always_stands(client, cora):
    post(cora, do="publish", text="We never tell anybody anything, ever.")

    page = client.get("/about").text

    ours = page.index("If a life or a child is in danger we may have to tell someone")
    assert ours < page.index("We never tell anybody anything, ever.")


def test_a_draft_is_looked_at_and_not_kept(client, cora, store):
    page = post(cora, do="look", text="# Hello\n\n<script>x</script>")

    assert "<h3>Hello</h3>" in page.text
    assert "<script>x" not in page.text
    assert "&lt;script&gt;x" in page.text
    assert "# Hello" in page.text  # still in the box
    assert speaking(store) == {}


def test_nothing_lets_the_house_speak_again(client, cora, store):
    post(cora, "/coordinator/information/who_answers/en", do="publish", text="We are nurses.")
    post(cora, "/coordinator/information/who_answers/en", do="publish", text="  ")

    assert speaking(store) == {}
    assert "Trained volunteers answer" in client.get("/about").text


def test_an_earlier_version_speaks_again(cora, store):
    for text in ("one", "two"):
        post(cora, do="publish", text=text)
    version = re.search(r'name="version" value="([^"]+)"', cora.get(PRIVATE).text)[1]

    assert post(cora, do="go_back", version=version).status_code == 302
    assert speaking(store) == {("private", "en"): "one"}
    with store.reading() as tx:
        assert [each.text for each in kept.history(tx, "private", "en")] == ["one", "two", "one"]


def test_the_same_words_again_are_no_new_version(cora, store):
    for _ in range(2):
        post(cora, do="publish", text="one")

    with store.reading() as tx:
        assert len(kept.history(tx, "private", "en")) == 1


def test_old_versions_go_and_the_newest_stay(store, cast, now):
    for number in range(information.VERSIONS_KEPT + 3):
        informing.write(store, cast.cora, "private", "en", f"text {number}", now=now)

    with store.reading() as tx:
        numbers = [each.number for each in kept.history(tx, "private", "en")]
    assert numbers == list(range(information.VERSIONS_KEPT + 3, 3, -1))


def test_too_much_is_refused_and_stays_in_the_box(cora, store):
    much = "a" * (information.LENGTH + 1)
    page = post(cora, do="publish", text=much)

    assert page.status_code == 422
    assert much in page.text
    assert speaking(store) == {}


@pytest.mark.parametrize("path", ["secret/en", "private/xx", "private/en-GB"])
def test_a_part_or_a_language_that_there_is_not(cora, path):
    assert cora.get(f"/coordinator/information/{path}").status_code == 404
    assert post(cora, f"/coordinator/information/{path}", do="publish", text="x").status_code == 404


def test_a_version_of_another_part_cannot_be_brought_here(store, cast, now):
    informing.write(store, cast.cora, "who_answers", "en", "one", now=now)
    with store.reading() as tx:
        other = kept.history(tx, "who_answers", "en")[0].id

    with pytest.raises(errors.NotFound):
        informing.go_back(store, cast.cora, "private", "en", other, now=now)


def test_only_coordinators_write(app, store, cast, now):
    for who, status in ((cast.sol, 403), (cast.leo, 403), (cast.cora, 200)):
        client = enter(app.test_client(), store, who, now)
        assert client.get("/coordinator/information").status_code == status
        assert client.get(PRIVATE).status_code == status


def test_a_language_that_the_line_gave_up_is_read_by_nobody(client, store, cast, now):
    informing.write(store, cast.cora, "who_answers", "es", "Somos enfermeras.", now=now)
    with store.transaction() as tx:
        row = line.line(tx)
        row.languages = ["en"]
        tx.session.add(row)

    assert "enfermeras" not in client.get("/about?lang=es").text
