"""No small count of a table with rows, columns and days is published or follows from what is: by the rank of all its sums."""

from fractions import Fraction
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from streams.history.suppression import Cell, Sum, hidden, total_of

SMALLEST = 5
Table = dict[Cell, int]


@st.composite
def tables(draw: st.DrawFn) -> tuple[Table, list[Sum]]:
    """Groups by columns with totals on both sides, and on top of them a table that is their sum over days."""
    groups = [f"g{n}" for n in range(draw(st.integers(1, 3)))]
    columns = [f"c{n}" for n in range(draw(st.integers(1, 3)))]
    days = [f"d{n}" for n in range(draw(st.integers(1, 2)))]
    small = st.integers(0, 7) | st.integers(0, 60)
    counts: Table = {cell: draw(small) for cell in product(days, groups, columns)}
    sums: list[Sum] = []

    def add(total: Cell, parts: list[Cell]) -> None:
        counts[total] = sum(counts[part] for part in parts)
        sums.append(total_of(total, parts))

    for group, column in product(groups, columns):
        add(("month", group, column), [(day, group, column) for day in days])
    for period in (*days, "month"):
        for group in groups:
            add((period, group, "all"), [(period, group, column) for column in columns])
        for column in columns:
            add((period, "total", column), [(period, group, column) for group in groups])
    return counts, sums


def rank(rows: list[list[Fraction]]) -> int:
    """By plain elimination on whole matrices: another way than the code has."""
    rows, found = [row[:] for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        at = next((n for n in range(found, len(rows)) if rows[n][column]), None)
        if at is None:
            continue
        rows[found], rows[at] = rows[at], rows[found]
        for n in range(found + 1, len(rows)):
            times = rows[n][column] / rows[found][column]
            rows[n] = [one - times * other for one, other in zip(rows[n], rows[found], strict=True)]
        found += 1
    return found


def follows(cell: Cell, sums: list[Sum], unknown: list[Cell]) -> bool:
    matrix = [[Fraction(each.get(name, 0)) for name in unknown] for each in sums]
    unit = [Fraction(name == cell) for name in unknown]
    return rank([*matrix, unit]) == rank(matrix)


@given(tables())
def test_no_small_count_is_told_or_can_be_worked_out(table: tuple[Table, list[Sum]]) -> None:
    counts, sums = table
    unknown = sorted(hidden(counts, sums, SMALLEST))
    told = {cell: n for cell, n in counts.items() if cell not in unknown}
    assert [cell for cell, n in told.items() if 0 < n < SMALLEST] == []
    small = [cell for cell in unknown if 0 < counts[cell] < SMALLEST]
    assert [cell for cell in small if follows(cell, sums, unknown)] == []


@given(tables())
def test_nothing_is_hidden_where_nothing_is_small(table: tuple[Table, list[Sum]]) -> None:
    counts, sums = table
    if all(n == 0 or n >= SMALLEST for n in counts.values()):
        assert hidden(counts, sums, SMALLEST) == frozenset()


@given(tables())
def test_days_that_are_public_are_not_given_away_by_their_month(
    table: tuple[Table, list[Sum]],
) -> None:
    counts, sums = table
    of_days = {cell: n for cell, n in counts.items() if cell[0] != "month"}
    days = [each for each in sums if all(cell[0] != "month" for cell in each)]
    before = hidden(of_days, days, SMALLEST)
    unknown = sorted(hidden(counts, sums, SMALLEST, set(of_days) - before, before))
    assert before <= set(unknown)
    assert {cell for cell in unknown if cell[0] != "month"} == before
    small = [cell for cell in unknown if 0 < counts[cell] < SMALLEST]
    assert [cell for cell in small if follows(cell, sums, unknown)] == []
