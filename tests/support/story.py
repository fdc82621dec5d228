"""A day told as events, and what the stream makes of it: the real CallsUnit behind one word a fact.

    day = Story(answer_within_ms=20 * SECOND)
    day.at("09:00:05").queued("ada")
    day.at("09:00:25").answered("ada", agent="ann")
    day.tick("09:10")
    assert day.legs()["ada"].in_target

Every figure is read from what a checkpoint wrote, so the state goes out and in as in production.
"""

from collections.abc import Callable
from typing import Any

from schemas.alerts import Alert
from schemas.calls import Event
from schemas.codec import decode_as, encode
from schemas.counters import Counts
from schemas.identity import LegKey, leg_key
from schemas.legs import LegRow
from schemas.minutes import MinuteRow
from schemas.quarantine import Quarantined
from schemas.snapshots import QueueSnapshot
from schemas.targets import Targets, TargetsVersion
from streams.core.across_queues import OpenAcross
from streams.core.calls_unit import CallsUnit
from streams.core.profiles import Profiles
from streams.core.roster import Roster
from streams.core.unit import Record
from tests.support.builders import BILLING, MARKS, MONDAY, call, clock, mark, published, targets
from tests.support.legs import recorded_of
from tests.support.recount import Recount, recount


class Outputs:
    """What the checkpoints of one unit wrote: newest version of each leg, minute and alert."""

    def __init__(self) -> None:
        self.legs: dict[tuple[str, LegKey], LegRow] = {}  # as the archive tells them apart
        self.versions: list[LegRow] = []  # every one that was written, in order
        self.minutes: dict[tuple[str, int], MinuteRow] = {}
        self.alerts: dict[str, Alert] = {}
        self.quarantined: list[Quarantined] = []
        self.reports: list[bytes] = []  # in the order in which they were written
        self.pieces: dict[bytes, bytes] = {}

    def take(self, unit: CallsUnit) -> None:
        checkpoint = unit.checkpoint()
        if checkpoint is None:
            return
        for key, value in checkpoint.pieces:
            if value is None:
                self.pieces.pop(key, None)
            else:
                self.pieces[key] = value
        for output in checkpoint.outputs:
            self._keep(output.topic, output.value)
        unit.commit_done()

    def _keep(self, topic: str, value: bytes) -> None:
        if topic == "legs":
            row = decode_as(LegRow, value)
            key = leg_key(row.leg_id, row.source, row.key_at)
            known = self.legs.get((row.queue, key))
            assert known is None or known.version <= row.version, "a version went back"
            self.legs[row.queue, key] = row
            self.versions.append(row)
        elif topic == "minutes":
            minute = decode_as(MinuteRow, value)
            self.minutes[minute.queue, minute.at] = minute
        elif topic == "alerts":
            alert = decode_as(Alert, value)
            self.alerts[alert.alert_id] = alert
        elif topic == "reports":
            self.reports.append(value)
        else:
            assert topic == "quarantine"
            self.quarantined.append(decode_as(Quarantined, value))


