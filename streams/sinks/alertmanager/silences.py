"""Which silences Alertmanager should have: one for each alert that somebody has, or that is muted. Pure.

Alertmanager cannot acknowledge. A silence of its own outlives its alert, or hides the next one; these are short,
are extended while the alert goes on and nobody gives it up, and are ended with it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from schemas.alerts import Alert, alert_name
from schemas.commands_book import CommandsBook
from schemas.millis import from_iso, iso
from streams.sinks.alertmanager.decide import ENDS_AFTER_RESENDS, Known, is_to_notify

AUTHOR = "queuewatch notify"  # by which silences of ours are known after a restart

Key = tuple[tuple[str, str], ...]  # labels and their values, by name
_LABELS = ("alertname", "queue", "topic", "area", "doubtful")
_ACROSS_QUEUES = {
    "topic",
    "area",
}  # not matched where the alert has none: of queues nothing changes


class Held(Struct, frozen=True):
    """A silence of ours that Alertmanager has."""

    silence_id: str
    starts_at: int
    ends_at: int


class Changes(Struct, frozen=True):
    """What to ask of Alertmanager: bodies to post by key, and ids to delete by key."""

    posts: Mapping[Key, dict[str, object]]
    deletes: Mapping[Key, str]


def quiet(alerts: Iterable[Known], book: CommandsBook, now: int) -> dict[Key, str]:
    """Of which firing alerts nobody is told, and why."""
    found = {}
    for known in alerts:
        alert = known.alert
        if alert.state != "firing" or not is_to_notify(known):
            continue
        why = book.why_quiet(alert, now)
        if why:
            found[key_of(alert)] = why
    return found


def changes(
    wanted: Mapping[Key, str], held: Mapping[Key, Held], now: int, resend_ms: int
) -> Changes:
    """A silence is extended when half of its time is over; one that is not wanted any more is deleted."""
    lasts_ms = ENDS_AFTER_RESENDS * resend_ms
    posts = {}
    for key, why in wanted.items():
        former = held.get(key)
        if former is not None and former.ends_at <= now:
            former = None
        if former is None or former.ends_at - now <= lasts_ms // 2:
            posts[key] = _body(key, why, former, now, lasts_ms)
    deletes = {
        key: each.silence_id
        for key, each in held.items()
        if key not in wanted and each.ends_at > now
    }
    return Changes(posts, deletes)


def ours(silences: Sequence[Mapping[str, Any]]) -> dict[Key, Held]:
    """Those of ours among the silences that Alertmanager lists."""
    found = {}
    for silence in silences:
        if silence["createdBy"] == AUTHOR and silence["status"]["state"] != "expired":
            values = {matcher["name"]: matcher["value"] for matcher in silence["matchers"]}
            found[key_of_labels(values)] = Held(
                silence["id"], from_iso(silence["startsAt"]), from_iso(silence["endsAt"])
            )
    return found


def key_of(alert: Alert) -> Key:
    doubtful = "true" if alert.doubtful else ""
    values = alert_name(alert.rule), alert.queue, alert.topic, alert.area, doubtful
    named = zip(_LABELS, values, strict=True)
    return key_of_labels({n: value for n, value in named if value or n not in _ACROSS_QUEUES})


def key_of_labels(labels: Mapping[str, str]) -> Key:
    return tuple(sorted(labels.items()))


def _body(key: Key, why: str, former: Held | None, now: int, lasts_ms: int) -> dict[str, object]:
    body: dict[str, object] = {
        "matchers": [
            {"name": name, "value": value, "isRegex": False, "isEqual": True} for name, value in key
        ],
        "startsAt": iso(former.starts_at if former else now),
        "endsAt": iso(now + lasts_ms),
        "createdBy": AUTHOR,
        "comment": why,
    }
    return body | ({"id": former.silence_id} if former else {})
