"""What volunteers say about being called: whether they may be asked, and whether they come."""

from __future__ import annotations

from datetime import datetime

from helpline.actions import directing, listening
from helpline.domain import access, callouts, errors, events
from helpline.domain.access import Who
from helpline.store import callouts as rows
from helpline.store import floor, journal, people
from helpline.store.tables import Ask, CallOut
from helpline.store.transaction import Store, Transaction


def choose_when(store: Store, who: Who, word: str, *, now: datetime) -> None:
    """Whether, and at what hours, this person may be asked off shift. Refused: `bad_request`."""
    with store.transaction() as tx:
        access.require(who, "answer_call_out")
        when = callouts.require_when(word)

        row = people.person(tx, who.id)
        row.may_be_asked = when
        tx.session.add(row)
        journal.write(tx, "may_be_asked", now=now, person_id=who.id, when=when)
        tx.announce(events.PresenceChanged(who.id))


def answer(
    store: Store, who: Who, call_out_id: str, *, comes: bool, here: bool, now: datetime
) -> bool:
    """Comes, or not now; also without having been asked, and taken back at any time.

    Whoever comes is on shift until the call-out is over, and if they are `here`, at a console,
    ready at once. False when it is over already: a thank-you, and nothing else. Refused:
    `not_found`.
    """
    with store.transaction() as tx:
        access.require(who, "answer_call_out")
        it = rows.call_out(tx, call_out_id)
        asked = rows.ask_of(tx, it.id, who.id)
        if it.over_at is not None and asked is None:
            raise errors.NotFound

        _keep(tx, it, asked or rows.ask(tx, it.id, who.id, 0, now), comes, now)
        if it.over_at is not None:
            return False
        if comes and here:
            listening.stand_ready(tx, who, now)
        elif not comes and who.id not in floor.on_shift(tx, now):
            listening.stand_away(tx, who, now)
        if comes:
            directing.settle(tx, "nobody_to_ask", "line", now)
        return True


def _keep(tx: Transaction, it: CallOut, asked: Ask, comes: bool, now: datetime) -> None:
    """The first yes counts from when it was said; what was not sent need not be."""
    word = "yes" if comes else "no"
    if asked.answer == word:
        return
    asked.answer, asked.answered_at = word, now
    if asked.sent_at is None:
        asked.given_up_at = asked.given_up_at or now
    tx.session.add(asked)
    tx.session.flush()
    kind = "call_out_late" if it.over_at is not None else f"call_out_{word}"
    journal.write(tx, kind, now=now, person_id=asked.person_id)
    tx.announce(events.CallOutChanged(it.id))
