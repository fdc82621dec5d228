"""What platforms write where nothing happened, and what only looks like it."""

import pytest

from producers.records.none_words import (
    is_none_in_figures,
    is_none_in_texts,
    is_none_in_times,
    joined_time,
)


@pytest.mark.parametrize(
    "text", ["", "NULL", "null", "(null)", "N/A", "n/a", "-", "--", "\\N", "#N/A"]
)
def test_words_that_mean_none_in_every_column(text: str) -> None:
    for is_none in (is_none_in_texts(), is_none_in_figures(), is_none_in_times()):
        assert is_none(text)


@pytest.mark.parametrize(
    "text",
    [
        "0", "0.0", "0.000000", "00", "0000-00-00 00:00:00", "0000-00-00", "0000-00-00T00:00:00Z",
        "00/00/0000 00:00", "00.00.0000", "00:00:00", "1970-01-01 00:00:00", "1970-01-01T00:00:00Z",
        "0001-01-01T00:00:00", "1900-01-01 00:00:00.000", "1899-12-30", "01/01/1970 00:00:00",
        "01.01.0001 00:00:00", "01/01/1900 12:00:00 AM", "9999-12-31 23:59:59", "None", "NaT", "nan",
    ],
)  # fmt: skip
def test_a_time_of_nothing(text: str) -> None:
    assert is_none_in_times()(text)


@pytest.mark.parametrize(
    "text",
    [
        "1741766400", "2025-03-12 00:00:00", "2000-01-01 00:00:00", "1970-01-15T20:30:45Z",
        "01/01/2026 00:00", "10:00:00", "1", "1970-01-01 00:00:01",
    ],
)  # fmt: skip
def test_a_time_that_is_one_or_a_mistake(text: str) -> None:
    assert not is_none_in_times()(text)


def test_zero_is_a_duration_and_a_name_may_be_any_word() -> None:
    assert not is_none_in_figures()("0")
    assert is_none_in_figures()("nan")
    for name in ("Nan", "Nil", "none", "0", "Null Islander"):
        assert not is_none_in_texts()(name)


def test_the_words_of_a_mapping() -> None:
    assert is_none_in_texts(["nobody "])("Nobody")
    assert is_none_in_figures(["0"])("0")
    assert is_none_in_times(["00:00:01"])("00:00:01")


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (("12.03.2025", "10:00:00"), "12.03.2025 10:00:00"),
        (("12.03.2025", "00:00:00"), "12.03.2025 00:00:00"),
        (("12.03.2025", ""), ""),
        (("12.03.2025", "NULL"), ""),
        (("", "10:00:00"), ""),
        (("-", "-"), ""),
        (("03/12/2025", "10:00:00", "AM"), "03/12/2025 10:00:00 AM"),
        (("03/12/2025", "10:00:00", ""), "03/12/2025 10:00:00"),
        (("03/12/2025", "", ""), ""),
        (("2025-03-12 10:00:00", ""), "2025-03-12 10:00:00"),
    ],
)
def test_a_date_with_an_empty_clock_is_no_time(parts: tuple[str, ...], text: str) -> None:
    assert joined_time(parts, is_none_in_figures()) == text
