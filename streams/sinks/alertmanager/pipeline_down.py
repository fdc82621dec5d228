"""The alert that `notify` raises by itself: a process of the pipeline reports no more. Pure.

It has the name and the labels of the alert PipelineDown of Prometheus, so that both are one message and mute the
same alerts. Where no Prometheus runs, nobody else would say that the walls stand still.
"""

from collections.abc import Mapping

from msgspec import Struct

from schemas.millis import MINUTE, SECOND, format_duration, iso
from schemas.owners import OF_QUEUEWATCH
from schemas.pipeline_alerts import id_of
from streams.sinks.alertmanager.decide import ENDS_AFTER_RESENDS, KEEP_RESOLVED_MS, Links

SILENT_AFTER_MS = MINUTE
NEEDED = "stream"  # is missed also if it never reported; others only if they once did
WATCHED = (NEEDED, "archive", "deliver")


class Down(Struct, frozen=True):
    """`since` is the last report (or the start of notify); `over_at` when it reported again, None if not yet."""

    since: int
    over_at: int | None = None


def after(
    downs: Mapping[str, Down], heard: Mapping[str, int], started_at: int, now: int
) -> dict[str, Down]:
    """By process, what is down now, or was until a few minutes ago: an end is told for some time, too.

    `heard`: when each process reported last. Times in ms of notify's clock.
    """
    found = {}
    for process in WATCHED:
        last = heard.get(process, started_at if process == NEEDED else None)
        former = downs.get(process)
        if last is not None and now - last > SILENT_AFTER_MS:
            is_same = former is not None and former.over_at is None
            found[process] = former if former and is_same else Down(last)
        elif former is not None:
            over_at = now if former.over_at is None else former.over_at
            if now - over_at <= KEEP_RESOLVED_MS:
                found[process] = Down(former.since, over_at)
    return found


def body(
    process: str, down: Down, now: int, resend_ms: int, links: Links, problem: str
) -> dict[str, object]:
    """One alert of Alertmanager's API v2; `problem` says that Kafka does not answer notify, if so."""
    silent = format_duration(max(0, now - down.since) // SECOND * SECOND)
    why = problem or "it is down, or hangs"
    ends_at = now + ENDS_AFTER_RESENDS * resend_ms if down.over_at is None else down.over_at
    labels = {
        "alertname": "PipelineDown",
        "job": process,
        "severity": "page",
        "owner": OF_QUEUEWATCH,
    }
    annotations = {
        "summary": f"{process} has reported nothing for {silent}: {why}",
        "runbook_url": links.runbook("PipelineDown"),
        "board_url": f"{links.board}/",
    }
    ack_url = links.ack(id_of(labels, down.since), OF_QUEUEWATCH, now)
    if ack_url and down.over_at is None:
        annotations["ack_url"] = ack_url
    return {
        "labels": labels,
        "annotations": annotations,
        "startsAt": iso(down.since),
        "endsAt": iso(max(down.since, ends_at)),
        "generatorURL": f"{links.board}/",
    }
