"""When a leg came, was answered and left, by the times and durations of its row."""

import pytest

from producers.records.leg_times import LegTimes, TimesReader
from producers.records.mapping import DURATIONS, TIMES, parse_mapping
from producers.records.row_error import DoubtfulTimeError, RowError
from schemas.millis import from_iso

NOW = from_iso("2026-01-01T00:00:00Z")
TEN = from_iso("2025-03-12T10:00:00Z")


def _read(outcome: str, mapping: str = "", **cells: str) -> LegTimes:
    text = dict.fromkeys((*TIMES, *DURATIONS), "") | cells
    return TimesReader(parse_mapping(mapping)).read(text, outcome, NOW)


@pytest.mark.parametrize(
    ("mapping", "wait", "talk"),
    [
        ('durations = "s"', "30", "60.0"),
        ('durations = "ms"', "30000", "60000"),
        ('durations = "days"', "0.000347222", "0.000694444"),
        ('durations = "min"', "0.5", "1"),
        ("", "0:30", "1m 0s"),
        ("", "00:00:30", "PT1M"),
        ('durations = "h:mm"', "0:00:30", "0:01"),
    ],
)
def test_answer_and_end_come_from_durations_whose_unit_is_said(
    mapping: str, wait: str, talk: str
) -> None:
    times = _read(
        "answered", mapping, arrived_at="2025-03-12T10:00:00Z", wait_ms=wait, talk_ms=talk
    )
    assert (times.at, times.known["ended_at"]) == (TEN + 30_000, TEN + 90_000)
    assert times.wait_ms == 30_000


def test_a_number_without_a_unit_makes_no_time() -> None:
    with pytest.raises(RowError) as caught:
        _read("abandoned", arrived_at="2025-03-12T10:00:00Z", wait_ms="30")
    assert str(caught.value) == (
        'left_at is empty; to take it from wait_ms, say durations = "s", "ms", "min" or "days" in the'
        " mapping"
    )


def test_a_fraction_of_a_day_in_a_mapping_of_seconds_needs_a_time_that_says_so() -> None:
    row = {"arrived_at": "2025-03-12T10:00:00Z", "wait_ms": "0.000347222"}
    times = _read("abandoned", 'durations = "s"', ended_at="2025-03-12T10:00:30Z", **row)
    assert (times.at, times.wait_ms) == (TEN + 30_000, 30_000)
    with pytest.raises(RowError, match=r'^wait_ms: "0.000347222" is no number of seconds'):
        _read("abandoned", 'durations = "s"', **row)


def test_an_open_leg_has_its_arrival() -> None:
    assert _read("open", arrived_at="2025-03-12T10:00:00Z").at == TEN


def test_what_is_doubtful_names_the_time_that_was_read() -> None:
    with pytest.raises(DoubtfulTimeError) as caught:
        _read("open", 'time_zone = "Europe/Berlin"', arrived_at="2025-10-26 02:10:00")
    assert str(caught.value) == (
        'arrived_at: "2025-10-26 02:10:00" was on the clock twice when clocks were put back, and no other'
        " time of the row tells which: export it in UTC or with offsets"
    )
    with pytest.raises(
        DoubtfulTimeError, match=r'^arrived_at: "2025-03-30 02:10:00" was on no clock'
    ):
        _read("open", 'time_zone = "Europe/Berlin"', arrived_at="2025-03-30 02:10:00")


def test_a_leg_that_was_placed_says_so() -> None:
    row = {"arrived_at": "2025-10-26 02:58:00", "left_at": "2025-10-26 02:01:00"}
    placed = _read("abandoned", 'time_zone = "Europe/Berlin"', **row)
    assert (placed.was_placed, placed.at - placed.arrived_at) == (True, 180_000)
    assert not _read("open", arrived_at="2025-03-12T10:00:00Z").was_placed
