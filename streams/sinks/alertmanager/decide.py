"""What to post to Alertmanager, and why: from the newest version of each alert and the time.

Alertmanager forgets active alerts when it restarts and resolves what is not re-sent, so firing alerts
are sent again and again, always with both times: without `startsAt` it takes the value of `endsAt`.
"""

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from schemas.alerts import Alert, alert_name
from schemas.millis import MINUTE, iso

Reason = Literal["fired", "resent", "resolved", "resolved_again"]

BEHIND_MS = 2 * MINUTE  # an alert that was decided later than this is recorded, not notified
KEEP_RESOLVED_MS = 5 * MINUTE
ENDS_AFTER_RESENDS = 4  # an alert survives three lost posts; fewer made others' alerts flap


class Links(Struct, frozen=True):
    """Where a message sends its reader; `board` and `runbooks` end without a slash."""

    board: str = "http://127.0.0.1:8080"
    runbooks: str = "docs/runbooks"


class Known(Struct, frozen=True):
    """The newest version of one alert; `seen_at` is when we read it, or its `known_at` at the start.

    `posted` is what Alertmanager accepted last, `posted_at` when.
    """

    alert: Alert
    seen_at: int
    posted: Alert | None = None
    posted_at: int = 0


class Post(Struct, frozen=True):
    known: Known
    reason: Reason


def learn(known: Known | None, alert: Alert, seen_at: int) -> Known:
    """The newest version wins, of equal ones the later; what was posted before stays known.

    One record that moves the clock far ahead may raise and end an alert under one version.
    """
    if known is None:
        return Known(alert, seen_at)
    if alert.version < known.alert.version or alert == known.alert:
        return known
    return replace(known, alert=alert, seen_at=seen_at)


def is_to_notify(alert: Alert) -> bool:
    """Whether Alertmanager hears of it. The same after every restart: it rests on the record alone."""
    return _has_fired(alert) and not _is_of_the_past(alert)


def is_recorded_only(alert: Alert) -> bool:
    """It fired, but so long before it was known that it only stands in the archive."""
    return _has_fired(alert) and _is_of_the_past(alert)


def _has_fired(alert: Alert) -> bool:
    return alert.state in {"firing", "resolved"}


def _is_of_the_past(alert: Alert) -> bool:
    """Of a back-fill, or of a source that catches up.

    After an outage of ours an alert is not of the past: the broker had the facts in time.
    """
    return alert.known_at - alert.changed_at > BEHIND_MS


def decide(alerts: Iterable[Known], now: int, resend_ms: int) -> list[Post]:
    """What is due now, oldest onset first.

    To Alertmanager two onsets of one rule and queue are the same alert: only the newest speaks, or a
    resolved one that is re-sent would end its successor.
    """
    newest: dict[tuple[str, str], Known] = {}
    for known in sorted(alerts, key=lambda each: (each.alert.onset_at, each.alert.alert_id)):
        if is_to_notify(known.alert):
            newest[known.alert.rule, known.alert.queue] = known
    posts = []
    for known in newest.values():
        reason = _due(known, now, resend_ms)
        if reason is not None:
            posts.append(Post(known, reason))
    return posts


def body(alert: Alert, now: int, resend_ms: int, links: Links) -> dict[str, object]:
    """One alert of Alertmanager's API v2. Labels stay the same from firing to resolved."""
    name = alert_name(alert.rule)
    starts_at = alert.fired_at if alert.fired_at is not None else alert.onset_at
    labels = {
        "alertname": name,
        "queue": alert.queue,
        "rule": alert.rule,
        "severity": alert.severity,
        "owner": alert.owner,
        "replay": "true" if alert.replay else "",
    }
    annotations = {
        "summary": alert.reason,
        "queue_name": alert.queue_name,
        "value": f"{alert.value:.10g}",
        "threshold": f"{alert.threshold:.10g}",
        "n": str(alert.n),
        "runbook_url": f"{links.runbooks}/{name}.md",
        "board_url": f"{links.board}/",
    }
    return {
        "labels": {label: value for label, value in labels.items() if value},
        "annotations": annotations,
        "startsAt": iso(starts_at),
        "endsAt": iso(_ends_at(alert, starts_at, now, resend_ms)),
        "generatorURL": f"{links.board}/",
    }


def expired(known: Known, now: int) -> bool:
    """Nothing will be posted of it any more: it may be forgotten."""
    over = known.alert.state in {"resolved", "inactive"}
    return over and now - known.seen_at > KEEP_RESOLVED_MS + MINUTE


def _due(known: Known, now: int, resend_ms: int) -> Reason | None:
    changed = known.posted != known.alert
    if known.alert.state == "firing":
        if changed:
            return "fired"
        return "resent" if now - known.posted_at >= resend_ms else None
    if now - known.seen_at > KEEP_RESOLVED_MS:
        return None
    if changed:
        return "resolved"
    return "resolved_again" if now - known.posted_at >= resend_ms else None


def _ends_at(alert: Alert, starts_at: int, now: int, resend_ms: int) -> int:
    if alert.state == "firing":
        return now + ENDS_AFTER_RESENDS * resend_ms
    ended = alert.resolved_at if alert.resolved_at is not None else alert.changed_at
    # An end in the future (clocks differ) would keep it firing; one before its start is refused.
    return max(starts_at, min(ended, now))
