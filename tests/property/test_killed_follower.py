"""The follower is killed anywhere, between two records or two writes; the stream counts what an undisturbed one told.

Everything is real but Kafka and the clock: files, rotation, the position file, translation, and the
stream's own counting of what arrived, twice where it was sent twice.
"""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict

from producers.asterisk.queue_log import QUEUE_LOG
from producers.position import PositionFile
from producers.publisher import PublishError
from producers.session import LiveCounts, Session
from schemas.agents import AgentState
from schemas.calls import LegFact, SourceMark
from schemas.codec import encode
from schemas.millis import SECOND
from schemas.privacy import key_from_secret
from streams.core.agents_unit import AgentsUnit
from streams.core.unit import Record
from tests.support.builders import targets
from tests.support.publishing import KeptPublisher
from tests.support.queue_log import QUEUES, queue_log
from tests.support.story import Story

KEY = key_from_secret(b"a secret of the tests")
START = 1_772_445_600
QUIET_S = 20


class Broken(KeptPublisher):
    """Ends after `records`; of what was not flushed by then, the first `kept` arrive all the same."""

    def __init__(self, records: int, kept: int) -> None:
        super().__init__()
        self.arrived: list[LegFact | AgentState | SourceMark] = []
        self._records, self._kept = records, kept

    def send_call(self, event: LegFact) -> None:
        self._count()
        super().send_call(event)

    def send_agent(self, event: AgentState) -> None:
        self._count()
        super().send_agent(event)

    def send_mark(self, topic: str, mark: SourceMark) -> None:
        self._count()
        super().send_mark(topic, mark)

    def flush(self) -> None:
        self._count()
        self.arrived += self.told
        self.told.clear()

    def _count(self) -> None:
        self._records -= 1
        if self._records < 0:
            self.arrived += self.told[: self._kept]
            raise PublishError("killed")


class Following:
    """A log that is written while it is followed by one session after another."""

    def __init__(self, folder: Path) -> None:
        self.arrived: list[LegFact | AgentState | SourceMark] = []
        self.now = START * SECOND
        self._path = folder / "queue_log"
        self._live = QUEUE_LOG.follow(self._path, "pbx", KEY, {})
        self._file = PositionFile(folder / "position.json", "pbx")
        self._session: Session | None = None
        self._publisher = Broken(0, 0)

    def write(self, lines: list[str]) -> None:
        with self._path.open("a") as file:
            file.writelines(line + "\n" for line in lines)
        if lines:
            self.now = max(self.now, int(lines[-1].partition("|")[0]) * SECOND)

    def rotate(self) -> None:
        if self._path.exists():
            number = sum(1 for _ in self._path.parent.glob("queue_log*"))
            self._path.rename(self._path.with_name(f"queue_log.{number}"))

    def look(self, records: int = 10**9, kept: int = 0) -> None:
        """Read all that is there; a process that does not live so long is followed by none."""
        with self._file:
            if self._session is None:
                self._publisher = Broken(records, kept)
                self._session = Session(
                    self._live, self._file, self._publisher, LiveCounts(), lambda _: None
                )
            try:
                while self._session.step(self.now):
                    self._session.hand_over(lambda: self.now)
                self._session.hand_over(lambda: self.now, at_once=records % 2 == 0)
            except PublishError:
                self._end()
            else:
                self.arrived += self._publisher.arrived
                self._publisher.arrived.clear()

    def end(self) -> None:
        if self._session is not None:
            self._end()

    def _end(self) -> None:
        assert self._session is not None
        self.arrived += self._publisher.arrived
        self._session.close()
        self._session = None


def counted(events: list[Any]) -> tuple[Any, ...]:
    """What the stream makes of them: the legs, the counts of each queue, and every agent's state."""
    day, agents = Story(configured=False), AgentsUnit(0, 1)
    day.publish(*(targets(queue) for queue in QUEUES))
    for event in events:
        if isinstance(event, AgentState):
            agents.apply([Record(len(day.records), event.at, b"", encode(event))])
        else:
            day.say(event)
    day.tick("18:00", "pbx")
    rows = [asdict(row) for queue in QUEUES for row in day.legs(queue).values()]
    for row in rows:
        del row["version"], row["known_at"]
    entries = [asdict(entry) for entry in agents._entries.values()]
    for entry in entries:
        del entry["version"]
    heard = sorted(day.unit.monitors)
    return (
        sorted(rows, key=lambda row: row["leg_id"]),
        [(queue, day.snapshot(queue).today) for queue in heard],
        sorted(entries, key=lambda entry: entry["agent"]),
        day.quarantined(),
    )


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.data())
def test_whatever_is_killed_the_stream_counts_the_same(seed: int, data: st.DataObject) -> None:
    lines = queue_log(seed, 15, START, 300)
    with ExitStack() as cleanup:
        undisturbed, killed = (
            Following(Path(cleanup.enter_context(tempfile.TemporaryDirectory()))) for _ in range(2)
        )
        cleanup.callback(undisturbed.end)
        cleanup.callback(killed.end)
        undisturbed.write(lines)
        undisturbed.look()
        while lines:
            count = data.draw(st.integers(1, 30), "lines")
            killed.write(lines[:count])
            lines = lines[count:]
            killed.look(data.draw(st.integers(0, 60), "records"), data.draw(st.integers(0, 9)))
            if data.draw(st.booleans(), "rotated"):
                killed.rotate()
        killed.end()
        killed.now += QUIET_S * SECOND
        killed.look()
    assert counted(killed.arrived) == counted(undisturbed.arrived)
