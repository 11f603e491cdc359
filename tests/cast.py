"""The cast: Vera visits, Leo and Lin listen, Sol leads the shift, Cora coordinates, Max is a stranger."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from helpline.actions import entering, furnishing, listening, planning
from helpline.domain.access import Role, Who
from helpline.store.transaction import Store

DAWN = timedelta(days=14)  # the shifts of the cast began two weeks ago


@dataclass(frozen=True)
class Cast:
    leo: Who
    lin: Who
    sol: Who
    cora: Who
    max: Who = field(default_factory=lambda: Who("max", "Max", frozenset()))


def settle_in(store: Store, now: datetime, *, by_hand: str | None = None) -> Cast:
    """A line in Dublin around the clock: Leo and Lin listen, Sol leads; nobody is ready yet."""
    furnishing.set_up_line(
        store,
        name="Harbour Line",
        zone="Europe/Dublin",
        country="IE",
        languages=["en", "es"],
        by_hand=by_hand,
        now=now,
    )
    cast = Cast(
        leo=_person(store, "leo", [Role.LISTENER], now),
        lin=_person(store, "lin", [Role.LISTENER], now, languages=["en", "es"]),
        sol=_person(store, "sol", [Role.LISTENER, Role.LEAD], now),
        cora=_person(store, "cora", [Role.COORDINATOR], now),
    )
    planned, since = now - DAWN, (now - DAWN).date()
    for weekday in range(7):
        pattern = planning.add_pattern(
            store, cast.cora, "All day", weekday, time(0), time(0), since, now=planned
        )
        for who, role in ((cast.leo, "listener"), (cast.lin, "listener"), (cast.sol, "lead")):
            planning.book(store, cast.cora, pattern, who.id, role, since, now=planned)
    return cast


def _person(
    store: Store, name: str, roles: list[Role], now: datetime, languages: list[str] | None = None
) -> Who:
    made = entering.add_person(
        store,
        email=f"{name}@example.org",
        name=name.title(),
        roles=[str(role) for role in roles],
        languages=languages or ["en"],
        skills=["minors", "abuse"],
        seats=2,
        password=None,
        now=now,
    )
    return Who(made.id, made.name, frozenset(made.roles))


def make_ready(store: Store, *people: Who, now: datetime) -> None:
    for who in people:
        listening.get_ready(store, who, now=now)
