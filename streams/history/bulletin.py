"""The public bulletin of a day or a month: how many called, were answered, gave up or were refused, and promise against result.

Rule 1: no personal data, and no small count (streams.history.suppression): below `SMALLEST_COUNT` it is hidden, with others
from which it could be worked out. A share and a wait are of at least `FEWEST` calls, whole percents and whole seconds.
Rule 2: it is withheld, with the reason, when the books do not balance, a call has no end, data is missing or a source was
silent: a bulletin with a hole would be read as one without.
Rule 3: that of a month has its centres, that of a day all lines together: small counts of days by centre would have to be
hidden, and most of their month with them. A month hides what would give away its days, as they are public.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from schemas.bulletin import Bulletin, BulletinRow, CountName, Withheld
from schemas.millis import iso
from streams.history.suppression import Cell, Sum, hidden, total_of

SMALLEST_COUNT = 5
FEWEST = 20  # calls of a share or a wait that is published
TOTAL = ""  # the group of all
COUNTS: tuple[CountName, ...] = ("calls", "answered", "gave_up", "refused", "otherwise")
_PARTS = COUNTS[1:]
Counted = Mapping[str, Mapping[str, int]]  # by group, then by count


class Figures:
    """What one group got in one period: a record of `counting_sql`."""

    def __init__(self, record: Mapping[str, Any]) -> None:
        self._record = record

    def counts(self) -> dict[str, int]:
        """Every call in one of the four; they add up to `calls`."""
        offered, answered, gave_up, refused = (
            self._n(name) for name in ("offered", "answered", "abandoned", "rejected")
        )
        return {
            "calls": offered + refused,
            "answered": answered,
            "gave_up": gave_up,
            "refused": refused,
            "otherwise": offered - answered - gave_up,
        }

    @property
    def open(self) -> int:
        return self._n("open")

    def unbalanced(self) -> int:
        """Legs that arrived and are in no outcome, nor open."""
        outcomes = (
            "answered", "abandoned", "exited", "transferred", "callback", "dropped", "ghost", "open",
        )  # fmt: skip
        return self._n("offered") - sum(map(self._n, outcomes))

    def share(self) -> tuple[int | None, int | None]:
        """Percent served as promised, and the goal: rounded down, so that no result looks met that is not."""
        due = int(self._record.get("n_due", 0))
        if due < FEWEST or self._record.get("n_untargeted", 0):
            return None, None
        good, goal = int(self._record["n_good"]), int(self._record["goal_millionths"])
        return good * 100 // due, -(-goal // (due * 10_000))

    def waits(self) -> tuple[int | None, int | None]:
        """Half, and nine of ten, of those answered waited no longer, in whole seconds, rounded up."""
        in_line = self._n("answered") - self._n("callback_answered")
        if in_line < FEWEST:
            return None, None
        half, most = (-(-int(self._record[name]) // 1000) for name in ("wait_p50", "wait_p90"))
        return half, most

    def _n(self, name: str) -> int:
        return int(self._record.get(f"n_{name}", 0))


def hidden_cells(counts: Counted, days: Mapping[str, Mapping[str, int]]) -> frozenset[Cell]:
    """The cells (group, count) that are hidden. `days`: what is counted in each day of a month, for their bulletins are public,
    too; none for the bulletin of a day.
    """
    values, sums = _table(counts)
    public: set[Cell] = set()
    before: set[Cell] = set()
    for day, of in days.items():
        cells, own = _table({TOTAL: of}, day)
        gone = hidden(cells, own, SMALLEST_COUNT)
        before |= gone
        public |= cells.keys() - gone
        values |= cells
        sums += own
    if days:
        sums += [
            total_of(("", TOTAL, name), [(day, TOTAL, name) for day in days]) for name in COUNTS
        ]
    found = hidden(values, sums, SMALLEST_COUNT, public, before)
    return frozenset((group, name) for period, group, name in found if not period)


def _table(counts: Counted, period: str = "") -> tuple[dict[Cell, int], list[Sum]]:
    """Its cells, and that rows and columns add up. `TOTAL` is the sum of all other groups."""
    values: dict[Cell, int] = {
        (period, group, name): of[name] for group, of in counts.items() for name in COUNTS
    }
    sums = [
        total_of((period, group, "calls"), [(period, group, name) for name in _PARTS])
        for group in counts
    ]
    if groups := [group for group in counts if group != TOTAL]:
        sums += [
            total_of((period, TOTAL, name), [(period, group, name) for group in groups])
            for name in COUNTS
        ]
    return values, sums


def withheld(figures: Mapping[str, Figures], also: Iterable[Withheld]) -> tuple[Withheld, ...]:
    """Why nothing is published; empty if nothing stands against it. `also`: what is known from elsewhere."""
    found = list(also)
    unbalanced = sum(abs(each.unbalanced()) for each in figures.values())
    groups = [each.counts() for group, each in figures.items() if group != TOTAL]
    total = figures[TOTAL].counts()
    differ = sum(abs(total[name] - sum(each[name] for each in groups)) for name in COUNTS)
    if unbalanced or differ:
        found.append(
            Withheld("books_differ", f"{unbalanced + differ} calls are in no outcome, or in two")
        )
    if figures[TOTAL].open:
        found.append(
            Withheld("without_end", f"of {figures[TOTAL].open} calls nobody knows the end yet")
        )
    return tuple(found)


def row(group: str, name: str, of: Figures, gone: frozenset[Cell]) -> BulletinRow:
    """`gone`: the cells that are hidden."""
    counts = of.counts()
    suppressed = tuple(each for each in COUNTS if (group, each) in gone)
    shown = {each: None if each in suppressed else counts[each] for each in COUNTS}
    served, goal = of.share()
    half, most = of.waits()
    return BulletinRow(
        group=group, name=name, suppressed=suppressed, served_percent=served, goal_percent=goal,
        half_waited_s=half, nine_of_ten_waited_s=most, **shown,
    )  # fmt: skip


def bulletin(
    *, length: Literal["day", "month"], period: str, start: int, end: int, zone: str, known_at: int, reasons: Sequence[Withheld],
    rows: Sequence[BulletinRow],
) -> Bulletin:  # fmt: skip
    """Without a figure where there are `reasons`. The row of all comes first."""
    return Bulletin(
        length=length, period=period, start=iso(start), end=iso(end), zone=zone, known_at=iso(known_at),
        smallest_count=SMALLEST_COUNT, fewest=FEWEST, withheld=tuple(reasons), rows=() if reasons else tuple(rows),
    )  # fmt: skip
