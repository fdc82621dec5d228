"""How far the newest probe has come on the way that a page takes. Pure.

Rule 1: it has passed the stream when every partition has answered it, so that one worker that hangs holds it up.
Rule 2: none is sent while a process of a former release reads `calls`: it would set the probe aside.
Rule 3: the heartbeat outside hears of a probe once, and only within a minute of its sending.
"""

from typing import Literal

import msgspec
from msgspec import Struct

from schemas.alerts import PROBE, Alert, alert_name
from schemas.health import HEALTH_STALE_MS, Health
from schemas.millis import MINUTE, iso
from schemas.owners import OF_QUEUEWATCH
from streams.sinks.alertmanager.decide import Links

Stage = Literal[
    "kafka", "stream", "alertmanager", "webhook", "heartbeat"
]  # in the order of the way

EVERY_MS = MINUTE
READ_CALLS = frozenset({"stream", "archive"})
_ENDS_AFTER_MS = 3 * EVERY_MS  # so that Alertmanager goes on to tell it while one probe is late
_NUMBER = "probe"  # the annotation


class Probing:
    """A probe is named by the time at which it was sent, in ms of notify's clock, as `now` is everywhere."""

    def __init__(self) -> None:
        self.passed_at: dict[
            Stage, int
        ] = {}  # when one passed last; replaced whole, for other threads
        self._reached: dict[Stage, int] = {}  # the newest that passed
        self._tried_at = 0
        self._sent = 0
        self._partitions: frozenset[int] = frozenset()
        self._answered: set[int] = set()
        self._readers: dict[tuple[str, str], tuple[bool, int]] = {}  # knows probes, reported at

    def heard(self, health: Health, reported_at: int) -> None:
        """A process reports."""
        if health.process in READ_CALLS:
            self._readers[health.process, health.instance] = health.knows_probes, reported_at

    def is_due(self, now: int) -> bool:
        """Whether a probe is to be sent now."""
        former = [
            at for knows, at in self._readers.values() if not knows and now - at < HEALTH_STALE_MS
        ]
        known = any(
            knows for (process, _), (knows, _) in self._readers.items() if process == "stream"
        )
        return known and not former and now - self._tried_at >= EVERY_MS

    def begin(self, probe: int) -> None:
        """It is being sent: answers may come before the broker has confirmed all of it."""
        self._tried_at = self._sent = probe
        self._partitions, self._answered = frozenset(), set()

    def sent(self, partitions: frozenset[int], now: int) -> None:
        """The broker has it, in all these partitions of `calls`."""
        self._partitions = partitions
        self._pass("kafka", self._sent, now)
        self._look_at_answers(now)

    def answered(self, alert: Alert, now: int) -> None:
        """The stream's answer for one partition. Those to former probes, or to another notify's, say nothing."""
        partition = alert.queue.rpartition("-")[2]
        if alert.onset_at == self._sent and partition.isdecimal():
            self._answered.add(int(partition))
            self._look_at_answers(now)

    def to_tell(self) -> int | None:
        """The probe that Alertmanager is to be told of."""
        return self._ahead("stream", "alertmanager")

    def accepted(self, probe: int, now: int) -> None:
        self._pass("alertmanager", probe, now)

    def received(self, message: bytes, now: int) -> bool:
        """A message of Alertmanager's webhook; False if it cannot be read. An older probe in it says nothing."""
        try:
            told = _decode(message)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return False
        accepted = self._reached.get("alertmanager", 0)
        if any(each.annotations.get(_NUMBER) == str(accepted) for each in told.alerts):
            self._pass("webhook", accepted, now)
        return True

    def heartbeat(self, now: int) -> int | None:
        """The probe that has passed all of it, and of which the address outside has not heard."""
        probe = self._ahead("webhook", "heartbeat")
        return probe if probe is not None and now - probe <= EVERY_MS else None

    def beaten(self, probe: int, now: int) -> None:
        self._pass("heartbeat", probe, now)

    def _look_at_answers(self, now: int) -> None:
        if self._partitions and self._partitions <= self._answered:
            self._pass("stream", self._sent, now)

    def _ahead(self, stage: Stage, following: Stage) -> int | None:
        probe = self._reached.get(stage, 0)
        return probe if probe > self._reached.get(following, 0) else None

    def _pass(self, stage: Stage, probe: int, now: int) -> None:
        if probe > self._reached.get(stage, 0):
            self._reached[stage] = probe
            self.passed_at = {**self.passed_at, stage: now}


class _Told(Struct):
    annotations: dict[str, str] = {}


class _Message(Struct):
    """What is read of a message of Alertmanager's webhook."""

    alerts: list[_Told]


_decode = msgspec.json.Decoder(_Message).decode


def body(probe: int, now: int, links: Links) -> dict[str, object]:
    """The alert of Alertmanager's API v2. Its labels never change: so it is one alert, with the newest probe in it."""
    name = alert_name(PROBE)
    return {
        "labels": {"alertname": name, "severity": "none", "owner": OF_QUEUEWATCH},
        "annotations": {
            "summary": "a probe passes: no call, and nothing is wrong",
            _NUMBER: str(probe),
            "runbook_url": links.runbook("ProbeLost"),
        },
        "startsAt": iso(probe),
        "endsAt": iso(now + _ENDS_AFTER_MS),
        "generatorURL": f"{links.board}/",
    }
