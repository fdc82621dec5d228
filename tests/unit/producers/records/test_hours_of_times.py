"""Times that are read an hour at a time are what the reader says of each alone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.records.hours_of_times import by_hours
from producers.records.mapping import parse_mapping
from producers.records.none_words import is_none_in_times
from producers.records.times import Moments, ReadTime, ZeroTimeError, time_reader
from schemas.millis import from_iso

FORMATS = (
    "iso", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%m/%d/%Y %I:%M:%S %p", "%d.%m.%Y %H:%S:%M",
    "%H:%M:%S %d.%m.%Y", "%d %b %y %H:%M:%S", "%Y:%m:%d %H:%M:%S",
)  # fmt: skip
WRITTEN = (*FORMATS[1:], "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S.%f", "%Y%m%dT%H%M%S+02:00")  # fmt: skip
# Nights in which clocks are put forward or back: by an hour, by half of one, and one minute after midnight.
NIGHTS = (
    ("Europe/Berlin", datetime(2025, 10, 26, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 3, 28, 23, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2025, 4, 5, 13, tzinfo=UTC)),
    ("America/St_Johns", datetime(2008, 11, 2, 0, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2026, 1, 5, tzinfo=UTC)),
    ("", datetime(1999, 12, 31, 22, tzinfo=UTC)),
)


def _alone(read: ReadTime, text: str, none: list[str]) -> Moments | str:
    try:
        return () if is_none_in_times(none)(text) else read(text)
    except ZeroTimeError:
        return ()
    except ValueError as error:
        return f"{type(error).__name__}: {error}"


def _by_hours(read: ReadTime, text: str) -> Moments | str:
    try:
        return read(text)
    except ValueError as error:
        return f"{type(error).__name__}: {error}"


@given(
    st.sampled_from(NIGHTS),
    st.sampled_from(FORMATS),
    st.lists(
        st.tuples(st.integers(0, 4 * 3600), st.sampled_from(WRITTEN)), min_size=2, max_size=20
    ),
    st.sampled_from(([], ["nie"], ["26.10.2025 01:00:00"])),
)
def test_each_time_is_what_it_is_alone(
    night: tuple[str, datetime],
    time_format: str,
    told: list[tuple[int, str]],
    none: list[str],
) -> None:
    name, begin = night
    zone = ZoneInfo(name) if name else None
    texts = [(begin + timedelta(seconds=second)).strftime(each) for second, each in told]
    texts += [(begin + timedelta(seconds=second)).strftime(time_format) for second, _ in told if time_format != "iso"]  # fmt: skip
    alone, together = time_reader(time_format, zone), time_reader(time_format, zone)
    kept = by_hours(together, is_none_in_times(none), none)
    for text in texts * 2:
        assert _by_hours(kept, text) == _alone(alone, text, none), text


def test_an_hour_is_read_once() -> None:
    asked: list[str] = []
    read = time_reader("iso", None)

    def counted(text: str) -> Moments:
        asked.append(text)
        return read(text)

    kept = by_hours(counted, is_none_in_times())
    for minute in range(60):
        assert kept(f"2026-03-02T09:{minute:02}:05Z") == (
            from_iso(f"2026-03-02T09:{minute:02}:05Z"),
        )
    assert len(asked) == 3


def test_seconds_that_the_format_does_not_write_are_refused_in_an_hour_that_is_known() -> None:
    kept = by_hours(time_reader("%d.%m.%Y %H:%M", None), is_none_in_times())
    assert kept("02.03.2026 09:05") == (from_iso("2026-03-02T09:05:00Z"),)
    with pytest.raises(ValueError, match="is no time like"):
        kept("02.03.2026 09:05:00")


def test_a_word_of_the_mapping_that_is_a_time_stays_none() -> None:
    mapping = parse_mapping('none = ["2026-03-02T09:00:30Z"]')
    kept = by_hours(mapping.read_time("left_at"), is_none_in_times(mapping.none), mapping.none)
    told = [kept(f"2026-03-02T09:00:{second}Z") for second in (29, 30, 31)]
    assert [len(moments) for moments in told] == [1, 0, 1]


def test_a_format_that_writes_seconds_before_minutes_is_read_as_it_says() -> None:
    """The first and the last second of its hour lie as far apart as in any other."""
    kept = by_hours(time_reader("%d.%m.%Y %H:%S:%M", None), is_none_in_times())
    assert kept("02.03.2026 09:07:54") == (from_iso("2026-03-02T09:54:07Z"),)
