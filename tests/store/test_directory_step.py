"""The step that widens the directory: what was in it says the same as before."""

from __future__ import annotations

import json
from datetime import time

import sqlalchemy as sa
from alembic import command

from helpline.domain import schedules
from helpline.store import migrations, resources
from helpline.store.engines import open_engine
from helpline.store.transaction import Store
from helpline.store.vault import Vault

EVENINGS = {"zone": "Europe/Dublin", "days": [0, 2], "from": "18:00", "to": "22:00"}


def step(engine, to, way="upgrade") -> None:
    with engine.connect() as connection:
        config = migrations._config()
        config.attributes["connection"] = connection
        getattr(command, way)(config, to)
        connection.commit()


def test_hours_become_rules_and_weekly_hours_again(fresh_url, tmp_path):
    engine = open_engine(fresh_url)
    step(engine, "0002")
    row = {
        "operator": "", "country": "IE", "languages": "[]", "topics": "[]", "ways": "[]",
        "cost": "free", "note": "", "source": "https://a.example", "seen_on": "2026-11-22",
    }  # fmt: skip
    with engine.begin() as connection:
        for id, hours in (("always", []), ("evenings", [EVENINGS])):
            connection.execute(
                sa.text(
                    "INSERT INTO resources (id, name, emergency, hours, " + ", ".join(row) + ") "
                    "VALUES (:id, :id, false, :hours, "
                    + ", ".join(f":{each}" for each in row)
                    + ")"
                ),
                {**row, "id": id, "hours": json.dumps(hours)},
            )

    migrations.upgrade(engine)
    with Store(engine, Vault(tmp_path / "keys")).reading() as tx:
        found = {each.id: each for each in resources.all_resources(tx)}

    assert found["always"].hours == ()
    assert found["evenings"].hours == (
        schedules.weekly("Europe/Dublin", [0, 2], time(18), time(22)),
    )

    with engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE resources SET hours = "
            '\'[{"zone": "UTC", "freq": "MONTHLY", "bymonthday": [10]}]\' WHERE id = \'always\''
        )
    step(engine, "0002", "downgrade")
    with engine.begin() as connection:
        hours = connection.exec_driver_sql("SELECT id, hours FROM resources").all()
    engine.dispose()

    assert [(id, json.loads(it) if isinstance(it, str) else it) for id, it in hours] == [
        ("evenings", [EVENINGS])  # the other's rule could not be said, and it is not always open
    ]
