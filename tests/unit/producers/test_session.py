"""One connection to Kafka: what is sent before what, and what is noted when."""

from collections.abc import Callable, Iterable, Mapping

import pytest
from msgspec import DecodeError

from producers.contract import Addressed, LiveReader, LiveRecord, LiveSource, Refused
from producers.position import Position, PositionError
from producers.publisher import PublishError
from producers.session import LiveCounts, Session, opened
from schemas.calls import Queued, Tick
from schemas.millis import SECOND
from schemas.privacy import caller_token, key_from_secret
from tests.support.publishing import KeptPublisher

KEY = key_from_secret(b"a secret of the tests")
NOON = 1_772_445_600_000
Batches = list[Iterable[LiveRecord] | None]


class Script(LiveSource, LiveReader):
    """A platform that tells what the test wrote down, then nothing more."""

    def __init__(self, *batches: Iterable[LiveRecord] | None) -> None:
        self.source, self.key = "pbx", KEY
        self.batches: Batches = list(batches)
        self.told = 0
        self.is_open = False

    def open(self, snapshot: bytes | None, say: Callable[[str], None]) -> LiveReader:
        if snapshot == b"[]":
            raise DecodeError("no snapshot")
        self.is_open = True
        return self

    def next_batch(self, now: int) -> Iterable[LiveRecord] | None:
        self.told += 1
        return self.batches.pop(0) if self.batches else None

    def snapshot(self) -> Mapping[str, object]:
        return {"told": self.told}

    def close(self) -> None:
        self.is_open = False


class Notes:
    """Keeps what was noted, and how many records had been flushed by then."""

    name = "notes"

    def __init__(self, publisher: KeptPublisher, snapshot: bytes | None = None) -> None:
        self._publisher, self._snapshot = publisher, snapshot
        self.noted: list[tuple[int, Mapping[str, object]]] = []

    def read(self) -> Position:
        return Position("pbx", snapshot=self._snapshot)

    def write(self, position: Position, snapshot: Mapping[str, object]) -> None:
        self.noted.append((self._publisher.flushes, snapshot))


def queued(at: int) -> Queued:
    return Queued(event_id=f"{at}", at=at, source="pbx", queue="sales", leg_id=f"{at}")


def session(
    live: LiveSource, publisher: KeptPublisher | None = None
) -> tuple[Session, KeptPublisher, Notes, LiveCounts]:
    kept = publisher or KeptPublisher()
    notes, counts = Notes(kept), LiveCounts()
    return Session(live, notes, kept, counts, lambda _: None), kept, notes, counts


def test_a_record_is_sent_between_its_ticks_and_what_it_refuses_is_set_aside() -> None:
    record = LiveRecord([queued(NOON), Refused("noise: 5550001", "call 5550001", 7)], NOON)
    live = Script((record,), (LiveRecord([queued(NOON + 7 * SECOND)], NOON + 7 * SECOND),))
    following, publisher, _, counts = session(live)
    assert following.step(NOON + 10 * SECOND)
    assert following.step(NOON + 10 * SECOND)
    assert not following.step(NOON + 10 * SECOND)
    assert [(type(event), event.at - NOON) for event in publisher.told] == [
        (Tick, -5_000), (Queued, 0), (Tick, 0), (Tick, 5_000), (Queued, 7_000), (Tick, 8_999),
    ]  # fmt: skip
    (record_of_quarantine,) = publisher.refused
    assert record_of_quarantine.original == f"call {caller_token(KEY, '5550001')}"
    assert record_of_quarantine.detail == f"noise: {caller_token(KEY, '5550001')}"
    assert (record_of_quarantine.origin, record_of_quarantine.position) == ("pbx", 7)
    assert record_of_quarantine.live
    assert (counts.records, counts.refused, counts.sent.calls, counts.sent.ticks) == (2, 1, 2, 4)


def test_a_platform_that_tells_its_time_is_not_ticked_for() -> None:
    class Ticking(Script):
        ticks_itself = True

    mark = Tick(event_id="t", at=NOON, source="pbx")
    live = Ticking((LiveRecord([queued(NOON), Addressed("agents", mark)], NOON),))
    following, publisher, _, _ = session(live)
    while following.step(NOON + 60 * SECOND):
        pass
    assert publisher.told == [queued(NOON), mark]
    assert publisher.marks == [("agents", mark)]


def test_nothing_ticks_while_the_platform_cannot_be_read() -> None:
    live = Script()
    live.problem = "not there yet"
    following, publisher, _, _ = session(live)
    assert not following.step(NOON)
    assert publisher.told == []


def test_a_position_is_noted_after_the_flush_once_a_second_and_at_the_end() -> None:
    batches = [(LiveRecord([queued(NOON + number)], NOON),) for number in range(4)]
    following, publisher, notes, _ = session(Script(*batches))
    for number, at_once in enumerate((False, False, False, True)):
        following.step(NOON)
        following.hand_over(lambda now=NOON + number * 600: now, at_once=at_once)  # type: ignore[misc]
    assert notes.noted == [(1, {"told": 1}), (2, {"told": 3}), (3, {"told": 4})]
    following.hand_over(lambda: NOON + 9 * SECOND, at_once=True)
    assert (publisher.flushes, len(notes.noted)) == (3, 3), "nothing is new"


def test_a_position_that_moved_without_a_word_is_noted_too() -> None:
    following, publisher, notes, _ = session(Script(()))
    assert following.step(NOON)
    following.hand_over(lambda: NOON)
    assert (publisher.flushes, notes.noted) == (0, [(0, {"told": 1})])


def test_what_kafka_refuses_is_not_noted() -> None:
    class Away(KeptPublisher):
        def flush(self) -> None:
            raise PublishError("away")

    following, _, notes, _ = session(Script((LiveRecord([queued(NOON)], NOON),)), Away())
    following.step(NOON)
    with pytest.raises(PublishError):
        following.hand_over(lambda: NOON)
    assert notes.noted == []


def test_a_snapshot_of_something_else_is_one_line() -> None:
    with pytest.raises(PositionError) as caught:
        opened(Script(), Notes(KeptPublisher(), b"[]"), lambda _: None)
    assert str(caught.value) == "notes: no snapshot; remove it to read the log from its beginning"


def test_the_reader_is_closed_with_the_session() -> None:
    live = Script()
    following, *_ = session(live)
    assert live.is_open
    following.close()
    assert not live.is_open
