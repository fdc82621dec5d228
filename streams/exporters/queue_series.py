"""Series `callcentre_*`: the queues, from snapshots and committed totals at one moment."""

from collections.abc import Iterable

from schemas.alerts import Firing
from schemas.attention import LEVELS
from schemas.counters import COUNTER, COUNTERS, WINDOW_MINUTES, Counts
from schemas.formulas import denominator, numerator, service_level
from schemas.opening import is_open
from schemas.series import exported, total_series, window_series
from schemas.snapshots import QueueSnapshot, QueueTotals, is_judged
from schemas.targets_book import TargetsBook
from streams.plumbing.families import Families, Family

# The names are made of the counters, and asked for 6,000 times at a scrape of 25 queues: with each counter, whether a queue
# without targets lacks it.
_WINDOW_SERIES = tuple(
    (counter, window_series(counter), row.needs_targets) for counter, row in COUNTER.items()
)
_TOTAL_SERIES = tuple((counter, *total_series(counter)) for counter in COUNTERS)


def queue_families(
    snapshots: Iterable[QueueSnapshot],
    totals: Iterable[QueueTotals],
    book: TargetsBook,
    firing: Iterable[Firing],
    now: int,
) -> list[Family]:
    """Every series of every queue; ages are as of `now` (ms)."""
    families = Families()
    for snapshot in snapshots:
        _line(families, snapshot, now)
        _state(families, snapshot, now)
        _targets(families, snapshot, book, now)
        for minutes in WINDOW_MINUTES:
            if minutes in snapshot.windows:
                _window(families, snapshot, f"{minutes}m", snapshot.windows[minutes])
        if snapshot.today is not None:
            _window(families, snapshot, "today", snapshot.today)
    for total in totals:
        for counter, added, reversed_ in _TOTAL_SERIES:
            families.add(added, exported(counter, getattr(total.added, counter)), total.queue)
            families.add(
                reversed_, exported(counter, getattr(total.reversed, counter)), total.queue
            )
    for each in firing:
        families.add("callcentre_alerts_firing", 1, *each)
    return families.collected()


def _line(families: Families, snapshot: QueueSnapshot, now: int) -> None:
    queue, oldest = snapshot.queue, snapshot.oldest_arrived_at
    wait_s = 0.0 if oldest is None else max(0, _clock(snapshot, now) - oldest) / 1000
    families.add("callcentre_queue_waiting_callers", snapshot.waiting, queue)
    families.add("callcentre_queue_oldest_wait_seconds", wait_s, queue)
    families.add(
        "callcentre_queue_oldest_arrival_timestamp_seconds",
        None if oldest is None else oldest / 1000,
        queue,
    )
    families.add(
        "callcentre_queue_waiting_past_target_callers",
        snapshot.waiting_past_target if snapshot.answer_within_ms is not None else None,
        queue,
    )
    families.add("callcentre_queue_doubtful_callers", snapshot.doubtful, queue)
    families.add("callcentre_queue_in_service_callers", snapshot.in_service, queue)
    families.add("callcentre_queue_clock_timestamp_seconds", snapshot.as_of / 1000, queue)
    families.add("callcentre_queue_source_stale", int(snapshot.source_stale), queue)
    families.add("callcentre_unexplained_legs", snapshot.unexplained_legs, queue)
    for rule, why in snapshot.not_evaluated.items():
        families.add("callcentre_alerts_not_evaluated", 1, rule, queue, why)
    for state, agents in snapshot.agents.items():
        families.add("callcentre_agents", agents, queue, state)


def _state(families: Families, snapshot: QueueSnapshot, now: int) -> None:
    if snapshot.attention is None or not is_judged(snapshot, now):
        return
    for level in LEVELS:
        is_this = int(level == snapshot.attention.level)
        families.add("callcentre_queue_state", is_this, snapshot.queue, level)


def _clock(snapshot: QueueSnapshot, now: int) -> int:
    """The time as of which waits are computed: for a replay its own clock, as it shows another day."""
    return snapshot.as_of if snapshot.replay else now


def _targets(families: Families, snapshot: QueueSnapshot, book: TargetsBook, now: int) -> None:
    queue, within = snapshot.queue, snapshot.answer_within_ms
    families.add(
        "callcentre_target_answer_within_seconds", None if within is None else within / 1000, queue
    )
    families.add("callcentre_target_goal_ratio", snapshot.goal, queue)
    at = _clock(snapshot, now)
    targets, _ = book.at(queue, at)
    if targets is None:
        return
    families.add(
        "callcentre_queue_open", int(is_open(targets.opening, targets.time_zone, at)), queue
    )
    families.add(
        "callcentre_target_info",
        1,
        queue,
        targets.name,
        targets.centre,
        targets.department,
        targets.formula,
    )


def _window(families: Families, snapshot: QueueSnapshot, window: str, counts: Counts) -> None:
    queue, formula = snapshot.queue, snapshot.formula
    for counter, name, needs_targets in _WINDOW_SERIES:
        if formula is not None or not needs_targets:
            families.add(name, exported(counter, getattr(counts, counter)), queue, window)
    if formula is None:
        return
    rule = service_level(formula)
    below = denominator(rule, counts)
    families.add(
        "callcentre_window_service_level_numerator_legs", numerator(rule, counts), queue, window
    )
    families.add("callcentre_window_service_level_denominator_legs", below, queue, window)
    families.add(
        "callcentre_window_live_service_level_denominator_legs",
        below + snapshot.waiting_past_target,
        queue,
        window,
    )
