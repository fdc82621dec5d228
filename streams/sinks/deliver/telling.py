"""What one owner is to be told at once: a group of alerts. Both ways in end here. Pure."""

import hashlib
from collections.abc import Mapping, Sequence

from msgspec import Struct

from schemas.alerts import SEVERITIES, Severity
from schemas.messages import ToldAlert

_FNV_OFFSET, _FNV_PRIME, _FNV_BITS = 14695981039346656037, 1099511628211, (1 << 64) - 1
_SEPARATOR = b"\xff"


class Heard(Struct, frozen=True):
    """One alert as of the time of the telling."""

    fingerprint: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    starts_at: int
    ends_at: int
    is_firing: bool


class Telling(Struct, frozen=True):
    """`owner` is who is told; `left_out`: alerts of the group that Alertmanager did not hand over."""

    owner: str
    group: str
    severity: Severity
    alerts: tuple[Heard, ...]
    left_out: int = 0
    is_test: bool = False

    @property
    def is_firing(self) -> bool:
        return any(alert.is_firing for alert in self.alerts)

    def told(self) -> tuple[ToldAlert, ...]:
        """What the outbox keeps of the alerts, in an order of its own."""
        found = (
            ToldAlert(each.fingerprint, each.starts_at, each.is_firing) for each in self.alerts
        )
        return tuple(sorted(found, key=lambda each: (each.fingerprint, each.starts_at)))


def group_name(severity: str, labels: Mapping[str, str]) -> str:
    """The same in both ways: `page {department=works, owner=water}`."""
    return f"{severity} {{{', '.join(f'{key}={value}' for key, value in sorted(labels.items()))}}}"


def severity_of(alerts: Sequence[Mapping[str, str]]) -> Severity:
    """The worst of these labels; of alerts without one it is `page`: rather too loud than too quiet."""
    found = {labels.get("severity") for labels in alerts}
    return next((each for each in SEVERITIES if each in found), "page")


def fingerprint(labels: Mapping[str, str]) -> str:
    """The same number that Alertmanager gives to these labels (FNV-1a, 64 bits)."""
    total = _FNV_OFFSET
    for name, value in sorted(labels.items()):
        for byte in b"".join((name.encode(), _SEPARATOR, value.encode(), _SEPARATOR)):
            total = (total ^ byte) * _FNV_PRIME & _FNV_BITS
    return f"{total:016x}"


def content_id(group: str, alerts: Sequence[ToldAlert]) -> str:
    """Equal for the same alerts in the same condition: what is told twice is one message."""
    digest = hashlib.sha256(group.encode())
    for each in alerts:
        digest.update(f"\n{each.fingerprint} {each.starts_at} {each.is_firing}".encode())
    return digest.hexdigest()[:16]
