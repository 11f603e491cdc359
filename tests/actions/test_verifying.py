"""A coordinator's word on the directory: checked, hidden, changed, added, taken out; and what ages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from helpline.actions import exchanging, furnishing, verifying
from helpline.domain import errors
from helpline.domain.hsds import writing
from helpline.domain.resources import Resource, Way
from helpline.store import entries, journal
from helpline.store.shift_tables import Notice
from tests.actions.test_directory_exchange import resource, seed, shown

DAY = timedelta(days=1)
NEW = Resource(
    id="",
    name="Harbour",
    country="IE",
    languages=frozenset({"en", "ga"}),
    ways=(Way("call", "01 555 0100"), Way("text", "50999", "HARBOUR")),
    organisation="Harbour House",
    topics=frozenset({"crisis"}),
    source="https://harbour.example",
)


@pytest.fixture
def one(store, cast, now) -> str:
    furnishing.load_resources(store, [seed(seen=now.date())], now=now)
    return "ie-test"


def waiting(store) -> list[tuple[str, int]]:
    with store.reading() as tx:
        return [(n.person_id, n.detail["number"]) for n in tx.session.scalars(select(Notice))]


def test_checked_today_is_written_with_who_and_when(store, cast, now, one):
    later = now + 40 * DAY

    verifying.verify(store, cast.cora, one, now=later)

    assert resource(store, one).verified_on == later.date()
    with store.reading() as tx:
        assert entries.entry(tx, one).verified_by == cast.cora.id
        last = journal.latest(tx, ["resource_verified"], 1)[0]
    assert (last.person_id, last.detail) == (cast.cora.id, {"resource": one})


def test_hidden_is_seen_by_no_visitor_until_it_is_shown_again(store, cast, now, one):
    verifying.hide(store, cast.cora, one, now=now)
    verifying.verify(store, cast.cora, one, now=now)
    assert one not in shown(store)

    verifying.show(store, cast.cora, one, now=now)

    assert one in shown(store)


def test_an_unverified_one_is_not_shown_by_showing_it(store, cast, now, one):
    with store.transaction() as tx:
        entries.entry(tx, one).verified_at = None

    verifying.show(store, cast.cora, one, now=now)

    assert one not in shown(store)


def test_a_change_is_seen_at_once_and_stands_in_the_records(store, cast, now, one):
    wanted = replace(resource(store, one), ways=(Way("call", "116 124"),), note="New.")

    verifying.change(store, cast.cora, one, wanted, now=now + DAY)

    assert resource(store, one).ways == wanted.ways
    assert resource(store, one).verified_on == (now + DAY).date()
    exported = list(writing.services(exchanging.taken_out(store)))
    assert [phone["number"] for phone in exported[0]["phones"]] == ["116 124"]


def test_an_entry_of_our_own_is_added_and_read_again_as_it_was_written(store, cast, now):
    made = verifying.add(store, cast.cora, NEW, now=now)

    assert made in shown(store)
    found = resource(store, made)
    assert (found.ways, found.languages, found.organisation) == (
        NEW.ways, NEW.languages, NEW.organisation,
    )  # fmt: skip
    assert len(list(writing.services(exchanging.taken_out(store)))) == 1


@pytest.mark.parametrize(
    "lacking",
    [{"ways": ()}, {"country": ""}, {"languages": frozenset()}, {"ways": (Way("visit", "here"),)}],
)
def test_nobody_adds_what_nobody_can_reach(store, cast, now, lacking):
    with pytest.raises(errors.BadRequest):
        verifying.add(store, cast.cora, replace(NEW, **lacking), now=now)


def test_removed_is_gone_but_a_card_that_was_sent_stays_readable(store, cast, now, one):
    verifying.remove(store, cast.cora, one, "The line was closed.", now=now)

    assert one not in shown(store)
    assert resource(store, one).name == "Test"
    assert list(writing.services(exchanging.taken_out(store, everything=True))) == []
    with pytest.raises(errors.NotFound):
        verifying.verify(store, cast.cora, one, now=now)
    furnishing.load_resources(store, [seed(seen=now.date())], now=now)
    assert one not in shown(store)


def test_removing_needs_a_reason(store, cast, now, one):
    with pytest.raises(errors.Empty):
        verifying.remove(store, cast.cora, one, " ", now=now)


@pytest.mark.parametrize("deed", ["verify", "hide", "show"])
def test_only_coordinators_keep_the_directory(store, cast, now, one, deed):
    with pytest.raises(errors.NotAllowed):
        getattr(verifying, deed)(store, cast.sol, one, now=now)


# -- what ages -----------------------------------------------------------------------------------


def test_coordinators_hear_of_what_is_stale_once_a_week(store, cast, now, one):
    verifying.look(store, now=now + 180 * DAY)
    assert waiting(store) == []

    late = now + 181 * DAY
    for hours in (0, 1, 24):
        verifying.look(store, now=late + timedelta(hours=hours))
    assert waiting(store) == [(cast.cora.id, 1)]
    verifying.look(store, now=late + 7 * DAY)

    assert waiting(store) == [(cast.cora.id, 1)] * 2


def test_a_stale_one_stays_in_sight_unless_the_organisation_says_otherwise(store, cast, now, one):
    late = now + 181 * DAY
    verifying.look(store, now=late)
    assert one in shown(store)

    furnishing.tune(store, "directory", {"directory_hide_stale": 1}, now=late)
    verifying.look(store, now=late)
    assert one not in shown(store)
    verifying.verify(store, cast.cora, one, now=late)
    assert one in shown(store)


def test_what_was_hidden_for_its_age_comes_back_when_the_setting_goes(store, cast, now, one):
    late = now + 181 * DAY
    furnishing.tune(store, "directory", {"directory_hide_stale": 1}, now=late)
    verifying.look(store, now=late)

    furnishing.tune(store, "directory", {"directory_hide_stale": 0}, now=late)
    verifying.look(store, now=late)

    assert one in shown(store)


def test_an_emergency_number_is_never_hidden_for_its_age(store, cast, now):
    urgent = {**seed(seen=now.date()), "emergency": True, "topics": ["emergency"]}
    furnishing.load_resources(store, [urgent], now=now)
    furnishing.tune(store, "directory", {"directory_hide_stale": 1}, now=now)

    verifying.look(store, now=now + 400 * DAY)

    assert "ie-test" in shown(store)
