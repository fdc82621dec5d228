"""Files whose first row is a call."""

import pytest

from producers.records.mapping import parse_mapping
from producers.records.mapping_text import mapping_text
from producers.records.no_header import guess_by_number, has_header

ROWS = [
    ("0315550001", "billing", "2026-03-02 09:00:15", "2026-03-02 09:00:05", "answered", "Ada"),
    ("0315550002", "billing", "", "2026-03-02 09:01:05", "abandoned", ""),
    ("0315550003", "sales", "2026-03-02 09:02:15", "2026-03-02 09:02:05", "Fax", "Bob"),
]


@pytest.mark.parametrize(
    ("first", "below"),
    [
        (ROWS[0], ROWS[1:]),
        (("q", "5"), [("q", "7"), ("q", "8"), ("q", "Total")]),
        (("q", "05-Mar-2026 1:05:10 PM"), [("q", "06-Mar-2026 1:05:10 PM")]),
        (("q", "09:00"), []),
    ],
)
def test_a_row_of_calls_is_no_header(first: tuple[str, ...], below: list[tuple[str, ...]]) -> None:
    assert not has_header(first, below)


@pytest.mark.parametrize(
    ("first", "below"),
    [
        (("Queue", "Start"), [("q", "2026-03-02 09:00:05")]),
        (("Queue", "2026"), [("q", "x")]),  # no number below it
        (("when", "team"), [("soon", "red")]),
        (("Queue", "Talk 2"), [("q", "7")]),
        (("Report", "5"), []),
    ],
)
def test_names_are_a_header(first: tuple[str, ...], below: list[tuple[str, ...]]) -> None:
    assert has_header(first, below)


def test_what_the_cells_say_is_guessed_by_number_and_the_rest_is_asked() -> None:
    found = guess_by_number([row[:5] for row in ROWS], ",")
    assert found.columns == {"arrived_at": 4, "outcome": 5, "queue": 2}
    assert (found.time_format, found.unknown, found.missing) == ("iso", {"Fax": 1}, ())
    text = mapping_text(found, "x.csv", "utf-8", "UTC")
    assert parse_mapping(text).has_no_header()
    assert "# No header: a column is its number. Name the others" in text
    assert '#   2 such as "billing"' in text
    assert "0315550001" not in text


def test_a_date_and_the_clock_behind_it_are_one_time() -> None:
    rows = [
        ("q", "02.03.2026", f"09:0{n}:05", "voice", word, "00:12")
        for n, word in enumerate(("answered", "abandoned") * 5)
    ]
    found = guess_by_number([*rows, ("", "Total", "", "", "2", "")], ";")
    assert found.columns == {"arrived_at": [2, 3], "outcome": 5, "queue": 1}
    assert (found.time_format, found.unknown, found.time_remarks) == ("%d.%m.%Y %H:%M:%S", {}, ())
    text = mapping_text(found, "x.csv", "utf-8", "UTC")
    assert parse_mapping(text).columns["arrived_at"] == [2, 3]


def test_two_columns_of_repeated_words_are_not_guessed() -> None:
    rows = [(*row[:5], agent) for row, agent in zip(ROWS, ("ada", "bob", "ada"), strict=True)]
    found = guess_by_number(rows, ",")
    assert ("queue" in found.columns, found.missing) == (False, ("queue",))
    assert "# queue = ?   # must be named: the number of the column" in mapping_text(
        found, "x.csv", "utf-8", "UTC"
    )


def test_the_words_of_a_total_are_no_outcomes() -> None:
    found = guess_by_number([*ROWS, ("", "3", "", "Total", "3", "")], ",")
    assert found.unknown == {"Fax": 1}
    assert found.time_remarks == (
        'iso reads 3 of 4 times that were looked at, not "xxxxx": such rows are refused',
    )


def test_numbers_are_times_only_where_nothing_else_is() -> None:
    assert guess_by_number([("1774947600", "q")], ",").columns["arrived_at"] == 1
    both = guess_by_number([("1774947600", "2026-03-31 09:00:00")], ",")
    assert both.columns["arrived_at"] == 2
