"""What each column may hold: a wrong telephone number is worse than none."""

from __future__ import annotations

import pytest

from helpline.domain.hsds import values

GOOD = {
    "phone": ["112", "15", "+353 1 555 0100", "(01) 555-0100", "13 11 14", "85258", "1.800.555.01"],
    "time": ["09:00", "09:00:00", "23:59:59", "09:00Z", "09:00:00+02:00", "24:00"],
    "date": ["2026-02-28", "2028-02-29"],
    "moment": ["2023-03-15T10:30:45.123Z", "2011-01-01"],
    "url": ["https://a.example/b?c=d", "http://a.example"],
    "email": ["a@b.example"],
    "byday": ["MO", "MO,TU", "1SA", "-1FR,2MO"],
    "numbers": ["1", "2,3,4", "-1"],
    "number": [3, 3.5, -1],
    "status": ["active", "temporarily closed"],
    "place": ["virtual"],
    "weekday": ["TU"],
    "freq": ["WEEKLY"],
    "text": ["anything at all", " "],
    "id": ["ac148810-d857-441c-9679-408f346de14b", "7"],
}
BAD = {
    "phone": [
        "", "1", "0800 CALL NOW", "0800 555 01O0", "555 0100 x12", "555 0100, 555 0101", "call us",
        "+", "++353", "12345678901234567", "٠٨٠٠٥٥٥", "555   0100", "(01 555", "555 0100 ", 8005550100,
    ],
    "time": ["25:00", "9:00", "09:60", "noon", "24:01", "", 900],
    "date": ["2026-02-30", "28.2.2026", "2026-2-3", "today", 20260228],
    "moment": ["yesterday", "2023-13-01"],
    "url": ["www.a.example", "javascript:alert(1)", "https://", "https://a b.example", "ftp://a.example"],
    "email": ["a@b", "a b@c.example", "@c.example"],
    "byday": ["Monday", "MO;TU", "", "123MO"],
    "numbers": ["a", "1;2", ""],
    "number": ["a", True, []],
    "status": ["open", ""],
    "place": ["here"],
    "weekday": ["TUE"],
    "freq": ["DAILY"],
    "text": [True, [], {}],
    "id": ["", " a", "x" * 201, None],
}  # fmt: skip


@pytest.mark.parametrize(("type_", "value"), [(t, v) for t, some in GOOD.items() for v in some])
def test_a_good_value_stays_as_it_was_sent(type_, value):
    assert values.check(type_, value) == value


@pytest.mark.parametrize(("type_", "value"), [(t, v) for t, some in BAD.items() for v in some])
def test_a_bad_value_stops_everything(type_, value):
    with pytest.raises(values.Wrong) as wrong:
        values.check(type_, value)

    assert wrong.value.fatal
    assert wrong.value.code


def test_every_type_is_tried():
    assert GOOD.keys() == BAD.keys() == values.CHECKS.keys()


@pytest.mark.parametrize(
    ("type_", "value", "code", "kept"),
    [
        ("phone", '"+44 1234 234567"', "phone_in_quotes", '"+44 1234 234567"'),
        ("text", 12, "number_as_text", "12"),
        ("numbers", 12, "number_as_text", "12"),
        ("number", "12", "text_as_number", 12),
    ],
)
def test_what_is_only_odd_is_told_and_kept(type_, value, code, kept):
    with pytest.raises(values.Wrong) as wrong:
        values.check(type_, value)

    assert (wrong.value.code, wrong.value.kept, wrong.value.fatal) == (code, kept, False)


def test_a_number_in_quotes_is_not_dialled():
    assert not values.is_dialled('"+44 1234 234567"')
    assert values.is_dialled("+44 1234 234567")
