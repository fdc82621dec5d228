"""The record of an incident's alert: what topic `alerts` says of a place."""

from schemas.alerts import Alert
from schemas.targets import Targets
from streams.core.alerting import Change, Progress
from streams.core.incident_cell import Cell
from streams.core.rule import Measured
from streams.core.rules.incident import RULE
from streams.core.unit import Cause


def incident_alert(
    cell: Cell,
    targets: Targets | None,
    started: Progress,
    found: Measured,
    change: Change,
    here: int,
    cause: Cause,
) -> Alert:
    """`targets` are those of the queue with most of the calls when it was raised: owner and department are its."""
    place = f"{cell.topic}, {cell.area}"
    calls = cell.calls_since(cell.since, here)
    return Alert(
        alert_id=f"{RULE.name}/{cell.topic}/{cell.area}/{started.onset_at}",
        version=cause.version,
        rule=RULE.name,
        queue="",
        state=change,
        severity=started.severity or RULE.severity,
        onset_at=started.onset_at,
        changed_at=started.fired_at if change == "firing" else here,
        held_at=here,
        known_at=cause.known_at,
        value=found.value,
        threshold=found.threshold,
        n=found.n,
        reason=RULE.sentence(place, found),
        fired_at=started.fired_at or None,
        resolved_at=here if change == "resolved" else None,
        owner=targets.owner if targets else "",
        department=targets.department if targets else "",
        queue_name=place,
        replay=any(each.replay for each in calls),
        topic=cell.topic,
        area=cell.area,
        queues=tuple(queue for queue, _ in cell.queues_since(cell.since, here)),
    )
