"""Alerts of the pipeline (PipelineDown, FeedStale …): those of Prometheus and those that `notify` raises itself. Pure.

They stand in no topic. Their id is made from what everybody has who hears of one, so that `notify`, `deliver` and the board
mean the same alert without asking one another: the name, the labels, and when it began.
"""

import hashlib
import re
from collections.abc import Mapping

from msgspec import Struct

from schemas.alerts import PROBE, alert_name
from schemas.owners import OF_QUEUEWATCH

# They change with who is told of it, not with what it is.
NOT_OF_THE_ALERT = ("alertname", "owner", "severity", "escalated")
LONGEST_WHAT = 300
_ID = re.compile(r"([A-Z]\w{0,99})/(.*)/(\d{1,15})", re.DOTALL)


class PipelineAlert(Struct, frozen=True):
    """`what` are its labels (`instance=…,job=stream`), or a digest where they are long; `starts_at` in ms."""

    name: str
    what: str
    starts_at: int


def is_of_pipeline(labels: Mapping[str, str]) -> bool:
    """Whether people are told of an alert with these labels, and it is of no queue. A copy for a further owner is none."""
    return (
        labels.get("owner") == OF_QUEUEWATCH
        and labels.get("severity") in {"page", "warn"}
        and not labels.get("escalated")
        and not labels.get("rule")
        and _ID.fullmatch(f"{labels.get('alertname', '')}//0") is not None
        and labels["alertname"] != alert_name(PROBE)
    )


def is_taken(labels: Mapping[str, str]) -> bool:
    """Whether somebody can say "I have it" of an alert with these labels, and it goes on to others until then."""
    return is_of_pipeline(labels) and labels["severity"] == "page"


def id_of(labels: Mapping[str, str], starts_at: int) -> str:
    """`PipelineDown/instance=127.0.0.1:9102,job=archive/1772442065000`."""
    kept = sorted((name, value) for name, value in labels.items() if name not in NOT_OF_THE_ALERT)
    what = ",".join(f"{name}={value}" for name, value in kept if value)
    if len(what) > LONGEST_WHAT:
        what = hashlib.sha256(what.encode("utf-8", "replace")).hexdigest()[:16]
    return f"{labels['alertname']}/{what}/{starts_at}"


def parsed(alert_id: str) -> PipelineAlert | None:
    """None for the id of an alert of a queue."""
    match = _ID.fullmatch(alert_id)
    return PipelineAlert(match[1], match[2], int(match[3])) if match else None
