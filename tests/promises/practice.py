"""A practice server whose database and keys a test may read beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helpline import clock
from helpline.actions import entering
from helpline.store.engines import open_engine
from helpline.store.secrets import new_token
from helpline.store.transaction import Store
from helpline.store.vault import Vault
from tests.server import Client, Server
from tests.week import Week


class House(Server):
    """A server in a copy of the practice week. `fault` names one of `planted.FAULTS`."""

    def __init__(self, week: Week, folder: Path, *, fault: str = "", **environ: str) -> None:
        self.week, self.url_of_database = week, week.copy(folder)
        super().__init__(folder, PLANTED=fault, DATABASE_URL=self.url_of_database, **environ)
        self.store = Store(open_engine(self.url_of_database), Vault(folder / "keys"))

    def token(self, name: str) -> str:
        """As `flask people token`, without the wait for a process."""
        return entering.make_token(self.store, f"{name}@example.org", now=clock.now())

    def staff(self, name: str, namespace: str = "/listener") -> Client:
        return Client(self, namespace, {"token": self.token(name)})

    def visitor(self) -> Client:
        return Client(self, "/visitor")

    def person_id(self, name: str) -> str:
        with self.store.reading() as tx:
            return entering.people.by_email(tx, f"{name}@example.org").id  # type: ignore[union-attr]

    def close(self) -> None:
        self.stop()
        self.store.engine.dispose()
        self.week.databases.drop(self.url_of_database)


@contextmanager
def rising(week: Week, folder: Path, *, fault: str = "") -> Iterator[House]:
    """A house that may be killed often, and is at the end."""
    house = House(week, folder, fault=fault)
    try:
        yield house.start()
    finally:
        house.kill()
        house.close()


@contextmanager
def serving(week: Week, folder: Path, *, fault: str = "", **environ: str) -> Iterator[House]:
    house = House(week, folder, fault=fault, **environ)
    try:
        yield house.start()
    finally:
        house.close()


def client_id() -> str:
    return new_token()[:32].replace("_", "x")
