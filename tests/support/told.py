"""Alerts as receivers have them, for the tests of messages."""

from collections.abc import Mapping

from schemas.millis import MINUTE, from_iso
from streams.messages.told import Told

STARTED = from_iso("2026-03-02T09:00:00Z")
LATER = STARTED + 12 * MINUTE


def told(
    rule: str = "oldest_wait",
    name: str = "Burst pipes",
    value: str = "130",
    threshold: str = "120",
    n: str = "4",
    times_limit: str = "0000001.08",
    is_firing: bool = True,
    doubtful: bool = False,
    ended_after_ms: int | None = None,
    also: Mapping[str, str] | None = None,
) -> Told:
    """An alert of a queue that fires since 09:00, or is over."""
    ended_at = None if ended_after_ms is None else STARTED + ended_after_ms
    labels = {"alertname": "X", "rule": rule, "queue": "q", "severity": "page"}
    return Told(
        labels | ({"doubtful": "true"} if doubtful else {}),
        {
            "summary": f"{name}: 4 waiting, the oldest for 2m10s (limit 2m)",
            "queue_name": name,
            "value": value,
            "threshold": threshold,
            "n": n,
            "times_limit": times_limit,
        }
        | dict(also or {}),
        is_firing,
        STARTED,
        ended_at,
    )
