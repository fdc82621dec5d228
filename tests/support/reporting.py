"""Reports of made-up callers, and the incidents that the real ReportsUnit finds in them.

desk = Desk()
desk.ordinary(hours=2)
desk.calls("ada", "bo", at="11:00")
desk.pass_to("11:10")
assert desk.alert_records() == []
"""

from random import Random
from typing import Any

from schemas.alerts import Alert
from schemas.codec import decode_as, encode
from schemas.identity import leg_key
from schemas.millis import HOUR, SECOND
from schemas.reports import Passed, Report, ReportsRecord
from schemas.targets import Targets, TargetsVersion
from streams.core.across.incident import IncidentDecider
from streams.core.decider import Asked
from streams.core.reports_unit import ReportsUnit
from streams.core.unit import Record
from tests.support.builders import NODE, clock, published, targets

NOTHING_ASKED = Asked(lambda *_: None, lambda _: None)
PIPES, NO_WATER = "burst-pipes", "no-water"
SETTINGS = {"callers": 5, "hold_ms": 0, "clear_hold_ms": HOUR, "reopen_after_ms": 2 * HOUR}


def asked(queue: str, name: str, owner: str = "", **settings: Any) -> Targets:
    """A queue whose calls are looked at for incidents."""
    rules = {"incident": {**SETTINGS, **settings}}
    return targets(queue, name=name, owner=owner, department=f"of-{queue}", alerts=rules)


TARGETS = published(asked(PIPES, "Burst pipes", "water"), asked(NO_WATER, "No water", "supply"))


def report(
    caller: str, at: int, leg: str = "", queue: str = PIPES, node: str = NODE, **more: Any
) -> Report:
    """A call about the burst pipe in ward 12."""
    fields: dict[str, Any] = {"topic": "burst pipe", "area": "ward-12", **more}
    key = leg_key(leg or f"{caller}/{at}", node, 0)
    return Report(queue=queue, leg=key, at=at, caller=caller, **fields)


class Desk:
    """One partition of `reports`; state goes out and in as in production."""

    def __init__(self, *versions: TargetsVersion) -> None:
        self.versions = list(versions or (TARGETS,))
        self.pieces: dict[bytes, bytes] = {}
        self.alerts: dict[str, Alert] = {}
        self.written: list[Alert] = []
        self.set_aside: list[bytes] = []
        self.told_across: list[bytes] = []
        self.records: list[Record] = []
        self.broker_at: int | None = None  # the broker's clock; None: that of the records
        self.unit = self._fresh()

    def _fresh(self) -> ReportsUnit:
        unit = ReportsUnit(0, 1)
        unit.set_targets(self.versions)
        for key, value in self.pieces.items():
            unit.load(key, value)
        unit.start(0)
        return unit

    @property
    def incidents(self) -> IncidentDecider:
        decider = self.unit.deciders["incident"]
        assert isinstance(decider, IncidentDecider)
        return decider

    def say(self, told: ReportsRecord, appended_at: int | None = None) -> "Desk":
        newest = self.records[-1].timestamp if self.records else 0
        at = self.broker_at if appended_at is None else appended_at
        at = max(newest, told.at) if at is None else at
        return self.say_bytes(encode(told), at)

    def say_bytes(self, value: bytes, appended_at: int) -> "Desk":
        # Every second offset is that of a marker.
        record = Record(2 * len(self.records), appended_at, b"", value)
        self.records.append(record)
        self.unit.apply([record])
        return self

    def calls(
        self, *callers: str, at: str, every_s: int = 60, node: str = NODE, **more: Any
    ) -> "Desk":
        """These people call one after the other; the clock of the node follows them."""
        for place, caller in enumerate(callers):
            moment = clock(at) + place * every_s * SECOND
            self.say(report(caller, moment, node=node, **more))
            self.say(Passed(0, node, moment))
        return self

    def ordinary(
        self, start: str = "09:00", hours: int = 2, an_hour: float = 0.3, seed: int = 1
    ) -> "Desk":
        """Callers by chance about six topics in ten wards."""
        draw, moment = Random(f"ordinary/{seed}"), float(clock(start))
        end = moment + hours * HOUR
        while (moment := moment + draw.expovariate(60 * an_hour) * HOUR) < end:
            place = {"topic": f"topic-{draw.randrange(6)}", "area": f"ward-{draw.randrange(10):02}"}
            self.say(report(f"someone-{moment:.0f}", int(moment), **place))
            self.say(Passed(0, NODE, int(moment)))
        return self.say(Passed(0, NODE, int(end) + 5 * SECOND))

    def pass_to(self, text: str, partition: int = 0, **more: Any) -> "Desk":
        return self.say(Passed(partition, NODE, clock(text), **more))

    def restart(self) -> "Desk":
        self.take()
        self.unit = self._fresh()
        return self

    def take(self) -> None:
        checkpoint = self.unit.checkpoint()
        if checkpoint is None:
            return
        for key, value in checkpoint.pieces:
            if value is None:
                self.pieces.pop(key, None)
            else:
                self.pieces[key] = value
        for output in checkpoint.outputs:
            if output.topic == "quarantine":
                self.set_aside.append(output.value)
                continue
            if output.topic == "across":
                self.told_across.append(output.value)
                continue
            alert = decode_as(Alert, output.value)
            assert output.key == alert.alert_id.encode()
            self.alerts[alert.alert_id] = alert
            self.written.append(alert)

    def alert_records(self) -> list[Alert]:
        """The newest record of each alert, by onset."""
        self.take()
        return sorted(self.alerts.values(), key=lambda each: (each.onset_at, each.alert_id))

    def states(self) -> list[str]:
        return [f"{each.area} {each.state} {each.n}" for each in self.alert_records()]
