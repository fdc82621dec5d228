"""Which legs of history other targets judge otherwise, read in pieces of bounded size; and what that changes.

Rule 1: a leg is in exactly one piece, by its sort key, which never changes; it belongs to the range by its
arrival.
Rule 2: what several deliveries told of one leg is all judged, not only what holds. Otherwise the withdrawal
of the newest one would bring back what the former promise made of the call.
"""

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct, field

from schemas.counters import Counts
from schemas.formulas import FormulaName, ratio, service_level
from schemas.legs import LegRow
from schemas.millis import HOUR, SECOND
from schemas.opening import business_day
from schemas.tables import LEG_COLUMNS, LEG_IDENTITY, TABLES
from schemas.targets_book import TargetsBook
from streams.core.judged_again import JUDGED_COLUMNS, JudgedAgain, judged_again
from streams.core.service_counts import service_counts
from streams.history.legs_sql import KEY_SLACK_MS, legs_keyed
from streams.sinks.clickhouse.database import Reader
from streams.sinks.clickhouse.rows import LEG_SELECTED, leg_of_row

LEGS_AT_ONCE = 50_000  # held in memory at a time
_IDENTITY = tuple(TABLES["legs"].index(name) for name in LEG_IDENTITY)
_VERSION = TABLES["legs"].index("version")


class Piece(Struct, frozen=True):
    """Legs whose sort key lies in `[start, end)`: whole hours, at most as many legs as asked for if no hour has more."""

    start: int
    end: int
    legs: int


def pieces(reader: Reader, since: int, legs_at_once: int = LEGS_AT_ONCE) -> list[Piece]:
    """All legs that may have arrived since then, oldest first."""
    first = max(0, since - KEY_SLACK_MS) // SECOND
    answer = reader.execute(
        "SELECT intDiv(toUInt32(key_at), 3600) AS hour, count() AS n FROM legs"
        f" WHERE key_at >= toDateTime({first}) GROUP BY hour ORDER BY hour"
    )
    found: list[Piece] = []
    for hour, count in answer.rows:
        start, legs = int(hour) * HOUR, int(count)
        last = found[-1] if found else None
        if last is not None and last.legs + legs <= legs_at_once:
            found[-1] = Piece(last.start, start + HOUR, last.legs + legs)
        else:
            found.append(Piece(start, start + HOUR, legs))
    return found


class Judgement(Struct, frozen=True):
    """What a delivery says of a leg, as it was judged and as it is judged again (None: just so).

    Only one of a leg `holds`; the others hold when the deliveries before them are withdrawn.
    """

    leg: LegRow
    again: JudgedAgain | None
    holds: bool


def judged(
    reader: Reader, piece: Piece, since: int, book: TargetsBook, known_at: int
) -> Iterator[Judgement]:
    """Every leg of the piece that arrived since then, as history and each delivery say it, and by `book`."""
    answer = reader.execute(
        f"SELECT {', '.join(LEG_SELECTED)} FROM ({legs_keyed(LEG_COLUMNS, piece.start, piece.end)})"
    )
    newest: dict[tuple[Any, ...], int] = {}
    for row in answer.rows:
        key = tuple(row[place] for place in _IDENTITY)
        newest[key] = max(newest.get(key, 0), int(row[_VERSION]))
    for row in answer.rows:
        leg = leg_of_row(row)
        if leg.arrived_at >= since:
            holds = leg.version == newest[tuple(row[place] for place in _IDENTITY)]
            yield Judgement(leg, judged_again(leg, book, known_at), holds)


class ServiceLevel(Struct):
    """The service level of one queue, counted from rows; the one that `history summary` gives."""

    counts: Counts = field(default_factory=Counts)
    formulas: set[FormulaName | None] = field(default_factory=set)

    def count(self, leg: LegRow) -> None:
        names = service_counts(leg)
        for name in names:
            setattr(self.counts, name, getattr(self.counts, name) + 1)
        if names:
            self.formulas.add(leg.formula)

    def __str__(self) -> str:
        if len(self.formulas) != 1 or (formula := next(iter(self.formulas))) is None:
            return "–"  # no call left the queue, or not all of them have the same promise
        share = ratio(service_level(formula), self.counts)
        return "–" if share is None else f"{100 * share:.1f} % ({formula})"


class QueueEffect(Struct):
    """What other targets change in one queue."""

    legs: int = 0
    columns: dict[str, int] = field(default_factory=dict)
    before: ServiceLevel = field(default_factory=ServiceLevel)
    after: ServiceLevel = field(default_factory=ServiceLevel)

    def __str__(self) -> str:
        columns = ", ".join(
            f"{name} of {self.columns[name]:,}" for name in JUDGED_COLUMNS if name in self.columns
        )
        return f"{self.legs:,} calls: {columns}; service level {self.before} → {self.after}"


class Effect(Struct):
    """What other targets change in history since a moment.

    `hidden`: what deliveries told of legs of which a later one holds, judged otherwise. `stuck` legs cannot be told otherwise: they were judged again so often since their last record that no
    version is left.
    """

    seen: int = 0
    legs: int = 0
    stuck: int = 0
    hidden: int = 0
    queues: dict[str, QueueEffect] = field(default_factory=dict)

    def count(self, leg: LegRow, again: JudgedAgain | None) -> None:
        self.seen += 1
        effect = self.queues.setdefault(leg.queue, QueueEffect())
        effect.before.count(leg)
        if again is not None and not again.has_version:
            self.stuck += 1
            again = None
        effect.after.count(leg if again is None else again.row)
        if again is None:
            return
        self.legs += 1
        effect.legs += 1
        for name in again.changed:
            effect.columns[name] = effect.columns.get(name, 0) + 1

    def count_hidden(self, again: JudgedAgain | None) -> None:
        if again is not None:
            self.hidden += again.has_version
            self.stuck += not again.has_version

    def lines(self) -> Iterator[str]:
        """One for each queue with a call that is judged otherwise."""
        for queue, effect in sorted(self.queues.items()):
            if effect.legs:
                yield f"{queue}: {effect}"


def effect_of(
    reader: Reader,
    since: int,
    book: TargetsBook,
    progress: Callable[[int, int], None],
    legs_at_once: int = LEGS_AT_ONCE,
) -> Effect:
    """What `book` would change. `progress` gets how many legs were read, and of how many."""
    effect = Effect()
    todo = pieces(reader, since, legs_at_once)
    done, of = 0, sum(piece.legs for piece in todo)
    for piece in todo:
        for each in judged(reader, piece, since, book, 0):
            if each.holds:
                effect.count(each.leg, each.again)
            else:
                effect.count_hidden(each.again)
        done += piece.legs
        progress(done, of)
    return effect


def is_of_today(leg: LegRow, book: TargetsBook, now: int) -> bool:
    """Whether the wall's totals of today may have the leg: live, and of the queue's business day."""
    if leg.feed != "live":
        return False
    targets, _ = book.at(leg.queue, now)
    zone, minute = (targets.time_zone, targets.day_start_minute) if targets else ("UTC", 0)
    return leg.arrived_at >= business_day(now, zone, minute)[0]
