"""Lines of reports that are no calls, and damaged calls that only look like them."""

import pytest

from producers.records.csv_rows import Row, split
from producers.records.header import read_header
from producers.records.mapping import parse_mapping
from producers.records.no_calls import NoCalls

NAMES = ("Call ID", "Queue", "Start", "Answered", "End", "Result", "Agent")
MAPPING = """
delimiter = ";"
time_zone = "Europe/Berlin"
time_format = "%d-%b-%Y %H:%M"
[columns]
leg_id = "Call ID"
queue = "Queue"
arrived_at = "Start"
answered_at = "Answered"
ended_at = "End"
outcome = "Result"
agent = "Agent"
[outcomes]
"OK" = "answered"
"""


def _is_no_call(text: str) -> bool:
    mapping = parse_mapping(MAPPING)
    return NoCalls(read_header(NAMES, mapping), mapping).has(Row(9, text, split(text, ";")))


@pytest.mark.parametrize(
    "text",
    [
        "Call Center Report - Detailed;;;;;;",
        "Call Center Report - Detailed",
        "From: 12/03/2025 To: 12/03/2025;;;;;;",
        "Subtotal Desk2;;;;;2;",
        "Grand total;;;;;2;",
        "TOTAL;Desk2;;;;2;",
        ";Total;;;;2;",
        "Summe;;00:12:33;;;2;",
        "Gesamt: 12;;;;;;",
        "Total calls;2",
        "Average wait;0:12;",
        "call id;queue;start;answered;end;result;agent",
        "Call ID;Queue;Start;Answered;End;Result;Agent;;",
        "Page 1 of 2;;;;;;Printed by Ada",
    ],
)
def test_titles_totals_and_repeated_headers(text: str) -> None:
    assert _is_no_call(text)


@pytest.mark.parametrize(
    "text",
    [
        "601;Desk2;;;;OK;",  # its arrival is lost
        "601;;;;;OK;Ada",
        "601;Desk2;noon;;;abandoned;",
        "601;Total Care;noon;;;OK;",
        "601;Total;noon;;;OK;",
        "Total-7;Desk2;noon;;;OK;",
        "601;;;;;;",
        "Total 7;Desk2;05-Mar-2026 14:00;;;besetzt;",  # its arrival can be read: a call, whatever its outcome
        "Total 8;Desk2;30-Mar-2025 02:30;;;besetzt;",  # and on no clock, as clocks were put forward
        ";;05-Mar-2026 14:00;;;;",
        "5;sales",
        "Total;12/03/2025 14:00:00",
        '"open;Total;;;;;',
        "601,Desk2,12/03/2025 14:00:00,,12/03/2025 14:00:10,OK,",  # another delimiter
    ],
)
def test_a_call_that_is_damaged_is_refused_and_not_left_out(text: str) -> None:
    assert not _is_no_call(text)
