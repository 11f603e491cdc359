"""Who may stand on the list of people, and what is refused about them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from . import errors, text
from .access import STAFF

NAME_LENGTH = 60
SKILL_LENGTH = 40
SKILLS_AT_MOST = 20
SEATS = range(1, 3)  # one when new or in training, else two

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")


class NotListed(errors.BadRequest):
    """The list stays as it was; `field` names what the sentence is about."""


class BadAddress(NotListed):
    message = "This is not an email address."


class AddressTaken(NotListed):
    message = "Somebody with this address is on the list already."


class NoRole(NotListed):
    message = "Choose at least one role."


class BadLanguage(NotListed):
    message = "Give languages by their codes, such as en, es."


class BadSeats(NotListed):
    message = "A listener has one or two seats."


class NotYourself(NotListed):
    message = "You cannot take yourself off the list. Ask another coordinator."


class NotYourOwnLead(NotListed):
    message = "You cannot make yourself a shift lead. Ask another coordinator."


def clean_email(raw: str) -> str:
    email = raw.strip().lower()
    if len(email) > 200 or not _EMAIL.fullmatch(email):
        raise BadAddress(field="email")
    return email


def clean_name(raw: str) -> str:
    """A name on one line: it stands inside sentences."""
    return " ".join(text.clean(raw, limit=NAME_LENGTH, field="name").split())


def clean_roles(raw: Sequence[str]) -> list[str]:
    if not raw or not set(raw) <= STAFF:
        raise NoRole(field="roles")
    return [role for role in sorted(STAFF) if role in raw]


def clean_languages(raw: Sequence[str]) -> list[str]:
    languages = list(dict.fromkeys(each.strip().lower() for each in raw if each.strip()))
    if not languages or not all(_LANGUAGE.fullmatch(each) for each in languages):
        raise BadLanguage(field="languages")
    return languages


def clean_skills(raw: Sequence[str]) -> list[str]:
    skills = [
        text.clean(each, limit=SKILL_LENGTH, field="skills").strip().lower()
        for each in raw
        if each.strip()
    ]
    if len(skills) > SKILLS_AT_MOST:
        raise errors.TooLong(field="skills")
    return list(dict.fromkeys(skills))


def require_seats(seats: int) -> None:
    if seats not in SEATS:
        raise BadSeats(field="seats")
