"""Holds: one person for three days, two for ninety, and nobody for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from helpline.domain import errors, holds
from helpline.domain.holds import Hold, Why
from tests.conftest import NOW

ASKED = Hold("sol", 30, NOW + timedelta(hours=72))
INSTANT = timedelta(microseconds=1)


def test_one_person_holds_for_72_hours_and_a_visitors_complaint_for_14_days():
    assert holds.first_until(Why.SAFETY, NOW, by_visitor=False) - NOW == timedelta(hours=72)
    assert holds.first_until(Why.COMPLAINT, NOW, by_visitor=False) - NOW == timedelta(hours=72)
    assert holds.first_until(Why.COMPLAINT, NOW, by_visitor=True) - NOW == timedelta(days=14)


def test_it_stands_to_its_last_instant():
    assert holds.stands(ASKED, ASKED.until - INSTANT)
    assert not holds.stands(ASKED, ASKED.until)
    assert not holds.stands(replace(ASKED, released_at=NOW), NOW)


def test_it_waits_for_a_second_person_while_it_stands():
    assert holds.waits(ASKED, NOW)
    assert not holds.waits(replace(ASKED, agreed_by="cora"), NOW)
    assert not holds.waits(ASKED, ASKED.until)


@pytest.mark.parametrize("days, is_fine", [(0, False), (1, True), (90, True), (91, False)])
def test_it_holds_for_one_to_ninety_days(days, is_fine):
    if is_fine:
        assert holds.require_days(days) == days
        assert holds.agreed_until(days, NOW) == NOW + timedelta(days=days)
        return
    with pytest.raises(errors.BadRequest):
        holds.require_days(days)


def test_the_second_person_is_another_one_who_was_not_in_the_chat():
    holds.require_second(ASKED, "cora", held_it=False)
    with pytest.raises(errors.SecondPerson):
        holds.require_second(ASKED, "sol", held_it=False)
    with pytest.raises(errors.IsConcerned):
        holds.require_second(ASKED, "leo", held_it=True)


def test_nobody_holds_a_chat_alone_again_and_again():
    with pytest.raises(errors.AskedBefore):
        holds.require_may_ask("sol", [ASKED])
    holds.require_may_ask("cora", [ASKED])
    holds.require_may_ask("sol", [replace(ASKED, agreed_by="cora")])
