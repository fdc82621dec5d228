"""Tables that are no call records, and call records that look like them."""

import pytest

from producers.records.no_legs import NEEDED, what_it_is

EVENTS = ("time", "call_id", "queue", "event")


def test_a_report_of_intervals_is_named_by_its_counts() -> None:
    rows = [("09:00", "S", "10", "8", "2"), ("09:30", "S", "12", "11", "")]
    said = what_it_is(("Interval", "Queue", "Offered", "Calls answered", "Abandoned"), rows)
    assert said == (
        'a report of intervals (counts in "Offered", "Calls answered", "Abandoned"), which has no single calls;'
        f" {NEEDED}"
    )


@pytest.mark.parametrize(
    ("names", "row"),
    [
        (("Start", "Queue", "Answered", "Abandoned"), ("09:00", "S", "1", "0")),  # flags
        (("Start", "ANI", "Calls answered", "Calls lost"), ("09:00", "555", "8", "2")),
        (("Start", "Call ID", "Answered", "Abandoned"), ("09:00", "7", "8", "2")),
        (("Start", "Queue", "Answered", "Status"), ("09:00", "S", "8", "ok")),
        (("Start", "Queue", "Answered", "Ended"), ("1741788000", "S", "1741788010", "1741788020")),
        (("Agent", "Queue", "Answered", "Abandoned"), ("ann", "S", "8", "2")),
    ],
)
def test_call_records_are_no_report_of_intervals(
    names: tuple[str, ...], row: tuple[str, ...]
) -> None:
    assert what_it_is(names, [row, row]) == ""


def test_a_table_of_events_is_named_by_its_column() -> None:
    rows = [
        ("10:00:00", "1", "S", "queued"), ("10:00:10", "1", "S", "answered"),
        ("10:02:00", "2", "S", "queued"), ("10:02:10", "2", "S", "abandoned"),
    ]  # fmt: skip
    said = what_it_is(EVENTS, rows)
    assert said.startswith(
        'a table of events (several rows a call, told apart by "event"), of which no row is a whole call; '
    )


def test_one_row_a_call_is_no_table_of_events() -> None:
    rows = [(f"10:0{n}:00", str(n), "S", word) for n, word in enumerate(["answered", "left"] * 3)]
    assert what_it_is(EVENTS, rows) == ""
    assert what_it_is(EVENTS, [*rows, ("10:09:00", "1", "T", "answered")]) == ""


def test_a_cdr_of_asterisk_says_which_file_is_needed() -> None:
    names = ("calldate", "clid", "src", "dst", "dcontext", "lastapp", "billsec", "disposition")
    assert "queue_log" in what_it_is(names, [])
    assert what_it_is(names[1:], []) == ""
