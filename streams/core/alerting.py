"""The life of an alert: inactive -> pending -> firing -> resolved, with two thresholds and two holding times.

Rule 1: only `advance` changes the state of an alert; times are 5-second boundaries.
Rule 2: between the raise and the clear threshold nothing changes, so that alerts do not flap.
"""

from typing import Literal

from msgspec import Struct

from schemas.alerts import Severity
from streams.core.alert_cost import Cost

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


Change = Literal["pending", "firing", "resolved", "inactive"]


def advance(
    progress: Progress, at: int, *, raised: bool, calm: bool, hold_ms: int, clear_hold_ms: int
) -> tuple[Progress, Change | None]:
    """The next stage as of boundary `at`, and the change to be written, if any.

    `raised`: above the raise threshold; `calm`: below the clear threshold. The change `inactive`
    withdraws a pending alert that never fired.
    """
    if progress.stage == "inactive":
        if not raised:
            return progress, None
        stage: AlertStage = "firing" if hold_ms == 0 else "pending"
        return Progress(stage, at, at if stage == "firing" else 0), stage
    if progress.stage == "pending":
        if not raised:
            return Progress(), "inactive"
        if at - progress.onset_at < hold_ms:
            return progress, None
        return Progress("firing", progress.onset_at, at), "firing"
    if not calm:
        if progress.calm_since is None:
            return progress, None
        return Progress("firing", progress.onset_at, progress.fired_at), None
    since = at if progress.calm_since is None else progress.calm_since
    if at - since >= clear_hold_ms:
        return Progress(), "resolved"
    return Progress("firing", progress.onset_at, progress.fired_at, since), None
