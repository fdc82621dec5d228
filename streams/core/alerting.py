"""The life of an alert: inactive -> pending -> firing -> resolved, with two thresholds and two holding times.

Rule 1: everything that changes an alert's state is in `advance`; time is the 5-second boundary.
Rule 2: between the raise and the clear threshold nothing changes: that is what stops flapping.
"""

from typing import Literal

from msgspec import Struct

AlertStage = Literal["inactive", "pending", "firing"]


class Progress(Struct, gc=False):
    """Where one rule on one queue stands. Times are event-time boundaries in ms."""

    stage: AlertStage = "inactive"
    onset_at: int = 0
    fired_at: int = 0
    calm_since: int | None = None  # firing, but below the clear threshold since


Change = Literal["pending", "firing", "resolved", "inactive"]


def advance(
    progress: Progress, at: int, *, raised: bool, calm: bool, hold_ms: int, clear_hold_ms: int
) -> tuple[Progress, Change | None]:
    """The next stage as of boundary `at`, and the change to be told, if any.

    `raised`: above the raise threshold; `calm`: below the clear threshold. `inactive` as a change
    takes a pending alert back that never fired.
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
