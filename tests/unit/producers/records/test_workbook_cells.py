"""What the value of a cell becomes."""
# ruff: noqa: DTZ001 - cells of a workbook have no zone

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from producers.records.durations import read_duration
from producers.records.workbook_cells import cell_text


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (None, "General", ""),
        ("  x ", "General", "x"),
        (True, "General", "TRUE"),
        (7, "0", "7"),
        (7.0, "0", "7"),
        (12.5, "0.00", "12.5"),
        (0.1 + 0.2, "0.00", "0.3"),
        (30 / 86_400, "General", "0.000347222222222222"),
        (1e15, "0", "1e+15"),
        (datetime(2010, 8, 1, 9, 0, 5), "dd/mm/yy", "2010-08-01T09:00:05"),
        (datetime(2010, 8, 1, 9, 0, 5, 250_000), "dd/mm/yy", "2010-08-01T09:00:05.250"),
        (datetime(2010, 8, 1), "dd.mm.yyyy", "2010-08-01"),
        (datetime(2010, 8, 1), '[$-407]d. mmm yyyy "Uhr"', "2010-08-01"),
        (datetime(2010, 8, 1), "dd.mm.yyyy HH:MM", "2010-08-01T00:00:00"),
        (date(2010, 8, 1), "General", "2010-08-01"),
        (time(9, 0, 5), "h:mm", "09:00:05"),
        (time(0, 0, 5, 500_000), "h:mm", "00:00:05.500"),
        (timedelta(hours=26, seconds=5), "[h]:mm:ss", "26:00:05"),
        (timedelta(seconds=30.5), "[h]:mm:ss", "00:00:30.500"),
        (timedelta(seconds=-5), "[h]:mm:ss", "-00:00:05"),
    ],
)  # fmt: skip
def test_the_text_of_a_value(value: Any, number_format: str, text: str) -> None:
    assert cell_text(value, lambda: number_format) == text


@pytest.mark.parametrize(
    ("value", "ms"), [(time(0, 0, 30), 30_000), (timedelta(hours=26, seconds=5.25), 93_605_250)]
)
def test_durations_are_read_as_such_whatever_the_mapping_says(value: Any, ms: int) -> None:
    assert {
        read_duration(cell_text(value, lambda: ""), unit).ms for unit in (None, "s", "min", "days")
    } == {ms}
