"""Decides which targets hold for a queue at a moment, for every process and in SQL.

Rule 1: a queue's first version holds from the beginning of time, each later one from `valid_from`.
Rule 2: of the versions that have begun, the newest published one holds. So a version that is
published later but begins earlier replaces one that has not begun yet.
Rule 3: a queue that the version in force does not name was taken out of the file and is not
configured. If all versions that name it have not begun yet, rule 1 applies: the first one holds.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from schemas.targets import Targets, TargetsVersion

Judged = tuple[Targets | None, int]  # the targets and the version that they come from; (None, 0)

NOT_CONFIGURED: Judged = (None, 0)
NO_ZONE = "UTC"  # of groups and queues before anything is published


class TargetsBook:
    """All published versions, by queue, in any order."""

    def __init__(self, versions: Iterable[TargetsVersion] = ()) -> None:
        self._versions = sorted(versions, key=lambda each: each.version)
        self._starts: dict[str, list[int]] = {}
        self._judged: dict[str, list[Judged]] = {}
        self.rules = frozenset(  # the alert rules that any queue ever had, by name
            name for version in self._versions for each in version.queues for name in each.alerts
        )
        for version in self._versions:
            self._add(version)
        self._changes = sorted({start for starts in self._starts.values() for start in starts})
        self._all: tuple[int, Mapping[str, Targets]] | None = None
        self._near: dict[tuple[int, str, str, str], tuple[Targets, ...]] = {}

    def _add(self, version: TargetsVersion) -> None:
        named = {targets.queue: targets for targets in version.queues}
        for queue in named.keys() | self._starts.keys():
            targets = named.get(queue)  # None: taken out of the file, not configured from then on
            starts = self._starts.setdefault(queue, [])
            judged = self._judged.setdefault(queue, [])
            while len(starts) > 1 and starts[-1] >= version.valid_from:
                starts.pop()  # the former begins later but was published earlier: it never holds
                judged.pop()
            if judged and judged[-1][0] == targets:
                continue
            starts.append(version.valid_from if judged else 0)
            judged.append((targets, version.version if targets else 0))

    def at(self, queue: str, moment: int) -> Judged:
        starts = self._starts.get(queue)
        if starts is None:
            return NOT_CONFIGURED
        judged = self._judged[queue]
        if len(judged) == 1:
            return judged[0]
        return judged[max(0, bisect_right(starts, moment) - 1)]

    def all_at(self, moment: int) -> Mapping[str, Targets]:
        """The targets of every queue that is configured at `moment`. Kept until others are in force: a board asks for them several
        times for each reader.
        """
        period = bisect_right(self._changes, moment)
        if self._all is None or self._all[0] != period:
            found = ((queue, self.at(queue, moment)[0]) for queue in self._starts)
            known = {queue: targets for queue, targets in found if targets is not None}
            self._all = period, known
        return self._all[1]

    def near(self, targets: Targets, moment: int) -> tuple[Targets, ...]:
        """The other queues of its department at `moment`, those of its centre first, then by name; without a
        department those of its centre. Kept for as long as no targets change: each alert that goes on asks every minute.
        """
        period = bisect_right(self._changes, moment)
        key = period, targets.queue, targets.centre, targets.department
        found = self._near.get(key)
        if found is None:
            near = [other for other in self.all_at(moment).values() if _is_near(other, targets)]
            near.sort(key=lambda other: (other.centre != targets.centre, other.queue))
            found = self._near[key] = tuple(near)
        return found

    def last_named(self, queue: str, moment: int) -> Targets | None:
        """As `at`, but a queue that was taken out of the file keeps the last targets that had begun.

        For names and zones: reports of its past need them.
        """
        first: Targets | None = None
        for version in reversed(self._versions):
            for targets in version.queues:
                if targets.queue != queue:
                    continue
                if version.valid_from <= moment:
                    return targets
                first = targets
        return first

    def zone_at(self, moment: int) -> str:
        """The zone of groups of queues: that of the version in force, of the first one before that."""
        begun = [each for each in self._versions if each.valid_from <= moment]
        in_force = begun[-1] if begun else next(iter(self._versions), None)
        return in_force.default_zone if in_force else NO_ZONE

    def sole(self, queue: str) -> Judged | None:
        """The targets of a queue that only ever had one version; else None."""
        judged = self._judged.get(queue, [])
        return judged[0] if len(judged) == 1 else None

    def without_rules(self, queue: str, moment: int) -> Targets:
        """The last targets of a queue that was taken out of the file: its names, but no alerts.

        LookupError for a queue that no version ever named.
        """
        last = self.last_named(queue, moment)
        if last is None:
            raise LookupError(f"queue {queue} was never configured")
        return replace(last, alerts={})

    def configured(self) -> list[str]:
        """Every queue that a version ever named."""
        return list(self._starts)

    def periods(self, queue: str) -> list[tuple[int, Judged]]:
        """From when (ms; 0: from the beginning) which targets hold, each until the next."""
        return list(zip(self._starts.get(queue, []), self._judged.get(queue, []), strict=True))

    def history(self, queue: str) -> list[Judged]:
        return self._judged.get(queue, [])


def _is_near(other: Targets, targets: Targets) -> bool:
    if other.queue == targets.queue:
        return False
    if targets.department:
        return other.department == targets.department
    return bool(targets.centre) and other.centre == targets.centre


# The same answers of table `targets`, in SQL that 18.16 and 26.x both understand. `moment_ms` is SQL
# for the moment; tests/property/test_targets_in_sql.py compares them with the book.


def all_at_sql(moment_ms: str, column: str) -> str:
    """`TargetsBook.all_at`: queue and `column`, one row a configured queue."""
    return (
        f"SELECT queue, {column} FROM targets WHERE (queue, version) IN (\n"  # noqa: S608 - our own names
        f"  SELECT queue, greatest(min(version), {_in_force(moment_ms)}) FROM targets\n"
        "  WHERE queue != '' GROUP BY queue\n"
        ") ORDER BY queue LIMIT 1 BY queue"
    )


def present_queue_sql(moment_ms: str) -> str:
    """The present id of the queue in column `queue`, by `formerly` of the queues configured at the moment.

    An id that is nobody's former one stays. `body` is JSON of ours; 18.16 has no function that reads a list
    of texts, so its texts are cut out and read one by one.
    """
    texts = r"""extractAll(visitParamExtractRaw(body, 'formerly'), '"(?:[^"\\\\]|\\\\.)*"')"""
    read = f"arrayMap(former -> visitParamExtractString(concat('{{\"v\":', former, '}}'), 'v'), {texts})"
    pairs = f"SELECT queue, arrayJoin({read}) AS former FROM (\n{all_at_sql(moment_ms, 'body')}\n)"  # noqa: S608 - our own names

    def listed(column: str) -> str:  # never empty: an empty list has no type
        rows = f"SELECT queue, former FROM (\n{pairs}\n) ORDER BY former"  # noqa: S608 - our own names
        return f"(SELECT arrayConcat([''], groupArray({column})) FROM (\n{rows}\n))"  # noqa: S608 - our own names

    return f"transform(queue, {listed('former')}, {listed('queue')}, queue)"


def zone_at_sql(moment_ms: str) -> str:
    """`TargetsBook.zone_at`; no row before anything is published."""
    first = "(SELECT min(version) FROM targets)"
    return (
        f"SELECT default_zone FROM targets WHERE version = greatest({first},"  # noqa: S608 - our own names
        f" {_in_force(moment_ms)}) LIMIT 1"
    )


def last_named_sql(moment_ms: str, column: str, name: str) -> str:
    """`TargetsBook.last_named`: queue and `column` under `name`, one row a queue that was ever named."""
    return (
        f"SELECT queue, argMax({column}, version) AS {name} FROM targets\n"  # noqa: S608 - our own names
        f"WHERE queue != '' AND (valid_from_ms <= {moment_ms} OR (queue, version) IN (\n"
        "  SELECT queue, min(version) FROM targets GROUP BY queue\n"
        "))\n"
        "GROUP BY queue"
    )


def _in_force(moment_ms: str) -> str:
    return f"(SELECT max(version) FROM targets WHERE valid_from_ms <= {moment_ms})"  # noqa: S608 - our own names
