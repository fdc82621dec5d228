"""The newest record of each key of the topics that the board reads. Pure: records are passed in."""

from collections.abc import Callable
from typing import Any

from dashboards.wallboard.last_hour import LastHour, minute_passed
from schemas.agents import RosterEntry
from schemas.alerts import Alert, is_probe
from schemas.codec import UndecodableError, decode_as
from schemas.commands import AlertCommand
from schemas.commands_book import CommandsBook
from schemas.health import Health
from schemas.millis import DAY
from schemas.snapshots import QueueSnapshot
from schemas.targets import TargetsVersion
from schemas.targets_book import TargetsBook
from schemas.topics import EPOCH_KEY, epoch_of


class Latest:
    """The present state; `revision` rises with every change."""

    def __init__(self) -> None:
        self.snapshots: dict[str, QueueSnapshot] = {}
        self.last_hour = LastHour()
        self.advanced_at: dict[str, int] = {}  # the stream's wall clock when `as_of` last rose
        self.roster: dict[str, RosterEntry] = {}
        self.alerts: dict[str, Alert] = {}  # firing ones
        self.ended: dict[str, Alert] = {}  # for as long as a link in a message may still be opened
        self.commands = CommandsBook()
        self.book = TargetsBook()
        self.health: dict[str, Health] = {}
        self.revision = 0
        self.undecodable = 0
        self._versions: dict[int, TargetsVersion] = {}
        self._take: dict[str, Callable[[str, bytes], bool]] = {
            "snapshots": self._snapshot,
            "roster": self._roster,
            "alerts": self._alert,
            "commands": self._command,
            "targets": self._targets,
            "health": self._health,
        }

    def departments_of(self, alert: Alert, now: int) -> frozenset[str]:
        """Of all queues whose calls are in it: an incident is of several. "" is that of a queue that is not configured."""
        told = (self.book.at(queue, now)[0] for queue in alert.queues)
        return frozenset({alert.department, *(each.department if each else "" for each in told)})

    def apply(self, topic: str, key: bytes | None, value: bytes | None) -> bool:
        """Apply one record of `topic` (its name without namespace); True when it changed something.

        A record that this version cannot decode is counted and skipped: one such record must not stop
        every screen.
        """
        if key is None or key == EPOCH_KEY:
            return False
        name = key.decode("utf-8", "replace")
        if value is None:
            changed = self._forget(topic, name)
        else:
            try:
                changed = self._take[topic](name, value)
            except UndecodableError:
                self.undecodable += 1
                return False
        self.revision += changed
        return changed

    def _snapshot(self, _: str, value: bytes) -> bool:
        new = decode_as(QueueSnapshot, value)
        old = self.snapshots.get(new.queue)
        if old and _is_elsewhere(new, old):
            return False
        if (
            old
            and not _is_elsewhere(old, new)
            and (new.version, new.published_at) < (old.version, old.published_at)
        ):
            return False  # from a worker that has lost the partition and still publishes
        if old and minute_passed(old, new):
            self.last_hour.close(old)
        if old is None or new.as_of != old.as_of:
            self.advanced_at[new.queue] = new.published_at
        self.snapshots[new.queue] = new
        return True

    def _roster(self, _: str, value: bytes) -> bool:
        new = decode_as(RosterEntry, value)
        return _keep(self.roster, new.agent, new, lambda entry: entry.version)

    def _alert(self, _: str, value: bytes) -> bool:
        new = decode_as(Alert, value)
        if is_probe(new):
            return False
        if new.state == "firing":
            ended = self.ended.get(new.alert_id)
            if ended is not None and ended.version > new.version:
                return False  # its queue has another partition since, which was read first
            return _keep(self.alerts, new.alert_id, new, lambda alert: alert.version)
        if new.state == "resolved":
            self._end(new)
        old = self.alerts.get(new.alert_id)
        if old is None or old.version > new.version:
            return False
        del self.alerts[new.alert_id]  # the alert has ended; kept ones would fill the memory
        return True

    def _end(self, alert: Alert) -> None:
        """Keep what ended for a day, by the clock of the alerts: all of them would fill the memory."""
        self.ended[alert.alert_id] = alert
        newest = max(each.changed_at for each in self.ended.values())
        self.ended = {
            key: each for key, each in self.ended.items() if newest - each.changed_at < DAY
        }

    def _command(self, _: str, value: bytes) -> bool:
        command: AlertCommand = decode_as(AlertCommand, value)  # type: ignore[arg-type]  # a union
        self.commands.apply(command)
        return True

    def _targets(self, _: str, value: bytes) -> bool:
        new = decode_as(TargetsVersion, value)
        self._versions[new.version] = new
        self.book = TargetsBook(self._versions.values())
        return True

    def _health(self, name: str, value: bytes) -> bool:
        return _keep(self.health, name, decode_as(Health, value), lambda health: health.at)

    def _forget(self, topic: str, name: str) -> bool:
        """Apply a tombstone: remove the key."""
        if topic == "snapshots":
            self.advanced_at.pop(name, None)
            self.last_hour.forget(name)
            return self.snapshots.pop(name, None) is not None
        if topic == "roster":
            return self.roster.pop(name, None) is not None
        # Of an alert it says that the queue has another partition now, and the alert goes on there: no change.
        return topic == "health" and self.health.pop(name, None) is not None


def _is_elsewhere(empty: QueueSnapshot, other: QueueSnapshot) -> bool:
    """Whether the queue that one partition shows without calls has its calls in another one, because a
    producer chooses partitions in its own way. The versions of two partitions cannot be compared.
    """
    return (
        empty.uncalled
        and not other.uncalled
        and empty.partition != other.partition
        and epoch_of(empty.version) <= epoch_of(other.version)
    )


def _keep(kept: dict[str, Any], key: str, new: Any, version: Callable[[Any], int]) -> bool:
    """Keep the newer of two records; False if the kept one is newer. Of equal versions the new is kept."""
    if key in kept and version(kept[key]) > version(new):
        return False
    kept[key] = new
    return True
