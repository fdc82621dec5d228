import io
from datetime import UTC
from datetime import time as clock_time

import pytest

from producers.handing_over import WallClock
from producers.live_file import send_live
from producers.replay import Begin
from producers.timeline import Marks
from schemas.calls import EndOfInput, Queued, Tick
from schemas.millis import HOUR, SECOND
from tests.support.publishing import KeptPublisher

NOON = 1_700_000_000_000


class HandClock:
    """Time that passes only while somebody waits."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.waits: list[float] = []
        self.interrupt_after: int | None = None

    def sleep(self, seconds: float) -> None:
        if self.interrupt_after is not None and len(self.waits) >= self.interrupt_after:
            raise KeyboardInterrupt
        self.waits.append(seconds)
        self.now += round(seconds * 1000)

    def clock(self) -> WallClock:
        return WallClock(lambda: self.now, self.sleep)


def _calls(*times: int) -> list[Queued]:
    return [
        Queued(event_id=f"{at}", at=at, source="pbx", queue="billing", leg_id=f"{at}")
        for at in times
    ]


def test_a_live_file_is_sent_in_order_at_once_and_flushed() -> None:
    publisher, time = KeptPublisher(), HandClock(NOON + 9 * HOUR)
    done = send_live(
        _calls(NOON + 9_000, NOON, NOON + 1), Marks("pbx"), publisher, time.clock(), io.StringIO()
    )
    assert [event.at - NOON for event in publisher.calls] == [0, 1, 9_000]
    assert (done.events, done.stopped, time.waits) == (3, False, [])
    assert done.ticks == len(publisher.marks) - 1
    assert isinstance(publisher.told[-1], EndOfInput)
    assert publisher.flushes == 1


def test_a_replay_plays_what_lies_ahead_in_its_time() -> None:
    publisher, time = (
        KeptPublisher(),
        HandClock(NOON + 400 * HOUR + 6_500),
    )  # half of it lies behind
    send_live(
        _calls(NOON, NOON + 12_000), Marks("pbx", replay=True), publisher, time.clock(),
        io.StringIO(),
    )  # fmt: skip
    start = NOON + 400 * HOUR
    assert [(type(item), item.at - start) for item in publisher.told] == [
        (Tick, -5_000), (Queued, 0), (Tick, 0), (Tick, 5_000), (Tick, 10_000), (Queued, 12_000),
        (EndOfInput, 12_000),
    ]  # fmt: skip
    assert time.waits == [3.5, 2.0]
    assert all(item.replay for item in publisher.told)
    assert publisher.flushes == 3  # what was told is on the wire before each pause


def test_a_replay_from_a_time_of_day_says_at_once_how_it_is_moved() -> None:
    publisher, time = KeptPublisher(), HandClock(NOON + 400 * HOUR)
    stream = io.StringIO()
    minute = Begin(clock_time(22, 14), UTC)  # NOON is 22:13:20 of its day
    done = send_live(
        _calls(NOON, NOON + 60_000), Marks("pbx", replay=True), publisher, time.clock(), stream,
        begin=minute,
    )  # fmt: skip
    assert [event.at - NOON - 400 * HOUR for event in publisher.calls] == [-40_000, 20_000]
    assert stream.getvalue() == f"{done.replayed}\n"
    assert done.replayed.startswith("replay: 2023-11-14T22:14:00Z of the file (UTC) is now")


def test_ctrl_c_ends_a_replay_as_its_end_does() -> None:
    publisher, time = KeptPublisher(), HandClock(NOON + 400 * HOUR)
    time.interrupt_after = 1
    done = send_live(
        _calls(NOON, NOON + HOUR), Marks("pbx", replay=True), publisher, time.clock(), io.StringIO()
    )
    assert done.stopped
    assert publisher.told[-1].at == NOON + 400 * HOUR + 5 * SECOND
    assert isinstance(publisher.told[-1], EndOfInput)


def test_ctrl_c_while_a_file_is_sent_is_not_its_end() -> None:
    class Interrupted(KeptPublisher):
        def send_call(self, event: object) -> None:
            raise KeyboardInterrupt

    publisher = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        send_live(
            _calls(NOON), Marks("pbx"), publisher, HandClock(NOON + HOUR).clock(), io.StringIO()
        )
    assert not any(isinstance(item, EndOfInput) for item in publisher.told)


def test_nothing_to_send_sends_nothing() -> None:
    publisher = KeptPublisher()
    done = send_live([], Marks("pbx"), publisher, HandClock(NOON).clock(), io.StringIO())
    assert (done.events, publisher.told) == (0, [])
