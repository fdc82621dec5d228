"""Topic `targets` made anew from the archive, after Kafka lost it: the same versions, so that history is judged as before."""

from collections.abc import Iterable, Mapping
from typing import Any

from schemas.codec import decode_as
from schemas.metrics import Metric
from schemas.metrics_book import metrics_of_body
from schemas.targets import Targets, TargetsVersion
from streams.admin.broker import AdminError
from streams.admin.targets import read_versions, write_version
from streams.sinks.clickhouse.database import Reader

# A row that was inserted twice is the same row.
_SQL = (
    "SELECT DISTINCT version, valid_from_ms, published_at_ms, default_zone, queue, body FROM targets"
    " ORDER BY version, queue"
)


def versions_of(rows: Iterable[Mapping[str, Any]]) -> list[TargetsVersion]:
    """The versions whose rows these are, oldest first. The order of the queues in the file is lost: theirs is by id."""
    found: dict[int, tuple[Mapping[str, Any], list[Targets]]] = {}
    metrics: dict[int, tuple[Metric, ...]] = {}
    for row in rows:
        version = int(row["version"])
        _, queues = found.setdefault(version, (row, []))
        if row["queue"]:
            queues.append(decode_as(Targets, row["body"].encode()))
        else:
            metrics[version] = metrics_of_body(row["body"])
    return [
        TargetsVersion(
            version,
            int(row["valid_from_ms"]),
            int(row["published_at_ms"]),
            row["default_zone"],
            tuple(queues),
            metrics.get(version, ()),
        )
        for version, (row, queues) in sorted(found.items())
    ]


def restore(bootstrap: str, namespace: str, reader: Reader) -> list[TargetsVersion]:
    """Write all versions of the archive; AdminError if the topic has some, or the archive none.

    A run that was killed half-way leaves a part: the same ones are passed over, and the rest is written.
    """
    wanted = versions_of(reader.execute(_SQL).named())
    if not wanted:
        raise AdminError(
            "the archive holds no targets: publish your file with `queuewatch queues publish`"
        )
    there = read_versions(bootstrap, namespace)
    if [_known(each) for each in there] != [_known(each) for each in wanted[: len(there)]]:
        raise AdminError(
            "topic targets holds versions that the archive does not know: only an empty topic is restored"
        )
    for version in wanted[len(there) :]:
        write_version(bootstrap, namespace, version)
    return wanted[len(there) :]


def _known(version: TargetsVersion) -> tuple[object, ...]:
    queues = sorted(version.queues, key=lambda each: each.queue)
    times = version.valid_from, version.published_at
    return version.version, *times, version.default_zone, queues, version.metrics
