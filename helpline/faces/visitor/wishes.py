"""What a visitor's words and forms ask for, read once for the live page and for plain forms."""

from __future__ import annotations

from helpline.actions import visiting
from helpline.domain import chat as rules
from helpline.domain import errors, text, way_back
from helpline.faces import wire
from helpline.faces.visitor import languages
from helpline.faces.wire import Payload


def wish_from(payload: Payload, language: str) -> visiting.Opening:
    """What a visitor comes with. Refused: `bad_request`, `too_long`; `empty` for blank words."""
    words = payload.get("text")
    if words is not None:
        words = text.clean(words, limit=rules.MESSAGE_LENGTH, field="text")
    return visiting.Opening(
        client_id=wire.word(payload, "client_id"),
        text=words,
        language=language,
        nickname=text.clean_or_none(
            payload.get("nickname"), limit=rules.NICKNAME_LENGTH, field="nickname"
        ),
        topic=text.clean_or_none(payload.get("topic"), limit=rules.TOPIC_LENGTH, field="topic"),
    )


def language_from(payload: Payload) -> str | None:
    """The language that was asked for. Refused: `bad_request`."""
    wished = payload.get("language")
    if wished is not None and not isinstance(wished, str):
        raise errors.BadRequest(field="language")
    return languages.plain(wished)


def token_from(payload: Payload) -> str:
    """Refused with `unknown_token`, also for what cannot be one."""
    token = payload.get("token")
    if not isinstance(token, str):
        raise errors.BadRequest(field="token")
    try:
        return text.require_id(token, "token")
    except errors.BadRequest as odd:
        raise errors.UnknownToken from odd


def code_from(payload: Payload) -> str:
    """A return code as somebody wrote it, right or wrong. Refused: `bad_request`."""
    code = payload.get("code")
    if not isinstance(code, str):
        raise errors.BadRequest(field="code")
    return code


def note_from(payload: Payload) -> str | None:
    """A few words for the next listener, if any. Refused: `bad_request`, `too_long`."""
    return text.clean_or_none(payload.get("note"), limit=way_back.NOTE_LENGTH, field="note")
