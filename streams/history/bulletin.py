"""The public bulletin of a day or a month: how many called, were answered, gave up or were refused, and promise against result.

Rule 1: no personal data, and no small count (streams.history.suppression): below `SMALLEST_COUNT` it is hidden, with others
from which it could be worked out. A share and a wait are of at least `FEWEST` calls, whole percents and whole seconds.
Rule 2: it is withheld, with the reason, when the books do not balance, a call has no end, data is missing, a source was silent, or
more than one record was refused for `CALLS_PER_REFUSED` calls: a bulletin with a hole would be read as one without. Fewer refused
records are said as the calls that may be missing at most.
Rule 3: that of a month has its centres, that of a day all lines together: small counts of days by centre would have to be
hidden, and most of their month with them. A month hides what would give away its days, as they are public.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from schemas.bulletin import Bulletin, BulletinRow, CountName, Reason, Withheld
from schemas.millis import iso
from streams.history.language import ENGLISH, Language
from streams.history.sentences import Sentence, sentence
from streams.history.suppression import Cell, Sum, hidden, total_of

SMALLEST_COUNT = 5
FEWEST = 20  # calls of a share or a wait that is published
CALLS_PER_REFUSED = 100
TOTAL = ""  # the group of all
WITHOUT_CENTRE = "other lines"  # the group of queues that belong to none
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


class Why(Struct, frozen=True):
    """Why no figure is published."""

    reason: Reason
    said: Sentence


def withheld(figures: Mapping[str, Figures], also: Iterable[Why]) -> tuple[Why, ...]:
    """Why nothing is published; empty if nothing stands against it. `also`: what is known from elsewhere."""
    found = list(also)
    unbalanced = sum(abs(each.unbalanced()) for each in figures.values())
    groups = [each.counts() for group, each in figures.items() if group != TOTAL]
    total = figures[TOTAL].counts()
    differ = sum(abs(total[name] - sum(each[name] for each in groups)) for name in COUNTS)
    if unbalanced or differ:
        found.append(
            Why("books_differ", sentence("calls_in_two_outcomes", calls=unbalanced + differ))
        )
    if figures[TOTAL].open:
        found.append(Why("without_end", sentence("calls_without_end", calls=figures[TOTAL].open)))
    return tuple(found)


def refused_too_many(refused: int, calls: int) -> Iterator[Why]:
    """`refused`: records of which each may be a call that is not counted."""
    if refused * CALLS_PER_REFUSED > calls:
        yield Why("records_refused", sentence("records_refused", records=missing_at_most(refused)))


def missing_at_most(refused: int) -> int:
    """Small counts are no more told here than elsewhere: from 1 to the smallest count it is that."""
    return max(refused, SMALLEST_COUNT) if refused else 0


def row(group: str, of: Figures, gone: frozenset[Cell]) -> BulletinRow:
    """`gone`: the cells that are hidden."""
    counts = of.counts()
    suppressed = tuple(each for each in COUNTS if (group, each) in gone)
    shown = {each: None if each in suppressed else counts[each] for each in COUNTS}
    served, goal = of.share()
    half, most = of.waits()
    return BulletinRow(
        group=group, name="", suppressed=suppressed, served_percent=served, goal_percent=goal,
        half_waited_s=half, nine_of_ten_waited_s=most, **shown,
    )  # fmt: skip


class Draft(Struct, frozen=True, kw_only=True):
    """A bulletin before it is said in a language. `rows`, that of all first, have no names yet; `names`: those of centres by group."""

    length: Literal["day", "month"]
    period: str
    start: int
    end: int
    zone: str
    known_at: int
    reasons: Sequence[Why]
    rows: Sequence[BulletinRow]
    names: Mapping[str, str]
    refused: int = 0

    def said(self, language: Language = ENGLISH) -> Bulletin:
        """Without a figure where there are `reasons`."""
        ours = {
            TOTAL: language.head("bulletin_all"),
            WITHOUT_CENTRE: language.head("bulletin_other_lines"),
        }
        rows = [
            replace(each, name=ours.get(each.group) or self.names.get(each.group) or each.group)
            for each in self.rows
        ]
        return Bulletin(
            length=self.length, period=self.period, start=iso(self.start), end=iso(self.end), zone=self.zone,
            known_at=iso(self.known_at), smallest_count=SMALLEST_COUNT, fewest=FEWEST, language=language.code,
            withheld=tuple(Withheld(each.reason, each.said.said(language)) for each in self.reasons),
            rows=() if self.reasons else tuple(rows), missing_at_most=missing_at_most(self.refused),
        )  # fmt: skip
