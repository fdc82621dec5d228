"""Finds another live process of the same name: the two would take partitions from each other for ever.

The younger one of the two ends.
"""

from collections.abc import Iterable

from schemas.health import HEALTH_STALE_MS, Health
from schemas.millis import iso
from schemas.topics import topic_name
from streams.admin.broker import AdminError, decodable, read_whole


def reason_to_yield(reports: Iterable[Health], mine: Health) -> str | None:
    """The line with which this process ends; None if no other has its name, or if this one is older.

    Only reports from after the start of this process count. An earlier one may be the last report of a
    killed process that was started again as this one.
    """
    for other in reports:
        if (
            (other.process, other.instance) == (mine.process, mine.instance)
            and (other.started_at, other.pid) < (mine.started_at, mine.pid)
            and other.state != "stopped"
            and mine.started_at < other.at
            and mine.at - HEALTH_STALE_MS < other.at
        ):
            return (
                f"another {mine.process} with --instance {mine.instance} is running (process"
                f" {other.pid}, since {iso(other.started_at)}): give each an --instance of its own"
            )
    return None


def read_reason_to_yield(bootstrap: str, namespace: str, mine: Health) -> str | None:
    """The same, with the reports of topic `health`; None also while Kafka does not answer."""
    try:
        records = read_whole(bootstrap, topic_name("health", namespace))
    except AdminError:
        return None
    # All records, not only the newest: both processes write under one key.
    return reason_to_yield(decodable(Health, (record.value for record in records)), mine)
