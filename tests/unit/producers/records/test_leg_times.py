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


ONE_DATE = """
time_format = "%d/%m/%Y %H:%M:%S"
time_zone = "Europe/Berlin"
[columns]
arrived_at = ["Day", "Start"]
answered_at = ["Day", "Answer"]
ended_at = ["Day", "End"]
"""


def test_a_clock_after_midnight_under_the_only_date_is_of_the_next_day() -> None:
    """The night is that in which clocks are put back: the next day begins 25 hours later."""
    times = _read(
        "answered", ONE_DATE, arrived_at="25/10/2025 23:59:50",
        answered_at="25/10/2025 00:00:10", ended_at="25/10/2025 03:30:00",
    )  # fmt: skip
    arrived_at = from_iso("2025-10-25T21:59:50Z")
    assert (times.arrived_at, times.at) == (arrived_at, arrived_at + 20_000)
    assert times.known["ended_at"] == from_iso("2025-10-26T02:30:00Z")
    assert times.over_midnight


@pytest.mark.parametrize(
    ("arrived_at", "ended_at"),
    [
        ("12/03/2025 10:00:00", "12/03/2025 09:59:59"),  # a second early, not a day late
        ("12/03/2025 20:00:00", "12/03/2025 00:00:00"),  # nothing happened
    ],
)
def test_another_clock_before_the_arrival_is_refused(arrived_at: str, ended_at: str) -> None:
    with pytest.raises(RowError, match="ended_at lies before arrived_at"):
        _read("abandoned", ONE_DATE, arrived_at=arrived_at, ended_at=ended_at)


@pytest.mark.parametrize(
    ("time_format", "arrived_at", "ended_at"),
    [
        # "nothing happened", in a zone whose midnight is 22:00 on the clock of the mapping
        ("iso", "2025-07-12 20:00:00+02:00", "2025-07-12 00:00:00+02:00"),
        ("%Y-%m-%d %H:%M:%S%z", "2025-07-12 20:00:00+0200", "2025-07-12 00:00:00+0200"),
    ],
)
def test_a_clock_with_an_offset_is_never_moved(
    time_format: str, arrived_at: str, ended_at: str
) -> None:
    mapping = ONE_DATE.replace("%d/%m/%Y %H:%M:%S", time_format).replace("Europe/Berlin", "UTC")
    with pytest.raises(RowError, match="ended_at lies before arrived_at"):
        _read("abandoned", mapping, arrived_at=arrived_at, ended_at=ended_at)


def test_the_next_day_may_lack_that_clock() -> None:
    with pytest.raises(DoubtfulTimeError, match=r"^ended_at: .* was on no clock in Europe/Berlin"):
        _read(
            "abandoned", ONE_DATE, arrived_at="29/03/2025 23:50:00", ended_at="29/03/2025 02:30:00"
        )


def test_a_time_with_a_date_of_its_own_is_never_moved() -> None:
    mapping = ONE_DATE.replace('ended_at = ["Day", "End"]', 'ended_at = ["Day of the end", "End"]')
    with pytest.raises(RowError, match="ended_at lies before arrived_at"):
        _read(
            "abandoned", mapping, arrived_at="12/03/2025 23:59:50", ended_at="12/03/2025 00:00:10"
        )


def test_a_rejected_caller_has_no_wait_that_could_differ() -> None:
    times = _read("rejected", arrived_at="2025-03-12T10:00:00Z", wait_ms="12 s")
    assert times.differs == ()


@pytest.mark.parametrize(
    ("durations", "differs"),
    [
        ({"wait_ms": "30 s", "talk_ms": "60 s"}, ()),
        ({"wait_ms": "29 s", "talk_ms": "61 s"}, ()),  # rounding
        ({"wait_ms": "12 s", "talk_ms": "60 s"}, ("wait_ms",)),
        ({"talk_ms": "45 s"}, ("talk_ms",)),
        ({"talk_ms": "45 s", "hold_ms": "15 s"}, ()),  # told without its holds
        ({"wait_ms": "12 s", "talk_ms": "45 s"}, ("wait_ms", "talk_ms")),
    ],
)
def test_a_duration_that_its_times_contradict_is_told(
    durations: dict[str, str], differs: tuple[str, ...]
) -> None:
    times = _read(
        "answered", arrived_at="2025-03-12T10:00:00Z", answered_at="2025-03-12T10:00:30Z",
        ended_at="2025-03-12T10:01:30Z", **durations,
    )  # fmt: skip
    assert times.differs == differs
    assert times.known["ended_at"] == TEN + 90_000


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
