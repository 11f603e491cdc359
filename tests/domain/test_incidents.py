"""Incidents: who is lost, who may look into what, and in which order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpline.domain import errors, incidents
from helpline.domain.incidents import Kind, State
from helpline.domain.urgency import Level
from tests.conftest import NOW

JUST_NOW = NOW - timedelta(minutes=4)
LONG_AGO = NOW - timedelta(minutes=5)


@pytest.mark.parametrize(
    "level, awaited, since, is_here, is_lost",
    [
        (Level.HIGH, "visitor", JUST_NOW, False, True),
        (Level.CRITICAL, "visitor", LONG_AGO, True, True),
        (Level.HIGH, "visitor", JUST_NOW, True, False),  # a goodbye was said
        (Level.HIGH, "listener", LONG_AGO, False, False),  # they wrote last
        (Level.ELEVATED, "visitor", LONG_AGO, False, False),
        (Level.HIGH, None, None, False, False),
    ],
)
def test_who_is_silent_and_gone_at_high_risk_is_lost(level, awaited, since, is_here, is_lost):
    found = incidents.is_contact_lost(level, awaited=awaited, since=since, is_here=is_here, now=NOW)
    assert found == is_lost


@pytest.mark.parametrize(
    "kind, held_it, other_leads, may",
    [
        (Kind.COMPLAINT, True, 0, False),
        (Kind.COMPLAINT, False, 0, True),
        (Kind.CONTACT_LOST, True, 1, False),
        (Kind.CONTACT_LOST, True, 0, True),
        (Kind.CONTACT_LOST, False, 1, True),
        (Kind.THREAT, True, 1, True),
    ],
)
def test_who_was_in_the_chat_judges_it_only_where_nobody_else_could(
    kind, held_it, other_leads, may
):
    assert incidents.may_look_into(kind, held_it=held_it, other_leads=other_leads) == may


def test_nobody_sees_a_complaint_about_a_chat_they_were_in():
    assert not incidents.may_see(Kind.COMPLAINT, held_it=True)
    assert incidents.may_see(Kind.COMPLAINT, held_it=False)
    assert incidents.may_see(Kind.CONTACT_LOST, held_it=True)


def test_what_is_reviewed_is_only_closed_and_what_is_closed_stays_so():
    incidents.require_move("open", State.TAKEN)
    incidents.require_move("taken", State.TAKEN)
    incidents.require_move("reviewed", State.CLOSED)
    for old, new in (("reviewed", State.TAKEN), ("closed", State.REVIEWED), ("closed", "closed")):
        with pytest.raises(errors.NotFound):
            incidents.require_move(old, State(new))


def test_people_report_neither_complaints_nor_lost_contacts():
    assert incidents.require_kind("threat") is Kind.THREAT
    for kind in ("complaint", "contact_lost", "weather"):
        with pytest.raises(errors.BadRequest):
            incidents.require_kind(kind)
    with pytest.raises(errors.BadRequest):
        incidents.require_outcome("came_back")
