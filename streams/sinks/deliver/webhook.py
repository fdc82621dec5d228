"""Alertmanager's webhook (body version 4) as a telling. Pure."""

import msgspec
from msgspec import Struct

from schemas.millis import from_iso
from streams.sinks.deliver.telling import Heard, Telling, fingerprint, group_name, severity_of

VERSION = "4"


class WebhookError(Exception):
    """A body that is none of Alertmanager's; one line."""


class _Alert(Struct, frozen=True, rename="camel"):
    status: str
    labels: dict[str, str]
    starts_at: str
    ends_at: str
    annotations: dict[str, str] = {}
    fingerprint: str = ""

    def heard(self) -> Heard:
        name = self.fingerprint or fingerprint(self.labels)
        return Heard(
            name, self.labels, self.annotations, from_iso(self.starts_at), _end(self.ends_at),
            self.status == "firing",
        )  # fmt: skip


class _Body(Struct, frozen=True, rename="camel"):
    version: str
    alerts: list[_Alert]
    group_labels: dict[str, str] = {}
    truncated_alerts: int = 0


_body = msgspec.json.Decoder(_Body)


def telling_of(owner: str, text: bytes) -> Telling:
    """WebhookError where the body is another one."""
    try:
        body = _body.decode(text)
        if body.version != VERSION:
            raise WebhookError(f'version "{body.version}" of the body: only "{VERSION}" is read')
        alerts = tuple(each.heard() for each in body.alerts)
    except (msgspec.DecodeError, ValueError, OverflowError) as error:
        raise WebhookError(f"no body of Alertmanager's webhook: {error}") from None
    if not alerts:
        raise WebhookError("no body of Alertmanager's webhook: it has no alerts")
    severity = severity_of([each.labels for each in alerts])
    group = group_name(severity, body.group_labels)
    return Telling(owner, group, severity, alerts, body.truncated_alerts)


def _end(text: str) -> int:
    """0 where there is none: Alertmanager writes the year 1 then."""
    return 0 if text.startswith("0001-") else from_iso(text)
