"""Contact details in a text: what is found, and what must not raise a false alarm."""

from __future__ import annotations

import pytest

from helpline.domain import contact_details
from helpline.domain.contact_details import Kind

OURS = contact_details.known_from(
    ["116 123", "+353 1 809 2020", "50808", "https://www.samaritans.org/ie", "help@harbour.example"]
)

FOUND = [
    ("my number is 087 123 4567", Kind.PHONE),
    ("+353871234567", Kind.PHONE),
    ("00 353 87 123 45 67, ring me", Kind.PHONE),
    ("call (555) 123-4567", Kind.PHONE),
    ("llámame al 612 345 678", Kind.PHONE),
    ("0171/2345678", Kind.PHONE),
    ("٠٨٧١٢٣٤٥٦٧", Kind.PHONE),
    ("01.23.45.67.89", Kind.PHONE),
    ("write to vera.x@gmail.com please", Kind.EMAIL),
    ("VERA@EXAMPLE.CO.UK", Kind.EMAIL),
    ("i am @vera_x there", Kind.ACCOUNT),
    ("insta: verax", Kind.ACCOUNT),
    ("my snapchat name is vera99", Kind.ACCOUNT),
    ("t.me/verax", Kind.ACCOUNT),
    ("https://www.facebook.com/vera", Kind.ACCOUNT),
    ("www.my-own-page.net", Kind.ACCOUNT),
]

NOTHING = [
    "",
    "13 Reasons Why made it worse",
    "I am 16 and it began in 2019",
    "from 2019 2021 it was bad",
    "it happened on 2024-11-03 or 03/11/2024",
    "born 3.11.1998",
    "I owe them 12 500 000 euro",
    "€ 1 250 300",
    "a debt of 10000000",
    "at 20:30, 21:45 and 22:15 again",
    "24/7, 365 days",
    "breathe with me: 1 2 3 4 5 6 7 8",
    "10 9 8 7 6 5 4",
    "call 116 123, it is free",
    "Samaritans: 116123",
    "ring 01 809 2020 or +353 1 8092020",
    "text HELLO to 50808",
    "112 or 999",
    "see https://www.samaritans.org/how-we-can-help",
    "write to help@harbour.example",
    "I hate instagram, it is full of hate",
    "my instagram is full of hate",
    "telegram is fine",
    "I took 20 pills of 500 mg",
    "room 12, floor 3, house 145",
    "it went from 98.6 to 103.2",
    "3.1415926",
    "score 100000/100000",
]


@pytest.mark.parametrize("text, kind", FOUND)
def test_contact_details_are_found(text: str, kind: Kind) -> None:
    assert contact_details.found(text, OURS) is kind


@pytest.mark.parametrize("text", NOTHING)
def test_a_story_a_date_and_a_crisis_line_are_none(text: str) -> None:
    assert contact_details.found(text, OURS) is None


def test_a_number_that_is_not_ours_counts_beside_one_that_is() -> None:
    assert contact_details.found("call 116 123, or me: 087 123 4567", OURS) is Kind.PHONE


def test_without_a_directory_a_long_number_counts() -> None:
    assert contact_details.found("ring 01 809 2020") is Kind.PHONE
