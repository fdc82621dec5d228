"""How many names a partition takes from events: invented ones would fill memory, boards and metrics.

Rule 1: a configured queue is never refused; a known name neither, also after a limit was lowered.
Rule 2: what is over a limit goes to quarantine: publish the queue, or raise the limit, and replay.
"""

from collections.abc import Container, Sized
from typing import Protocol

from msgspec import Struct

from schemas.calls import Event
from schemas.quarantine import StreamReason


class _Names(Container[str], Sized, Protocol):
    """Those that are known already."""


class OverLimitError(Exception):
    """The event brings a name too many."""

    def __init__(self, reason: StreamReason, detail: str, source: str) -> None:
        super().__init__(detail)
        self.reason: StreamReason = reason
        self.detail = detail
        self.source = source


class Limits(Struct, frozen=True):
    """Per partition. A worker, a board and Prometheus bear 250 × 8 queues that nobody meant."""

    unconfigured_queues: int = 250
    sources: int = 1_000  # their clocks are part of every checkpoint

    def check_source(self, event: Event, known: _Names) -> None:
        if event.source not in known and len(known) >= self.sources:
            detail = f"this partition hears from {len(known)} sources already"
            raise OverLimitError("too_many_sources", detail, event.source)

    def check_queue(self, event: Event, unconfigured: int) -> None:
        """A queue that is neither known nor configured."""
        if unconfigured >= self.unconfigured_queues:
            detail = f"this partition has {unconfigured} queues already that nobody configured"
            raise OverLimitError("too_many_queues", detail, event.source)
