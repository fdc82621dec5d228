"""Formats of times, from those that can be read."""

import pytest

from producers.records.fitting_formats import count_read, fitting_formats, spread

GOOD = [f"{day:02}.11.2025 09:00" for day in range(1, 10)]


@pytest.mark.parametrize(
    "spoilt", ["31.11.2025 09:00", "30.11.2025 09:xx", "Gesamt", "Stand: heute"]
)
def test_one_time_that_cannot_be_read_does_not_hide_the_others(spoilt: str) -> None:
    for place in (0, 4, 9):
        found = fitting_formats([*GOOD[:place], spoilt, *GOOD[place:]])
        assert (found.formats, found.unread) == (("%d.%m.%Y %H:%M",), (spoilt,))
        assert found.remarks()[0].startswith(
            "%d.%m.%Y %H:%M reads 9 of 10 times that were looked at, not "
        )


def test_what_reads_no_more_than_half_is_no_format() -> None:
    found = fitting_formats([GOOD[0], "soon"])
    assert (found.formats, found.remarks(), found.looked_at) == ((), (), 2)
    assert fitting_formats([]).formats == ()


def test_clocks_may_be_written_with_points() -> None:
    assert fitting_formats(["25/11/2025 09.05.10"]).formats == ("%d/%m/%Y %H.%M.%S",)
    assert fitting_formats(["25.11.2025 09.05"]).formats == ("%d.%m.%Y %H.%M",)


def test_nothing_is_remarked_where_all_are_read() -> None:
    assert fitting_formats(GOOD).remarks() == ()


def test_formats_that_read_otherwise_are_both_told() -> None:
    found = fitting_formats(["03/04/2026 09:00"])
    assert found.formats == ("%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M")
    assert found.rival == ""


def test_two_orders_of_day_and_month_in_one_column_are_told() -> None:
    found = fitting_formats(
        ["03/04/2026 09:00", "25/04/2026 09:00", "26/04/2026 09:00", "04/25/2026 09:00"]
    )
    assert (found.formats, found.rival) == (("%d/%m/%Y %H:%M",), "%m/%d/%Y %H:%M")
    assert found.remarks()[0].endswith(
        "%m/%d/%Y %H:%M reads some of them: are there two orders of day and month?"
    )


def test_times_are_looked_at_over_the_whole_column() -> None:
    """A year begins with days that may be months, too: only its later rows tell which is which."""
    texts = ["01/02/2026 09:00"] * 5_000 + ["25/02/2026 09:00"] * 100
    assert fitting_formats(texts).formats == ("%d/%m/%Y %H:%M",)
    assert spread(range(10), 4) == range(0, 10, 3)
    assert spread([1, 2], 4) == [1, 2]


def test_how_many_a_format_reads() -> None:
    assert count_read("iso", ["2026-03-31T09:00:00Z", "soon"]) == 1


@pytest.mark.parametrize(
    ("end", "offset"),
    [(" UTC", " %Z"), ("Z", "%Z"), (" +0200", " %z"), ("-05:00", "%z"), ("", "")],
)
def test_the_zone_behind_a_time_is_a_part_of_its_format(end: str, offset: str) -> None:
    texts = [f"{day:02}/03/2026 09:00:00{end}" for day in range(1, 20)]
    assert fitting_formats(texts).formats == (f"%d/%m/%Y %H:%M:%S{offset}",)
