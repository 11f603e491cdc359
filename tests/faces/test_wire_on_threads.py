"""The way out of eventlet stays open: some of what the wire promises, from HELPLINE_ASYNC=threading."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faces import test_wire_listener as listener
from tests.faces import test_wire_order as order
from tests.faces import test_wire_sign_in as sign_in
from tests.faces import test_wire_visitor as visitor
from tests.faces.strangers import Floor
from tests.server import Program

pytestmark = pytest.mark.sockets


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    server = Program(tmp_path_factory.mktemp("threads"), ASYNC="threading").start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def everybody(practice: Program) -> Iterator[Floor]:
    floor = Floor(practice)
    yield floor
    floor.store.engine.dispose()


test_order = order.test_messages_arrive_ascending_on_every_socket_while_both_sides_write
test_the_ack_first = order.test_on_the_sending_socket_the_ack_comes_first
test_resuming = order.test_what_was_missed_while_away_comes_with_resume
test_critical_words = visitor.test_words_that_turn_critical_bring_the_card_with_their_ack
test_the_same_again = visitor.test_saying_the_same_again_is_the_same_answer_and_no_second_message
test_typing = visitor.test_typing_reaches_the_listener_and_never_the_text
test_leaving_quickly = visitor.test_leaving_quickly_voids_the_token_at_once
test_boards = listener.test_a_board_comes_by_itself_and_its_version_only_rises
test_offers = listener.test_accepting_gives_the_chat_with_its_words_and_flags
test_declining = listener.test_a_declined_offer_passes_on_and_is_gone
test_foreign_chats = listener.test_somebody_elses_chat_is_as_unknown_as_none
test_revoked_sessions = sign_in.test_a_session_that_was_revoked_elsewhere_acts_no_more
