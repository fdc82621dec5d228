"""The life of an alert: inactive -> pending -> firing -> resolved, with two thresholds and two holding times.

Rule 1: only `advance` changes the state of an alert; times are 5-second boundaries.
Rule 2: between the raise and the clear threshold nothing changes, so that alerts do not flap.
Rule 3: one that flaps all the same is damped: from the third time within an hour on, each time doubles the time for
which it must be calm to end again, so that people are told of one alert and not of ten.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

from msgspec import Struct

from schemas.alerts import Severity
from schemas.millis import MINUTE
from schemas.timing import FLAPS_WITHIN_MS
from streams.core.alert_cost import Cost, kept
from streams.core.windows import Windows

_UNDAMPED_TIMES = 2
_LEAST_DAMPED_MS, _MOST_DAMPED_MS = MINUTE, 30 * MINUTE

AlertStage = Literal["inactive", "pending", "firing"]


class Progress(Struct, gc=False):
    """Where one rule on one queue stands. Times are event-time boundaries in ms."""

    stage: AlertStage = "inactive"
    onset_at: int = 0
    fired_at: int = 0
    calm_since: int | None = None  # fires, and has been below the clear threshold since then
    doubtful: bool = False  # raised by callers who are perhaps gone
    severity: Severity | None = None  # as of the newest boundary; None: a former release wrote it
    cost: Cost | None = None  # since the onset; None: as above
    times_fired: int = 0  # how often it fired within the hour before it fired, this time included


def keep_costs(opened: Iterable[Progress], windows: Windows, at: int, target: int) -> None:
    """Add up what open alerts cost so far, before the windows forget it (streams.core.alert_cost.kept)."""
    for each in opened:
        if each.cost is not None:
            each.cost = kept(each.cost, windows, at, target)


Change = Literal["pending", "firing", "resolved", "inactive"]


def lately(ends: Sequence[int], at: int) -> list[int]:
    """Those of `ends` that lie within the last hour."""
    return [end for end in ends if at - end < FLAPS_WITHIN_MS]


def damped_ms(clear_hold_ms: int, times_fired: int) -> int:
    """For how long it must be calm to end: as configured the first two times (the second may be another cause), then
    four times as long, eight times …, up to half an hour.
    """
    if times_fired <= _UNDAMPED_TIMES:
        return clear_hold_ms
    doubled = max(clear_hold_ms, _LEAST_DAMPED_MS) << (times_fired - 1)
    return min(doubled, max(clear_hold_ms, _MOST_DAMPED_MS))


def advance(
    progress: Progress,
    at: int,
    *,
    raised: bool,
    calm: bool,
    hold_ms: int,
    clear_hold_ms: int,
    ends: Sequence[int] = (),
) -> tuple[Progress, Change | None]:
    """The next stage as of boundary `at`, and the change to be written, if any.

    `raised`: above the raise threshold; `calm`: below the clear threshold. The change `inactive`
    withdraws a pending alert that never fired. `ends` are the times at which it ended before. Where nothing changes
    `progress` itself is returned.
    """
    if progress.stage == "inactive":
        if not raised:
            return progress, None
        stage: AlertStage = "firing" if hold_ms == 0 else "pending"
        if stage == "pending":
            return Progress(stage, at), stage
        return Progress(stage, at, at, times_fired=len(lately(ends, at)) + 1), stage
    if progress.stage == "pending":
        if not raised:
            return Progress(), "inactive"
        if at - progress.onset_at < hold_ms:
            return progress, None
        count = len(lately(ends, at)) + 1
        return Progress("firing", progress.onset_at, at, times_fired=count), "firing"
    count = progress.times_fired
    if not calm:
        if progress.calm_since is None:
            return progress, None
        return Progress("firing", progress.onset_at, progress.fired_at, times_fired=count), None
    since = at if progress.calm_since is None else progress.calm_since
    if at - since >= damped_ms(clear_hold_ms, count):
        return Progress(), "resolved"
    if progress.calm_since is not None:
        return progress, None
    onset, fired = progress.onset_at, progress.fired_at
    return Progress("firing", onset, fired, since, times_fired=count), None
