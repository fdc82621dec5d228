"""What is sent behind an archive that lags waits for it as long as it reads, and not for ever."""

import io
from collections.abc import Callable

import pytest

from producers.handing_over import WallClock
from streams.admin.broker import AdminError
from streams.admin.drain import NotDrained, Stage, WhileItMoves
from streams.processes import landing
from streams.processes.landing import wait_until_landed


class _Readers:
    """`lags`: by reader, how many records lie before it; it reads one a second, or none if it is in `stopped`."""

    def __init__(self, *stopped: str, **lags: int) -> None:
        self.now, self.lags, self.stopped = 0, lags, stopped
        self.asked: list[str] = []

    def wait(
        self, _: str, stage: Stage, still_s: float, tell: Callable[[int], None]
    ) -> NotDrained | None:
        self.asked.append(stage.reader)
        is_over = WhileItMoves(still_s, tell, lambda: self.now / 1000)
        while not is_over(self.lags.get(stage.reader, 0)) and self.lags.get(stage.reader):
            self.now += 1_000
            self.lags[stage.reader] -= stage.reader not in self.stopped
        left = self.lags.get(stage.reader)
        return NotDrained(stage.reader, {"legs-3": left}) if left else None


def _waited(readers: _Readers, monkeypatch: pytest.MonkeyPatch) -> tuple[str, list[str]]:
    """What lags at the end, and what the stream was told."""
    monkeypatch.setattr(landing, "wait_while_it_reads", readers.wait)
    stream = io.StringIO()
    clock = WallClock(lambda: readers.now, lambda _: pytest.fail("slept"))
    lag = wait_until_landed("kafka:1", "", clock, stream)
    return lag, stream.getvalue().splitlines()


def test_who_keeps_up_is_asked_in_order_and_nothing_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    readers = _Readers(stream=1)
    assert _waited(readers, monkeypatch) == ("", [])
    assert readers.asked == ["stream", "archive"]


def test_an_archive_that_reads_is_waited_for_however_long_it_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lag, said = _waited(_Readers(archive=45), monkeypatch)
    assert lag == ""
    waiting = "queuewatch: waiting until history knows what was sent before: archive lags by"
    assert said == [f"{waiting} {n} records" for n in (43, 23, 3)]


def test_of_one_that_reads_nothing_for_20_s_it_is_said_what_lags(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    readers = _Readers("archive", stream=30, archive=7)
    lag, _ = _waited(readers, monkeypatch)
    assert lag == "archive lags: legs-3 by 7 records"
    assert readers.now == 30_000 + 21_000


def test_what_cannot_be_learnt_is_said_and_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AdminError("this user may not see group queuewatch-stream")

    monkeypatch.setattr(landing, "wait_while_it_reads", refused)
    stream = io.StringIO()
    assert wait_until_landed("kafka:1", "", WallClock(lambda: 0, lambda _: None), stream) == ""
    assert "could not be learnt, so it was not waited for: this user may not" in stream.getvalue()
