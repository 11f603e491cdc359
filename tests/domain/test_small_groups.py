"""Small groups are hidden, and no sum gives them away."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpline.domain.small_groups import FEWEST, hide, percent, shown

PARTS = ("answered", "left", "otherwise")
COUNTS = st.integers(0, 30)
TABLES = st.dictionaries(
    st.integers(0, 5),
    st.fixed_dictionaries({part: COUNTS for part in PARTS}),
    min_size=1,
)


@pytest.mark.parametrize(("count", "as_shown"), [(0, 0), (1, None), (4, None), (5, 5), (40, 40)])
def test_a_group_of_one_to_four_is_hidden(count: int, as_shown: int | None) -> None:
    assert shown(count) == as_shown


@pytest.mark.parametrize(
    ("part", "whole", "share"), [(5, 20, 25), (None, 20, None), (5, None, None), (0, 0, None)]
)
def test_a_share_of_what_is_hidden_is_hidden(
    part: int | None, whole: int | None, share: int | None
) -> None:
    assert percent(part, whole) == share


def test_a_second_count_is_hidden_where_the_sum_would_tell_the_first() -> None:
    one, other = {"answered": 20, "left": 2, "otherwise": 7}, dict.fromkeys(PARTS, 50)

    hidden = hide({"one": one, "other": other})

    assert hidden.cells["one"] == {"answered": 20, "left": None, "otherwise": None}
    assert (hidden.rows["one"], hidden.all) == (29, 179)
    assert hidden.cells["other"] == {"answered": 50, "left": None, "otherwise": None}
    assert hidden.columns == {"answered": 70, "left": 52, "otherwise": 57}


def test_nobody_is_not_hidden_to_keep_a_small_group() -> None:
    hidden = hide({1: {"left": 0}, 2: {"left": 3}, 3: {"left": 0}})

    assert hidden.cells == {1: {"left": 0}, 2: {"left": None}, 3: {"left": 0}}
    assert hidden.all is None


@given(TABLES)
def test_what_is_shown_is_true_and_no_small_group(table: dict[int, dict[str, int]]) -> None:
    hidden = hide(table)

    for row, part in product(table, PARTS):
        assert hidden.cells[row][part] in (None, table[row][part])
        assert hidden.cells[row][part] not in range(1, FEWEST)
    assert hidden.all in (None, sum(sum(each.values()) for each in table.values()))


@given(TABLES)
def test_no_line_lacks_a_single_figure(table: dict[int, dict[str, int]]) -> None:
    """Whoever knows all figures of a line but one knows that one."""
    hidden = hide(table)
    rows = [[*parts.values(), hidden.rows[row]] for row, parts in hidden.cells.items()]
    columns = [
        [*(parts[part] for parts in hidden.cells.values()), hidden.columns[part]] for part in PARTS
    ]
    sums = [[*hidden.rows.values(), hidden.all], [*hidden.columns.values(), hidden.all]]

    assert all(line.count(None) != 1 for line in rows + columns + sums)


def test_a_table_without_rows_is_one() -> None:
    assert hide({}).cells == {}
