"""Series `queuewatch_*` of process `stream`: the state of the pipeline."""

from collections.abc import Mapping

from msgspec import Struct

from schemas.health import Health
from streams.plumbing import certificates
from streams.plumbing.families import Families, Family


class StreamTelemetry(Struct, frozen=True):
    """What a worker counted since it started; times in seconds, except where said."""

    results: Mapping[tuple[str, str], int]  # records by topic and what became of them
    quarantined: Mapping[tuple[str, str], int]  # by topic and reason
    source_times: Mapping[str, int]  # newest event time of each live source, in ms
    sources_behind_ms: Mapping[str, int]  # how far the clock of each is behind the broker's
    checkpoints: int
    checkpoint_s: float
    unconfigured_queues: int = 0


def stream_families(health: Health, telemetry: StreamTelemetry) -> list[Family]:
    """Every series of the worker; positions and lags are those of its health record."""
    families = Families()
    families.add("queuewatch_build_info", 1, health.process, health.version)
    families.add("queuewatch_ready", int(health.ready), health.process)
    certificates.in_use.add_to(families)
    families.add("queuewatch_recovering", int(health.state == "recovering"))
    for (topic, result), records in telemetry.results.items():
        families.add("queuewatch_events_total", records, topic, result)
    for (topic, reason), records in telemetry.quarantined.items():
        families.add("queuewatch_quarantined_total", records, topic, reason)
    families.add("queuewatch_unconfigured_queues", telemetry.unconfigured_queues)
    families.add_places("queuewatch_position_offset", health.positions)
    families.add_places("queuewatch_lag_records", health.lag_records)
    families.add_places("queuewatch_lag_seconds", health.lag_s)
    families.add("queuewatch_checkpoints_total", telemetry.checkpoints)
    families.add("queuewatch_checkpoint_seconds_total", telemetry.checkpoint_s)
    families.add("queuewatch_checkpoint_age_seconds", health.ages_s.get("checkpoint"))
    for source, at in telemetry.source_times.items():
        families.add("queuewatch_source_last_event_timestamp_seconds", at / 1000, source)
    for source, behind_ms in telemetry.sources_behind_ms.items():
        families.add("queuewatch_source_behind_seconds", behind_ms / 1000, source)
    return families.collected()
