import pytest

from producers.records.cell_text import is_figure, shown, shown_word, without_numbers


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nie", '"nie"'),
        ("5 parsecs", '"5 parsecs"'),
        ("12. März 2025, 9h", '"12. März 2025, 9h"'),
        ("9:00 PM UTC", '"9:00 PM UTC"'),
        ("Ada Lovelace", '"xxx xxxxxxxx"'),
        ("MEIER", '"xxxxx"'),
        ("12 Main Street", '"00 xxxx xxxxxx"'),
        ("", '""'),
        ("12/03/2025 14:00:00", '"12/03/2025 14:00:00"'),
        ("2025-10-26 02:10:00", '"2025-10-26 02:10:00"'),
        ("26.10.2025 02.10.00", '"26.10.2025 02.10.00"'),
        ("01.42.68 53.00", '"…"'),
        ("0.00034722222222", '"0.00034722222222"'),
        ("10:30:00", '"10:30:00"'),
        ("1741766400", "a number of 10 digits"),
        ("031 555 0001", '"…"'),
        ("call 0315550001", '"call …"'),
        ("a\nb", '"a\\nb"'),
        ("X" * 50, f'"{"x" * 40}…"'),
    ],
)
def test_a_cell_is_shown_in_one_short_line_and_without_a_number(text: str, told: str) -> None:
    assert shown(text) == told


def test_a_figure_is_no_name_of_a_column() -> None:
    for text in ("5550190", "0", "2025-03-12 10:00:00", "0.000347", "10:00:00", "12.03.2025"):
        assert is_figure(text)
    for text in ("", "answered", "Queue 2", "Start (UTC)", "support@pbx.example"):
        assert not is_figure(text)


def test_a_row_that_was_taken_for_a_header_shows_no_number() -> None:
    assert without_numbers("u-1, 5550190, 031 555 0001") == "u-1, …, …"
    assert without_numbers("Queue 2, Start\n") == "Queue 2, Start\\n"


def test_a_word_of_a_list_is_shown_as_it_stands() -> None:
    assert shown_word("Anrufer weg") == '"Anrufer weg"'
    assert shown_word("Caller 0315550001") == '"Caller …"'
