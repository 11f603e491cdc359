"""Words at rest: sealed in every table, in their own place only, and gone with their key."""

from __future__ import annotations

import os
import shutil
import stat
from dataclasses import astuple
from datetime import timedelta, timezone

import pytest
from sqlalchemy import DateTime, select, update
from sqlalchemy.exc import StatementError

from helpline.actions import (
    handing,
    judging,
    listening,
    offering,
    safeguarding,
    summoning,
    viewing,
    visiting,
)
from helpline.domain import emergency
from helpline.domain.safeguarding import Words
from helpline.domain.urgency import Level
from helpline.store import chats, concerns, emergencies, journal, notes
from helpline.store.engines import open_engine
from helpline.store.secrets import digest
from helpline.store.tables import Chat, Message, Offer, SQLModel, Utc
from helpline.store.transaction import Store
from helpline.store.vault import KeyIsGone, Vault
from tests import makers
from tests.cast import make_ready

WORD = "heronfeather"
PLANTED = "reedwarbler"  # another: what a server wrote down once may lie there for a while


@pytest.fixture
def vault(tmp_path) -> Vault:
    made = Vault(tmp_path / "keys")
    made.make_key("chat")
    return made


# -- one word ---------------------------------------------------------------------------------


def test_what_was_sealed_opens_in_its_own_place(vault):
    sealed = vault.seal("chat", "message:1", WORD)

    assert WORD.encode() not in sealed
    assert vault.unseal("chat", "message:1", sealed) == WORD


def test_the_same_words_are_never_sealed_alike(vault):
    assert vault.seal("chat", "message:1", WORD) != vault.seal("chat", "message:1", WORD)


@pytest.mark.parametrize(
    "owner, place", [("chat", "message:2"), ("chat", "note:1"), ("other", "message:1")]
)
def test_what_was_moved_does_not_open(vault, owner, place):
    vault.make_key("other")
    sealed = vault.seal("chat", "message:1", WORD)

    with pytest.raises(KeyIsGone):
        vault.unseal(owner, place, sealed)


def test_what_was_changed_does_not_open(vault):
    sealed = bytearray(vault.seal("chat", "message:1", WORD))
    sealed[-1] ^= 1

    with pytest.raises(KeyIsGone):
        vault.unseal("chat", "message:1", bytes(sealed))


def test_another_chats_key_under_this_name_opens_nothing(vault, tmp_path):
    vault.make_key("other")
    sealed = vault.seal("chat", "message:1", WORD)
    shutil.copy(tmp_path / "keys" / "other.key", tmp_path / "keys" / "chat.key")

    with pytest.raises(KeyIsGone):
        vault.unseal("chat", "message:1", sealed)


