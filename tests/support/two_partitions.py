"""Two partitions of `calls` and the unit of `reports` that hears both, told as one day.

day = TwoPartitions({"meters": 0, "billing": 1}, version)
day.to("09:00").call("queued", "ada", "meters", contact_id="c1")
day.to("09:20")
assert day.alerts() == []
"""

from typing import Any

from schemas.alerts import Alert
from schemas.codec import decode_as
from schemas.targets import TargetsVersion
from schemas.timing import STEP_MS
from streams.core.reports_unit import ReportsUnit
from streams.core.unit import Record
from tests.support.archived import ArchivedStory
from tests.support.builders import call, clock, mark


class TwoPartitions:
    """Each source of a partition tells the time every 5 seconds, as live."""

    def __init__(
        self, partition_of: dict[str, int], version: TargetsVersion, begin: str = "09:00"
    ) -> None:
        self.partition_of = partition_of
        self.stories = [ArchivedStory(configured=False) for _ in range(2)]
        self.reports = ReportsUnit(0, 1)
        self.reports.start(0)
        self.reports.set_targets([version])
        for story in self.stories:
            story.put_in_force(version)
        self.now = clock(begin)
        self._heard = [0, 0]
        self._fired: dict[str, Alert] = {}

    def to(self, text: str) -> "TwoPartitions":
        """Time goes on up to then."""
        until = clock(text)
        while self.now + STEP_MS <= until:
            self.now += STEP_MS
            for story in self.stories:
                story.say(mark("tick", self.now))
            self._hear()
        self.now = until
        return self

    def call(self, kind: str, leg: str, queue: str, **more: Any) -> "TwoPartitions":
        """A fact of this moment."""
        self.stories[self.partition_of[queue]].say(call(kind, leg, self.now, queue, **more))
        return self

    def _hear(self) -> None:
        for place, story in enumerate(self.stories):
            values = story.outputs.reports[self._heard[place] :]
            self._heard[place] += len(values)
            first = self.reports.next_offset or 0
            records = [Record(first + n, self.now, b"", each) for n, each in enumerate(values)]
            if records:
                self.reports.apply(records)
        checkpoint = self.reports.checkpoint()
        for output in checkpoint.outputs if checkpoint else ():
            if output.topic == "across":
                continue  # the same alerts, for the units of `calls`
            assert output.topic == "alerts"
            alert = decode_as(Alert, output.value)
            self._fired[alert.alert_id] = alert

    def alerts(self) -> list[Alert]:
        """The newest record of each alert across queues."""
        return list(self._fired.values())
