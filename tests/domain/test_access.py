"""The whole permission table, once more and by hand: a change of it has to be made twice."""

from __future__ import annotations

import pytest

from helpline.domain import access, errors
from helpline.domain.access import Role, Subject, Who

LISTENER, LEAD, COORDINATOR = Role

# verb -> who may, as letters: l(istener), s(hift lead), c(oordinator); and what it takes besides
MAY = {
    "enter_console": ("ls", None),
    "enter_dashboard": ("c", None),
    "be_present": ("ls", None),
    "answer_call_out": ("ls", None),
    "serve": ("ls", None),
    "answer_request": ("ls", "asked"),
    "withdraw_request": ("ls", "holder"),
    "accept": ("ls", "asked"),
    "decline": ("ls", "asked"),
    "read": ("ls", "reader"),
    "say": ("ls", "writer"),
    "send_resource": ("ls", "writer"),
    "assess": ("ls", "holder"),
    "answer_flag": ("ls", "holder"),
    "missed": ("ls", "holder"),
    "note": ("ls", "holder"),
    "ask_help": ("ls", "holder"),
    "step_out": ("ls", "holder"),
    "hand_off": ("ls", "holder"),
    "close": ("ls", "holder"),
    "reopen": ("ls", "holder"),
    "park": ("ls", "holder"),
    "summon": ("ls", "holder"),
    "raise_concern": ("ls", "holder"),
    "sign_off": ("s", None),
    "keep_apart": ("ls", "holder"),
    "tell_plan": ("ls", "holder"),
    "keep_plans": ("s", None),
    "offer_follow_up": ("ls", "holder"),
    "withdraw_follow_up": ("ls", "aside"),
    "write_follow_up": ("ls", "aside"),
    "watch": ("s", None),
    "whisper": ("ls", "aside"),
    "join": ("s", None),
    "take_over": ("s", None),
    "keep_others_apart": ("s", None),
    "lift_cap": ("s", None),
    "link_chats": ("s", None),
    "close_waiting": ("s", None),
    "read_notices": ("lsc", None),
    "hand_over_shift": ("s", None),
    "take_left": ("ls", None),
    "answer_left": ("ls", "holder"),
    "have_feed": ("ls", None),
    "look_back": ("sc", None),
    "assign": ("sc", None),
    "acknowledge": ("sc", None),
    "answer_alert": ("sc", None),
    "hold_chat": ("sc", None),
    "report_incident": ("sc", None),
    "look_into": ("sc", None),
    "review_lost": ("s", None),
    "read_held": ("s", None),
    "set_line": ("c", None),
    "call_out": ("c", None),
    "plan": ("c", None),
    "keep_packs": ("c", None),
    "keep_directory": ("c", None),
    "keep_pages": ("c", None),
}
ROLES = {"l": LISTENER, "s": LEAD, "c": COORDINATOR}
MINE = {
    "asked": Subject(asked_id="me"),
    **dict.fromkeys(("holder", "reader", "writer", "aside"), Subject(holder_id="me")),
    None: None,
}
NOT_MINE = [None, Subject(), Subject(holder_id="leo", asked_id="leo")]

CELLS = [
    (verb, letter, letter in may, relation)
    for verb, (may, relation) in MAY.items()
    for letter in ROLES
]


def somebody(*roles: Role) -> Who:
    return Who("me", "Me", frozenset(roles))


def test_every_verb_stands_in_this_table() -> None:
    assert set(access.TABLE) == set(MAY)


@pytest.mark.parametrize("verb, letter, allowed, relation", CELLS)
def test_each_role_may_what_the_table_says(
    verb: str, letter: str, allowed: bool, relation: str | None
) -> None:
    who = somebody(ROLES[letter])

    assert access.may(who, verb, MINE[relation]) == allowed
    if allowed:
        access.require(who, verb, MINE[relation])
        return
    with pytest.raises(errors.NotAllowed):
        access.require(who, verb, MINE[relation])


@pytest.mark.parametrize("verb", [verb for verb, (_, relation) in MAY.items() if relation])
@pytest.mark.parametrize("subject", NOT_MINE)
def test_what_is_somebody_elses_is_not_found(verb: str, subject: Subject | None) -> None:
    roles = set(Role) - {LEAD} if MAY[verb][1] == "aside" else Role
    lead = somebody(*roles)

    assert not access.may(lead, verb, subject)
    with pytest.raises(errors.NotFound):
        access.require(lead, verb, subject)


def test_holding_a_chat_is_not_being_asked_and_the_other_way_round() -> None:
    who = somebody(LISTENER)

    assert not access.may(who, "accept", Subject(holder_id="me"))
    assert not access.may(who, "say", Subject(asked_id="me"))


@pytest.mark.parametrize("verb, field", [("read", "beside_id"), ("say", "joined_id")])
def test_who_is_beside_a_chat_reads_it_and_who_joined_writes_only_as_a_lead(verb, field) -> None:
    mine, theirs = Subject(**{field: "me"}), Subject(holder_id="leo", **{field: "sol"})

    assert access.may(somebody(LEAD), verb, mine)
    assert not access.may(somebody(LEAD), verb, theirs)
    assert not access.may(somebody(LISTENER, COORDINATOR), verb, mine)


def test_who_only_reads_along_does_not_write() -> None:
    assert not access.may(somebody(LEAD), "say", Subject(holder_id="leo", beside_id="me"))
    assert not access.may(somebody(LEAD), "close", Subject(beside_id="me", joined_id="me"))


def test_any_lead_may_whisper_and_of_the_others_only_who_holds_the_chat() -> None:
    theirs = Subject(holder_id="leo")

    assert access.may(somebody(LEAD), "whisper", theirs)
    assert not access.may(somebody(LISTENER, COORDINATOR), "whisper", theirs)


@pytest.mark.parametrize("verb", MAY)
def test_a_stranger_may_nothing(verb: str) -> None:
    stranger, subject = somebody(), Subject(holder_id="me", asked_id="me")

    assert not access.may(stranger, verb, subject)
    with pytest.raises(errors.NotAllowed):
        access.require(stranger, verb, subject)


def test_a_person_without_an_id_holds_nothing() -> None:
    """A chat in line has no holder: that must not make it everybody's, or nobody's."""
    with pytest.raises(errors.NotFound):
        access.require(somebody(LISTENER), "say", Subject(holder_id=None))


def test_the_role_is_asked_before_the_subject() -> None:
    """So that a coordinator does not learn from the answer whether a chat is there."""
    for subject in NOT_MINE:
        with pytest.raises(errors.NotAllowed):
            access.require(somebody(COORDINATOR), "read", subject)


def test_an_unknown_verb_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError):
        access.may(somebody(*Role), "eavesdrop")
