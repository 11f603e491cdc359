"""Who comes back may talk to the same listener where that is allowed, and leave them a note."""

from __future__ import annotations

from datetime import timedelta

import pytest

from helpline.actions import forgetting, furnishing, listening, returning, sparing, visiting
from helpline.boards import listener as listener_board
from helpline.boards import lookback
from helpline.domain import errors
from helpline.domain.access import Who
from helpline.domain.urgency import Level
from helpline.store import returns
from tests import makers
from tests.actions.evening import CRITICAL, HIGH, ROUTINE, Evening

CODES = (f"hash-{number}" for number in range(1_000))
OF_A_CHILD = "I am 12 years old and my dad hits me"
AGAIN = returning.Choices(same_listener=True)


@pytest.fixture
def pushed_by() -> str:
    """Nobody is asked but by the sweeps of these tests."""
    return "sweeps"


@pytest.fixture
def allowed(evening: Evening) -> Evening:
    """The organisation allows it; Leo and Lin are ready."""
    furnishing.tune(evening.store, "way_back", {"same_listener": 1}, now=evening.now)
    evening.hold_open()
    evening.ready(evening.cast.leo, evening.cast.lin)
    return evening


def talked(evening: Evening, who: Who, text: str | None = ROUTINE, note: str | None = None) -> str:
    """A conversation with this person that is over; its code's hash."""
    return kept(evening, evening.talks(who, text), who, note)


def kept(evening: Evening, opened: visiting.Opened, who: Who, note: str | None = None) -> str:
    code = next(CODES)
    returning.keep(evening.store, opened.token, code, note=note, now=evening.now)
    evening.closes(who, opened.chat_id, anyway="we said goodbye")
    evening.now += timedelta(minutes=20)  # the rest after a chat is over
    evening.connected.discard(opened.chat_id)
    evening.sweep("wrap_ups")
    evening.ready(*evening.here)
    return code


def comes(
    evening: Evening, code: str, choices: returning.Choices = AGAIN, text: str | None = None
) -> visiting.Opened:
    wish = visiting.Opening(makers.client_id(), text=text)
    opened = returning.come_again(evening.store, code, wish, choices, now=evening.now)
    evening.connected.add(opened.chat_id)
    evening.sweep()
    return opened


def may_ask(evening: Evening, code: str) -> bool:
    return returning.offered(evening.store, code, now=evening.now).same_listener


def lead_leaves(evening: Evening) -> None:
    evening.loses(evening.cast.sol)
    evening.passes(95)


@pytest.mark.parametrize("who", ["leo", "lin"])
def test_the_same_listener_is_asked_and_no_other(allowed: Evening, who: str) -> None:
    same: Who = getattr(allowed.cast, who)
    code = talked(allowed, same)
    assert may_ask(allowed, code)

    again = comes(allowed, code)

    assert allowed.asked(again.chat_id) == [same.name]
    assert makers.transcript(allowed.store, again.chat_id) == []


def test_without_the_wish_nothing_ties_the_chats_together(allowed: Evening) -> None:
    code = talked(allowed, allowed.cast.leo)

    again = comes(allowed, code, returning.NOTHING)

    with allowed.store.reading() as tx:
        assert returns.comeback(tx, again.chat_id) is None
        assert returns.wishes(tx, [again.chat_id]) == {}


def test_where_it_is_not_allowed_nobody_is_asked_and_the_wish_counts_for_nothing(
    allowed: Evening,
) -> None:
    furnishing.tune(allowed.store, "way_back", {"same_listener": 0}, now=allowed.now)
    code = talked(allowed, allowed.cast.leo)

    assert not may_ask(allowed, code)
    again = comes(allowed, code)

    with allowed.store.reading() as tx:
        assert returns.wishes(tx, [again.chat_id]) == {}


def test_after_two_minutes_anybody_is_asked(allowed: Evening) -> None:
    leo = allowed.cast.leo
    code = talked(allowed, leo)
    for _ in range(2):
        allowed.talks(leo)  # all seats of Leo are taken
    again = comes(allowed, code)

    allowed.passes(110)
    assert allowed.asked(again.chat_id) == []
    allowed.passes(20)
    assert allowed.asked(again.chat_id) == ["Lin"]


def test_who_passes_is_not_waited_for(allowed: Evening) -> None:
    again = comes(allowed, talked(allowed, allowed.cast.leo))

    allowed.declines(allowed.cast.leo)
    allowed.sweep()

    assert allowed.asked(again.chat_id) == ["Lin"]


@pytest.mark.parametrize("words", [HIGH, CRITICAL])
def test_nobody_at_risk_waits_for_the_same_listener(allowed: Evening, words: str) -> None:
    leo = allowed.cast.leo
    code = talked(allowed, leo)
    for _ in range(2):
        allowed.talks(leo)

    again = comes(allowed, code, text=words)

    assert "Lin" in allowed.asked(again.chat_id)


def test_so_many_times_and_no_more_and_the_leads_see_it(allowed: Evening) -> None:
    leo, cast = allowed.cast.leo, allowed.cast
    code = talked(allowed, leo)
    for _ in range(2):
        assert may_ask(allowed, code)
        again = comes(allowed, code)
        assert allowed.accepts(leo) == again.chat_id
        code = kept(allowed, again, leo)

    assert not may_ask(allowed, code)
    shown = lookback.board(allowed.store, cast.sol, allowed.now)["again"]
    assert [(each["name"], each["times"]) for each in shown] == [("Leo", 3)]
    allowed.now += timedelta(days=31)
    assert lookback.board(allowed.store, cast.sol, allowed.now)["again"] == []


