import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.records.csv_rows import Row, fitted, rows, split, whole_lines


def _rows(text: str, columns: int = 2, delimiter: str = ",") -> list[Row]:
    return list(rows(enumerate(text.split("\n"), 1), delimiter, columns))


def test_rows_have_the_lines_on_which_they_begin() -> None:
    assert _rows('a,b\n"x\ny", 2\n\nc,d') == [
        Row(1, "a,b", ("a", "b")),
        Row(2, '"x\ny", 2', ("x\ny", "2")),
        Row(5, "c,d", ("c", "d")),
    ]


@pytest.mark.parametrize(
    ("cells", "names", "expected"),
    [
        (("1", "2"), ("a", "b", ""), ("1", "2", "")),
        (("1", "2", "", ""), ("a", "b"), ("1", "2")),
        (("1", "2", "3"), ("a", "b"), None),
        (("1", "2"), ("a", "b", "c"), None),  # which one is missing?
        (("1", "2"), ("", "", ""), None),  # no header says which cells have no name
        (("1", "2"), ("a", "b"), ("1", "2")),
    ],
)
def test_only_what_says_nothing_may_be_too_much_or_missing(
    cells: tuple[str, ...], names: tuple[str, ...], expected: tuple[str, ...] | None
) -> None:
    assert fitted(cells, names) == expected


def test_an_open_quote_costs_one_row_only() -> None:
    assert _rows('"open,1\nc,4\n"d",5') == [
        Row(1, '"open,1', None),
        Row(2, "c,4", ("c", "4")),
        Row(3, '"d",5', ("d", "5")),
    ]


def test_two_open_quotes_do_not_eat_what_is_between() -> None:
    found = _rows('"open,1\nc,4\n"open,2\ne,6')
    assert [row.cells for row in found] == [None, ("c", "4"), None, ("e", "6")]


def test_quotes_and_delimiters_inside_cells() -> None:
    assert _rows('"a;""b""";c', delimiter=";") == [Row(1, '"a;""b""";c', ('a;"b"', "c"))]


@given(st.text(st.sampled_from('ab1 \t,;"\0\x1c\u2003'), max_size=12), st.sampled_from(",; \t"))
def test_a_row_is_cut_as_the_module_csv_cuts_it(text: str, delimiter: str) -> None:
    try:
        (cells,) = csv.reader([text], delimiter=delimiter, strict=True)
    except csv.Error:
        assert split(text, delimiter) is None
    else:
        assert split(text, delimiter) == tuple(cell.strip() for cell in cells)


def test_a_cell_that_is_too_long_for_the_module_csv_is_no_csv() -> None:
    longest = csv.field_size_limit()
    assert split("a" * longest + ",b", ",") == ("a" * longest, "b")
    assert split("a" * (longest + 1) + ",b", ",") is None


def test_a_quote_behind_other_text_opens_no_cell() -> None:
    lines = enumerate(['1,5" pipe,x', '2,6" pipe,y', '3,"a', 'b",z'], 1)
    assert [row.cells for row in rows(lines, ",", 3)] == [
        ("1", '5" pipe', "x"),
        ("2", '6" pipe', "y"),
        ("3", "a\nb", "z"),
    ]


def test_a_name_with_a_line_break_is_one_line_of_the_header() -> None:
    lines = list(enumerate(['5" of rain', '"Call', 'ID","Wait', 'Time"', "1,2", '"open'], 1))
    assert list(whole_lines(lines)) == [
        (1, 1, '5" of rain'),
        (2, 4, '"Call\nID","Wait\nTime"'),
        (5, 5, "1,2"),
        (6, 6, '"open'),
    ]


def test_a_title_with_an_open_quote_takes_no_header_with_it() -> None:
    lines = list(enumerate(['"Report of March', "id,note", '1,5" pipe', "2,x"], 1))
    assert [text for _, _, text in whole_lines(lines)] == [text for _, text in lines]
