"""Whether a text looks as if it held somebody's contact details: a hint to a person, never a gate.

Numbers in words and handles without a sign are not found; a number in a story may be. What the line
itself hands out, crisis lines and its own pages, does not count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise


class Kind(StrEnum):
    PHONE = "phone"
    EMAIL = "email"
    ACCOUNT = "account"  # a handle, or a page


@dataclass(frozen=True, slots=True)
class Known:
    """What does not count: `numbers` as digits, `hosts` of pages and of mail."""

    numbers: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()


SHORTEST, LONGEST = 7, 15  # digits of a number that reaches a person
TELLS = 7  # so many last digits are the same number, with a country's code or without

EMAIL = re.compile(r"[\w.+-]+@((?:[\w-]+\.)+[a-z]{2,})", re.IGNORECASE)
PAGE = re.compile(r"(?:https?://|www\.)((?:[\w-]+\.)+[a-z]{2,})", re.IGNORECASE)
PLACE = re.compile(
    r"(?<![\w.])((?:t\.me|wa\.me|m\.me|fb\.me|discord\.gg|instagram\.com|facebook\.com|tiktok\.com"
    r"|snapchat\.com|x\.com|twitter\.com))/\w",
    re.IGNORECASE,
)
HANDLE = re.compile(r"(?<![\w@./])@[a-z_][\w.]{2,}", re.IGNORECASE)
_APP = r"(?:insta(?:gram)?|snap(?:chat)?|telegram|discord|whats\s?app|tiktok|kik|facebook|skype)"
NAMED = re.compile(
    rf"\b{_APP}\s*[:=]\s*@?[\w.]{{3,}}|\bmy\s+{_APP}\b[^.!?\n]{{0,20}}?\s(?=\S*[\d_.]\w)\S{{3,}}",
    re.IGNORECASE,
)
NUMBER = re.compile(r"(?<![\w.,])(?:\+|00)?\(?\d[\d ().\-/\u00a0]{4,}\d(?![\w%])")
DATE = re.compile(r"\d{4}[-/. ]\d{1,2}[-/. ]\d{1,2}|\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2,4}")
DECIMAL = re.compile(r"\d{1,2}\.\d+")
YEARS = re.compile(r"(?:19|20)\d\d\s*[-/ ]\s*(?:19|20)\d\d")
MONEY = re.compile(r"[€$£¥]|\b(?:euros?|dollars?|pounds?|eur|usd|gbp)\b", re.IGNORECASE)


def found(text: str, known: Known = Known()) -> Kind | None:
    """The first kind that this text looks like it holds, if any."""
    plain = _with_plain_digits(text)
    return next((kind for kind, holds in LOOKS.items() if holds(plain, known)), None)


def _email(text: str, known: Known) -> bool:
    return any(not _is_ours(host, known) for host in EMAIL.findall(text))


def _account(text: str, known: Known) -> bool:
    pages = any(not _is_ours(host, known) for host in PAGE.findall(text))
    without_mail = EMAIL.sub(" ", text)
    return pages or any(each.search(without_mail) for each in (PLACE, HANDLE, NAMED))


def _phone(text: str, known: Known) -> bool:
    return any(
        _reaches_a_person(match[0].strip(), text[match.end() : match.end() + 10], text, known)
        for match in NUMBER.finditer(text)
    )


LOOKS: dict[Kind, Callable[[str, Known], bool]] = {
    Kind.EMAIL: _email,
    Kind.PHONE: _phone,
    Kind.ACCOUNT: _account,
}


def _reaches_a_person(number: str, after: str, text: str, known: Known) -> bool:
    digits, groups = digits_of(number), re.findall(r"\d+", number)
    if not SHORTEST <= len(digits) <= LONGEST:
        return False
    if any(each.fullmatch(number) for each in (DATE, YEARS, DECIMAL)) or _counts(groups):
        return False
    before = text[max(0, text.find(number) - 3) : text.find(number)]
    if digits.endswith("000") or MONEY.search(after) or MONEY.search(before):
        return False
    return not any(_same(digits, each) for each in known.numbers)


def _counts(groups: list[str]) -> bool:
    """Somebody counts, up or down: to breathe, or sheep."""
    steps = {int(after) - int(before) for before, after in pairwise(groups)}
    return len(groups) > 3 and len(steps) == 1 and steps <= {0, 1, -1}


def _same(one: str, other: str) -> bool:
    if min(len(one), len(other)) < TELLS:
        return one == other
    return one[-TELLS:] == other[-TELLS:]


def _is_ours(host: str, known: Known) -> bool:
    host = host.lower().removeprefix("www.")
    return any(host == each or host.endswith(f".{each}") for each in known.hosts)


def digits_of(text: str) -> str:
    return "".join(each for each in _with_plain_digits(text) if each.isdigit())


def _with_plain_digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(str(unicodedata.digit(each, each)) for each in text)


def known_from(values: Iterable[str]) -> Known:
    """From ways, pages and sentences that the line itself hands out."""
    numbers, hosts = set(), set()
    for value in map(_with_plain_digits, values):
        numbers |= {digits_of(each) for each in re.findall(r"\+?[\d(][\d ().\-/\u00a0]*\d", value)}
        hosts |= {each.lower() for each in PAGE.findall(value) + EMAIL.findall(value)}
    return Known(frozenset(numbers), frozenset(each.removeprefix("www.") for each in hosts))
