"""Whether event time may pass without a decision, so that most 5-second boundaries cost nothing.

A busy floor of hundreds of queues spent a quarter of its time on boundaries that decide nothing.
Rule: on the safe side. What is known now cannot raise an alert rule up to the time that is told.
"""

from collections.abc import Callable

from schemas.targets import Targets
from streams.core.alert_rules import Seen, is_calm
from streams.core.line import Line
from streams.core.verdict import Verdict
from streams.core.windows import Windows

_ALIVE = ("open", "answered")


def quiet_until(targets: Targets | None, line: Line, windows: Windows, end: int) -> int:
    """No rule of `targets` can be raised at a boundary up to this one, unless a new fact comes.

    `end` is the last boundary of the minute: at whole minutes every queue is looked at. 0: look now.
    """
    if targets is None:
        return end
    wait, share = targets.oldest_wait_alert, targets.abandonment_alert
    if share is not None:
        lost, resolved = windows.share_bounds()
        if lost > share.raise_above * max(resolved, share.minimum):
            return 0
    return end if wait is None else min(end, line.none_waits_longer_until(wait.raise_above_ms))


def still_quiet(
    until: int, before: Verdict | None, verdict: Verdict, targets: Targets | None
) -> int:
    """How long it stays quiet after a leg was judged anew; 0 where that has to be asked again.

    Whoever is answered was in line when `until` was told, so it ends before his limit; a new caller
    reaches the limit in his own time. Facts behind the boundary are the caller's to look after.
    """
    if before is not None and (
        before.outcome not in _ALIVE or before.arrived_at != verdict.arrived_at
    ):
        return 0
    if verdict.outcome == "answered" and before is not None:
        return until
    if verdict.outcome == "open" and verdict.arrived_at is not None and targets is not None:
        wait = targets.oldest_wait_alert
        return until if wait is None else min(until, verdict.arrived_at + wait.raise_above_ms)
    return 0


def look(
    here: int,
    targets: Targets,
    line: Line,
    windows: Windows,
    roster: Callable[[], dict[str, int]],
    *,
    is_watched: bool,
    replay: bool,
) -> Seen | None:
    """The queue as of the boundary `here`; None if no rule is raised and none `is_watched`."""
    firm = line.firm()
    oldest = line.oldest_arrival(here, firm)
    oldest_wait_ms = here - oldest if oldest is not None else 0
    lost, resolved = windows.share()
    if not is_watched and is_calm(targets, oldest_wait_ms, lost, resolved):
        return None
    waiting = line.length(here, firm)
    return Seen(here, waiting, oldest_wait_ms, lost, resolved, roster(), replay)
