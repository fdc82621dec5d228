"""What the alert rules would have decided over archived events: the real core, fed again. Pure.

Rule 1: targets are in force from their publication on, as live: what was published later is not known before.
Rule 2: an alert counts if it fired in `[start, end)`; what comes before only fills windows and the line.
"""

from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import repeat
from typing import NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from schemas.across import AcrossRecord
from schemas.agents import RosterEntry
from schemas.alerts import Alert
from schemas.codec import decode_as
from schemas.formulas import denominator, numerator, service_level
from schemas.goal import GOAL_WINDOW_MINUTES, against_goal
from schemas.millis import DAY, MINUTE
from schemas.minutes import MinuteRow
from schemas.queues_toml import QueuesFile
from schemas.targets import Targets, TargetsVersion
from schemas.timing import LONGEST_WINDOW_MS, STEP_MS
from streams.core.across_queues import OpenAcross
from streams.core.calls_unit import CallsUnit
from streams.core.profiles import Profiles
from streams.core.reports_unit import ReportsUnit
from streams.core.roster import Roster
from streams.core.unit import Output, Record
from streams.history.ticks_between import Told

_TAKEN_EVERY = 2_000  # records; what is decided does not depend on it
GOAL_WINDOW_MS = GOAL_WINDOW_MINUTES * MINUTE


class Partition(NamedTuple):
    """What one partition of `calls` is fed with: records in the order of the log, and states of agents in the order of
    their beginnings. Each state is known once the event time of the partition has come to it.
    """

    told: Iterable[Told]
    entries: Iterable[RosterEntry]


class Rehearsed(Struct):
    """Of all partitions. `below_goal`: by queue, the minutes whose 30-minute service level missed the goal.
    `lacking`: by queue, the rules that could not be evaluated at the end, with the reason.
    """

    alerts: dict[str, Alert] = field(default_factory=dict)
    below_goal: dict[str, set[int]] = field(default_factory=dict)
    lacking: dict[str, dict[str, str]] = field(default_factory=dict)

    def fired(self, start: int, end: int) -> list[Alert]:
        """The newest record of each alert that fired in the range, by time."""
        found = [a for a in self.alerts.values() if a.fired_at and start <= a.fired_at < end]
        return sorted(found, key=lambda each: (each.fired_at or 0, each.queue, each.rule))

    def take(self, outputs: Iterable[Output]) -> None:
        for output in outputs:
            if output.topic == "alerts":
                alert = decode_as(Alert, output.value)
                self.alerts[alert.alert_id] = alert
            elif output.topic == "minutes":
                row = decode_as(MinuteRow, output.value)
                minutes = self.below_goal.setdefault(row.queue, set())
                minutes.discard(row.at)  # it may be cut again
                if is_below_goal(row):
                    minutes.add(row.at)


class _Desk:
    """One partition: its unit, with a roster of its own, which is as far as its calls are."""

    def __init__(
        self, number: int, fed: Partition, profiles: Profiles | None, across: OpenAcross
    ) -> None:
        self._roster = Roster()
        self.unit = CallsUnit(number, 1, self._roster, profiles=profiles, across=across)
        self.unit.start(0)
        self._coming = iter(fed.entries)
        self._entry = next(self._coming, None)
        self._clock = 0
        self._heard_at = 0

    def feed(self, told: Told) -> None:
        self._clock = max(self._clock, told.at)
        while self._entry is not None and self._entry.since <= self._clock:
            self._roster.update(self._entry)
            self._entry = next(self._coming, None)
        self.unit.apply([told.record])

    def is_due(self, at: int) -> bool:
        """Whether rules across queues are told what it knows: live, a checkpoint does it as often."""
        if at // STEP_MS == self._heard_at // STEP_MS:
            return False
        self._heard_at = at
        return True


class _AcrossQueues:
    """The unit of `reports`, told by all partitions; `open` is what they know from it."""

    def __init__(self) -> None:
        self.open = OpenAcross()
        self.unit = ReportsUnit(0, 1)
        self.unit.start(0)

    def hear(self, desk: _Desk, at: int) -> None:
        told, first = desk.unit.take_reports(), self.unit.next_offset or 0
        records = [Record(first + n, at, each.key, each.value) for n, each in enumerate(told)]
        if records:
            self.unit.apply(records)


