"""Which producers run: those that follow a platform or simulate one, by what they say in topic `health`."""

from collections.abc import Iterable

from schemas.health import HEALTH_STALE_MS, Health
from schemas.topics import topic_name
from streams.admin.broker import read_whole
from streams.admin.status import newest_reports

_OTHERS = frozenset({"stream", "archive", "notify", "deliver", "board", "reports", "up"})


def running(reports: Iterable[Health], now: int) -> list[str]:
    """A few words for each, of the newest report of each process."""
    return sorted(
        f"{each.process} (process {each.pid} of {each.instance})"
        for each in reports
        if each.process not in _OTHERS
        and each.state != "stopped"
        and now - each.at <= HEALTH_STALE_MS
    )


def read_running(bootstrap: str, namespace: str, now: int) -> list[str]:
    """AdminError where Kafka does not answer."""
    records = read_whole(bootstrap, topic_name("health", namespace))
    return running(newest_reports(record.value for record in records), now)
