"""The queues by the targets that hold at a moment: their groups, zones and opening hours."""

from collections.abc import Callable

import msgspec
from msgspec import Struct

from schemas.newest_legs import holds_sql
from schemas.targets import Targets
from schemas.targets_book import NO_ZONE, all_at_sql, zone_at_sql
from streams.history.question import By
from streams.history.rolled_up import closed_sql, read_marks
from streams.sinks.clickhouse.database import Reader, quoted

NO_CENTRE = ""  # of queues that belong to none
NOT_CONFIGURED = "not configured"  # the centre and department of a queue that nobody configured
ALL = "ALL"
_LATEST = 2**52  # ms: after every version of the targets


class Catalogue(Struct, frozen=True):
    """`default_zone` is the zone of groups and of queues that nobody configured."""

    default_zone: str
    queues: dict[str, Targets]

    def zone(self, queue: str) -> str:
        targets = self.queues.get(queue)
        return targets.time_zone if targets else self.default_zone

    @property
    def former(self) -> dict[str, str]:
        """Former ids of queues, with the present ones."""
        return {id_: each.queue for each in self.queues.values() for id_ in each.formerly}

    def ids_of(self, queue: str) -> set[str]:
        """Its own id and its former ones."""
        return {queue} | {id_ for id_, present in self.former.items() if present == queue}

    def members(self, by: By, queue: str | None) -> dict[str, list[Targets]]:
        """Configured queues by group; `queue` leaves only that one."""
        name = _NAMES[by]
        groups: dict[str, list[Targets]] = {}
        for targets in self.queues.values():
            if queue is None or targets.queue == queue:
                groups.setdefault(name(targets), []).append(targets)
        return groups


def of_department(known: Catalogue, department: str) -> Catalogue:
    """Its queues alone; none where there is no such department."""
    queues = {id_: each for id_, each in known.queues.items() if each.department == department}
    return Catalogue(known.default_zone, queues)


_NAMES: dict[By, Callable[[Targets], str]] = {
    "queue": lambda targets: targets.queue,
    "centre": lambda targets: targets.centre,
    "department": lambda targets: targets.department,
    "all": lambda _: ALL,
}


def group_of(by: By, targets: Targets) -> str:
    return _NAMES[by](targets)


def read_catalogue(reader: Reader, moment: int) -> Catalogue:
    """As of `moment` (ms); empty and in UTC before the first version of the targets."""
    answer = reader.execute(all_at_sql(str(moment), "body"))
    found = [msgspec.json.decode(body, type=Targets) for _, body in answer.rows]
    return Catalogue(read_zone(reader, moment), {targets.queue: targets for targets in found})


def read_zone(reader: Reader, moment: int) -> str:
    """The zone of groups of queues as of `moment`."""
    answer = reader.execute(zone_at_sql(str(moment)))
    return str(answer.rows[0][0]) if answer.rows else NO_ZONE


def newest_zone(reader: Reader) -> str:
    """The zone in which people are told a time that is of no queue."""
    return read_zone(reader, _LATEST)


def seen_queues(reader: Reader) -> list[str]:
    """Every queue that a leg ever entered, configured or not, also if its legs are deleted."""
    if "surveyed" in read_marks(reader):
        answer = reader.execute("SELECT DISTINCT queue FROM queue_days WHERE queue != ''")
    else:
        answer = reader.execute(f"SELECT DISTINCT queue FROM legs WHERE {holds_sql()}")
    return sorted(str(queue) for (queue,) in answer.rows)


def is_seen(reader: Reader, queue: str) -> bool:
    """Whether any leg ever entered the queue, also if it is deleted."""
    of_queue = f"queue = {quoted(queue)}"
    sources = (
        f"legs WHERE {of_queue} AND {holds_sql()}",
        f"quarter_hours WHERE {of_queue} AND {closed_sql(read_marks(reader))}",
    )
    found = (reader.execute(f"SELECT count() FROM {source}").rows for source in sources)
    return any(rows and rows[0][0] for rows in found)
