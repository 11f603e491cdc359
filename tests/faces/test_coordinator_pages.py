"""The coordinator's pages by plain forms: who may see them, what they say, what they keep."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

import pytest

from helpline import clock
from helpline.actions import answering, calling, entering, planning
from helpline.boards import listener as listener_board
from helpline.boards import planning as plan_board
from helpline.domain.access import Who
from helpline.store import alerts, callouts, line, people, sessions
from tests.cast import make_ready
from tests.makers import offered_to, open_chat

CSRF = "the-token-of-this-session"
WORDS = "I took all my pills"


@pytest.fixture(autouse=True)
def frozen(monkeypatch, now):
    monkeypatch.setattr(clock, "now", lambda: now)


def enter(client, store, who, now):
    """Signs in without the door: the session as the door would have made it."""
    with store.transaction() as tx:
        secret = sessions.begin(tx, who.id, "cookie", now, timedelta(hours=1))
    with client.session_transaction() as kept:
        kept.update({"_user_id": secret, "_fresh": True, "csrf": CSRF})
    return client


@pytest.fixture
def cora(client, store, cast, now):
    return enter(client, store, cast.cora, now)


def post(client, path, **form):
    return client.post(path, data={"csrf_token": CSRF, **form})


def friday(store, cast, now, **more):
    return planning.add_pattern(
        store, cast.cora, "Late", 4, time(18), time(21), now.date(), now=now, **more
    )


PAGES = (
    "/coordinator",
    "/coordinator/shifts",
    "/coordinator/people",
    "/coordinator/settings",
    "/coordinator/forecast",
    "/coordinator/rosters",
)


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_sent_to_the_door(client, path):
    answer = client.get(path)

    assert answer.status_code == 302
    assert "/sign-in" in answer.location


@pytest.mark.parametrize("path", PAGES)
def test_a_listener_is_not_allowed(client, store, cast, now, path):
    assert enter(client, store, cast.leo, now).get(path).status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_a_coordinator_sees_each_page(cora, path):
    answer = cora.get(path)

    assert answer.status_code == 200
    assert "style=" not in answer.text
    assert not re.search(
        r"<script(?! type=\"application/json\"| type=\"module\" src| src)", answer.text
    )


@pytest.mark.parametrize("path", (*PAGES, "/coordinator/people/someone/leave"))
def test_a_form_without_its_token_changes_nothing(cora, store, path):
    answer = cora.post(path, data={"do": "close", "reason": "no token"})

    assert answer.status_code == 400
    with store.reading() as tx:
        assert line.line(tx).by_hand is None


def test_a_deed_nobody_knows_is_a_bad_request(cora):
    for path in PAGES[:2]:
        assert post(cora, path, do="explode").status_code == 400


# -- the dashboard --------------------------------------------------------------------------------


def test_the_dashboard_shows_no_word_of_a_visitor(cora, store, cast, now):
    make_ready(store, cast.leo, now=now)
    open_chat(store, WORDS, now=now)

    page = cora.get("/coordinator").text

    assert "critical" in page
    assert "pills" not in page


def test_a_chat_is_offered_by_a_plain_form(cora, store, cast, now):
    make_ready(store, cast.leo, now=now)
    chat = open_chat(store, WORDS, now=now)

    answer = post(cora, "/coordinator", do="assign", chat=chat.chat_id, listener=cast.leo.id)

    assert answer.status_code == 302
    (offer,) = offered_to(store, cast.leo)
    assert offer.chat_id == chat.chat_id


def test_a_refused_offer_says_why_on_the_page(cora, store, cast, now):
    chat = open_chat(store, WORDS, now=now)

    answer = post(cora, "/coordinator", do="assign", chat=chat.chat_id, listener=cast.leo.id)

    assert answer.status_code == 409
    assert "You are not on shift right now." in answer.text


def test_an_alert_is_owned_by_a_plain_form(cora, store, cast, now):
    with store.transaction() as tx:
        alert, _ = alerts.raise_alert(tx, "nobody_there", "line", now=now)

    answer = cora.post(
        "/coordinator",
        data={"csrf_token": CSRF, "do": "acknowledge", "alert": alert.id},
        follow_redirects=True,
    )

    assert "Cora is on it" in answer.text


def test_the_line_is_closed_with_a_reason_and_given_back_to_the_shifts(cora, store):
    post(cora, "/coordinator", do="close", reason="fire alarm <b>")

    page = cora.get("/coordinator").text
    assert "The line was closed by hand." in page
    assert "fire alarm &lt;b&gt;" in page

    post(cora, "/coordinator", do="let_run")
    with store.reading() as tx:
        assert line.line(tx).by_hand is None


@pytest.mark.parametrize("limit, status, kept", [("60", 302, 60), ("0", 302, 0), ("3", 400, None)])
def test_the_door_gets_its_limit(cora, store, limit, status, kept):
    answer = post(cora, "/coordinator", do="limit", limit=limit)

    assert answer.status_code == status
    with store.reading() as tx:
        assert line.line(tx).policies.get("door_limit") == kept
    if kept:
        page = cora.get("/coordinator").text
        assert "The door limits new chats when the wait is longer than 60 minutes." in page
        assert 'value="60"' in page


@pytest.mark.parametrize(
    "hours, status, until", [("2", 302, timedelta(hours=2)), ("", 302, None), ("25", 400, None)]
)
def test_the_line_is_kept_open_for_so_many_hours(cora, store, now, hours, status, until):
    answer = post(cora, "/coordinator", do="open", reason="fair", hours=hours)

    assert answer.status_code == status
    with store.reading() as tx:
        row = line.line(tx)
    assert row.by_hand_until == (now + until if until else None)
    assert (row.by_hand is not None) == (status == 302)


@pytest.mark.parametrize("week", ["2026-12-02", "nonsense", "9999-12-31", "0001-01-01", ""])
def test_any_week_in_the_address_is_answered(cora, week):
    answer = cora.get("/coordinator", query_string={"week": week})

    assert answer.status_code == 200
    assert ("Mon 30 Nov" in answer.text) == (week == "2026-12-02")


# -- the plan -------------------------------------------------------------------------------------


def test_a_shift_is_planned_and_somebody_booked_by_forms(cora, store, cast, now):
    answer = post(
        cora, "/coordinator/shifts",
        do="add_pattern", form="add", title="Late <i>", weekday="4", starts="18:00", ends="21:00",
        every_weeks="1", first_date="2026-11-18", last_date="",
    )  # fmt: skip
    assert answer.status_code == 302
    path = answer.location.partition("?")[0]

    answer = post(
        cora, path,
        do="book", form="book", person_id=cast.leo.id, role="listener",
        first_date="2026-11-18", last_date="",
    )  # fmt: skip

    assert answer.status_code == 302
    page = cora.get(path).text
    assert "Late &lt;i&gt;" in page
    assert "from Wed 18 Nov 2026 on" in page


def test_an_error_stands_beside_its_field_and_what_was_typed_is_kept(cora, store):
    answer = post(
        cora, "/coordinator/shifts",
        do="add_pattern", form="add", title="My evening", weekday="4", starts="18:00", ends="25:00",
        every_weeks="1", first_date="2026-11-18", last_date="",
    )  # fmt: skip

    assert answer.status_code == 400
    assert 'value="My evening"' in answer.text
    assert re.search(r'id="add-ends"[^>]*aria-describedby="[^"]*add-ends-error"', answer.text)
    assert re.search(r'id="add-ends-error">Please give a time', answer.text)


def test_each_deed_on_a_shift_has_its_form(cora, store, cast, now):
    pattern = friday(store, cast, now)
    path = f"/coordinator/shifts/{pattern}"
    booking = planning.book(store, cast.cora, pattern, cast.leo.id, "listener", now.date(), now=now)

    for form in (
        {"do": "override", "on_date": "2026-11-20", "kind": "cancel", "person_id": ""},
        {"do": "unbook", "booking": booking, "last_date": "2026-12-04"},
        {"do": "change_pattern", "from_date": "2026-12-05", "title": "Later", "weekday": "4",
         "starts": "19:00", "ends": "22:00", "every_weeks": "1"},
        {"do": "end_pattern", "last_date": "2026-11-27"},
    ):  # fmt: skip
        answer = post(cora, path, form="x", **form)
        assert answer.status_code == 302, (form, answer.text)

    board = plan_board.plan_board(store, cast.cora, now)
    own = {each["title"]: each for each in board["patterns"] if each["title"] != "All day"}
    assert own["Late"]["last_date"] == "2026-11-27"
    assert own["Later"]["first_date"] == "2026-12-11"


def test_a_day_change_can_be_lifted(cora, store, cast, now):
    pattern = friday(store, cast, now)
    change = planning.override(store, cast.cora, pattern, date(2026, 11, 20), "cancel", now=now)

    post(cora, f"/coordinator/shifts/{pattern}", do="lift_override", change=change)

    assert "cancelled" not in cora.get(f"/coordinator/shifts/{pattern}").text


def test_the_need_is_set_and_removed_by_forms(cora, store, cast, now):
    form = {"weekday": "0", "from_hour": "18", "to_hour": "24", "listeners": "3", "leads": "1"}
    post(cora, "/coordinator/shifts", do="set_need", form="need", **form)
    page = cora.get("/coordinator/shifts").text
    assert "18:00–24:00" in page

    need = re.search(r'name="need" value="([^"]+)"', page).group(1)
    post(cora, "/coordinator/shifts", do="remove_need", need=need)

    assert "18:00–24:00" not in cora.get("/coordinator/shifts").text


def test_an_unknown_shift_is_not_found(cora):
    assert cora.get("/coordinator/shifts/none").status_code == 404


# -- people ---------------------------------------------------------------------------------------


def test_a_first_password_is_shown_once(cora, store):
    answer = post(
        cora, "/coordinator/people",
        name="Ada", email="ada@example.org", roles="listener", languages="en, es", skills="",
        seats="1",
    )  # fmt: skip

    assert answer.status_code == 201
    password = re.search(r'class="password" dir="ltr">([^<]+)<', answer.text).group(1)
    assert len(password) == 19
    assert password not in cora.get("/coordinator/people").text


def test_a_person_who_cannot_be_added_keeps_the_form(cora):
    answer = post(
        cora, "/coordinator/people",
        form="add", name="Ada", email="leo@example.org", roles=["listener", "lead"],
        languages="en", skills="minors", seats="2",
    )  # fmt: skip

    assert answer.status_code == 400
    assert 'id="add-email-error">Somebody with this address' in answer.text
    assert 'value="minors"' in answer.text


def test_a_person_is_taken_off_the_list(cora, store, cast):
    post(cora, f"/coordinator/people/{cast.leo.id}/leave")

    with store.reading() as tx:
        assert not people.person(tx, cast.leo.id).active
    assert "leo@example.org" not in cora.get("/coordinator/people").text


def test_a_person_is_signed_out_everywhere(cora, store, cast, now):
    with store.transaction() as tx:
        secret = sessions.begin(tx, cast.leo.id, "token", now, timedelta(hours=1))

    post(cora, f"/coordinator/people/{cast.leo.id}/sign-out")

    with store.reading() as tx:
        assert sessions.person_of(tx, secret, "token", now) is None


def test_who_may_be_asked_about_one_chat_more_is_marked_and_unmarked(cora, store, cast):
    for on in (True, False):
        answer = post(cora, f"/coordinator/people/{cast.leo.id}/surge", on="1" if on else "0")

        assert answer.status_code == 302
        with store.reading() as tx:
            assert people.person(tx, cast.leo.id).takes_surge is on
        page = cora.get(answer.location).text
        assert ("· may be asked about one critical chat more" in page) is on
    assert post(cora, "/coordinator/people/nobody/surge", on="1").status_code == 404


def test_a_listener_is_made_a_shift_lead_on_the_page(cora, store, cast):
    answer = post(cora, f"/coordinator/people/{cast.leo.id}/lead")

    assert answer.status_code == 302
    assert f"/coordinator/people/{cast.leo.id}/lead" not in cora.get(answer.location).text
    assert f"/coordinator/people/{cast.lin.id}/lead" in cora.get("/coordinator/people").text
    with store.reading() as tx:
        assert "lead" in people.person(tx, cast.leo.id).roles
    refused = post(cora, f"/coordinator/people/{cast.cora.id}/lead")
    assert refused.status_code == 400
    assert "You cannot make yourself a shift lead" in refused.text


ODD = ("\x00", "\ud800", "<script>alert(1)</script>", "'; --", "9" * 400)


@pytest.mark.parametrize("value", ODD)
def test_odd_input_in_any_field_is_answered_and_never_a_500(cora, store, cast, now, value):
    pattern = friday(store, cast, now)
    fields = (
        "title", "weekday", "starts", "ends", "every_weeks", "first_date", "last_date", "from_date",
        "person_id", "role", "booking", "on_date", "kind", "change", "from_hour", "to_hour",
        "listeners", "leads", "need",
    )  # fmt: skip
    odd = dict.fromkeys(fields, value.encode("utf-8", "surrogatepass"))
    for do in (
        "add_pattern", "change_pattern", "end_pattern", "book", "unbook", "override",
        "lift_override", "set_need", "remove_need",
    ):  # fmt: skip
        answer = post(cora, f"/coordinator/shifts/{pattern}", do=do, form=do, **odd)

        assert 400 <= answer.status_code < 500
        assert "<script>alert" not in answer.text


# -- call-outs ------------------------------------------------------------------------------------


@pytest.fixture
def at_home(store, cast, now):
    """Ida and Ian, on no shift, who may be asked at any hour."""
    found = []
    for name in ("Ida", "Ian"):
        made = entering.add_person(
            store, email=f"{name}@example.org", name=name, roles=["listener"], languages=["en"],
            skills=[], seats=1, password=None, now=now,
        )  # fmt: skip
        who = Who(made.id, name, frozenset(made.roles))
        answering.choose_when(store, who, "any_time", now=now)
        found.append(who)
    return found


def test_a_coordinator_starts_sees_and_ends_a_call_out(cora, store, at_home, now):
    assert "Nobody off shift was asked" in cora.get("/coordinator").text

    done = post(cora, "/coordinator", do="call_out")
    with store.reading() as tx:
        it = callouts.running(tx)
    ida, ian = at_home
    answering.answer(store, ida, it.id, comes=True, here=True, now=now)
    answering.answer(store, ian, it.id, comes=False, here=False, now=now)
    page = cora.get(done.location).text

    assert "are being asked now" in page
    assert f'name="call_out" value="{it.id}"' in page
    assert "2 asked · 1 comes: Ida · 1 cannot now" in page
    assert "Started by hand by Cora." in page
    assert "came to help" in page
    assert "Ian" not in page  # a no is counted, never named
    over = post(cora, "/coordinator", do="end_call_out", call_out=it.id)
    page = cora.get(over.location).text
    assert 'name="call_out" value=' not in page
    assert "1 comes: Ida" in page
    assert post(cora, "/coordinator", do="end_call_out", call_out="unknown").status_code == 404


def test_a_lead_sees_the_call_out_that_runs_and_a_listener_does_not(store, cast, at_home, now):
    calling.start(store, cast.cora, now=now)
    with store.reading() as tx:
        it = callouts.running(tx)
    answering.answer(store, at_home[0], it.id, comes=True, here=True, now=now)

    (shown,) = listener_board.board(store, cast.sol, now)["call_outs"]

    assert (shown["running"], shown["come"], shown["asked"]) == (True, ["Ida"], 2)
    assert shown["words"] == "2 asked · 1 comes: Ida"
    assert listener_board.board(store, cast.leo, now)["call_outs"] == []
    calling.end(store, cast.cora, it.id, now=now)
    assert listener_board.board(store, cast.sol, now)["call_outs"] == []


def test_a_listener_starts_no_call_out(client, store, cast, now):
    leo = enter(client, store, cast.leo, now)

    assert post(leo, "/coordinator", do="call_out").status_code == 403

    with store.reading() as tx:
        assert callouts.running(tx) is None


def test_a_call_out_by_itself_shows_no_word_of_a_visitor(cora, store, at_home, now):
    open_chat(store, WORDS + " heronfeather", now=now)
    calling.look(store, now=now)

    page = cora.get("/coordinator").text

    assert "2 asked" in page
    assert "Somebody at risk was waiting, and nobody was there." in page
    assert "heronfeather" not in page
