"""People come onto the list and leave it again; what they served stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpline.actions import entering, planning, welcoming
from helpline.domain import errors, events, shifts, volunteers
from helpline.store import people, sessions
from helpline.store import shifts as rota

DAY = timedelta(days=1)


def at_once(work, *args):
    return work(*args)


def welcome(store, who, now, **more):
    wish = {
        "email": "Ada@Example.org",
        "name": "Ada",
        "roles": ["listener"],
        "languages": ["en", "es"],
        "skills": ["minors"],
        "seats": 1,
    } | more
    return welcoming.welcome(store, who, **wish, offload=at_once, now=now)


def serving(store, at):
    with store.reading() as tx:
        return {each.booked.person_id for each in shifts.on_shift(rota.plan(tx), at)}


def test_a_new_person_signs_in_with_the_password_that_was_shown(store, cast, now):
    made = welcome(store, cast.cora, now)

    secret = entering.sign_in(store, "ada@example.org", made.password, "", offload=at_once, now=now)

    who = entering.who_is(store, secret, "cookie", now=now)
    assert (who.id, who.name, who.roles) == (made.person_id, "Ada", {"listener"})


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"email": "leo@example.org"}, "email"),
        ({"email": "nonsense"}, "email"),
        ({"email": "a b@example.org"}, "email"),
        ({"name": "  "}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"roles": []}, "roles"),
        ({"roles": ["captain"]}, "roles"),
        ({"languages": []}, "languages"),
        ({"languages": ["English, please"]}, "languages"),
        ({"seats": 3}, "seats"),
        ({"skills": ["x" * 41]}, "skills"),
    ],
)
def test_who_cannot_be_on_the_list_is_refused_with_the_field(store, cast, now, wish, field):
    with pytest.raises(errors.Refused) as refusal:
        welcome(store, cast.cora, now, **wish)

    assert refusal.value.field == field


def test_only_coordinators_change_the_list(store, cast, now):
    for deed in (
        lambda: welcome(store, cast.sol, now),
        lambda: welcoming.let_go(store, cast.sol, cast.leo.id, now=now),
        lambda: welcoming.sign_out(store, cast.sol, cast.leo.id, now=now),
    ):
        with pytest.raises(errors.NotAllowed):
            deed()


def test_who_leaves_is_signed_out_and_off_every_coming_shift(store, cast, now, told):
    with store.transaction() as tx:
        secret = sessions.begin(tx, cast.leo.id, "cookie", now, DAY)
    told.clear()

    welcoming.let_go(store, cast.cora, cast.leo.id, now=now)

    assert entering.who_is(store, secret, "cookie", now=now) is None
    assert events.SignedOut(cast.leo.id) in told
    for ahead in (timedelta(0), DAY, 8 * DAY):
        assert cast.leo.id not in serving(store, now + ahead)


def test_what_they_served_stays(store, cast, now):
    welcoming.let_go(store, cast.cora, cast.leo.id, now=now)

    for ago in (DAY, 7 * DAY):
        assert cast.leo.id in serving(store, now - ago)


def test_single_days_to_come_are_given_back_too(store, cast, now):
    ada = welcome(store, cast.cora, now)
    with store.reading() as tx:
        pattern = next(each for each in rota.patterns(tx) if each.weekday == 4)
    planning.override(
        store, cast.cora, pattern.id, (now + 2 * DAY).date(), "add", ada.person_id, now=now
    )

    welcoming.let_go(store, cast.cora, ada.person_id, now=now)

    assert ada.person_id not in serving(store, now + 2 * DAY)


def test_nobody_takes_themselves_off_the_list(store, cast, now):
    with pytest.raises(volunteers.NotYourself):
        welcoming.let_go(store, cast.cora, cast.cora.id, now=now)


def test_a_listener_is_made_a_lead_and_nobody_makes_themselves_one(store, cast, now):
    for _ in range(2):
        welcoming.make_lead(store, cast.cora, cast.leo.id, now=now)

    with store.reading() as tx:
        assert people.person(tx, cast.leo.id).roles == ["listener", "lead"]
    with pytest.raises(volunteers.NotYourOwnLead):
        welcoming.make_lead(store, cast.cora, cast.cora.id, now=now)
    welcoming.let_go(store, cast.cora, cast.lin.id, now=now)
    with pytest.raises(errors.NotFound):
        welcoming.make_lead(store, cast.cora, cast.lin.id, now=now)


def test_who_was_here_before_can_come_back(store, cast, now):
    welcoming.set_surge(store, cast.cora, cast.leo.id, True, now=now)
    welcoming.let_go(store, cast.cora, cast.leo.id, now=now)

    back = welcome(store, cast.cora, now, email="leo@example.org", name="Leo")

    assert back.person_id == cast.leo.id
    with store.reading() as tx:
        row = people.person(tx, back.person_id)
    assert (row.active, row.takes_surge) == (True, False)
    assert cast.leo.id not in serving(store, now)