@pytest.mark.parametrize(
    "longest, size",
    [(252, 256), (1_020, 1_024), (4_092, 4_096), (16_380, 16_384)],
)
def test_a_length_tells_only_which_of_four_sizes(vault, longest, size):
    beside = 12 + 16  # the nonce and the seal

    assert len(vault.seal("chat", "message:1", "a" * longest)) == size + beside
    assert len(vault.seal("chat", "message:1", "a" * (longest // 4 + 1))) == size + beside
    assert len(vault.seal("chat", "message:1", "a" * (longest + 1))) > size + beside


@pytest.mark.parametrize("words", ["", "\0", "a\0", "\U0001f54a" * 4_000, "ا\u202eب"])
def test_every_text_comes_back_as_it_was(vault, words):
    assert vault.unseal("chat", "message:1", vault.seal("chat", "message:1", words)) == words


# -- keys -------------------------------------------------------------------------------------


def test_keys_are_for_this_user_only(tmp_path):
    before = os.umask(0)
    try:
        Vault(tmp_path / "keys").make_key("chat")
    finally:
        os.umask(before)

    folder, key = tmp_path / "keys", tmp_path / "keys" / "chat.key"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_bytes()) == 32


def test_a_key_that_is_there_is_never_made_anew(vault, tmp_path):
    key = (tmp_path / "keys" / "chat.key").read_bytes()

    vault.make_key("chat")

    assert (tmp_path / "keys" / "chat.key").read_bytes() == key


def test_a_key_is_on_disk_before_anything_is_sealed_with_it(tmp_path, monkeypatch):
    synced: list[str] = []
    really = os.fsync

    def note(handle: int) -> None:
        synced.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "key")
        really(handle)

    monkeypatch.setattr(os, "fsync", note)

    vault = Vault(tmp_path / "keys")
    vault.make_key("chat")
    assert synced == ["key", "folder"]

    vault.destroy("chat")
    assert synced == ["key", "folder", "folder"]


def test_two_chats_have_two_keys(vault, tmp_path):
    vault.make_key("other")

    keys = {each.read_bytes() for each in (tmp_path / "keys").iterdir()}
    assert len(keys) == 2


def test_without_its_key_nothing_opens_and_nothing_can_be_sealed(vault):
    sealed = vault.seal("chat", "message:1", WORD)

    assert vault.destroy("chat")

    assert not vault.holds("chat")
    assert not vault.destroy("chat")
    with pytest.raises(KeyIsGone):
        vault.unseal("chat", "message:1", sealed)
    with pytest.raises(KeyIsGone):
        vault.seal("chat", "message:1", WORD)


# -- the whole database -----------------------------------------------------------------------


@pytest.fixture
def told_everything(store, cast, now) -> str:
    """A chat with a word in every place where somebody may write one; its id."""
    make_ready(store, cast.leo, cast.lin, now=now)
    wish = visiting.Opening(
        makers.client_id(), text=f"{WORD}-first", nickname=f"{WORD}-name", topic=f"{WORD}-topic"
    )
    opened = visiting.open_chat(store, wish, now=now)
    chat = opened.chat_id
    viewing.issue(store, opened.token, now=now)
    holder = next(who for who in (cast.leo, cast.lin) if _took(store, who, chat, now))
    other = cast.lin if holder is cast.leo else cast.leo
    listening.say(store, holder, chat, makers.client_id(), f"{WORD}-answer", now=now)
    judging.write_note(store, holder, chat, f"{WORD}-note", now=now)
    handing.ask_help(store, holder, chat, f"{WORD}-why", now=now)
    judging.assess(store, holder, chat, Level.ELEVATED, f"{WORD}-reason", now=now)
    handing.hand_off(
        store, holder, chat, kind="listener", to_id=other.id, words=f"{WORD}-hand-off", now=now
    )
    call = summoning.begin(store, holder, chat, now=now).id
    known = emergency.Step("place", place={"area": f"{WORD}-area"})
    summoning.log(store, holder, call, known, now=now)
    summoning.log(store, holder, call, emergency.Step("note", f"{WORD}-step"), now=now)
    words = Words(f"{WORD}-concern", f"{WORD}-their-words", f"{WORD}-told")
    raised = safeguarding.Raised("child", words)
    safeguarding.raise_concern(store, holder, chat, raised, now=now)
    visiting.give_feedback(store, opened.token, "same", f"{WORD}-feedback", now=now)
    return chat


def _took(store: Store, who, chat: str, now) -> bool:
    offering.sweep(store, now=now)
    mine = [each for each in makers.offered_to(store, who) if each.chat_id == chat]
    for each in mine:
        listening.accept(store, who, each.id, now=now)
    return bool(mine)


@pytest.fixture
def places_with(databases, store, tmp_path):
    """Every file of this test's database and keys, and every row, in which a word lies open."""

    def look(word: str) -> list[str]:
        files = {str(each): each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()}
        places = files | databases.laid_down(store.engine.url.render_as_string(False))
        return sorted(name for name, held in places.items() if word.encode() in held)

    return look


def test_no_word_lies_open_on_the_disk(store, told_everything, tmp_path, places_with, on):
    assert on == "postgresql" or (tmp_path / "helpline.db-wal").exists()
    assert places_with(WORD) == []

    store.engine.dispose()
    assert places_with(WORD) == []


def test_a_word_that_was_not_sealed_would_be_found(store, told_everything, places_with, now):
    with store.transaction() as tx:
        journal.write(tx, "planted", now=now, words=PLANTED)

    assert places_with(PLANTED) != []


def folder(tmp_path):
    """Where a copy goes."""
    made = tmp_path / "backup"
    made.mkdir()
    return made


def words_of(store: Store, chat: str) -> list[str]:
    """Every word that this store can still read of a chat."""
    with store.reading() as tx:
        row = chats.chat(tx, chat)
        said, _ = chats.messages_after(tx, chat, 0)
        offers = tx.session.scalars(select(Offer).where(Offer.chat_id == chat))
        found = [each.text for each in said] + [each.text for each in notes.of_chat(tx, chat)]
        found += [
            chats.unseal(tx, chat, place, getattr(row, f"{place}_sealed"))
            for place in ("nickname", "topic", "feedback")
        ]
        found += [
            chats.unseal(tx, chat, f"hand_off:{each.id}", each.words_sealed) for each in offers
        ]
        call = emergencies.latest_of(tx, chat)
        found += [*emergencies.place_of(tx, call).values()]
        found += [each.note for each in emergencies.steps(tx, call)]
        for each in concerns.of_chat(tx, chat):
            found += astuple(concerns.words_of(tx, each))
    return [each for each in found if each]


def test_destroying_the_key_makes_every_word_unreadable_in_old_copies_too(
    store, told_everything, databases, tmp_path
):
    store.engine.dispose()
    backup_url = databases.copy(store.engine.url.render_as_string(False), folder(tmp_path))
    written = words_of(store, told_everything)

    store.vault.destroy(told_everything)

    backup = Store(open_engine(backup_url), store.vault)
    assert len(written) == 14
    assert words_of(store, told_everything) == []
    assert words_of(backup, told_everything) == []
    backup.engine.dispose()
    databases.drop(backup_url)


def test_a_backup_with_its_keys_can_be_read(store, told_everything, databases, tmp_path):
    """The other side of the promise: keys are not part of a backup of the database."""
    store.engine.dispose()
    backup_url = databases.copy(store.engine.url.render_as_string(False), folder(tmp_path))

    backup = Store(open_engine(backup_url), store.vault)

    assert len(words_of(backup, told_everything)) == 14
    backup.engine.dispose()
    databases.drop(backup_url)


def test_a_message_that_was_moved_to_another_place_shows_nothing(store, told_everything):
    with store.transaction() as tx:
        first, answer = (
            tx.session.scalar(select(Message).where(Message.author == author))
            for author in ("visitor", "listener")
        )
        swap = update(Message).values(text_sealed=first.text_sealed)
        tx.session.execute(swap.where(Message.id == answer.id))

    with store.reading() as tx:
        said, _ = chats.messages_after(tx, told_everything, 0)
    assert {each.seq: each.text for each in said if each.author != "line"} == {
        first.seq: f"{WORD}-first",
        answer.seq: "",
    }


def test_these_are_the_places_where_people_write():
    """By hand: a new one has to be thought about here."""
    sealed = {
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("_sealed")
    }

    assert sealed == {
        "chats.feedback_sealed",
        "chats.next_step_sealed",
        "chats.nickname_sealed",
        "chats.topic_sealed",
        "concerns.concern_sealed",
        "concerns.their_words_sealed",
        "concerns.told_sealed",
        "emergencies.place_sealed",
        "emergency_steps.note_sealed",
        "follow_ups.words_sealed",
        "hand_offs.words_sealed",
        "contact_plans.words_sealed",  # likewise, destroyed with the last of its chats
        "hand_overs.incidents_sealed",  # a key of their own, destroyed with the row
        "hand_overs.watch_for_sealed",
        "holds.reason_sealed",
        "incidents.answer_sealed",
        "incidents.actions_sealed",  # with the chat's key, or one of their own without a chat
        "incidents.note_sealed",
        "incidents.what_sealed",
        "left_answers.words_sealed",
        "left_messages.words_sealed",
        "messages.text_sealed",
        "notes.text_sealed",
        "offers.words_sealed",
        "people.page_url_sealed",
        "people.totp_sealed",
        "readings.reason_sealed",
        "read_alongs.reason_sealed",
        "return_codes.note_sealed",
        "view_tickets.token_sealed",
    }


def test_tokens_and_tickets_are_kept_as_hashes(store, cast, now):
    make_ready(store, cast.leo, now=now)
    opened = makers.open_chat(store, now=now)
    ticket = viewing.issue(store, opened.token, now=now)

    with store.reading() as tx:
        kept = {
            str(value)
            for table in SQLModel.metadata.sorted_tables
            for row in tx.session.execute(select(table))
            for value in row
        }

    assert digest(opened.token) in kept
    assert digest(ticket) in kept
    assert opened.token not in kept
    assert ticket not in kept


# -- time -------------------------------------------------------------------------------------


def test_a_naive_time_is_refused_by_the_store(store, cast, now):
    with pytest.raises(StatementError, match="naive"), store.transaction() as tx:
        tx.session.execute(update(Chat).values(arrived_at=now.replace(tzinfo=None)))


def test_times_come_back_as_aware_utc_whatever_zone_they_had(store, cast, now):
    make_ready(store, cast.leo, now=now)
    opened = makers.open_chat(store, now=now)
    elsewhere = now.astimezone(timezone(timedelta(hours=9)))
    with store.transaction() as tx:
        tx.session.execute(update(Chat).values(ended_at=elsewhere))

    ended = makers.chat_row(store, opened.chat_id).ended_at

    assert ended == now
    assert ended.utcoffset() == timedelta(0)


def test_every_time_in_every_table_is_of_this_kind():
    kinds = [
        type(column.type)
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, DateTime | Utc)
    ]

    assert len(kinds) > 30
    assert set(kinds) == {Utc}
