"""An alert of `billing`; times are milliseconds around NOON."""

from typing import Any

from msgspec.structs import replace

from schemas.alerts import Alert, AlertState
from schemas.millis import from_iso

NOON = from_iso("2026-11-22T12:00:00Z")


def alert(state: AlertState = "firing", **changes: Any) -> Alert:
    first = Alert(
        alert_id="oldest_wait/billing/1",
        version=10,
        rule="oldest_wait",
        queue="billing",
        state=state,
        severity="page",
        onset_at=NOON - 20_000,
        changed_at=NOON - 5_000,
        known_at=NOON - 4_000,
        value=185.0,
        threshold=120.0,
        n=3,
        reason="Billing: oldest wait 3:05, limit 2:00, since 11:59:40",
        fired_at=NOON - 5_000,
        resolved_at=NOON - 1_000 if state == "resolved" else None,
        owner="billing-duty",
        department="finance",
        queue_name="Billing",
    )
    return replace(first, **changes)
