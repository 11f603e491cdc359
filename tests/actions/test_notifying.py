"""Notices on their way: sent once, in time, in the night only when they must, failures for all to see."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from sqlalchemy import select

from helpline import pager
from helpline.actions import forgetting, notifying
from helpline.boards import noticing
from helpline.domain import channels, notices
from helpline.store import alerts, line, people
from helpline.store import notices as rows
from helpline.store import shifts as rota
from helpline.store.shift_tables import Notice

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


class Post:
    """A service that takes letters, or fails; and the clock by which they are sent."""

    def __init__(self, store, cast, now):
        self.store, self.cast, self.now = store, cast, now
        self.sent, self.fails, self.outside = [], False, True

    def put(self, key="k", who=None, kind="digest", valid=48 * HOUR, **detail):
        with self.store.transaction() as tx:
            return rows.add(
                tx,
                key=key,
                person_id=(who or self.cast.leo).id,
                kind=kind,
                detail=detail,
                due_at=self.now,
                valid_until=self.now + valid,
                now=self.now,
            )

    def goes(self, **span):
        self.now += timedelta(**span)
        return notifying.send_due(
            self.store, self._send, reaches=lambda _: self.outside, clock=lambda: self.now
        )

    def _send(self, letter):
        if self.fails:
            return False
        self.sent.append(letter)
        return True

    def row(self, key="k"):
        with self.store.reading() as tx:
            return tx.session.scalar(select(Notice).where(Notice.key == key))

    def alarms(self):
        with self.store.reading() as tx:
            return {each.kind: each for each in alerts.still_open(tx)}


@pytest.fixture
def post(store, cast, now):
    return Post(store, cast, now)


def test_a_notice_leaves_once_however_often_one_looks(post):
    post.put()

    assert [post.goes(seconds=5) for _ in range(3)] == [1, 0, 0]
    assert [each.kind for each in post.sent] == ["digest"]
    assert noticing.state_of(post.row()) == "channel"


def test_without_a_way_outside_it_is_in_the_mailbox_by_one_commit(post):
    post.outside = False
    post.put()

    assert [post.goes(), post.goes()] == [1, 0]
    assert post.sent == []
    assert noticing.state_of(post.row()) == "mailbox"
    shown = noticing.mailbox(post.store, post.cast.leo, post.now)["notices"]
    assert [each["kind"] for each in shown] == ["digest"]


def test_what_would_speak_of_the_past_never_leaves(post):
    post.put(valid=HOUR)

    assert post.goes(hours=1) == 0
    assert post.sent == []
    assert noticing.state_of(post.row()) == "not_needed"


def test_a_claim_that_grew_stale_on_its_way_is_not_sent(post):
    post.put(valid=MINUTE)
    times = iter([post.now, post.now + MINUTE])

    notifying.send_due(post.store, post._send, reaches=lambda _: True, clock=lambda: next(times))

    assert post.sent == []


def test_a_failure_is_tried_again_ever_later_and_then_everybody_sees_it(post):
    post.fails = True
    post.put()
    tries = []
    for _ in range(60):
        post.goes(minutes=1)
        tries.append(post.row().tries)

    assert max(tries) == len(notices.TRIED_AGAIN_AFTER) + 1
    assert noticing.state_of(post.row()) == "failed"
    assert post.alarms()["notice_failed"].person_id == post.cast.leo.id
    with post.store.reading() as tx:
        assert alerts.pages_of(tx, post.alarms()["notice_failed"].id) == []
    said = noticing.reached(post.store, post.cast.cora, post.now)
    assert "could not be delivered" in said[post.cast.leo.id]["failure"]
    assert said[post.cast.lin.id]["failure"] == ""


def test_one_that_arrives_later_ends_the_alarm(post):
    post.fails = True
    post.put(valid=HOUR)
    for _ in range(60):
        post.goes(minutes=1)
    assert "notice_failed" in post.alarms()

    post.fails = False
    post.put("another")
    post.goes(minutes=1)

    assert "notice_failed" not in post.alarms()
    assert noticing.reached(post.store, post.cast.cora, post.now)[post.cast.leo.id]["failure"] == ""


def test_a_night_is_kept_until_twelve_hours_before_the_shift(post):
    notifying.choose_quiet(post.store, post.cast.leo, time(19), time(9), now=post.now)
    starts_at = post.now + 13 * HOUR
    post.put("asked", kind="ask", starts_at=starts_at.isoformat())
    post.put("general")
    post.put("urgent", kind="backup", starts_at=starts_at.isoformat())

    assert [post.goes(minutes=59), post.goes(minutes=1)] == [1, 1]

    assert [each.kind for each in post.sent] == ["backup", "ask"]
    post.goes(hours=12)
    assert [each.kind for each in post.sent][2:] == ["digest"]


def test_who_is_off_the_shift_by_now_is_not_reminded_of_it(post, store):
    with store.reading() as tx:
        pattern = next(each for each in rota.patterns(tx) if each.weekday == post.now.weekday())
    about = {
        "pattern": pattern.id,
        "date": post.now.date().isoformat(),
        "starts_at": post.now.replace(hour=0).isoformat(),
    }
    post.put("his", kind="reminder", **about)
    post.put("hers", who=post.cast.cora, kind="reminder", **about)

    post.goes()

    assert [each.person_name for each in post.sent] == ["Leo"]
    assert noticing.state_of(post.row("hers")) == "not_needed"


def test_the_pager_uses_a_persons_own_way_and_the_houses_without_one(post, monkeypatch):
    said = []
    monkeypatch.setattr(
        pager.apprise.Apprise, "notify", lambda self, **it: not said.append((self.urls(), it))
    )
    voice = pager.Pager(
        post.store,
        "json://127.0.0.1:1",
        demo=False,
        clock=lambda: post.now,
        ways={"mail": "mailto://us:secret@example.org?to={to}"},
    )
    notifying.choose_channel(post.store, post.cast.leo, "mail", "leo@home.example", now=post.now)
    post.put("leo")
    post.put("lin", who=post.cast.lin, number=3)

    voice.deliver()

    bodies = {it["body"]: urls for urls, it in said}
    assert set(bodies) == {
        "In the next 7 days people are missing in  shifts. See Coverage.",
        "Lin: In the next 7 days people are missing in 3 shifts. See Coverage.",
    }
    own = next(urls for body, urls in bodies.items() if not body.startswith("Lin"))
    assert "leo%40home.example" in own[0]


def test_an_address_is_sealed_at_rest(post, store):
    notifying.choose_channel(store, post.cast.leo, "sms", "+353861234567", now=post.now)

    with store.reading() as tx:
        assert b"3861234" not in people.person(tx, post.cast.leo.id).page_url_sealed


@pytest.mark.parametrize(
    "kind, address",
    [
        ("mail", "leo@home"),
        ("mail", "leo@home.example?smtp=elsewhere.example"),
        ("sms", "0861234567"),
        ("push", "a/b"),
        ("chat", "x?y=z"),
        ("json", "127.0.0.1"),
    ],
)
def test_an_address_stays_in_its_place(post, kind, address):
    with pytest.raises(channels.errors.BadRequest):
        notifying.choose_channel(post.store, post.cast.leo, kind, address, now=post.now)


def test_who_is_on_duty_soon_and_is_only_reached_here_is_shown_to_coordinators(post, store):
    cast = post.cast
    with store.reading() as tx:
        names = {each.name: each.id for each in people.everyone(tx)}

    def reaches(channel):
        return channel is not None

    def warn():
        notifying.warn_unreachable(store, reaches, now=post.now)
        return {each.matter for each in [post.alarms().get("no_channel")] if each is not None}

    assert warn() == {"no_channel:line"}
    for who in (cast.leo, cast.lin):
        notifying.choose_channel(store, who, "push", who.name, now=post.now)
    assert warn() == {f"no_channel:{names['Sol']}"}
    notifying.choose_channel(store, cast.sol, "push", "sol", now=post.now)
    assert warn() == set()


def test_every_kind_has_its_words_in_both_languages(post):
    for kind, sentence in noticing.WORDS.items():
        detail = {
            "starts_at": post.now.isoformat(),
            "ends_at": (post.now + HOUR).isoformat(),
            "number": 2,
        }
        english, spanish = (
            noticing.words(each, "Europe/Dublin", kind, detail) for each in ("en", "es")
        )
        assert "%(" not in english + spanish
        assert english != spanish, sentence


def test_what_lost_its_meaning_is_forgotten_in_time(post, store):
    post.put(valid=HOUR)
    with store.reading() as tx:
        days = line.line(tx).keep_days

    forgetting.forget_due(store, now=post.now + timedelta(days=days))
    assert post.row() is not None
    forgetting.forget_due(store, now=post.now + timedelta(days=days) + 2 * HOUR)
    assert post.row() is None
