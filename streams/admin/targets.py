"""Publishes `queues.toml` to topic `targets`. Only one process may publish at a time."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from msgspec import Struct

from schemas.codec import UndecodableError, decode_as, encode
from schemas.millis import MINUTE, iso
from schemas.queues_toml import QueuesFile
from schemas.targets import TargetsVersion
from schemas.targets_book import TargetsBook
from schemas.timing import PUBLISH_AHEAD_MS
from schemas.topics import EPOCH_KEY, topic_name
from streams.admin.broker import AdminError, read_whole, write

METRICS_HOLD = "`queuewatch metrics list` says from when each metric holds"


class TargetsDifference(Struct, frozen=True):
    """Queue ids by what a new version does to them.

    `added` were in no version before: their targets hold from the beginning of time. `returned` were in
    an earlier version: their targets hold from the new version's time on.
    """

    added: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    zone_changed: bool = False
    metrics: tuple[str, ...] = ()  # names of those that are new, changed or gone

    def __str__(self) -> str:
        parts = [
            f"{len(names)} {word} ({', '.join(names[:5])}{', …' if len(names) > 5 else ''})"  # noqa: PLR2004  as many as fit a line
            for word, names in (
                ("new", self.added),
                ("back again", self.returned),
                ("changed", self.changed),
                ("removed", self.removed),
                ("of metrics", self.metrics),
            )
            if names
        ]
        return ", ".join(parts) or (
            "default zone changed" if self.zone_changed else "order changed"
        )


class Published(Struct, frozen=True):
    """The newest version after a publication, and what it changed."""

    version: TargetsVersion
    difference: TargetsDifference | None  # None: nothing had changed, nothing was written

    def __str__(self) -> str:
        version = self.version
        if self.difference is None:
            return f"unchanged: version {version.version} says the same"
        since = "the beginning of time"
        if version.valid_from:
            new = " (new queues: from the beginning of time)" if self.difference.added else ""
            since = iso(version.valid_from, ZoneInfo(version.default_zone)) + new
        said = f"version {version.version} published, valid from {since}: {self.difference}"
        if self.difference.metrics:  # they begin at midnights, the first of a name before all
            said += f"; {METRICS_HOLD}"
        return said


def next_version(
    newest: TargetsVersion | None, file: QueuesFile, now: int
) -> TargetsVersion | None:
    """The version to write, or None when the file is the same as the newest version.

    The first version is valid from the beginning of time. A later one begins at the first full minute
    that is at least 60 s ahead, so that it changes no calls that were judged before.
    """
    if newest is None:
        return version_of(file, 1, 0, now)
    if says_the_same(newest, file):
        return None
    valid_from = -(-(now + PUBLISH_AHEAD_MS) // MINUTE) * MINUTE
    # Two publications within a minute, or a clock set back: validity must rise with the version.
    valid_from = max(valid_from, newest.valid_from + MINUTE if newest.valid_from else 0)
    return version_of(file, newest.version + 1, valid_from, now)


def version_of(file: QueuesFile, version: int, valid_from: int, now: int) -> TargetsVersion:
    return TargetsVersion(version, valid_from, now, file.default_zone, file.queues, file.metrics)


def says_the_same(version: TargetsVersion, file: QueuesFile) -> bool:
    """Owners and mail are not published, so that a change of them alone is none."""
    published = version.default_zone, version.queues, version.metrics
    return published == (file.default_zone, file.queues, file.metrics)


def difference(versions: Sequence[TargetsVersion], new: TargetsVersion) -> TargetsDifference:
    """What `new` changes against the newest of `versions`, which are oldest first."""
    old = versions[-1] if versions else None
    former = {targets.queue: targets for targets in old.queues} if old else {}
    coming = {targets.queue: targets for targets in new.queues}
    known = {*TargetsBook(versions).configured()}
    return TargetsDifference(
        tuple(queue for queue in coming if queue not in known),
        tuple(queue for queue in coming if queue in known and queue not in former),
        tuple(queue for queue in coming if queue in former and former[queue] != coming[queue]),
        tuple(queue for queue in former if queue not in coming),
        old is not None and old.default_zone != new.default_zone,
        _changed_metrics(old, new),
    )


def _changed_metrics(old: TargetsVersion | None, new: TargetsVersion) -> tuple[str, ...]:
    former = {metric.name: metric for metric in old.metrics} if old else {}
    coming = {metric.name: metric for metric in new.metrics}
    return tuple(name for name in {**former, **coming} if former.get(name) != coming.get(name))


def read_versions(bootstrap: str, namespace: str) -> list[TargetsVersion]:
    """Every published version, oldest first; AdminError for a record that cannot be decoded."""
    versions = []
    topic = topic_name("targets", namespace)
    for record in read_whole(bootstrap, topic):
        if record.key == EPOCH_KEY or record.value is None:
            continue
        try:
            versions.append(decode_as(TargetsVersion, record.value))
        except UndecodableError as error:
            raise AdminError(f"{topic} offset {record.offset}: {error}") from None
    return sorted(versions, key=lambda version: version.version)


def publish(bootstrap: str, namespace: str, file: QueuesFile, now: int) -> Published:
    """Write a new version if the file differs from the newest one."""
    versions = read_versions(bootstrap, namespace)
    newest = versions[-1] if versions else None
    version = next_version(newest, file, now)
    if version is None:
        assert newest is not None  # noqa: S101  without a newest one, next_version is never None
        return Published(newest, None)
    write_version(bootstrap, namespace, version)
    return Published(version, difference(versions, version))


def write_version(bootstrap: str, namespace: str, version: TargetsVersion) -> None:
    """Write one version to topic `targets`."""
    key = str(version.version).encode()
    write(bootstrap, topic_name("targets", namespace), key, encode(version))
