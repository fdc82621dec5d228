"""Two live processes of one name take the same partitions from each other for ever: the younger one ends."""

from collections.abc import Iterable

from schemas.health import HEALTH_STALE_MS, Health
from schemas.millis import iso
from schemas.topics import topic_name
from streams.admin.broker import AdminError, decodable, read_whole


def reason_to_yield(reports: Iterable[Health], mine: Health) -> str | None:
    """The line with which this process ends; None when it has its name alone or is the elder one.

    Only a process that reported after this one had started counts: the last report of one that was
    killed, and started again as this one, is older.
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
    """The same by topic `health`; None, too, while Kafka does not answer."""
    try:
        records = read_whole(bootstrap, topic_name("health", namespace))
    except AdminError:
        return None
    # Both write under one key: the newest alone would hide the other.
    return reason_to_yield(decodable(Health, (record.value for record in records)), mine)
