"""How many queue and source names a partition accepts from events.

Without a limit, faulty events with ever new names would fill memory, boards and metrics.

Rule 1: a configured queue is never refused. A name that is already known is not refused either, even
after a limit was lowered.
Rule 2: an event over a limit goes to quarantine. To count it, publish the queue or raise the limit, then
replay it.
"""

from collections.abc import Container, Sized
from typing import Protocol

from msgspec import Struct

from schemas.calls import Event
from schemas.quarantine import StreamReason


class _Names(Container[str], Sized, Protocol):
    """The names that are known already."""


class OverLimitError(Exception):
    """The event has a new name, and the limit for names is reached."""

    def __init__(self, reason: StreamReason, detail: str, source: str) -> None:
        super().__init__(detail)
        self.reason: StreamReason = reason
        self.detail = detail
        self.source = source


class Limits(Struct, frozen=True):
    """Per partition. A worker, a board and Prometheus can carry 250 × 8 unconfigured queues."""

    unconfigured_queues: int = 250
    sources: int = 1_000  # their clocks are part of every checkpoint

    def check_source(self, event: Event, known: _Names) -> None:
        if event.source not in known and len(known) >= self.sources:
            detail = f"this partition hears from {len(known)} sources already"
            raise OverLimitError("too_many_sources", detail, event.source)

    def check_queue(self, event: Event, unconfigured: int) -> None:
        """To be called for a queue that is neither known nor configured."""
        if unconfigured >= self.unconfigured_queues:
            detail = f"this partition has {unconfigured} queues already that nobody configured"
            raise OverLimitError("too_many_queues", detail, event.source)
