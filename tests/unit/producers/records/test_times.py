from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.records.times import NoSuchTimeError, has_offset, says_offset, time_reader
from schemas.millis import from_iso

JOHANNESBURG = ZoneInfo("Africa/Johannesburg")
WHEN = from_iso("2010-08-01T06:57:47Z")


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("time_format", "text", "at"),
    [
        ("iso", "2010-08-01T06:57:47Z", WHEN),
        ("iso", "2010-08-01 08:57:47+02:00", WHEN),
        ("iso", "2010-08-01 08:57:47 +0200", WHEN),
        ("iso", "2010-08-01 06:57:47 UTC", WHEN),
        ("iso", "2010-08-01T08:57:47.250", WHEN + 250),
        ("iso", "2010-08-01 08:57", WHEN - 47_000),
        ("epoch_s", "1280645867", WHEN),
        ("epoch_s", "1280645867.25", WHEN + 250),
        ("epoch_s", "1280645867,25", WHEN + 250),
        ("epoch_ms", "1280645867250", WHEN + 250),
        ("epoch_ms", "1280645867250.0", WHEN + 250),
        ("%d/%m/%Y %I:%M:%S %p", "01/08/2010 08:57:47 AM", WHEN),
        ("%d/%m/%Y %I:%M:%S %p", "1/8/2010 8:57:47 a.m.", WHEN),
        ("%d/%m/%Y %I:%M:%S %p", "1/8/2010 8:57:47\u202fam", WHEN),
        ("%d/%m/%Y %H:%M:%S", "01/08/2010 08:57:47.25", WHEN + 250),
        ("%d/%m/%Y %H:%M:%S.%f", "01/08/2010 08:57:47", WHEN),
        ("%d/%m/%Y %H:%M:%S.%f", "01/08/2010 08:57:47,250", WHEN + 250),
        ("%d.%m.%Y %H:%M", "01.08.2010 08:57", WHEN - 47_000),
        ("%d-%b-%Y %I:%M:%S %p", "01-Aug-2010 8:57:47 AM", WHEN),
        ("%b %d, %Y %I:%M:%S %p", "Aug 1, 2010 8:57:47 AM", WHEN),
        ("%b %d, %Y %I:%M:%S %p", "August 1, 2010 8:57:47 AM", WHEN),
        ("%B %d, %Y %H:%M:%S", "Aug 1, 2010 08:57:47", WHEN),
        ("%d. %b %Y %H:%M:%S", "1. August 2010 08:57:47", WHEN),
        ("%a, %d %b %Y %H:%M:%S", "Sun, 01 Aug 2010 08:57:47", WHEN),
        ("%d/%m/%Y %H:%M:%S %p", "01/08/2010 08:57:47 AM", WHEN),
        ("%Y-%m-%d %H:%M:%S %z", "2010-08-01 06:57:47 +0000", WHEN),
        ("%d %b %Y %H.%M.%S", "01 Agustus 2010 08.57.47", WHEN),
        ("%d/%m/%Y %I:%M:%S %p", "01/08/2010 08:57:47 ص", WHEN),
        ("%d/%m/%Y %I:%M:%S %p", "01/08/2010 08:57:47 م", WHEN + 12 * 3_600_000),
    ],
)
def test_a_moment_in_each_format(time_format: str, text: str, at: int) -> None:
    assert time_reader(time_format, JOHANNESBURG)(text) == (at,)


@pytest.mark.parametrize(
    ("time_format", "text"),
    [
        ("%Y-%m-%dT%H:%M:%SZ", "2010-08-01T06:57:47Z"),
        ("%Y-%m-%dT%H:%M:%S.%fZ", "2010-08-01T06:57:47.000Z"),
        ("%d/%m/%Y %H:%M:%S UTC", "01/08/2010 06:57:47 UTC"),
        ("%d/%m/%Y %H:%M:%S %Z", "01/08/2010 06:57:47 GMT"),
        ("%a %b %d %H:%M:%S UTC %Y", "Sun Aug 01 06:57:47 UTC 2010"),
        ("%d/%m/%Y %H:%M:%S UTC", "2010-08-01T06:57:47"),  # the same column in a workbook
    ],
)
def test_a_pattern_that_says_utc_is_never_read_on_the_clock_of_the_zone(
    time_format: str, text: str
) -> None:
    assert time_reader(time_format, JOHANNESBURG)(text) == (WHEN,)
    assert says_offset(time_format)


@pytest.mark.parametrize("text", ["01/08/2010 06:57:47 SAST", "01/08/2010 06:57:47"])
def test_the_name_of_another_zone_is_not_taken_for_utc(text: str) -> None:
    with pytest.raises(ValueError, match="no time like"):
        time_reader("%d/%m/%Y %H:%M:%S %Z", JOHANNESBURG)(text)


