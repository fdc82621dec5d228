"""The answer to a probe: one record in topic `alerts`, on the way that a page takes, and nothing else.

Its key is that of the partition, so that a compacted topic keeps one of each. Its severity is one that former releases
of `notify`, board and archive tell nobody of.
"""

from schemas.alerts import PROBE, Alert
from schemas.calls import Probe
from schemas.codec import encode
from schemas.topics import DECISION_BITS
from streams.core.unit import Output, Record


def answer(probe: Probe, record: Record, partition: int, first_version: int) -> Output:
    """`onset_at` says which probe was answered, `queue` by which partition."""
    place = f"calls-{partition}"
    alert = Alert(
        alert_id=f"{PROBE}/{place}",
        version=first_version + (record.offset << DECISION_BITS),
        rule=PROBE,
        queue=place,
        state="firing",
        severity="rehearse",
        onset_at=probe.at,
        changed_at=probe.at,
        known_at=record.timestamp,
        value=0.0,
        threshold=0.0,
        n=0,
        reason="a probe: no call, and nothing is wrong",
        fired_at=probe.at,
    )
    return Output("alerts", alert.alert_id.encode(), encode(alert))
