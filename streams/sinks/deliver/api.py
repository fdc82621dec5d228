"""The part of Alertmanager's API v2 that `notify` and Prometheus use: alerts and silences as JSON. Pure."""

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct

from schemas.millis import MINUTE, from_iso, iso
from streams.sinks.deliver.grouping import Posted
from streams.sinks.deliver.inhibition import Silence, SilenceMatcher

_RESOLVED_AFTER_MS = 5 * MINUTE  # of an alert whose end is not said, as Alertmanager has it


class ApiError(Exception):
    """A body that is none of this API; one line."""


class _Alert(Struct, frozen=True, rename="camel"):
    labels: dict[str, str]
    annotations: dict[str, str] = {}
    starts_at: str = ""
    ends_at: str = ""


class _Silence(Struct, frozen=True, rename="camel"):
    matchers: list[SilenceMatcher]
    starts_at: str
    ends_at: str
    created_by: str
    comment: str
    id: str = ""


_alerts = msgspec.json.Decoder(list[_Alert])
_silence = msgspec.json.Decoder(_Silence)


def posted_alerts(text: bytes, now: int) -> list[Posted]:
    """ApiError where the body is another one."""
    try:
        return [_posted(each, now) for each in _alerts.decode(text)]
    except (msgspec.DecodeError, ValueError, OverflowError) as error:
        raise ApiError(f"no list of alerts: {error}") from None


def posted_silence(text: bytes, new_id: str) -> Silence:
    """With `new_id` where the body has none. ApiError where it is another one."""
    try:
        asked = _silence.decode(text)
        return Silence(
            asked.id or new_id, tuple(asked.matchers), from_iso(asked.starts_at),
            from_iso(asked.ends_at), asked.created_by, asked.comment,
        )  # fmt: skip
    except (msgspec.DecodeError, ValueError, OverflowError) as error:
        raise ApiError(f"no silence: {error}") from None


def listed(silences: Iterable[Silence], now: int) -> list[dict[str, Any]]:
    """The silences as Alertmanager lists them."""
    return [
        {
            "id": each.silence_id,
            "status": {"state": "active" if each.ends_at > now else "expired"},
            "matchers": msgspec.to_builtins(each.matchers),
            "startsAt": iso(each.starts_at),
            "endsAt": iso(each.ends_at),
            "createdBy": each.created_by,
            "comment": each.comment,
        }
        for each in silences
    ]


def listed_alerts(alerts: Iterable[tuple[Posted, bool]]) -> list[dict[str, Any]]:
    """What fires as Alertmanager lists it; of each whether another one inhibits it."""
    return [
        {
            "labels": each.labels,
            "annotations": each.annotations,
            "startsAt": iso(each.starts_at),
            "endsAt": iso(each.ends_at),
            "status": {"inhibitedBy": ["another alert"] if is_inhibited else []},
        }
        for each, is_inhibited in alerts
    ]


def _posted(alert: _Alert, now: int) -> Posted:
    if not alert.labels:
        raise ValueError("an alert without labels")
    starts_at = _time(alert.starts_at) or now
    ends_at = _time(alert.ends_at) or now + _RESOLVED_AFTER_MS
    labels = {name: value for name, value in alert.labels.items() if value}
    return Posted(labels, alert.annotations, min(starts_at, ends_at), ends_at)


def _time(text: str) -> int:
    """0 where it is not said: as text, or as the year 1 of Go."""
    return 0 if not text or text.startswith("0001-") else from_iso(text)
