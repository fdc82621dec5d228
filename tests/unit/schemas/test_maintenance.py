"""Planned maintenance on the clock of a queue: over midnight, when clocks change, and several windows."""

import pytest

from schemas.maintenance import MaintenanceWindow, maintenance_at, parse_maintenance
from schemas.millis import SECOND, from_iso

NIGHT = parse_maintenance("2026-12-05 22:00-02:00 PBX upgrade")


def test_a_window_over_midnight_in_the_zone_of_the_queue() -> None:
    zone = "Africa/Johannesburg"  # two hours ahead
    begin, end = from_iso("2026-12-05T20:00:00Z"), from_iso("2026-12-06T00:00:00Z")
    found = maintenance_at([NIGHT], zone, begin)
    assert found == (end, "maintenance until Sun 02:00 (PBX upgrade)", "PBX upgrade")
    assert maintenance_at([NIGHT], zone, begin - SECOND) is None
    last = maintenance_at([NIGHT], zone, end - SECOND)
    assert last == (end, "maintenance until 02:00 (PBX upgrade)", "PBX upgrade")
    assert maintenance_at([NIGHT], zone, end) is None
    assert maintenance_at([], zone, begin) is None


def test_of_several_windows_the_one_that_ends_last_is_told() -> None:
    longer = parse_maintenance("2026-12-05 23:00-03:00")
    at = from_iso("2026-12-06T01:00:00Z")
    found = maintenance_at([NIGHT, longer, NIGHT], "UTC", at)
    assert found == (from_iso("2026-12-06T03:00:00Z"), "maintenance until 03:00", "")


def test_it_ends_by_the_clock_on_the_wall_when_clocks_are_put_back() -> None:
    window = parse_maintenance("2026-10-24 22:00-06:00")
    found = maintenance_at([window], "Europe/Berlin", from_iso("2026-10-24T21:00:00Z"))
    assert found is not None
    assert found.until == from_iso("2026-10-25T05:00:00Z")  # an hour longer


def test_what_is_read() -> None:
    assert MaintenanceWindow("2026-12-05", 1320, 1560, "PBX upgrade") == NIGHT
    assert parse_maintenance("2026-12-05 08:00-09:30").reason == ""


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("tonight", 'expected a date such as "2026-12-25", got "tonight", in "tonight"'),
        ("2026-12-05", 'expected hours such as "07:00-19:00", got "", in "2026-12-05"'),
        ("2026-12-05 22-02", 'expected hours such as "07:00-19:00", got "22-02"'),
        ("2026-12-05 closed", 'expected hours such as "22:00-02:00" after the date'),
    ],
)
def test_what_is_wrong_is_said(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match="expected") as error:
        parse_maintenance(text)
    assert str(error.value).startswith(problem)
