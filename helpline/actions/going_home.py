"""How a volunteer leaves a shift: counted without a name; who wants a call is called."""

from __future__ import annotations

from datetime import datetime

from helpline.actions import directing
from helpline.domain import access, care, errors
from helpline.domain.access import Role, Who
from helpline.store import journal
from helpline.store.transaction import Store


def leave(store: Store, who: Who, how: str, *, now: datetime) -> None:
    """`fine` and `heavy` are counts and nobody's; `call` tells the coordinators who it is.

    Refused: `bad_request`, `not_allowed`.
    """
    access.require(who, "be_present")
    if how not in care.LEAVINGS:
        raise errors.BadRequest(field="how")
    with store.transaction() as tx:
        journal.write(tx, "leaving", now=now, how=how)
        if how == care.WANTS_CALL:
            roles = (Role.COORDINATOR,)
            directing.tell(tx, "wants_call", who.id, now=now, roles=roles, person_id=who.id)
