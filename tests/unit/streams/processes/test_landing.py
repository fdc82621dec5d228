"""What is sent behind an archive that lags waits for it, and not for ever."""

import io

import pytest

from producers.handing_over import WallClock
from streams.admin.broker import AdminError
from streams.admin.drain import NotDrained, Stage
from streams.processes import landing
from streams.processes.landing import wait_until_landed

LAG = NotDrained("archive", {"legs-3": 7})


class _Readers:
    """Each question for a reader takes all of its time as long as that reader lags; `lags`: by reader, for how many seconds."""

    def __init__(self, **lags: float) -> None:
        self.now, self.lags = 0, lags
        self.asked: list[tuple[str, float]] = []

    def wait(self, _: str, stage: Stage, timeout_s: float) -> NotDrained | None:
        self.asked.append((stage.reader, timeout_s))
        left_s = max(0.0, self.lags.get(stage.reader, 0.0) - self.now / 1000)
        self.now += round(min(left_s, timeout_s) * 1000)
        return LAG if left_s > timeout_s else None


def _waited(readers: _Readers, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """What lags at the end, and what the stream was told."""
    monkeypatch.setattr(landing, "wait_for_reader", readers.wait)
    stream = io.StringIO()
    clock = WallClock(lambda: readers.now, lambda _: pytest.fail("slept"))
    return wait_until_landed("kafka:1", "", clock, stream), stream.getvalue()


def test_who_keeps_up_is_asked_in_order_and_nothing_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    readers = _Readers(stream=0.25)
    assert _waited(readers, monkeypatch) == ("", "")
    assert readers.asked == [("stream", 2.0), ("archive", 2.0)]


def test_an_archive_that_lags_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    lag, said = _waited(_Readers(archive=12.0), monkeypatch)
    assert lag == ""
    assert said == (
        "queuewatch: waiting until history knows what was sent before: archive lags: legs-3 by 7"
        " records\n"
    )


def test_after_20_s_it_is_said_what_lags(monkeypatch: pytest.MonkeyPatch) -> None:
    readers = _Readers(stream=5.0, archive=60.0)
    lag, _ = _waited(readers, monkeypatch)
    assert lag == "archive lags: legs-3 by 7 records"
    assert readers.now == 20_000


def test_what_cannot_be_learnt_is_said_and_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AdminError("this user may not see group queuewatch-stream")

    monkeypatch.setattr(landing, "wait_for_reader", refused)
    stream = io.StringIO()
    assert wait_until_landed("kafka:1", "", WallClock(lambda: 0, lambda _: None), stream) == ""
    assert "could not be learnt, so it was not waited for: this user may not" in stream.getvalue()
