"""Every sentence can be said in another language, is said in ours, and is said on the page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import Environment, nodes

from helpline import bootstrap, clock, practice
from helpline.actions import handing, listening, planning
from helpline.boards import visitor as board
from helpline.boards import wording
from helpline.domain import errors
from helpline.faces import refusals
from helpline.settings import Settings
from helpline.store import line, people, sessions
from helpline.store.transaction import Store
from tests import cast as the_cast
from tests import makers
from tests.cast import Cast
from tests.compiled import PAGES
from tests.faces import catalogues
from tests.faces.catalogues import PSEUDO, Seen
from tests.server import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted(
    path for path in (ROOT / "helpline" / "static").rglob("*.css") if "vendor" not in path.parts
)
HOLES = re.compile(r"%\((\w+)\)|\{(\w+)\}")
ONE_SIDED = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|scroll-(?:margin|padding))-(?:left|right)|left|right"
    r"|border-(?:top|bottom)-(?:left|right)-radius)[\w-]*\s*:"
    r"|(?:text-align|float|clear|caption-side)\s*:\s*(?:left|right)"
)
NO_WORDS = {'aria-describedby="" aria-invalid="true" autofocus'}  # a macro that makes attributes
GIVEN = {"Leo", "Lin", "Sol", "Cora", "All day"}  # names, where markup cannot say so
CLOSED, DANGER = "Ahora mismo no hay nadie aquí para hablar.", "estás en peligro"


# -- the catalogues -------------------------------------------------------------------------------


@pytest.mark.parametrize("language", catalogues.spoken())
def test_a_catalogue_says_every_sentence_and_no_other(language: str) -> None:
    catalog = catalogues.ours(language)
    known = {message.id for message in catalog if message.id}

    assert sorted(map(str, catalogues.extracted() - known)) == [], "run pybabel update"
    assert sorted(map(str, known - catalogues.extracted())) == []
    assert [each.id for each in catalog if each.id and each.fuzzy] == []
    assert [each.id for each in catalog if each.id and not all(_forms(each.string))] == []


@pytest.mark.parametrize("language", catalogues.spoken())
def test_a_translation_has_the_holes_of_its_sentence(language: str) -> None:
    catalog = catalogues.ours(language)
    for each in catalog:
        holes = {_holes(form) for form in _forms(each.id)}
        assert {_holes(form) for form in _forms(each.string)} == holes, each.id
        assert list(each.check(catalog)) == []


def _forms(said: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said)


def _holes(sentence: str) -> frozenset[tuple[str, str]]:
    return frozenset(HOLES.findall(sentence))


def test_every_refusal_is_a_sentence_of_the_catalogue() -> None:
    said = {kind.message for kind in _kinds(errors.Refused)}

    assert said <= catalogues.extracted()


def _kinds(kind: type[errors.Refused]) -> Iterator[type[errors.Refused]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _kinds(each)


# -- the templates --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_word_of_a_template_is_outside_gettext(path: Path) -> None:
    tree = Environment(extensions=["jinja2.ext.i18n"]).parse(path.read_text())
    markup = "".join(each.data for each in set_apart(tree, nodes.TemplateData))
    consts = [each.value for each in set_apart(tree, nodes.Const)]

    found = list(catalogues.untranslated(Seen(markup).words))
    found += [each for each in consts if isinstance(each, str) and re.match(r"[A-Z][a-z]", each)]
    assert [each for each in found if each not in NO_WORDS] == []


def set_apart(tree: nodes.Node, kind: type[nodes.Node]) -> Iterator[nodes.Node]:
    """Nodes of this kind in their order, but not names of classes nor what goes to gettext."""
    for each in tree.iter_child_nodes():
        if isinstance(each, nodes.Call) and getattr(each.node, "name", "") in ("_", "ngettext"):
            continue
        if isinstance(each, nodes.Block) and each.name == "main_class":
            continue
        if isinstance(each, kind):
            yield each
        yield from set_apart(each, kind)


@pytest.mark.parametrize("path", STYLES, ids=lambda path: str(path.relative_to(ROOT)))
def test_styles_know_start_and_end_but_no_left_and_right(path: Path) -> None:
    assert ONE_SIDED.findall(re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)) == []


# -- the pages ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("translations")
    catalogues.compile_into(folder)
    return folder


@pytest.fixture(autouse=True)
def translated(compiled: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(wording, "TRANSLATIONS", compiled)
    monkeypatch.setattr(bootstrap, "TRANSLATIONS", compiled)
    wording.catalogue.cache_clear()
    yield
    wording.catalogue.cache_clear()


@pytest.fixture
def app(
    store: Store, cast: Cast, settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> Flask:
    """The house of a line that speaks English, Spanish and the pseudo-language; Leo is ready."""
    monkeypatch.setattr(clock, "now", lambda: now)
    practice.load_directory(store, now=now)
    the_cast.make_ready(store, cast.leo, cast.sol, now=now)
    with store.transaction() as tx:
        line.line(tx).languages = ["en", "es", PSEUDO]
    made = bootstrap.create_app(settings, store)
    made.jinja_env.bytecode_cache = PAGES
    return made


def hidden(page: str, name: str) -> str:
    """The value of the first filled hidden field of this name."""
    found = re.findall(rf'name="{name}" value="([^"]+)"', page)
    return unescape(found[0]) if found else ""


def open_chat(client: FlaskClient, language: str, text: str = "hola") -> str:
    door = client.get(f"/?lang={language}").text
    form = {"client_id": hidden(door, "client_id"), "lang": language, "text": text}
    return client.post(f"/open?lang={language}", data=form, follow_redirects=True).text


def enter(client: FlaskClient, store: Store, person_id: str, now: datetime) -> None:
    """Signs in somebody who reads the pseudo-language."""
    with store.transaction() as tx:
        people.person(tx, person_id).language = PSEUDO
        secret = sessions.begin(tx, person_id, "cookie", now, timedelta(hours=1))
    with client.session_transaction() as kept:
        kept.update({"_user_id": secret, "_fresh": True, "csrf": "of this session"})


def is_pseudo(page: str) -> None:
    """Right to left, and not a sentence that did not go through gettext."""
    seen = Seen(page)
    assert (seen.root["lang"], seen.root["dir"]) == (PSEUDO, "rtl")
    assert seen.words
    assert set(catalogues.untranslated(seen.words)) <= GIVEN
    for words in re.findall(r'<script type="application/json" id="words">(.*?)</script>', page):
        said = json.loads(words).values()
        assert [each for each in said if not re.fullmatch(r"⟦.*⟧", each, re.S)] == []


def test_a_visitor_can_read_everything_in_a_language_from_right_to_left(client, store, now):
    is_pseudo(client.get(f"/?lang={PSEUDO}").text)
    is_pseudo(client.get(f"/sign-in?lang={PSEUDO}").text)
    is_pseudo(client.get(f"/nothing/here?lang={PSEUDO}").text)

    chat = open_chat(client, PSEUDO)
    is_pseudo(chat)
    token = {"token": hidden(chat, "token")}
    is_pseudo(client.post(f"/say?lang={PSEUDO}", data={**token, "text": " "}).text)
    is_pseudo(client.post(f"/erase?lang={PSEUDO}", data=token).text)
    is_pseudo(client.post(f"/leave?lang={PSEUDO}", data=token, follow_redirects=True).text)


def test_a_closed_line_can_be_read_from_right_to_left(client, store, cast, now):
    for who in (cast.leo, cast.sol):
        listening.go_away(store, who, now=now)

    is_pseudo(client.get(f"/?lang={PSEUDO}").text)


def test_a_console_can_be_read_from_right_to_left(client, store, cast, now):
    enter(client, store, cast.leo.id, now)

    is_pseudo(client.get(f"/listener?lang={PSEUDO}").text)


def test_a_coordinator_can_read_everything_from_right_to_left(client, store, cast, now):
    makers.open_chat(store, "I took all my pills", now=now)
    planning.set_need(store, cast.cora, 3, 10, 12, 5, 1, now=now)
    enter(client, store, cast.cora.id, now)

    for path in ("", "/people", "/settings", "/looking-back"):
        is_pseudo(client.get(f"/coordinator{path}?lang={PSEUDO}").text)
    shifts = client.get(f"/coordinator/shifts?lang={PSEUDO}").text
    is_pseudo(shifts)
    pattern = re.search(r"/coordinator/shifts/[\w-]+", shifts)
    assert pattern is not None
    is_pseudo(client.get(f"{pattern[0]}?lang={PSEUDO}").text)


# -- Spanish ---------------------------------------------------------------------------------------


def is_spanish(page: str) -> str:
    assert '<html lang="es" dir="ltr">' in page
    return page


def test_a_visitor_who_asks_for_spanish_gets_it_all_the_way(client, store, cast, now):
    assert "Aquí puedes hablar con alguien." in is_spanish(client.get("/?lang=es").text)

    chat = is_spanish(open_chat(client, "es"))
    assert "Estás en la fila." in chat
    assert "Eres la siguiente persona." in chat

    the_cast.make_ready(store, cast.lin, now=now)
    makers.take_next(store, cast.lin, now=now)
    token = {"token": hidden(chat, "token")}
    said = {**token, "client_id": hidden(chat, "client_id"), "text": "sigo aquí"}
    chat = is_spanish(client.post("/say?lang=es", data=said, follow_redirects=True).text)
    assert "Lin ya está aquí. Es una persona voluntaria" in chat

    empty = is_spanish(client.post("/say?lang=es", data={**said, "text": ""}).text)
    assert "Todavía no hay nada en este mensaje. Basta una palabra." in empty
    ended = is_spanish(client.post("/leave?lang=es", data=token, follow_redirects=True).text)
    assert "Este chat ha terminado. Gracias por hablar con nosotros." in ended


def test_a_closed_line_and_a_lost_chat_say_so_in_spanish(client, store, cast, now):
    lost = client.post("/leave?lang=es", data={"token": "0" * 43})
    assert "Ya no encontramos este chat." in is_spanish(lost.text)

    for who in (cast.leo, cast.sol):
        listening.go_away(store, who, now=now)
    closed = is_spanish(client.get("/?lang=es").text)
    refused = is_spanish(open_chat(client, "es", "hello"))

    for page in (closed, refused):
        assert CLOSED in page
        assert DANGER in page
        assert re.search(r'<details id="urgent"[^>]* open', page)


@pytest.mark.parametrize(
    "asked, accepted, language",
    [
        ("es", "", "es"),
        ("es-MX", "", "es"),
        ("ES", "en", "es"),
        ("", "es-AR,es;q=0.9,en;q=0.8", "es"),
        ("en", "es", "en"),
        ("tlh", "", "en"),
        ("tlh", "es", "es"),
        ("../en", "fr", "en"),
    ],
)
def test_what_is_asked_for_wins_then_what_the_browser_accepts_then_the_lines_own(
    client: FlaskClient, asked: str, accepted: str, language: str
) -> None:
    page = client.get("/", query_string={"lang": asked}, headers={"Accept-Language": accepted})

    assert Seen(page.text).root["lang"] == language


def test_the_picker_leads_to_each_language_by_its_own_name(client: FlaskClient) -> None:
    page = client.get("/").text
    links = re.findall(r'<a href="([^"]+)" lang="(\w+)"[^>]*>([^<]+)</a>', page)

    assert [(code, name) for _, code, name in links] == [
        ("en", "English"),
        ("es", "español"),
        (PSEUDO, "العربية"),
    ]
    for href, code, _ in links:
        assert Seen(client.get(href).text).root["lang"] == code


# -- what the line says in a chat -------------------------------------------------------------------


def test_the_line_speaks_the_language_of_a_chat(store, cast, now):
    the_cast.make_ready(store, cast.lin, now=now)
    opened = makers.open_chat(store, "hola", now=now, language="es")
    makers.take_next(store, cast.lin, now=now)
    handing.hand_off(store, cast.lin, opened.chat_id, kind="queue", to_id=None, words=None, now=now)

    shown = board.page(store, opened.token, now)

    said = [each["text"] for each in shown["messages"] if each["from"] == "line"]
    assert said == [
        "Lin ya está aquí. Es una persona voluntaria y ha leído lo que escribiste.",
        "Lin tiene que irse. Estamos buscando a otra persona para ti. Guardamos tu lugar.",
    ]
    assert (
        shown["confidentiality"][1] == "Una persona que supervisa puede leer el chat para ayudar."
    )


def test_every_line_notice_alert_and_refusal_is_said_in_spanish() -> None:
    english = {code: wording.line_says("en", code, "Lin") for code in wording.LINE_SAYS}
    assert all(wording.line_says("es", code, "Lin") != words for code, words in english.items())
    assert all(board.notice(code, "es")["text"] != words for code, words in wording.NOTICES.items())
    assert all(wording.alert_text("es", kind) != words for kind, words in wording.ALERTS.items())
    for kind in set(_kinds(errors.Refused)):
        assert refusals.as_ack(kind(), "es")["error"]["message"] != kind.message


@pytest.mark.parametrize("language", ["tlh", "zz", "en"])
def test_a_chat_in_a_language_without_a_catalogue_is_told_in_english(language: str) -> None:
    assert wording.line_says(language, "reopened", None) == "This chat goes on."
