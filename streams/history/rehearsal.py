"""What the alert rules would have decided over archived events: the real core, fed again. Pure.

Rule 1: targets are in force from their publication on, as live: what was published later is not known before.
Rule 2: an alert counts if it fired in `[start, end)`; what comes before only fills windows and the line.
"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from schemas.agents import RosterEntry
from schemas.alerts import Alert
from schemas.codec import decode_as
from schemas.formulas import denominator, numerator, service_level
from schemas.goal import GOAL_WINDOW_MINUTES, against_goal
from schemas.millis import DAY, MINUTE
from schemas.minutes import MinuteRow
from schemas.queues_toml import QueuesFile
from schemas.targets import Targets, TargetsVersion
from schemas.timing import LONGEST_WINDOW_MS
from streams.core.calls_unit import CallsUnit
from streams.core.profiles import Profiles
from streams.core.roster import Roster
from streams.core.unit import Output
from streams.history.ticks_between import Told

_TAKEN_EVERY = 2_000  # records; what is decided does not depend on it
GOAL_WINDOW_MS = GOAL_WINDOW_MINUTES * MINUTE


class Rehearsed(Struct):
    """Of all partitions. `below_goal`: by queue, the minutes whose 30-minute service level missed the goal."""

    alerts: dict[str, Alert] = field(default_factory=dict)
    below_goal: dict[str, set[int]] = field(default_factory=dict)

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


def rehearse(
    told: Iterable[Told],
    versions: Sequence[TargetsVersion],
    entries: Iterable[RosterEntry],
    found: Rehearsed,
    profiles: Profiles | None = None,
) -> Iterator[None]:
    """Feed one partition, and add what was decided to `found`; yields now and then, for who shows how far it is.

    `entries` are the states of agents in the order of their beginnings: each is known once event time has come to it.
    """
    roster = Roster()
    unit = CallsUnit(0, 1, roster, profiles=profiles)
    unit.start(0)
    coming = iter(entries)
    entry = next(coming, None)
    waiting = sorted(versions, key=lambda each: each.version)
    published: list[TargetsVersion] = []
    clock = 0
    for number, (at, record) in enumerate(told, 1):
        clock = max(clock, at)
        while entry is not None and entry.since <= clock:
            roster.update(entry)
            entry = next(coming, None)
        while waiting and waiting[0].published_at <= record.timestamp:
            published.append(waiting.pop(0))
            unit.set_targets(published)
        unit.apply([record])
        if number % _TAKEN_EVERY == 0:
            _take(unit, found)
            yield
    _take(unit, found)
    yield


def _take(unit: CallsUnit, found: Rehearsed) -> None:
    checkpoint = unit.checkpoint()
    if checkpoint is not None:
        found.take(checkpoint.outputs)
        unit.commit_done()


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
