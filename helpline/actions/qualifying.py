"""Trainings and checks: who has which and until when, who learns still, who is warned in time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from helpline.domain import access, checks, eligibility, errors, events
from helpline.domain.access import Role, Who
from helpline.store import journal, line, notices, people, wishes
from helpline.store.secrets import new_id
from helpline.store.shift_tables import Qualification
from helpline.store.transaction import Store, Transaction


def keep(
    store: Store,
    who: Who,
    person_id: str,
    name: str,
    given_on: date,
    valid_until: date | None,
    *,
    now: datetime,
) -> str:
    """What somebody has, and until which day; one of each name, so that keeping it again renews
    it, and warnings about the old end that have not left do not leave. Refused: `bad_request`."""
    with store.transaction() as tx:
        access.require(who, "plan")
        name = checks.clean_name(name)
        checks.require_days(given_on, valid_until)
        if not people.person(tx, person_id).active:
            raise errors.NotFound
        row = wishes.check_named(tx, person_id, name)
        if row is None:
            row = Qualification(id=new_id(), person_id=person_id, name=name, given_on=given_on)
        elif row.valid_until != valid_until:
            notices.withdraw(tx, f"check:{row.id}:", now)

        row.given_on, row.valid_until, row.checked_by = given_on, valid_until, who.id
        tx.session.add(row)
        _tell(tx, "check_kept", who, now, of=person_id)
        return row.id


def drop(store: Store, who: Who, check_id: str, *, now: datetime) -> None:
    """It does not count any more. Refused: `not_found`."""
    with store.transaction() as tx:
        access.require(who, "plan")
        row = wishes.check(tx, check_id)

        notices.withdraw(tx, f"check:{row.id}:", now)
        tx.session.delete(row)
        _tell(tx, "check_dropped", who, now, of=row.person_id)


def require_checks(store: Store, who: Who, names: Sequence[str], *, now: datetime) -> None:
    """What everybody who takes a shift must have from now on."""
    with store.transaction() as tx:
        access.require(who, "plan")
        wanted = checks.clean_names(names)
        row = line.line(tx)

        row.policies = {**row.policies, eligibility.CHECKS: wanted}
        tx.session.add(row)
        _tell(tx, "checks_required", who, now, count=len(wanted))


def set_training(
    store: Store, who: Who, person_id: str, in_training: bool, *, now: datetime
) -> None:
    """Whether somebody learns still: they serve beside a mentor, and are no cover."""
    with store.transaction() as tx:
        access.require(who, "plan")
        person = people.person(tx, person_id)
        if not person.active:
            raise errors.NotFound

        person.in_training = in_training
        tx.session.add(person)
        _tell(tx, "training_set", who, now, of=person_id, on=in_training)


def warn(store: Store, *, now: datetime) -> int:
    """Tells people and coordinators of what ends soon: each step once, only the nearest, and
    nothing once it is renewed. However late or often it runs, it comes to the same."""
    with store.reading() as tx:
        wanted = list(_wanted(tx, now))
        missing = {each.key for each in wanted} - notices.keys(tx, [each.key for each in wanted])
    if not missing:
        return 0
    with store.transaction() as tx:
        return sum(
            notices.add(
                tx,
                key=each.key,
                person_id=each.person_id,
                kind=each.kind,
                detail={"number": each.due.days},
                due_at=now,
                valid_until=each.due.until,
                now=now,
            )
            for each in _wanted(tx, now)
        )


class _Warning(NamedTuple):
    key: str
    person_id: str
    kind: str
    due: checks.Due


def _wanted(tx: Transaction, now: datetime) -> Iterator[_Warning]:
    """Every warning that is true now: to whom it concerns, and to every coordinator."""
    zone = line.line(tx).zone
    coordinators = [each.id for each in people.with_role(tx, Role.COORDINATOR)]
    for row in wishes.checks(tx):
        due = checks.due(zone, row.valid_until, now) if row.valid_until else None
        if due is None:
            continue
        for person_id in dict.fromkeys([row.person_id, *coordinators]):
            kind = "check_ends" if person_id == row.person_id else "check_of_other_ends"
            key = f"check:{row.id}:{row.valid_until}:{due.days}:{person_id}"
            yield _Warning(key, person_id, kind, due)


def _tell(tx: Transaction, kind: str, who: Who, now: datetime, **detail: Any) -> None:
    journal.write(tx, kind, now=now, person_id=who.id, **detail)
    tx.announce(events.RosterChanged())