def test_with_a_minor_only_while_a_lead_is_here_who_hears_of_it(allowed: Evening) -> None:
    leo = allowed.cast.leo
    code = talked(allowed, leo, OF_A_CHILD)
    assert not may_ask(allowed, code)
    allowed.ready(allowed.cast.sol)
    assert may_ask(allowed, code)

    again = comes(allowed, code)

    assert allowed.asked(again.chat_id) == ["Leo"]
    assert allowed.alerts()["same_listener_minor"].chat_id == again.chat_id


def test_a_child_is_one_in_the_chats_that_follow_too(allowed: Evening) -> None:
    """The second chat says nothing of it."""
    leo = allowed.cast.leo
    code = talked(allowed, leo, OF_A_CHILD)
    allowed.ready(allowed.cast.sol)
    again = comes(allowed, code)
    assert allowed.accepts(leo) == again.chat_id
    code = kept(allowed, again, leo)
    assert may_ask(allowed, code)

    lead_leaves(allowed)

    assert not may_ask(allowed, code)


def test_a_lead_who_is_gone_since_leaves_the_minor_to_anybody(allowed: Evening) -> None:
    leo = allowed.cast.leo
    code = talked(allowed, leo, OF_A_CHILD)
    allowed.ready(allowed.cast.sol)
    for _ in range(2):
        allowed.talks(leo)
    again = comes(allowed, code)
    assert allowed.asked(again.chat_id) == []

    lead_leaves(allowed)

    asked = {each.person_id for each in allowed.offers_of(again.chat_id)}
    assert asked == {allowed.cast.lin.id}
    assert "same_listener_minor" not in allowed.alerts()


def test_who_is_kept_apart_stays_so_in_the_fresh_chat(allowed: Evening) -> None:
    leo = allowed.cast.leo
    opened = allowed.talks(leo)
    sparing.keep_apart(allowed.store, leo, opened.chat_id, apart=True, now=allowed.now)
    code = kept(allowed, opened, leo)

    assert not may_ask(allowed, code)
    again = comes(allowed, code)

    assert allowed.asked(again.chat_id) == ["Lin"]


def test_what_is_erased_counts_no_more(allowed: Evening) -> None:
    leo = allowed.cast.leo
    again = comes(allowed, talked(allowed, leo))
    allowed.accepts(leo)
    allowed.closes(leo, again.chat_id)

    forgetting.erase(allowed.store, again.token, now=allowed.now)

    assert lookback.board(allowed.store, allowed.cast.sol, allowed.now)["again"] == []


# -- a note for the next listener -----------------------------------------------------------------


def notes_seen(evening: Evening, who: Who, chat_id: str) -> list[tuple[str, str]]:
    shown = listener_board.chat_of(evening.store, who, chat_id, evening.now)
    return [(each["kind"], each["text"]) for each in shown["notes"]]


def test_a_kept_note_is_seen_by_whoever_takes_the_chat_if_the_visitor_says_so(
    allowed: Evening,
) -> None:
    lin = allowed.cast.lin
    code = talked(allowed, allowed.cast.leo, note="call me heron")
    assert returning.offered(allowed.store, code, now=allowed.now).note

    allowed.loses(allowed.cast.leo)
    allowed.passes(95)
    again = comes(allowed, code, returning.Choices(share_note=True))
    allowed.accepts(lin)

    assert notes_seen(allowed, lin, again.chat_id) == [("from_visitor", "call me heron")]
    assert makers.transcript(allowed.store, again.chat_id)[0].startswith("[")


@pytest.mark.parametrize(
    "choices, seen",
    [
        (returning.NOTHING, []),
        (returning.Choices(note="slowly please"), [("from_visitor", "slowly please")]),
        (
            returning.Choices(share_note=True, note="slowly please"),
            [("from_visitor", "slowly please")],
        ),
    ],
)
def test_nothing_is_seen_but_what_the_visitor_chooses(allowed: Evening, choices, seen) -> None:
    leo = allowed.cast.leo
    code = talked(allowed, leo, note="call me heron")
    allowed.loses(allowed.cast.lin)
    allowed.passes(95)

    again = comes(allowed, code, choices)
    allowed.accepts(leo)

    assert notes_seen(allowed, leo, again.chat_id) == seen


def test_a_note_goes_with_its_chat_and_with_the_code(allowed: Evening) -> None:
    leo = allowed.cast.leo
    opened = allowed.talks(leo)
    returning.keep(allowed.store, opened.token, "first", note="heron", now=allowed.now)
    returning.keep(allowed.store, opened.token, "second", now=allowed.now)

    with pytest.raises(errors.UnknownCode):
        returning.offered(allowed.store, "first", now=allowed.now)
    assert not returning.offered(allowed.store, "second", now=allowed.now).note


def test_a_note_is_heard_when_it_is_written_and_where_it_is_seen(allowed: Evening) -> None:
    opened = allowed.talks(allowed.cast.leo)

    urgent = returning.keep(allowed.store, opened.token, "hash", note=CRITICAL, now=allowed.now)

    assert urgent
    assert allowed.chat(opened).level == Level.CRITICAL
    listening.be_here(allowed.store, allowed.cast.leo, now=allowed.now)
    again = comes(allowed, "hash", returning.Choices(share_note=True))
    assert allowed.chat(again).level == Level.CRITICAL
