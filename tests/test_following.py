"""What those who are connected have been told, and what is told again: not too early, not twice."""

from __future__ import annotations

from helpline.domain.events import ChatChanged, MessageSaid
from helpline.following import Following
from helpline.store.standing import Standing


def stands(seq: int, state: str = "active") -> dict[str, Standing]:
    return {"c": Standing(seq, "leo", (state,))}


def said(seq: int) -> MessageSaid:
    return MessageSaid("c", seq, "unknown")


def test_a_message_that_nobody_told_is_told_at_the_second_look_and_once():
    here = Following()
    assert here.missed(stands(3)) == []
    here.seqs["c"] = 3

    assert here.missed(stands(4)) == []  # it may be on its way
    assert here.missed(stands(4)) == [said(4)]
    here.seqs["c"] = 4

    assert here.missed(stands(4)) == []


def test_a_message_that_was_told_in_time_is_not_told_again():
    here = Following()
    here.missed(stands(3))
    here.missed(stands(4))
    here.seqs["c"] = 4

    assert here.missed(stands(5)) == []


def test_who_just_came_has_asked_for_everything():
    here = Following()

    assert here.missed(stands(7)) == []
    assert here.missed(stands(7)) == []
    assert here.missed(stands(8)) == []
    assert here.missed(stands(8)) == [said(8)]


def test_a_change_that_nobody_showed_is_shown():
    here = Following()
    here.missed(stands(1, "waiting"))
    here.missed(stands(1, "waiting"))

    assert here.missed(stands(1, "active")) == []
    assert here.missed(stands(1, "active")) == [ChatChanged("c")]
    here.shown["c"] = stands(1, "active")["c"]

    assert here.missed(stands(1, "active")) == []


def test_what_nobody_follows_any_more_is_forgotten():
    here = Following()
    here.missed(stands(3))
    here.missed(stands(3))

    here.missed({})

    assert not here.seqs
    assert not here.shown


def test_boards_that_moved_and_were_not_shown_are_behind_at_the_second_look():
    here = Following()
    assert not here.boards_are_behind(5)
    assert not here.boards_are_behind(5)

    assert not here.boards_are_behind(6)
    assert here.boards_are_behind(6)
    here.version = 6

    assert not here.boards_are_behind(6)
