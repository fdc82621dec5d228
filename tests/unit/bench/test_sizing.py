"""What is printed of sizes; the figures themselves are of this machine."""

from tests.bench.sizing import Sizes, figures, rows


def test_each_figure_is_printed_and_noted_once() -> None:
    found = Sizes(21.04, 40.2, 1.25, 0.75, 180.4, 900.0, 1200.0, 410.6)
    assert figures(found)["sizing"]["waiting_kb"] == 1.25
    assert len(figures(found)["sizing"]) == len(rows(found)) == len(Sizes.__struct_fields__)
    assert ("sizing, a caller who waits", "1.2 kB", "of memory") in rows(found)
