"""Makes the snapshot of a queue, for boards and exporters, from its monitor."""

from itertools import islice

from msgspec.structs import replace

from schemas.counters import LEFT_OUTCOMES, positions
from schemas.snapshots import CALLERS_SHOWN, QueueSnapshot, WaitingCaller
from schemas.targets import Targets
from schemas.timing import STEP_MS
from streams.core.across_queues import OpenAcross
from streams.core.attention import attention
from streams.core.leg_store import Entry
from streams.core.line import arrived
from streams.core.queue_monitor import QueueMonitor
from streams.core.verdict import is_doubtful
from streams.core.watermark import Clocks
from streams.core.windows import floor_step

(_OFFERED,), _LEFT = positions(("offered",)), positions(LEFT_OUTCOMES)


def snapshot(
    monitor: QueueMonitor,
    clocks: Clocks,
    across: OpenAcross,
    *,
    now: int,
    version: int,
    partition: int,
    uncalled: bool,
) -> QueueSnapshot:
    """Counts are as of the queue's clock. `now` is the time of the record, and the time as of which waits
    are judged.

    A replay is judged as of its own clock, since its callers arrived on another day.
    """
    as_of = clocks.clock(monitor.sources)
    is_stale = as_of is None
    if as_of is None:  # every source is stale: the newest known clock is used
        known = [clocks.sources[name].clock for name in monitor.sources if name in clocks.sources]
        as_of = max(known, default=monitor.legs.windows.boundary or now)
    targets, targets_version = monitor.legs.book.at(monitor.queue, as_of)
    line = list(monitor.legs.line.waiting.values())
    today = monitor.legs.tally.days.holding(as_of)
    shown = QueueSnapshot(
        queue=monitor.queue,
        as_of=as_of,
        version=version,
        published_at=now,
        configured=targets is not None,
        source_stale=is_stale,
        replay=monitor.legs.replay,
        replay_shift_ms=monitor.legs.replay_shift_ms,
        waiting=len(line),
        oldest_arrived_at=arrived(line[0]) if line else None,
        doubtful=sum(1 for entry in line if is_doubtful(entry.leg, entry.verdict)),
        waiting_past_target=_past_target(line, as_of, targets),
        out_of_hours_waiting=sum(
            1 for e in monitor.legs.line.off_line.values() if e.verdict.out_of_hours
        ),
        in_service=monitor.legs.line.in_service(),
        callers=tuple(_caller(entry) for entry in islice(line, CALLERS_SHOWN)),
        windows=monitor.legs.windows.at(floor_step(as_of) + STEP_MS),
        today=today[1],
        today_started_at=today[0],
        agents=monitor.decisions.crew(as_of).agents,
        unexplained_legs=unexplained_legs(monitor),
        answer_within_ms=targets.answer_within_ms if targets else None,
        short_abandon_ms=targets.short_abandon_ms if targets else None,
        goal=targets.goal if targets else None,
        formula=targets.formula if targets else None,
        targets_version=targets_version,
        partition=partition,
        uncalled=uncalled,
    )
    at = as_of if monitor.legs.replay else now
    rules, own = monitor.raised(targets, at) if targets is not None else ([], {})
    rules = across.beside(rules, monitor.queue, as_of)
    lacking = {} if targets is None else {**across.lacking(targets, as_of), **own}
    return replace(shown, attention=attention(shown, targets, rules, at), not_evaluated=lacking)


def unexplained_legs(monitor: QueueMonitor) -> int:
    """Offered less every outcome, by the counters, less the callers in line. It must be 0: else a leg was
    lost or counted twice.
    """
    net = [
        plus - minus
        for plus, minus in zip(monitor.legs.tally.added, monitor.legs.tally.reversed, strict=True)
    ]
    return net[_OFFERED] - sum(net[place] for place in _LEFT) - len(monitor.legs.line.waiting)


def _past_target(line: list[Entry], as_of: int, targets: Targets | None) -> int:
    """Callers who wait longer than the target: the live service level counts them as misses. A call back
    is in no service level.
    """
    if targets is None:
        return 0
    within_ms = targets.answer_within_ms
    return sum(
        as_of - arrived(entry) > within_ms and entry.leg.channel != "callback" for entry in line
    )


def _caller(entry: Entry) -> WaitingCaller:
    leg = entry.leg
    newest = max((at for at, _ in leg.offers), default=0)
    over = max((at for at, _ in (*leg.missed, *leg.cancelled)), default=0)
    return WaitingCaller(
        leg.leg_id,
        arrived(entry),
        doubtful=is_doubtful(leg, entry.verdict),
        ringing=newest > over,
        priority=leg.priority,
    )