@pytest.mark.parametrize("offset", ["GMT+0200", "GMT+2", "UTC+02:00", "UTC +02:00"])
def test_utc_before_an_offset_is_another_zone(offset: str) -> None:
    """Read as UTC, each call would be these hours wrong: the pattern is of the zone that `time_zone` names."""
    pattern = f"%d/%m/%Y %H:%M:%S {offset}"
    assert time_reader(pattern, JOHANNESBURG)(f"01/08/2010 08:57:47 {offset}") == (WHEN,)
    assert not says_offset(pattern)
    with pytest.raises(ValueError, match="no time like"):
        time_reader("%d/%m/%Y %H:%M:%S %Z", JOHANNESBURG)(f"01/08/2010 08:57:47 {offset}")


def test_a_pattern_without_a_zone_says_no_offset() -> None:
    assert not says_offset("iso")
    assert not says_offset("%d/%m/%Y %H:%M:%S")
    assert says_offset("epoch_s")


@pytest.mark.parametrize(
    ("text", "clock"),
    [("05-Mar-2026 1:05:10 PM", "13:05:10"), ("05-Mar-2026 12:00:10 AM", "00:00:10"),
     ("05-Mar-2026 12:00:10 PM", "12:00:10")],
)  # fmt: skip
def test_twelve_hours_twice_a_day(text: str, clock: str) -> None:
    read = time_reader("%d-%b-%Y %I:%M:%S %p", None)
    assert read(text) == (from_iso(f"2026-03-05T{clock}Z"),)


def test_without_a_zone_times_are_utc() -> None:
    assert time_reader("iso", None)("2010-08-01T06:57:47") == (WHEN,)
    assert time_reader("%Y-%m-%d %H:%M:%S", None)("2010-08-01 06:57:47") == (WHEN,)


@pytest.mark.parametrize(
    ("time_format", "text", "problem"),
    [
        ("iso", "yesterday", '"yesterday" is no time such as 2010-08-01T06:57:47Z (other formats: time_format in a mapping)'),
        ("iso", "2010-08-01", '"2010-08-01" is no time such as 2010-08-01T06:57:47Z (other formats: time_format in a mapping)'),
        ("iso", "12806458671234567", "a number of 17 digits is no time such as 2010-08-01T06:57:47Z (other formats: time_format in a mapping)"),
        ("iso", "2010-02-30T06:57:47Z", '"2010-02-30T06:57:47Z" is no time such as 2010-08-01T06:57:47Z (other formats: time_format in a mapping)'),
        ("iso", "1899-12-30T01:00:00Z", '"1899-12-30T01:00:00Z" lies outside of 2000 to 2100'),
        ("epoch_ms", "1280645867", ("a number of 10 digits lies outside of 2000 to 2100:"
                                    " are these seconds? (epoch_s)")),
        ("epoch_s", "1280645867000", ("a number of 13 digits lies outside of 2000 to 2100:"
                                      " are these milliseconds? (epoch_ms)")),
        ("epoch_s", "1.28064E+09", ('"1.28064E+09" was shortened by a spreadsheet: export it again, with'
                                    " this column as text")),
        ("epoch_s", "nan", '"nan" is no number of seconds since 1970 (other formats: time_format in a mapping)'),
        ("epoch_s", "1e9999999", '"1e…" is no number of seconds since 1970 (other formats: time_format in a mapping)'),
        ("epoch_s", "-Infinity", '"-xxxxxxxx" is no number of seconds since 1970 (other formats: time_format in a mapping)'),
        ("epoch_s", "soon", '"soon" is no number of seconds since 1970 (other formats: time_format in a mapping)'),
        ("epoch_s", "1_280_645_867", '"1_280_645_867" is no number of seconds since 1970 (other formats: time_format in a mapping)'),
        ("epoch_ms", "soon", '"soon" is no number of milliseconds since 1970 (other formats: time_format in a mapping)'),
        ("%d/%m/%Y %H:%M", "2010-08-01", '"2010-08-01" is no time like "%d/%m/%Y %H:%M" (other formats: time_format in a mapping)'),
        ("%d/%m/%Y %H:%M:%S %p", "01/08/2010 1:05:10 PM", ('"01/08/2010 1:05:10 PM" has an hour of twelve:'
                                                         " write %I for %H in time_format")),
    ],
)  # fmt: skip
def test_what_is_no_moment(time_format: str, text: str, problem: str) -> None:
    with pytest.raises(ValueError) as caught:
        time_reader(time_format, None)(text)
    assert str(caught.value) == problem


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00", "9999-12-31T23:59:59"])
@pytest.mark.parametrize("zone", [None, BERLIN, ZoneInfo("America/New_York")])
def test_the_ends_of_the_calendar_are_refused_like_others(text: str, zone: ZoneInfo | None) -> None:
    with pytest.raises(ValueError, match="lies outside of 2000 to 2100"):
        time_reader("iso", zone)(text)


