"""A cell as a duration: what platforms and spreadsheets write, and never 8 ms for 8 s."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.records.durations import Duration, DurationUnit, read_duration, settled

UNITS: tuple[DurationUnit | None, ...] = (None, "ms", "s", "min", "h:mm", "days")


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("0:01:23", 83_000),
        ("00:00:30", 30_000),
        ("00:00:30.5", 30_500),
        ("00:00:30,250", 30_250),
        ("26:00:00", 93_600_000),
        ("1.02:03:04", 93_784_000),
        ("1 day, 02:03:04", 93_784_000),
        ("1d 02:03:04", 93_784_000),
        ("1899-12-30 00:01:23", 83_000),
        ("1900-01-00 00:01:23", 83_000),
        ("1m 12s", 72_000),
        ("1m12s", 72_000),
        ("2h 3m", 7_380_000),
        ("0d 0h 1m 0s", 60_000),
        ("45s", 45_000),
        ("12.5 s", 12_500),
        ("12,5 sec.", 12_500),
        ("250 ms", 250),
        ("1 minute, 12 seconds", 72_000),
        ("1 hour 2 min and 3 sec", 3_723_000),
        ("1 Std. 5 Min. 3 Sek.", 3_903_000),
        ("PT1M12S", 72_000),
        ("P0DT0H0M30.5S", 30_500),
        ("0", 0),
    ],
)
@pytest.mark.parametrize("unit", UNITS)
def test_a_text_that_says_its_unit_means_the_same_in_every_mapping(
    text: str, ms: int, unit: DurationUnit | None
) -> None:
    assert read_duration(text, unit).ms == ms


@pytest.mark.parametrize(
    ("text", "unit", "ms"),
    [
        ("8", "s", 8_000),
        ("8", "ms", 8),
        ("8", "min", 480_000),
        ("12.00", "s", 12_000),
        ("83", "s", 83_000),
        ("12.5", "s", 12_500),
        ("12,50", "s", 12_500),
        ("0.25", "s", 250),
        ("0.75", "min", 45_000),
        ("8012.0", "ms", 8_012),
        ("0.00034722222222", "days", 30_000),
        ("3.47222222222222E-04", "days", 30_000),
        ("0,000347222", "days", 30_000),
        ("0.000347", "days", 30_000),
        ("0.00034734953704", "days", 30_011),
        ("0.005", "days", 432_000),
        ("0.5", "days", 43_200_000),
        ("1:05", None, 65_000),
        ("1:05", "s", 65_000),
        ("1:05", "h:mm", 3_900_000),
        ("90:15", "s", 5_415_000),
        ("1:05.5", "s", 65_500),
    ],
)
def test_a_number_is_what_the_mapping_says(text: str, unit: DurationUnit | None, ms: int) -> None:
    assert read_duration(text, unit).ms == ms


@pytest.mark.parametrize(
    ("text", "unit", "problem"),
    [
        ("soon", "s", ('"soon" is no duration such as 83, 12.5, 0:01:23 or 1m 12s (durations = "s",'
                      ' "ms", "min" or "days" says the unit of numbers)')),
        ("8.5", None, '"8.5" has no unit; say durations = "s", "ms", "min" or "days" in the mapping'),
        ("1,234", "s", '"1,234" may be 1234 or 1.234: write it with a point'),
        ("0:75", "s", '"0:75" is no clock such as "0:01:23"'),
        ("1:60:00", "s", '"1:60:00" is no clock such as "0:01:23"'),
        ("1d 24:00:00", "s", '"1d 24:00:00" is no clock such as "0:01:23"'),
        ("1:05.5", "h:mm", '"1:05.5" is no clock such as "0:01:23"'),
        ("8", "h:mm", '"8" is no clock such as "0:05" (durations = "h:mm")'),
        ("40000000", "s", "a number of 8 digits is a year or more"),
        ("9999d", "s", '"9999d" is a year or more'),
    ],
)  # fmt: skip
def test_what_is_no_duration(text: str, unit: DurationUnit | None, problem: str) -> None:
    with pytest.raises(ValueError) as caught:
        read_duration(text, unit)
    assert str(caught.value) == problem


@pytest.mark.parametrize(
    "text", ["-8", "1_000", "٣", "5m 1h", "1m 1m", "5 parsecs", "P1M", "1e999", "1::2", "", ":"]
)
@pytest.mark.parametrize("unit", UNITS)
def test_what_is_refused_in_every_mapping(text: str, unit: DurationUnit | None) -> None:
    with pytest.raises(ValueError):
        read_duration(text, unit)


@given(st.integers(0, 30 * 86_400), st.integers(8, 17))
def test_the_fraction_of_a_day_is_the_second_that_the_spreadsheet_had(
    seconds: int, decimals: int
) -> None:
    assert read_duration(f"{seconds / 86_400:.{decimals}f}", "days").ms == seconds * 1_000
    assert read_duration(f"{seconds / 86_400:.{decimals}E}", "days").ms == seconds * 1_000


@given(st.integers(0, 86_399_000))
def test_every_way_to_write_a_duration_is_the_same_duration(ms: int) -> None:
    seconds, rest = divmod(ms, 1_000)
    minutes, below = divmod(seconds, 60)
    hours, past = divmod(minutes, 60)
    texts = (
        f"{hours}:{past:02}:{below:02}.{rest:03}",
        f"{minutes}:{below:02}.{rest:03}",
        f"{hours}h {past}m {below}.{rest:03}s",
        f"PT{hours}H{past}M{below}.{rest:03}S",
        f"{seconds}.{rest:03}",
    )
    assert [read_duration(text, "s").ms for text in texts] == [ms] * len(texts)


def _settled(spans: list[tuple[tuple[str, ...], int]], **texts: str) -> dict[str, int]:
    return settled({name: read_duration(text, "s") for name, text in texts.items()}, spans)


def test_fractions_of_days_in_a_mapping_of_seconds_are_known_by_the_times_of_the_row() -> None:
    both: list[tuple[tuple[str, ...], int]] = [(("wait", "talk"), 90_000)]
    in_days = {"wait": 30_000, "talk": 60_000}
    assert _settled(both, wait="0.00034722222222", talk="0.00069444444444") == in_days
    assert _settled([(("wait",), 432_000)], wait="0.005") == {"wait": 432_000}
    assert _settled(both, wait="0.000347222", talk="0d 0h 1m 0s") == in_days


def test_seconds_below_one_stay_seconds() -> None:
    assert _settled([(("wait",), 1_000)], wait="0.5") == {"wait": 500}
    assert _settled([], wait="0.5") == {"wait": 500}
    assert _settled([(("wait", "talk"), 60_000)], wait="0.25", talk="60") == {
        "wait": 250, "talk": 60_000,
    }  # fmt: skip
    assert _settled([(("wait",), 7_000)], wait="0.25") == {"wait": 250}  # the platform's own wait
    assert _settled([(("wait",), 7_000)], wait="12", talk="0.5") == {"wait": 12_000, "talk": 500}


@pytest.mark.parametrize("spans", [[], [(("wait",), 7_000)], [(("talk",), 30_000)]])
def test_a_number_that_is_no_seconds_is_refused_where_no_time_says_what_it_is(
    spans: list[tuple[tuple[str, ...], int]],
) -> None:
    with pytest.raises(
        ValueError, match=r'^wait: "0.000347222" is no number of seconds; .* "days"'
    ):
        _settled(spans, wait="0.000347222")


def test_a_number_in_days_says_its_unit_and_one_without_a_unit_does_not() -> None:
    assert read_duration("0.5", "days") == Duration(43_200_000, 43_200_000)
    assert not read_duration("8", None).says_unit
    assert read_duration("0:08", None).says_unit


@given(
    st.text(max_size=20) | st.text(alphabet="0123456789:.,-+ eEdhmsPT", max_size=20),
    st.sampled_from(UNITS),
)
def test_any_text_is_a_duration_or_refused_in_one_line(
    text: str, unit: DurationUnit | None
) -> None:
    told = ""
    try:
        assert 0 <= read_duration(text, unit).ms < 366 * 86_400_000
    except ValueError as error:
        told = str(error)
    assert "\n" not in told
