"""An entry of the directory as somebody types it."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from helpline.domain import entrytext, errors, schedules
from helpline.domain.resources import Resource, Way

HARBOUR = Resource(
    id="harbour",
    name="Harbour",
    organisation="Harbour House",
    country="IE",
    regions=frozenset({"IE-D"}),
    languages=frozenset({"en", "ga"}),
    topics=frozenset({"crisis", "children"}),
    ways=(
        Way("call", "01 555 0100"),
        Way("text", "50 999", "HELP ME"),
        Way("chat", "https://harbour.example/chat"),
        Way("visit", "1 Quay Street, Dublin"),
    ),
    hours=(schedules.weekly("Europe/Dublin", range(5), time(9), time(17)),),
    youngest=12,
    oldest=18,
    cost="free",
    place="Dublin",
    note="A volunteer answers.",
    notes={"es": "Contesta una persona voluntaria: sin prisa.", "ga": "Freagraíonn duine."},
    description="For young people.",
    source="https://harbour.example",
)


def test_what_the_form_shows_is_what_it_reads():
    assert entrytext.read(entrytext.written(HARBOUR), HARBOUR) == HARBOUR
    assert entrytext.read(entrytext.written(replace(HARBOUR, hours=()))).hours == ()


def test_hours_that_a_week_cannot_say_stay_as_they_are():
    monthly = schedules.Schedule("Europe/Dublin", time(9), time(17), freq="MONTHLY", byday=("1SA",))
    held = replace(HARBOUR, hours=(monthly,))

    assert entrytext.written(held)["hours"] == "as it is"
    assert entrytext.read(entrytext.written(held), held) == held
    with pytest.raises(errors.BadRequest):
        entrytext.read(entrytext.written(held))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * 200),
        ("country", "Ireland"),
        ("regions", "GB-SCT"),
        ("languages", "English!"),
        ("topics", "a b c!"),
        ("ways", ""),
        ("ways", "0800 555"),
        ("ways", "call: 0800 CALL"),
        ("ways", "call: 112 or 999"),
        ("ways", "text: HELLO"),
        ("ways", "chat: harbour.example"),
        ("ways", "web: javascript:alert(1)"),
        ("ways", "fax: 112"),
        ("hours", "mornings"),
        ("zone", "Dublin"),
        ("zone", ""),
        ("youngest", "old"),
        ("youngest", "19"),
        ("oldest", "1000"),
        ("cost", "much"),
        ("notes", "Contesta una persona."),
        ("notes", "Spanish!: Contesta una persona."),
        ("notes", "es: Contesta.\nES: Otra vez."),
        ("notes", "es:"),
        ("notes", "es: " + "x" * 400),
        ("source", ""),
        ("source", "javascript:alert(1)"),
    ],
)
def test_what_cannot_be_used_is_refused_by_its_field(field, value):
    given = {**entrytext.written(HARBOUR), field: value}

    with pytest.raises(errors.Refused) as refused:
        entrytext.read(given, HARBOUR)

    assert refused.value.field == ("oldest" if value == "19" else field)