class Story:
    """One partition, by default one configured queue, on a Monday; keywords are those of Targets."""

    def __init__(
        self,
        queue: str = BILLING,
        *,
        configured: bool = True,
        roster: Roster | None = None,
        profiles: Profiles | None = None,
        day: int = MONDAY,
        **promise: Any,
    ) -> None:
        self.queue = queue
        self.day = day
        self.roster = roster or Roster()
        self.profiles = profiles or Profiles()
        self.across = OpenAcross()  # what the unit of `reports` told
        self.versions: list[TargetsVersion] = []
        self.outputs = Outputs()
        self.records: list[Record] = []
        self.journal: list[Record | TargetsVersion] = []  # what happened, for tests.support.retold
        self.unit = self._fresh()
        if configured:
            self.publish(targets(queue, **promise))

    def _fresh(self) -> CallsUnit:
        unit = CallsUnit(0, 1, self.roster, profiles=self.profiles, across=self.across)
        unit.set_targets(self.versions)
        for key, value in self.outputs.pieces.items():
            unit.load(key, value)
        unit.start(0)
        return unit

    # ---- what happens ------------------------------------------------------------------------

    def at(self, text: str) -> "Moment":
        return Moment(self, clock(text, self.day))

    def tick(self, text: str, source: str = "node") -> "Story":
        return self.say(mark("tick", clock(text, self.day), source))

    def say(self, event: Event, *, appended_at: int | None = None) -> "Story":
        newest = self.records[-1].timestamp if self.records else 0
        at = max(newest, event.at) if appended_at is None else appended_at
        return self.say_bytes(encode(event), at)

    def say_bytes(self, value: bytes, appended_at: int) -> "Story":
        record = Record(len(self.records), appended_at, self.queue.encode(), value)
        self.records.append(record)
        self.journal.append(record)
        self.unit.apply([record])
        return self

    def again(self) -> "Story":
        """Everything said so far is sent a second time."""
        for record in list(self.records):
            self.say_bytes(record.value or b"", self.records[-1].timestamp)
        return self

    def publish(self, *promises: Targets, valid_from: str = "00:00") -> "Story":
        version = published(
            *promises, version=len(self.versions) + 1, valid_from=clock(valid_from, self.day)
        )
        return self.put_in_force(version)

    def put_in_force(self, version: TargetsVersion) -> "Story":
        self.versions.append(version)
        self.journal.append(version)
        self.unit.set_targets(self.versions)
        return self

    def restart(self, *more: TargetsVersion) -> "Story":
        """The worker dies after a checkpoint; another reads the state (and targets published since)."""
        self.outputs.take(self.unit)
        self.versions += more
        self.journal += more
        self.unit = self._fresh()
        return self

    # ---- what is seen ------------------------------------------------------------------------

    def legs(self, queue: str | None = None) -> dict[str, LegRow]:
        """By id, where each id was used once: the key of a leg in the archive never moves."""
        rows = self.visits(queue)
        found = {row.leg_id: row for row in rows}
        assert len(found) == len(rows), [(row.leg_id, row.key_at) for row in rows]
        return found

    def visits(self, queue: str | None = None) -> list[LegRow]:
        """The newest version of every leg, in the order in which they were first written."""
        self.outputs.take(self.unit)
        wanted = queue or self.queue
        return [row for (name, _), row in self.outputs.legs.items() if name == wanted]

    def history(self, start: str, end: str, basis: str = "arrival", queue: str = "") -> Recount:
        """What the archive's legs say of `[start, end)`, by a recount that knows nothing of ours."""
        legs = [recorded_of(row) for row in self.visits(queue)]
        return recount(legs, clock(start, self.day), clock(end, self.day), basis)

    def minute(self, text: str) -> MinuteRow | None:
        self.outputs.take(self.unit)
        return self.outputs.minutes.get((self.queue, clock(text, self.day)))

    def minutes(self) -> dict[int, MinuteRow]:
        self.outputs.take(self.unit)
        return {at: row for (name, at), row in self.outputs.minutes.items() if name == self.queue}

    def alerts(self) -> list[str]:
        """`rule state` of each alert, in the order of their onsets."""
        return [f"{alert.rule} {alert.state}" for alert in self.alert_records()]

    def alert_records(self) -> list[Alert]:
        """The newest record of each alert."""
        self.outputs.take(self.unit)
        return list(self.outputs.alerts.values())

    def quarantined(self) -> list[str]:
        self.outputs.take(self.unit)
        return [row.reason for row in self.outputs.quarantined]

    def snapshot(self, queue: str | None = None) -> QueueSnapshot:
        """The queue now; its books balance, or the story is wrong."""
        wanted = queue or self.queue
        found = {s.queue: s for s in self.unit.snapshots(now=self.records[-1].timestamp)}[wanted]
        assert found.unexplained_legs == 0
        return found

    def today(self) -> Counts:
        return self.snapshot().today or Counts()

    def totals(self, queue: str = "") -> Counts:
        """Added less reversed, as of the last checkpoint."""
        self.outputs.take(self.unit)
        known = {each.queue: each for each in self.unit.committed_totals()}
        totals = known.get(queue or self.queue)
        if totals is None:
            return Counts()
        return Counts(
            *(
                getattr(totals.added, name) - getattr(totals.reversed, name)
                for name in Counts.__struct_fields__
            )
        )


class Moment:
    """One instant of a story: any type of event is a word."""

    def __init__(self, story: Story, at: int) -> None:
        self._story = story
        self._at = at

    def __getattr__(self, kind: str) -> Callable[..., Story]:
        if kind in MARKS:
            return lambda source="node", **more: self._story.say(
                mark(kind, self._at, source, **more)
            )
        return lambda leg, queue="", **more: self._story.say(
            call(kind, leg, self._at, queue or self._story.queue, **more)
        )