def rehearse(
    partitions: Sequence[Partition],
    versions: Sequence[TargetsVersion],
    found: Rehearsed,
    profiles: Profiles | None = None,
) -> Iterator[None]:
    """Feed all partitions in the order of the broker's time, and add what was decided to `found`; yields now and
    then, for who shows how far it is.
    """
    across = _AcrossQueues()
    desks = [_Desk(number, each, profiles, across.open) for number, each in enumerate(partitions)]
    units: list[CallsUnit | ReportsUnit] = [across.unit, *(desk.unit for desk in desks)]
    waiting = sorted(versions, key=lambda each: each.version)
    published: list[TargetsVersion] = []
    now = 0
    for number, (desk, told) in enumerate(_in_turn(desks, partitions), 1):
        now = told.record.timestamp
        while waiting and waiting[0].published_at <= now:
            published.append(waiting.pop(0))
            for unit in units:
                unit.set_targets(published)
        desk.feed(told)
        if desk.is_due(now):
            across.hear(desk, now)
        if number % _TAKEN_EVERY == 0:
            _take(desks, across, now, found)
            yield
    _take(desks, across, now, found)
    for desk in desks:
        found.lacking |= {each.queue: each.not_evaluated for each in desk.unit.snapshots(now)}
    yield


def _in_turn(
    desks: Sequence[_Desk], partitions: Sequence[Partition]
) -> Iterator[tuple[_Desk, Told]]:
    feeds = [zip(repeat(place), each.told, strict=False) for place, each in enumerate(partitions)]
    for place, told in merge(*feeds, key=lambda each: each[1].record.timestamp):
        yield desks[place], told


def _take(desks: Sequence[_Desk], across: _AcrossQueues, now: int, found: Rehearsed) -> None:
    for desk in desks:
        across.hear(desk, now)
    units: list[CallsUnit | ReportsUnit] = [across.unit, *(desk.unit for desk in desks)]
    for unit in units:
        checkpoint = unit.checkpoint()
        if checkpoint is not None:
            found.take(checkpoint.outputs)
            for output in checkpoint.outputs:
                if output.topic == "across":
                    across.open.update(decode_as(AcrossRecord, output.value))  # type: ignore[arg-type]
            unit.commit_done()


def concerns(alert: Alert, queue: str) -> bool:
    """Whether it is an alert of the queue, or one of several queues in which its calls are."""
    return queue == alert.queue or (not alert.queue and queue in alert.queues)


def is_below_goal(row: MinuteRow) -> bool:
    """As screens say it: too few calls miss no goal."""
    counts = row.windows.get(GOAL_WINDOW_MINUTES)
    if counts is None or row.formula is None:
        return False
    level = service_level(row.formula)
    judged = against_goal(numerator(level, counts), denominator(level, counts), row.goal)
    return judged == "missed"


def stretches(minutes: Iterable[int]) -> list[tuple[int, int]]:
    """(first, last) minute of each stretch below the goal. Nearer than one window is one stretch: they count
    the same calls.
    """
    found: list[tuple[int, int]] = []
    for at in sorted(minutes):
        if found and at - found[-1][1] < GOAL_WINDOW_MS:
            found[-1] = (found[-1][0], at)
        else:
            found.append((at, at))
    return found


def stretch_of(alert: Alert, below: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """The stretch below the goal that an alert belongs to: it goes on when the alert fires, or it is the next
    one that begins while the alert goes on or within one window after it fired.
    """
    fired = alert.fired_at or 0
    until = max(fired + GOAL_WINDOW_MS, alert.resolved_at or alert.held_at or 0)
    return next((each for each in below if each[1] >= fired and each[0] <= until), None)


def warm_from(start: int, versions: Iterable[TargetsVersion]) -> int:
    """From when on events are needed: the longest window and the longest open call, at least a day."""
    caps = [t.waiting_cap_ms + t.service_cap_ms for each in versions for t in each.queues]
    return start - max(DAY, LONGEST_WINDOW_MS + max(caps, default=0))


def with_rules(versions: Sequence[TargetsVersion], file: QueuesFile) -> list[TargetsVersion]:
    """The published targets with the alert tables of the file; everything else stays as it was published.

    A queue that was never published has all its targets from the file, from the beginning of time.
    """
    of_file = {each.queue: each for each in file.queues}
    named = {targets.queue for version in versions for targets in version.queues}
    new = tuple(targets for queue, targets in of_file.items() if queue not in named)
    found = [TargetsVersion(0, 0, 0, file.default_zone, new)] if new or not versions else []
    for version in versions:
        laid_over = tuple(_ruled(targets, of_file) for targets in version.queues)
        found.append(replace(version, queues=(*laid_over, *new)))
    return found


def _ruled(targets: Targets, of_file: dict[str, Targets]) -> Targets:
    other = of_file.get(targets.queue)
    return targets if other is None else replace(targets, alerts=other.alerts)
