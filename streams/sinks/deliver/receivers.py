"""Who is told of an alert, by the owners of queues.toml and the time. Pure."""

from collections.abc import Mapping
from typing import NamedTuple

from schemas.alerts import Severity
from schemas.opening import Opening, is_open
from schemas.owners import OF_QUEUEWATCH, Owner
from schemas.routes import GROUPED_BY, GROUPED_BY_ELSE, QUIET_SEVERITIES, REPLAYED

Owners = Mapping[str, Owner]


class GroupKey(NamedTuple):
    """What makes one message: `owner` "" for alerts of an owner that is not declared."""

    owner: str
    severity: Severity
    labels: tuple[tuple[str, str], ...]


def group_of(labels: Mapping[str, str], owners: Owners) -> GroupKey | None:
    """None where nobody is told: a replay, a note, an alert that only mutes others."""
    severity = labels.get("severity", "page")
    if REPLAYED.matches(labels) or QUIET_SEVERITIES.matches(labels):
        return None
    owner = labels.get("owner", "")
    owner = owner if owner in owners and severity in {"page", "warn"} else ""
    names = GROUPED_BY if owner else GROUPED_BY_ELSE
    kept = tuple(sorted((name, labels[name]) for name in names if labels.get(name)))
    return GroupKey(owner, "warn" if severity == "warn" else "page", kept)


def told_now(owner: str, owners: Owners, now: int) -> str:
    """Who is told at that time of the alerts of `owner`; "" is nobody."""
    if not owner:
        return OF_QUEUEWATCH if OF_QUEUEWATCH in owners else ""
    found = owners[owner]
    if found.weekly is None or is_open(Opening(found.weekly), found.time_zone, now):
        return owner
    return found.out_of_hours
