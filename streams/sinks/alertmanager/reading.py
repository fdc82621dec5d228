"""Reads topics `alerts`, `commands` and `health` whole, then follows them; notes positions and lag."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import NamedTuple

from schemas.alerts import Alert, is_probe
from schemas.commands import AlertCommand
from schemas.health import Health
from schemas.topics import topic_name
from streams.plumbing.record_reading import RecordReading
from streams.plumbing.topic_reading import Batch, Positions, follow
from streams.sinks.alertmanager.probing import Probing
from streams.sinks.alertmanager.status import NotifyStatus

_log = logging.getLogger(__name__)
_TOPICS = ("alerts", "commands", "health")


class AlertBatch(NamedTuple):
    """Alerts in the order of their records, each with when it was written (ms, the stream's clock).

    `whole` once all was read that existed at the start.
    """

    alerts: list[tuple[Alert, int]]
    whole: bool
    commands: list[AlertCommand] = []  # noqa: RUF012 - never changed
    reports: list[tuple[str, int]] = []  # noqa: RUF012 - process, and when it reported


class AlertLog:
    """`probing` is told which probes were answered, and who knows probes; `now` is the wall clock in milliseconds."""

    def __init__(
        self,
        bootstrap: str,
        namespace: str,
        status: NotifyStatus,
        probing: Probing,
        now: Callable[[], int],
    ) -> None:
        self._bootstrap = bootstrap
        self._alerts, self._commands, self._health = (
            topic_name(name, namespace) for name in _TOPICS
        )
        self._prefix = len(namespace)
        self._status = status
        self._reading = RecordReading("notify", status, _log)
        self._probing = probing
        self._now = now

    async def batches(self) -> AsyncIterator[AlertBatch]:
        """Read for ever. After an outage of Kafka all is read again; `learn` ignores what it knows."""
        async with aclosing(
            follow(self._bootstrap, [self._alerts, self._commands, self._health])
        ) as batches:
            async for batch in batches:
                if batch.problem:
                    self._reading.waiting(batch.problem)
                else:
                    yield self.decoded(batch)

    def decoded(self, batch: Batch) -> AlertBatch:
        """What a batch says; its positions and lags go into the status."""
        self._status.positions = self._by_partition(batch.positions)
        self._status.lag_records = self._by_partition(batch.lags)
        told = [record for record in batch.records if record.value is not None]
        alerts = [
            (alert, record.timestamp)
            for record in told
            if record.topic == self._alerts
            and (alert := self._reading.decoded(Alert, record)) is not None
        ]
        for answer, _ in alerts:
            if is_probe(answer):
                self._probing.answered(answer, self._now())
        commands = [
            command
            for record in told
            if record.topic == self._commands
            and (command := self._reading.decoded(AlertCommand, record)) is not None
        ]
        healths = [
            (health, record.timestamp)
            for record in told
            if record.topic == self._health
            and (health := self._reading.decoded(Health, record)) is not None
        ]
        for health, reported_at in healths:
            self._probing.heard(health, reported_at)
        reports = [(health.process, reported_at) for health, reported_at in healths]
        alerts = [each for each in alerts if not is_probe(each[0])]
        return AlertBatch(alerts, batch.whole, commands, reports)

    def _by_partition(self, positions: Positions) -> dict[str, int]:
        return {f"{tp.topic[self._prefix :]}-{tp.partition}": at for tp, at in positions.items()}
