"""Two listeners never get one chat: fifty times at once, from threads, processes and sockets."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy.exc import IntegrityError

from helpline import clock
from helpline.domain.access import Who
from helpline.store import chats, engines
from helpline.store.secrets import new_id
from helpline.store.tables import Holding
from tests import makers
from tests.cast import make_ready
from tests.databases import BOTH
from tests.promises import racing
from tests.promises.practice import serving
from tests.promises.racing import violations

KINDS = pytest.mark.parametrize("kind", ["offer", "hand_off"])


@pytest.fixture(params=BOTH)
def on(request):
    return request.param


@pytest.fixture
def week(weeks, on):
    return weeks(on)


@pytest.fixture
def contest(store, cast, now):
    """The rounds and who races in them: Leo and Lin for offers, Lin and Sol for Leo's hand-offs."""

    def make(kind: str, times: int | None = None) -> tuple[list[racing.Round], list[Who]]:
        make_ready(store, cast.leo, cast.lin, cast.sol, now=now)
        two, sender = (
            ([cast.leo, cast.lin], None) if kind == "offer" else ([cast.lin, cast.sol], cast.leo)
        )
        return racing.rounds_of(
            store, two, now=now, sender=sender, times=times or racing.TIMES[kind]
        ), two

    return make


@pytest.fixture
def race_threads(contest, store, open_again, now, monkeypatch):
    """Two threads with two stores on one database, with these faults: what was not as promised."""

    def run(kind: str, faults: list[str]) -> list[str]:
        broken = "no_where" in faults
        rounds, two = contest(kind, racing.A_FEW if broken else None)
        if "no_index" in faults:
            racing.drop_index(store)
        racing.plant(faults, monkeypatch.setattr)
        contenders = {who.id: partial(_take, open_again(), who, now) for who in two}
        return violations(store, rounds, racing.race(rounds, contenders))

    return run


def _take(store, who, now, offer):
    return racing.accept(store, who, offer, now)


@KINDS
@pytest.mark.parametrize("reads", [[], ["stale_reads"]])
def test_of_two_stores_one_wins_each_time(race_threads, kind, reads):
    assert race_threads(kind, reads) == []


@KINDS
@pytest.mark.parametrize(
    "faults",
    [["stale_reads", "no_where"], ["stale_reads", "no_where", "no_index"]],
)
def test_a_claim_that_does_not_look_is_found_out(race_threads, kind, faults):
    assert len(race_threads(kind, faults)) >= racing.A_FEW


@KINDS
@pytest.mark.parametrize("on", ["postgresql"])
def test_the_claim_alone_decides_where_writers_run_side_by_side(
    contest, store, open_again, now, monkeypatch, kind
):
    """Without the turn that writers take on PostgreSQL, the one UPDATE still has one winner."""
    rounds, two = contest(kind)
    monkeypatch.setattr(engines, "_begin_postgresql", lambda _: None)
    sender = rounds[0].epoch == 2 and _holder(store, rounds[0].chat)
    contenders = {who.id: partial(_claim, open_again(), who, now, rounds, sender) for who in two}

    outcomes = racing.race(rounds, contenders)

    won = list(zip(*outcomes.values(), strict=True))
    assert [each.count(racing.WON) for each in won] == [1] * len(rounds)


def _holder(store, chat):
    return makers.chat_row(store, chat).holder_id


def _claim(store, who, now, rounds, sender, offer):
    chat = next(each.chat for each in rounds if offer in each.offers.values())
    with store.transaction() as tx:
        claimed = chats.claim(tx, chat, who.id, now, from_id=sender or None)
    return racing.WON if claimed else "offer_taken"


@KINDS
def test_of_two_processes_one_wins_each_time(contest, store, tmp_path, now, kind):
    rounds, two = contest(kind)

    outcomes = racing.race_in_processes(
        rounds, two, store.engine.url, tmp_path / "keys", ["stale_reads"], now
    )

    assert violations(store, rounds, outcomes) == []


def test_in_processes_too_a_claim_that_does_not_look_is_found_out(contest, store, tmp_path, now):
    rounds, two = contest("offer", racing.A_FEW)
    faults = ["stale_reads", "no_where"]

    outcomes = racing.race_in_processes(
        rounds, two, store.engine.url, tmp_path / "keys", faults, now
    )

    assert violations(store, rounds, outcomes) != []


@pytest.mark.sockets
@KINDS
def test_of_two_connections_one_wins_each_time(week, tmp_path, kind):
    with serving(week, tmp_path / "house") as house:
        now = clock.now()
        people = {name: Who(house.person_id(name), name) for name in ("leo", "lin", "sol")}
        names, sender = (
            (["leo", "lin"], None) if kind == "offer" else (["lin", "sol"], people["leo"])
        )
        clients = {name: house.staff(name) for name in names}
        there = house.staff("leo")  # who hands off and is gone would lose their chats instead
        rounds = racing.rounds_of(
            house.store,
            [people[name] for name in names],
            now=now,
            sender=sender,
            times=racing.TIMES[kind],
        )

        outcomes = racing.race(
            rounds, {people[name].id: partial(_ask, client) for name, client in clients.items()}
        )

        found = violations(house.store, rounds, outcomes)
        for client in (there, *clients.values()):
            client.close()
    assert found == []


def _ask(client, offer):
    ack = client.ask("accept", offer=offer)
    return racing.WON if ack["ok"] else ack["error"]["code"]


@KINDS
def test_the_same_listener_from_two_pages_takes_it_once(contest, store, open_again, now, kind):
    rounds, (who, _) = contest(kind, racing.A_FEW)
    contenders = {f"{who.id}#{page}": partial(_take, open_again(), who, now) for page in (1, 2)}

    outcomes = racing.race(rounds, contenders)

    assert violations(store, rounds, outcomes, winners=2) == []


# -- the second lock --------------------------------------------------------------------------


def holds_twice(store, cast, now) -> bool:
    """Whether the database lets two people hold one chat."""
    make_ready(store, cast.leo, now=now)
    chat = makers.open_chat(store, now=now).chat_id
    try:
        with store.transaction() as tx:
            for who in (cast.leo, cast.lin):
                tx.session.add(
                    Holding(id=new_id(), chat_id=chat, person_id=who.id, epoch=1, since=now)
                )
                tx.session.flush()
    except IntegrityError:
        return False
    return True


def test_the_database_itself_refuses_a_second_holder(store, cast, now):
    assert not holds_twice(store, cast, now)


def test_without_the_index_it_would_not(store, cast, now):
    racing.drop_index(store)

    assert holds_twice(store, cast, now)


def test_a_chat_that_was_held_before_may_be_held_again(store, cast, now):
    make_ready(store, cast.leo, now=now)
    chat = makers.open_chat(store, now=now).chat_id

    with store.transaction() as tx:
        for until in (now, now, None):
            tx.session.add(
                Holding(
                    id=new_id(),
                    chat_id=chat,
                    person_id=cast.leo.id,
                    epoch=1,
                    since=now,
                    until=until,
                )
            )

    assert makers.chat_row(store, chat).id == chat
