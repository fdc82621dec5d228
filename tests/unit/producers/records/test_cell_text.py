import pytest

from producers.records.cell_text import shown


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("besetzt", '"besetzt"'),
        ("", '""'),
        ("12/03/2025 14:00:00", '"12/03/2025 14:00:00"'),
        ("2025-10-26 02:10:00", '"2025-10-26 02:10:00"'),
        ("0.00034722222222", '"0.00034722222222"'),
        ("10:30:00", '"10:30:00"'),
        ("1741766400", "a number of 10 digits"),
        ("031 555 0001", '"…"'),
        ("call 0315550001 back", '"call … back"'),
        ("a\nb", '"a\\nb"'),
        ("x" * 50, f'"{"x" * 40}…"'),
    ],
)
def test_a_cell_is_shown_in_one_short_line_and_without_a_number(text: str, told: str) -> None:
    assert shown(text) == told
