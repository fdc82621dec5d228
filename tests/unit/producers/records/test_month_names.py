import pytest

from producers.records.month_names import with_short_months


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("March 5, 2026 9:00:10 AM", "Mar 5, 2026 9:00:10 AM"),
        ("05-MAR-2026", "05-Mar-2026"),
        ("Sept. 5, 2026", "Sep 5, 2026"),
        ("5. März 2026", "5. Mar 2026"),
        ("5 août 2026", "5 Aug 2026"),
        ("5-dic-2026", "5-Dec-2026"),
        ("Mar 12 2026 PM UTC", "Mar 12 2026 PM UTC"),
        ("2 Agustus 2026", "2 Aug 2026"),
        ("2 Mei 2026", "2 May 2026"),
        ("2 Disemba 2026", "2 Dec 2026"),
        ("2 أغسطس 2026", "2 Aug 2026"),
        ("soon", "soon"),
    ],
)
def test_a_month_is_known_by_its_name(text: str, read: str) -> None:
    assert with_short_months(text) == read
