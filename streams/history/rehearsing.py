"""A rehearsal over the archive: reads all partitions side by side, feeds the core, and makes the report. It writes nothing."""

from collections.abc import Callable, Iterator, Sequence
from itertools import repeat, tee, zip_longest

from msgspec import Struct

from schemas.millis import MINUTE
from schemas.queues_toml import QueuesFile
from schemas.targets import TargetsVersion
from schemas.targets_book import TargetsBook
from schemas.timing import DISORDER_MS
from streams.core.profiles import Profiles
from streams.core.rule_catalogue import RULES, across_queues
from streams.history import archived_events
from streams.history.profiling import made_profiles
from streams.history.rehearsal import Partition, Rehearsed, rehearse, warm_from, with_rules
from streams.history.rehearsal_limits import FACTORS, NOW, scaled_versions, with_limits
from streams.history.rehearsal_report import Ground, told
from streams.history.report import Found
from streams.history.ticks_between import ArchivedEvent, with_ticks
from streams.sinks.clickhouse.database import Reader

_AFTER_MS = MINUTE  # facts of so long after the range may still decide its last boundary


class RehearsalQuestion(Struct, frozen=True):
    """`rules`: the alert tables to try; None: those that were published. `alerts_a_week`: so many are wanted of
    each rule and queue; None: no limits are proposed.
    """

    start: int
    end: int
    queue: str | None = None
    rules: QueuesFile | None = None
    alerts_a_week: float | None = None


class Result(Struct, frozen=True):
    """`without_limit`: RULE/QUEUE for which no limit that was tried is high enough."""

    report: Found
    without_limit: tuple[str, ...] = ()


def rehearsed(
    reader: Reader, asked: RehearsalQuestion, progress: Callable[[int, int], None]
) -> Result:
    """`progress` is told how many of how many events were read."""
    reach = archived_events.reach(reader, asked.start, asked.end)
    versions = archived_events.versions(reader, 0 if reach is None else reach.last_appended_at)
    if asked.rules is not None:
        versions = with_rules(versions, asked.rules)
    profiles = _profiles(reader, asked.start, versions)
    factors = (1.0,) if asked.alerts_a_week is None else FACTORS
    tried = [versions if each == 1.0 else scaled_versions(versions, each) for each in factors]
    steps = [Rehearsed() for _ in factors]
    if reach is not None:
        start, end = warm_from(asked.start, versions), asked.end + _AFTER_MS
        until = reach.end + DISORDER_MS  # the boundary of the end is decided so much later
        # Rules across queues need what other queues tell.
        alone = None if across_queues(TargetsBook(versions)) else asked.queue
        counts = archived_events.partitions(reader, start, end, alone)
        count = _Count()
        feeds: list[list[Partition]] = [[] for _ in factors]
        for name in counts:
            events = count.of(archived_events.events(reader, name, start, end))
            # Read once for all steps, which go on side by side: little is held between the first and the last.
            fed = tee(with_ticks(events, until), len(factors))
            agents = tee(archived_events.agents(reader, start, end), len(factors))
            for feed, told_events, entries in zip(feeds, fed, agents, strict=True):
                feed.append(Partition(told_events, entries))
        for _ in zip_longest(*map(rehearse, feeds, tried, steps, repeat(profiles))):
            progress(count.read, sum(counts.values()))
    ground = Ground(
        asked.start,
        asked.end,
        reach,
        versions,
        set() if reach is None else archived_events.called_queues(reader, asked.start, asked.end),
        archived_events.agents_since(reader, asked.end),
        set(profiles.newest()),
    )
    if asked.alerts_a_week is None:
        return Result(told(steps[0], ground, asked.queue))
    report = told(steps[NOW], ground, asked.queue)
    report, without = with_limits(report, steps, ground, asked.alerts_a_week)
    return Result(report, tuple(without))


def _profiles(reader: Reader, start: int, versions: Sequence[TargetsVersion]) -> Profiles:
    """Those that would have been made when the range begins; none are asked for where no rule reads them."""
    profiles = Profiles()
    reading = {rule.name for rule in RULES if rule.reads_profile or rule.profile_helps}
    if any(reading & targets.alerts.keys() for each in versions for targets in each.queues):
        for made in made_profiles(reader, TargetsBook(versions), start):
            if made.profile is not None:
                profiles.update(made.profile)
    return profiles


class _Count:
    def __init__(self) -> None:
        self.read = 0

    def of(self, events: Iterator[ArchivedEvent]) -> Iterator[ArchivedEvent]:
        for event in events:
            self.read += 1
            yield event
