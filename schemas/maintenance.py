"""Planned maintenance of a queue: its alerts are decided and shown meanwhile, and nobody is told."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from msgspec import Struct

from schemas.opening import DatedSpan, clock_text, local_minute, parse_dated


class MaintenanceWindow(Struct, frozen=True, gc=False):
    """Minutes after midnight of `date` on the clock of the queue; an end above 1,440 is on the next day."""

    date: str
    start_minute: int
    end_minute: int
    reason: str = ""


class Maintenance(NamedTuple):
    """Until when (ms), and that as a text for people: `maintenance until 02:00 (PBX upgrade)`."""

    until: int
    text: str
    reason: str


def parse_maintenance(text: str) -> MaintenanceWindow:
    """`2026-12-05 22:00-02:00 PBX upgrade`; ValueError says what is wrong."""
    day, _, rest = text.partition(" ")
    hours, _, reason = rest.strip().partition(" ")
    try:
        span: DatedSpan = parse_dated(f"{day} {hours}")
    except ValueError as error:
        raise ValueError(f'{error}, in "{text}" (2026-12-05 22:00-02:00 PBX upgrade)') from None
    if span.start_minute == span.end_minute:  # `closed`
        raise ValueError(f'expected hours such as "22:00-02:00" after the date, got "{text}"')
    return MaintenanceWindow(span.date, span.start_minute, span.end_minute, reason.strip())


def maintenance_at(windows: Iterable[MaintenanceWindow], zone: str, at: int) -> Maintenance | None:
    """The window that holds `at`; of several the one that ends last. None outside of all."""
    found = [(end, each) for each in windows if (end := _end_if_within(each, zone, at)) is not None]
    if not found:
        return None
    until, window = max(found, key=lambda each: each[0])
    reason = f" ({window.reason})" if window.reason else ""
    text = f"maintenance until {clock_text(until, zone, at)}{reason}"
    return Maintenance(until, text, window.reason)


def _end_if_within(window: MaintenanceWindow, zone: str, at: int) -> int | None:
    day = date.fromisoformat(window.date)
    start, end = (local_minute(day, m, zone) for m in (window.start_minute, window.end_minute))
    return end if start <= at < end else None
