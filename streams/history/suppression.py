"""Which counts of a table are not published, so that no small count is told or can be worked out. Pure.

Rule 1 (primary): a count from 1 to `smallest` - 1 is hidden; 0 is published.
Rule 2 (complementary): while a hidden count follows from the published ones by the sums of the table, another count of that
sum is hidden, too. Whether it follows is decided exactly, for all sums together, by elimination: two sums can tell what none
of them tells alone.
Rule 3: what is left over of a sum for its hidden counts is no small count either.
A table says of a hidden count only that it is hidden, not by which rule.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction

Cell = tuple[str, ...]
Sum = Mapping[Cell, int]  # coefficients: the counts times these add up to 0


def total_of(total: Cell, parts: Iterable[Cell]) -> Sum:
    return {total: -1, **dict.fromkeys(parts, 1)}


def hidden(
    counts: Mapping[Cell, int],
    sums: Sequence[Sum],
    smallest: int,
    published: Collection[Cell] = (),
    hidden_before: Collection[Cell] = (),
) -> frozenset[Cell]:
    """All cells that are not published. What stands in `published` cannot be taken back, and `hidden_before` is hidden already
    (both of tables that are public). `sums` only have cells of `counts`.
    """
    found = {cell for cell, n in counts.items() if 0 < n < smallest and cell not in published}
    small = frozenset(found)
    found |= set(hidden_before)
    while True:
        told = determined(sums, found) & small
        weak = [
            each
            for each in sums
            if any(cell in told for cell in each) or _leaves_little(each, counts, smallest, found)
        ]
        more = _left(weak, found, published)
        if (
            told and not more
        ):  # they follow from several sums together, and of their own sums all is hidden
            more = _left([each for each in sums if any(c in found for c in each)], found, published)
        if not more:
            return frozenset(found)
        # The smallest count that can still be hidden; zeros last, for they tell least.
        found.add(min(more, key=lambda cell: (counts[cell] == 0, counts[cell], cell)))


def _left(sums: Iterable[Sum], found: Collection[Cell], published: Collection[Cell]) -> set[Cell]:
    return {cell for each in sums for cell in each if cell not in found and cell not in published}


def determined(sums: Sequence[Sum], unknown: Collection[Cell]) -> frozenset[Cell]:
    """The unknown cells whose counts follow from all others by the sums."""
    rows: dict[
        Cell, dict[Cell, Fraction]
    ] = {}  # by pivot: in reduced form, each pivot in one row alone
    for each in sums:
        row = {cell: Fraction(n) for cell, n in each.items() if cell in unknown and n}
        for pivot in [cell for cell in row if cell in rows]:
            _subtract(row, rows[pivot], row.get(pivot, Fraction(0)))
        if not row:
            continue
        pivot = min(row)
        lead = row[pivot]
        row = {cell: n / lead for cell, n in row.items()}
        for other in rows.values():
            _subtract(other, row, other.get(pivot, Fraction(0)))
        rows[pivot] = row
    return frozenset(pivot for pivot, row in rows.items() if len(row) == 1)


def _subtract(row: dict[Cell, Fraction], other: Mapping[Cell, Fraction], times: Fraction) -> None:
    if not times:
        return
    for cell, n in other.items():
        left = row.get(cell, Fraction(0)) - times * n
        if left:
            row[cell] = left
        else:
            row.pop(cell, None)


def _leaves_little(
    each: Sum, counts: Mapping[Cell, int], smallest: int, found: Collection[Cell]
) -> bool:
    """Whether the published counts of the sum say that its hidden ones together are few."""
    inside = [(n, counts[cell]) for cell, n in each.items() if cell in found]
    if len({n > 0 for n, _ in inside}) != 1:  # none, or the total is hidden as well
        return False
    return 0 < abs(sum(n * count for n, count in inside)) < smallest
