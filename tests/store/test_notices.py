"""Rows of notices: once per key, claimed by one, never past their time."""

from __future__ import annotations

from datetime import timedelta

from helpline.store import notices

HOUR = timedelta(hours=1)


def put(store, cast, now, key="k", **other):
    with store.transaction() as tx:
        return notices.add(
            tx,
            **{
                "key": key,
                "person_id": cast.leo.id,
                "kind": "reminder",
                "detail": {},
                "due_at": now,
                "valid_until": now + HOUR,
                "now": now,
            }
            | other,
        )


def due(store, now):
    with store.reading() as tx:
        return [each.key for each in notices.due(tx, now)]


def test_a_key_is_said_once(store, cast, now):
    assert put(store, cast, now)
    assert not put(store, cast, now + HOUR / 2)

    assert due(store, now) == ["k"]


def test_what_would_speak_of_the_past_is_not_due_and_is_given_up(store, cast, now):
    put(store, cast, now)

    assert due(store, now + HOUR) == []
    with store.transaction() as tx:
        assert notices.give_up_stale(tx, now + HOUR) == 1
        assert notices.give_up_stale(tx, now + HOUR) == 0


def test_one_process_claims_a_notice_and_another_after_the_claim(store, cast, now):
    put(store, cast, now)
    with store.transaction() as tx:
        (row,) = notices.due(tx, now)
        minute = timedelta(minutes=1)

        assert notices.claim(tx, row.id, now, now + minute)
        assert not notices.claim(tx, row.id, now, now + minute)
        assert notices.claim(tx, row.id, now + 2 * minute, now + 3 * minute)


def test_what_is_not_needed_any_more_is_withdrawn_by_its_key_and_nothing_else(store, cast, now):
    for key in ("ladder:a_b:1", "ladder:axb:1", "ladder:a_b:2"):
        put(store, cast, now, key)

    with store.transaction() as tx:
        assert notices.withdraw(tx, "ladder:a_b:", now) == 2

    assert due(store, now) == ["ladder:axb:1"]
