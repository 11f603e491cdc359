"""The settings page: what can be set, within which bounds, by whom, and what the journal keeps."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from helpline import clock
from helpline.boards.tuning import SWITCHES
from helpline.domain import tuning
from helpline.store import line
from helpline.store.tables import Moment
from tests.faces.test_coordinator_pages import CSRF, enter, post

PATH = "/coordinator/settings"


@pytest.fixture(autouse=True)
def frozen(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)


@pytest.fixture
def cora(client, store, cast, now):
    return enter(client, store, cast.cora, now)


def usual(group: str) -> dict[str, int]:
    return {name: bounds[0] for name, bounds in tuning.GROUPS[group].settings.items()}


def policies(store) -> dict:
    with store.reading() as tx:
        return dict(line.line(tx).policies)


def journal(store) -> list[tuple[str, str, object, str | None]]:
    with store.reading() as tx:
        query = select(Moment).where(Moment.kind.in_(tuning.MOMENTS)).order_by(Moment.id)
        return [
            (each.kind, each.detail["setting"], each.detail["value"], each.person_id)
            for each in tx.session.scalars(query)
        ]


def field(page: str, group: str, name: str) -> str:
    found = re.search(rf'<(?:input|select) id="{group}-{name}".*?>', page, re.DOTALL)
    assert found, (group, name)
    return found[0]


def test_every_setting_stands_there_with_what_holds_its_bounds_and_what_it_does(cora):
    page = cora.get(PATH).text

    for group, of in tuning.GROUPS.items():
        for name, (value, least, most) in of.settings.items():
            shown = field(page, group, name)
            assert f'for="{group}-{name}"' in page
            assert f'id="{group}-{name}-hint"' in page
            if name not in SWITCHES:
                assert f'value="{value}" required min="{least}" max="{most}"' in shown
    assert "Nothing was changed yet." in page


@pytest.mark.parametrize("group", tuning.GROUPS)
def test_each_group_is_kept_and_the_journal_says_by_whom(cora, store, cast, group):
    changed = {
        name: most if value != most else least
        for name, (value, least, most) in tuning.GROUPS[group].settings.items()
    }
    if group == "silence":
        changed |= {"silence_first": 2, "silence_second": 9, "silence_third": 30}

    answer = post(cora, PATH, form=group, **changed)

    assert answer.status_code == 302
    assert policies(store) == changed
    assert [(name, value, by) for _, name, value, by in journal(store)] == [
        (name, value, cast.cora.id) for name, value in changed.items()
    ]
    page = cora.get(answer.location).text
    assert "It is kept, and holds from now on." in page
    assert "Cora" in page[page.index('id="changes-title"') :]


def test_what_stays_as_it_is_is_not_journalled(cora, store):
    for _ in range(2):
        post(cora, PATH, form="care", **(usual("care") | {"heavy_per_week": 12}))

    assert [(name, value) for _, name, value, _ in journal(store)] == [("heavy_per_week", 12)]
    assert policies(store) == {"heavy_per_week": 12}


@pytest.mark.parametrize(
    "group, wrong",
    [
        ("care", {"pause_after_critical": "121"}),
        ("care", {"critical_per_week": "-1"}),
        ("call_outs", {"call_out_wave": "0"}),
        ("silence", {"silence_second": "13"}),  # after the third
        ("silence", {"silence_last": "241"}),
        ("door", {"door_limit": "3"}),
        ("surge", {"surge": "2"}),
        ("care", {"heavy_per_week": "many"}),
        ("call_outs", {"call_out_every": ""}),
    ],
)
def test_what_is_out_of_bounds_changes_nothing_and_says_so_beside_its_field(
    cora, store, group, wrong
):
    answer = post(cora, PATH, form=group, **(usual(group) | wrong))

    assert answer.status_code == 400
    assert policies(store) == {}
    assert journal(store) == []
    (name,) = wrong
    assert f'id="{group}-{name}-error"' in answer.text
    assert 'aria-invalid="true"' in field(answer.text, group, name)


def test_a_group_nobody_knows_and_a_setting_of_another_are_refused(cora, store):
    assert post(cora, PATH, form="privacy", may_tell="0").status_code == 400
    assert post(cora, PATH, form="door", critical_per_week="1").status_code == 400
    assert policies(store) == {}


@pytest.mark.parametrize("who, status", [("leo", 403), ("sol", 403), (None, 302)])
def test_only_coordinators_set_the_line(client, store, cast, now, who, status):
    if who:
        enter(client, store, getattr(cast, who), now)
    else:
        with client.session_transaction() as kept:
            kept["csrf"] = CSRF

    assert client.get(PATH).status_code == status
    assert post(client, PATH, form="surge", surge="1").status_code == status
    assert policies(store) == {}


def test_a_form_without_its_token_sets_nothing(cora, store):
    assert cora.post(PATH, data={"form": "surge", "surge": "1"}).status_code == 400
    assert policies(store) == {}


def test_what_the_command_line_set_is_shown_too(app, cora, store):
    app.test_cli_runner().invoke(args=["line", "policy", "surge", "true"])

    page = cora.get(PATH).text

    assert re.search(r'<option value="1" selected>Yes', page)
    assert "whoever runs the server" in page
    assert policies(store) == {"surge": True}