@pytest.mark.parametrize(
    ("zone", "text", "back_ms"),
    [
        ("Europe/Berlin", "2025-10-26 02:10:00", 3_600_000),
        ("America/New_York", "2025-11-02 01:59:59", 3_600_000),
        ("Australia/Lord_Howe", "2026-04-05 01:45:00", 1_800_000),
    ],
)
def test_a_time_that_was_on_the_clock_twice_is_two_moments(
    zone: str, text: str, back_ms: int
) -> None:
    first, second = time_reader("iso", ZoneInfo(zone))(text)
    assert second - first == back_ms
    assert first == from_iso(text, ZoneInfo(zone))


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Europe/Berlin", "2025-10-26 01:59:59"),
        ("Europe/Berlin", "2025-10-26 03:00:00"),
        ("Europe/Berlin", "2025-03-30 01:59:59"),
        ("Europe/Berlin", "2025-03-30 03:00:00"),
        ("Europe/Berlin", "2025-10-26 02:10:00+02:00"),
        ("Africa/Johannesburg", "2025-10-26 02:10:00"),
    ],
)
def test_a_time_beside_the_change_of_clocks_is_one_moment(zone: str, text: str) -> None:
    assert time_reader("iso", ZoneInfo(zone))(text) == (from_iso(text, ZoneInfo(zone)),)


@pytest.mark.parametrize("text", ["2025-03-30 02:00:00", "2025-03-30 02:59:59"])
def test_a_time_that_was_on_no_clock_is_refused(text: str) -> None:
    with pytest.raises(NoSuchTimeError, match=rf'^"{text}" was on no clock in Europe/Berlin: '):
        time_reader("iso", BERLIN)(text)


@pytest.mark.parametrize("time_format", ["iso", "%d.%m.%Y %H:%M"])
def test_days_as_a_spreadsheet_counts_them_are_said_to_be_some(time_format: str) -> None:
    with pytest.raises(ValueError, match="days as a spreadsheet counts them"):
        time_reader(time_format, None)("45986.375")


@pytest.mark.parametrize("time_format", ["iso", "%Y-%m-%d %H:%M:%S"])
def test_digits_of_another_script_are_said_to_be_some(time_format: str) -> None:
    with pytest.raises(ValueError, match=r"\(its digits are not 0 to 9: export it with these\)$"):
        time_reader(time_format, None)("٢٠١٠-٠٨-٠١ ٠٦:٥٧:٤٧")


def test_whether_a_time_says_its_offset() -> None:
    for text in ("2010-08-01T06:57:47Z", "2010-08-01T06:57:47-03:00", "2010-08-01 06:57:47 UTC"):
        assert has_offset(text)
    assert not has_offset("2010-08-01T06:57:47")


@given(
    st.text(max_size=25) | st.text(alphabet="0123456789:.,-/+ TZAPMar", max_size=25),
    st.sampled_from(["iso", "epoch_s", "epoch_ms", "%d/%m/%Y %H:%M:%S", "%b %d, %Y %I:%M %p"]),
)
def test_any_text_is_a_time_or_refused_in_one_line(text: str, time_format: str) -> None:
    told = ""
    try:
        assert len(time_reader(time_format, BERLIN)(text)) in {1, 2}
    except ValueError as error:
        told = str(error)
    assert "\n" not in told


@given(st.datetimes(datetime(2001, 1, 1), datetime(2068, 1, 1)))  # noqa: DTZ001 - on the clock of a zone
def test_a_time_is_the_same_however_it_is_written(clock: datetime) -> None:
    clock = clock.replace(microsecond=0)
    try:
        expected = time_reader("iso", BERLIN)(clock.isoformat())
    except NoSuchTimeError:
        return
    for pattern in (
        "%d.%m.%Y %H:%M:%S",
        "%m/%d/%y %I:%M:%S %p",
        "%d-%b-%Y %I:%M:%S %p",
        "%B %d, %Y %H:%M:%S",
    ):
        assert time_reader(pattern, BERLIN)(clock.strftime(pattern)) == expected
    if len(expected) == 1:
        assert time_reader("epoch_s", BERLIN)(str(expected[0] // 1_000)) == expected


def test_what_is_not_asked_for_its_sentence_shows_no_number() -> None:
    """A log of a bug may hold what Python shows of an error."""
    with pytest.raises(ValueError, match="10 digits") as caught:
        time_reader("%d/%m/%Y %H:%M", None)("0315550001")
    assert "0315550001" not in f"{caught.value!r} {caught.value.args}"
