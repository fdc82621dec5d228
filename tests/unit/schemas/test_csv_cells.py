"""Cells of CSV: numbers as they are, and no text that a spreadsheet runs."""

from schemas.csv_cells import csv_cell, plain_value


def test_numbers_keep_six_digits_and_no_value_is_empty() -> None:
    assert [plain_value(each) for each in (None, 0, 0.0, -0.0000001, 0.1, 1 / 3, 2.5, 100.0)] == [
        "", "0", "0", "0", "0.1", "0.333333", "2.5", "100",
    ]  # fmt: skip
    assert csv_cell(-3.5) == "-3.5"  # a number is no formula


def test_a_text_that_would_be_run_is_not() -> None:
    for text in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\uff1d1"):
        assert csv_cell(text).startswith("'")
    assert csv_cell("Burst pipes") == "Burst pipes"
    assert "\n" not in csv_cell("a\n=1")
    assert "\r" not in csv_cell("a\r=1")
