from zoneinfo import ZoneInfo

import pytest

from producers.records.times import has_offset, time_reader
from schemas.millis import from_iso

JOHANNESBURG = ZoneInfo("Africa/Johannesburg")
WHEN = from_iso("2010-08-01T06:57:47Z")


@pytest.mark.parametrize(
    ("time_format", "text", "at"),
    [
        ("iso", "2010-08-01T06:57:47Z", WHEN),
        ("iso", "2010-08-01 08:57:47+02:00", WHEN),
        ("iso", "2010-08-01T08:57:47.250", WHEN + 250),
        ("epoch_s", "1280645867", WHEN),
        ("epoch_s", "1280645867.25", WHEN + 250),
        ("epoch_ms", "1280645867250", WHEN + 250),
        ("%d/%m/%Y %I:%M:%S %p", "01/08/2010 08:57:47 AM", WHEN),
        ("%Y-%m-%d %H:%M:%S %z", "2010-08-01 06:57:47 +0000", WHEN),
    ],
)
def test_a_moment_in_each_format(time_format: str, text: str, at: int) -> None:
    assert time_reader(time_format, JOHANNESBURG)(text) == at


def test_without_a_zone_times_are_utc() -> None:
    assert time_reader("iso", None)("2010-08-01T06:57:47") == WHEN
    assert time_reader("%Y-%m-%d %H:%M:%S", None)("2010-08-01 06:57:47") == WHEN


@pytest.mark.parametrize(
    ("time_format", "text", "problem"),
    [
        ("iso", "yesterday", "expected a time such as 2010-08-01T06:57:47Z"),
        ("iso", "2010-08-01", "expected a time such as 2010-08-01T06:57:47Z"),
        ("iso", "12806458671234567", "expected a time such as 2010-08-01T06:57:47Z"),
        ("iso", "2010-02-30T06:57:47Z", "expected a time such as 2010-08-01T06:57:47Z"),
        ("iso", "1899-12-30T00:00:00Z", "lies outside of 2000 to 2100"),
        ("epoch_ms", "1280645867", "lies outside of 2000 to 2100: are these seconds? (epoch_s)"),
        (
            "epoch_s",
            "1280645867000",
            "lies outside of 2000 to 2100: are these milliseconds? (epoch_ms)",
        ),
        ("epoch_s", "nan", "expected seconds since 1970"),
        ("epoch_s", "1e9999999", "expected seconds since 1970"),
        ("epoch_s", "-Infinity", "expected seconds since 1970"),
        ("epoch_s", "soon", "expected seconds since 1970"),
        ("epoch_ms", "1.5", "expected milliseconds since 1970"),
        ("%d/%m/%Y %H:%M", "2010-08-01", 'expected a time like "%d/%m/%Y %H:%M"'),
    ],
)
def test_what_is_no_moment(time_format: str, text: str, problem: str) -> None:
    with pytest.raises(ValueError) as caught:
        time_reader(time_format, None)(text)
    assert str(caught.value) == problem


def test_whether_a_time_says_its_offset() -> None:
    assert has_offset("2010-08-01T06:57:47Z")
    assert has_offset("2010-08-01T06:57:47-03:00")
    assert not has_offset("2010-08-01T06:57:47")
