"""What a journey left behind: the database against what the pages were told."""

from __future__ import annotations

from sqlalchemy import select

from helpline.store import chats
from helpline.store.engines import open_engine
from helpline.store.tables import Chat, Message
from helpline.store.transaction import Store
from helpline.store.vault import Vault
from tests.journeys.people import Watched
from tests.server import Server


def open_records(server: Server) -> Store:
    engine = open_engine(f"sqlite:///{server.database}")
    return Store(engine, Vault(server.folder / "keys"))


def every_acknowledged_word_is_kept(server: Server, *people: Watched) -> None:
    """Each acknowledged client id stands once in the database, under the seq and words it had;
    and no chat has a hole."""
    store = open_records(server)
    with store.reading() as tx:
        for person in people:
            for client_id, ack in person.acked.items():
                query = select(Message).where(Message.client_id == client_id)
                rows = list(tx.session.scalars(query))
                assert [row.seq for row in rows] == [ack["seq"]]
                said = chats.said_with(tx, rows[0].chat_id, client_id)
                assert said is not None
                assert said.text == (ack["text"] or "")
        for chat in tx.session.scalars(select(Chat)):
            said, _ = chats.messages_after(tx, chat.id, 0)
            assert [each.seq for each in said] == list(range(1, chat.last_seq + 1))
    assert any(person.acked for person in people)
    store.engine.dispose()


def server_was_calm(server: Server) -> None:
    """Nothing in the log: no fault, no trace, no request."""
    assert server.log.read_text() == ""
