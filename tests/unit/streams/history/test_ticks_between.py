"""Ticks between archived events: event time goes on while nobody calls, and never past what comes next."""

from itertools import pairwise

from schemas.calls import Tick
from schemas.codec import decode_call, encode
from schemas.millis import DAY, SECOND
from schemas.timing import STEP_MS
from streams.history.ticks_between import HORIZON_MS, ArchivedEvent, Told, with_ticks
from tests.support.builders import call, clock, mark


def event(text: str, source: str = "node", late_ms: int = 0, kind: str = "queued") -> ArchivedEvent:
    at = clock(text)
    told = mark(kind, at, source) if kind == "end_of_input" else call(kind, text, at, source=source)
    return ArchivedEvent(0, at + late_ms, kind, at, source, encode(told).decode())


def ticks(told: list[Told], source: str = "node") -> list[int]:
    decoded = [decode_call(each.record.value or b"") for each in told]
    return [each.at for each in decoded if isinstance(each, Tick) and each.source == source]


def test_every_boundary_between_two_events_is_told_and_then_up_to_the_end() -> None:
    told = list(with_ticks([event("09:00:02"), event("09:00:20")], until=clock("09:00:30")))
    assert ticks(told) == [clock(f"09:00:{s:02}") for s in (5, 10, 15, 20, 25, 30)]
    assert [each.record.offset for each in told] == list(range(8))
    places = [each.at for each in told]
    assert places.index(clock("09:00:15")) < places.index(clock("09:00:20"))


def test_a_clock_that_runs_behind_the_broker_keeps_its_distance() -> None:
    """Sent an hour late and twice as fast as it happened, as a slow source sends it."""
    first, last = event("09:00:00", late_ms=3_600_000), event("09:01:00", late_ms=3_570_000)
    told = list(with_ticks([first, last], until=clock("09:01:00")))
    between = [each for each in told if first.at < each.at < last.at]
    assert [each.record.timestamp for each in between] == [
        first.appended_at + step * STEP_MS // 2 for step in range(1, 12)
    ]
    assert all(a.record.timestamp <= b.record.timestamp for a, b in pairwise(told))


def test_what_comes_late_does_not_hold_the_clock_back() -> None:
    late = event("09:00:03")._replace(appended_at=clock("09:00:31"))
    told = list(with_ticks([event("09:00:00"), event("09:00:30"), late], until=0))
    assert told[-1].at == late.at
    assert ticks(told) == [clock(f"09:00:{s:02}") for s in range(5, 31, 5)]


def test_of_two_sources_each_has_its_own_clock_in_the_order_of_the_log() -> None:
    events = [
        event("09:00:00"),
        event("09:00:01", "other"),
        event("09:00:21"),
        event("09:00:41", "other"),
    ]
    told = list(with_ticks(events, until=0))
    assert ticks(told) == [clock(f"09:00:{s:02}") for s in (5, 10, 15, 20)]
    assert ticks(told, "other") == [clock(f"09:00:{s:02}") for s in range(5, 45, 5)]
    assert all(a.record.timestamp <= b.record.timestamp for a, b in pairwise(told))


def test_after_the_end_of_its_input_a_source_tells_no_time() -> None:
    told = list(
        with_ticks([event("09:00:00"), event("09:00:10", kind="end_of_input")], clock("10:00"))
    )
    assert ticks(told) == [clock("09:00:05"), clock("09:00:10")]


def test_a_source_whose_next_event_is_too_far_away_runs_as_the_broker_does() -> None:
    """Else all that others said meanwhile would have to be kept in memory."""
    far = event("09:00:00")._replace(at=clock("09:00:00") + 2 * DAY)
    events = [
        event("09:00:00"),
        *(event(f"{9 + hour}:00:00", "other") for hour in range(30)),
        far._replace(appended_at=clock("09:00:00") + HORIZON_MS + 2 * DAY),
    ]
    told = list(with_ticks(events, until=far.at))
    first = [each for each in told if each.at <= clock("09:00:00") + SECOND * 60]
    assert ticks(first) == [clock("09:00:00") + step * STEP_MS for step in range(1, 13)]
    assert all(each.record.timestamp - each.at == 0 for each in first)


def test_in_one_batch_of_the_broker_the_clock_runs_by_the_order_of_the_log() -> None:
    """Else it would have come to the last event of the batch before what stands in the middle was read."""
    came = clock("10:00:00")
    texts = ("09:00:00", "08:59:50", "08:59:51", "08:59:52", "09:00:20")
    batch = [event(text)._replace(appended_at=came) for text in texts]
    told = list(with_ticks(batch, until=0))
    assert [each.at - clock("09:00:00") for each in told] == [
        0, 5_000, -10_000, 10_000, -9_000, 15_000, -8_000, 20_000, 20_000,
    ]  # fmt: skip
    assert {each.record.timestamp for each in told} == {came}
