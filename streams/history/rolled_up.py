"""Which (queue, day)s are rolled up, so that a question may read quarter hours there and must read legs elsewhere.

Rule 1: the archive writes a row `touched` of each (queue, day) whose legs change, before and after it inserts them; each
has a higher number. A row `built` names the rolled up rows that hold, and the last `touched` that they cover.
Rule 2: a (queue, day) whose last `touched` is covered is *rolled up*. Of any other the legs are read. So both together are
every leg once.
Rule 3: that a (queue, day) without a row has no leg is known once the days of all legs were `surveyed`. Before, all
questions read legs.
Rule 4: of days whose legs were deleted (`closed` before a day) the quarter hours are all that is left: they hold.
Rule 5: what this release built has sums of days; `shape` tells it from what a former one did, which is built anew.
Rule 6: a leg whose arrival lies further from `key_at` than questions look (`far`) makes them read legs.
Rule 7: as of a time a (queue, day) is rolled up if nothing of its legs became known, and nothing was withdrawn, after it: then what
held is what holds. Of any other the legs are read as they were known.
Rule 8: what is built while such a question is asked may have what became known after its time: then it is asked again, of legs alone.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from schemas.millis import DAY, SECOND
from schemas.newest_legs import CLOSED, KEY_SLACK_DAYS
from schemas.tables import COUNTED_COLUMNS
from streams.history.quarter_hours import counted_sql, day_of, day_sums_sql
from streams.history.shared_reading import unshared
from streams.sinks.clickhouse.database import Reader, quoted

# More are not named one by one in a query, which takes longer to read than legs: then the legs of their days are read.
MOST_NAMED = 100
_MOST_DAYS = 400  # with more of them, as if nothing was rolled up
TABLE = "queue_days"
_SLACK_MS = KEY_SLACK_DAYS * DAY
_LAST_SECOND = 2**32 - 1
T = TypeVar("T")


class QueueDay(Struct, frozen=True, order=True):
    """`day` in ms: the start of the UTC day of `key_at`."""

    day: int
    queue: str


class RolledUp(Struct, frozen=True):
    """What holds for days in `[first, last]`: `legs_of` names the (queue, day)s of which legs are read; None: of all. Of
    `whole_days` the legs of every queue are read.

    The legs of days before `closed` are deleted. `has_day_sums`: of all that is rolled up, and of no arrival that is far.
    `builds`: of a question as of a time, a hash of the builds that held when it was looked which days changed since.
    """

    first: int
    last: int
    legs_of: tuple[QueueDay, ...] | None
    closed: int = 0
    has_day_sums: bool = False
    builds: int | None = None

    @property
    def whole_days(self) -> tuple[int, ...]:
        if self.legs_of is None or len(self.legs_of) <= MOST_NAMED:
            return ()
        return tuple(sorted({each.day for each in self.legs_of}))

    @property
    def reads_quarter_hours(self) -> bool:
        return self.legs_of is not None or self.first < self.closed

    @property
    def reads_legs(self) -> bool:
        return self.legs_of is None or bool(self.legs_of)


def shape() -> str:
    """Of the columns, and how they are counted: another release may count otherwise, and builds anew."""
    from hashlib import sha256

    counted = counted_sql("legs", COUNTED_COLUMNS) + day_sums_sql("quarter_hours")
    return sha256(counted.encode()).hexdigest()[:16]


def status_sql(first: int, last: int, having: str) -> str:
    """One row for each (queue, day) of `[first, last]` (ms)."""
    return (
        "SELECT queue, toUInt32(day) AS day_s, maxIf(number, kind = 'touched') AS touched,"
        " maxIf(number, kind = 'built') AS built, argMaxIf(covers, number, kind = 'built') AS covered,"
        " argMaxIf(shape, number, kind = 'built') AS built_shape, argMaxIf(far, number, kind = 'built') AS n_far"
        f" FROM {TABLE} WHERE queue != '' AND day >= toDateTime({first // SECOND}) AND day <= toDateTime({last // SECOND})"
        f" GROUP BY queue, day HAVING {having}"
    )


def unbuilt_condition(closed: int) -> str:
    """Over the columns of `status_sql`."""
    return f"day_s >= {closed // SECOND} AND (built = 0 OR covered < touched OR built_shape != {quoted(shape())})"


def read_rolled_up(reader: Reader, start: int, end: int, as_of: int | None = None) -> RolledUp:
    """For a question about arrivals in `[start, end)`, as they are known now or were at `as_of` (ms)."""
    first, last = day_of(max(0, start - _SLACK_MS)), day_of(end + _SLACK_MS)
    marks = read_marks(reader)
    closed = marks.get(CLOSED, 0)
    if as_of is not None and closed > first:  # what was known then nobody can compare any more
        return RolledUp(first, last, None)
    if "surveyed" not in marks:
        return RolledUp(first, last, None, closed)
    builds = None if as_of is None else _builds(reader, first, last)  # before what it is about
    wrong = f"{unbuilt_condition(closed)} OR (day_s >= {closed // SECOND} AND n_far > 0)"
    found = reader.execute(status_sql(first, last, wrong)).named()
    days = sorted({
        *(QueueDay(int(row["day_s"]) * SECOND, str(row["queue"])) for row in found),
        *(() if as_of is None else _changed_since(reader, first, last, as_of)),
    })  # fmt: skip
    has_day_sums = closed <= first or not _old(reader, first, min(last, closed - DAY))
    rolled = RolledUp(first, last, tuple(days), closed, has_day_sums, builds)
    if len(rolled.whole_days) > _MOST_DAYS or any(int(row["n_far"]) for row in found):
        return RolledUp(first, last, None, closed)
    return rolled


def of_rolled(reader: Reader, rolled: RolledUp, ask: Callable[[RolledUp], T]) -> T:
    """What `ask` finds; of legs alone where something was built since it was looked what is rolled up (rule 8)."""
    found = ask(rolled)
    if rolled.builds is None:
        return found
    # Not as it was known at the beginning of a paper, which takes minutes, while what is late is rolled up each ten.
    if _builds(unshared(reader), rolled.first, rolled.last) == rolled.builds:
        return found
    return ask(replace(rolled, legs_of=None, has_day_sums=False))


def _builds(reader: Reader, first: int, last: int) -> int:
    answer = reader.execute(
        "SELECT sum(cityHash64(queue, day_s, newest)) AS builds FROM ("
        f"SELECT queue, toUInt32(day) AS day_s, max(number) AS newest FROM {TABLE} WHERE kind = 'built'"
        f" AND day >= toDateTime({first // SECOND}) AND day <= toDateTime({last // SECOND}) GROUP BY queue, day)"
    )
    return int(answer.rows[0][0] or 0) if answer.rows else 0


def _changed_since(reader: Reader, first: int, last: int, as_of: int) -> Iterator[QueueDay]:
    """The (queue, day)s of which anything is known now that was not at `as_of`."""
    later = f"known_at_ms > {as_of}"
    changed = [later]
    # Deliveries are long texts: they are read of each version only where one was withdrawn since.
    if int(reader.execute(f"SELECT count() FROM withdrawals WHERE {later}").rows[0][0]):
        changed.append(f"delivery IN (SELECT delivery FROM withdrawals WHERE {later})")
    answer = reader.execute(
        "SELECT queue, toUInt32(toStartOfDay(key_at)) AS day_s FROM leg_versions"
        f" WHERE key_at >= toDateTime({first // SECOND}) AND key_at < toDateTime({min((last + DAY) // SECOND, _LAST_SECOND)})"
        f" AND ({' OR '.join(changed)}) GROUP BY queue, day_s"
    )
    for queue, day_s in answer.rows:
        yield QueueDay(int(day_s) * SECOND, str(queue))


def _old(reader: Reader, first: int, last: int) -> int:
    """How many closed (queue, day)s a former release built, which knew no sums of days, or have an arrival that is far.

    They are never built again.
    """
    old = f"built > 0 AND (built_shape != {quoted(shape())} OR n_far > 0)"
    sql = f"SELECT count() AS n_old FROM ({status_sql(first, last, old)})"
    return int(reader.execute(sql).rows[0][0])


def read_marks(reader: Reader) -> dict[str, int]:
    """`surveyed`, `closed` (ms), by their names."""
    answer = reader.execute(f"SELECT kind, max(number) FROM {TABLE} WHERE queue = '' GROUP BY kind")
    return {str(kind): int(number) for kind, number in answer.rows}


def closed_sql(marks: Mapping[str, int]) -> str:
    """A condition on rows of `quarter_hours`: of days whose legs are deleted."""
    return f"day < toDateTime({marks.get(CLOSED, 0) // SECOND})"


def built_sql(rolled: RolledUp) -> tuple[str, str]:
    """Conditions on rows of `quarter_hours` and `day_sums`: those of which no legs are read, and those that hold."""
    first, last = rolled.first // SECOND, rolled.last // SECOND
    between = f"day >= toDateTime({first}) AND day <= toDateTime({last})"
    holds = f"SELECT queue, day, max(number) FROM {TABLE} WHERE kind = 'built' AND {between} GROUP BY queue, day"
    conditions = [between]
    if rolled.legs_of is None:
        conditions.append(f"day < toDateTime({rolled.closed // SECOND})")
    elif rolled.whole_days:
        conditions.append(f"toUInt32(day) NOT IN ({_seconds(rolled.whole_days)})")
    elif rolled.legs_of:
        conditions.append(f"(queue, toUInt32(day)) NOT IN ({_pairs(rolled.legs_of)})")
    return " AND ".join(conditions), f"(queue, day, built) IN ({holds})"


def unbuilt_legs(rolled: RolledUp) -> list[str]:
    """Conditions on rows of `legs`: those that quarter hours don't have. They are about what identifies a leg alone."""
    if rolled.legs_of is None:
        return [f"key_at >= toDateTime({rolled.closed // SECOND})"]
    days = {each.day for each in rolled.legs_of}
    between = [
        f"key_at >= toDateTime({min(days) // SECOND})",
        f"key_at < toDateTime({(max(days) + DAY) // SECOND})",
    ]
    if rolled.whole_days:
        return [*between, f"toUInt32(toStartOfDay(key_at)) IN ({_seconds(rolled.whole_days)})"]
    return [
        *between,
        f"queue IN ({', '.join(map(quoted, sorted({each.queue for each in rolled.legs_of})))})",
        f"(queue, toUInt32(toStartOfDay(key_at))) IN ({_pairs(rolled.legs_of)})",
    ]


def _pairs(days: Iterable[QueueDay]) -> str:
    return ", ".join(f"({quoted(each.queue)}, {each.day // SECOND})" for each in days)


def _seconds(days: Iterable[int]) -> str:
    return ", ".join(str(day // SECOND) for day in days)


def numbered(found: Iterable[Mapping[str, object]]) -> dict[QueueDay, tuple[int, int]]:
    """Rows of `status_sql` as (touched, built)."""
    return {
        QueueDay(int(str(row["day_s"])) * SECOND, str(row["queue"])): (
            int(str(row["touched"])),
            int(str(row["built"])),
        )
        for row in found
    }
