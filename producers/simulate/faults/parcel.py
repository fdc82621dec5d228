"""One event on its way from the source to the publisher: what it is, and when it gets there."""

from collections.abc import Iterable
from typing import Protocol

from msgspec import Struct

from schemas.agents import AgentState
from schemas.calls import LegFact, Mark, Present, SourceMark


class Parcel(Struct, frozen=True, gc=False):
    """`due` is the true time of its delivery; `event.at` what the source's clock says."""

    due: int
    topic: str
    event: LegFact | SourceMark | AgentState
    spoiled: bytes | None = None  # delivered in place of the event


class Fault(Protocol):
    """A pure transformation of parcels, one by one in the order of time, with lots of its own."""

    @property
    def struck(self) -> int:
        """How often so far."""

    def apply(self, parcel: Parcel) -> Iterable[Parcel]: ...


def travels_alone(parcel: Parcel) -> bool:
    """A fact of a call or an agent. Marks keep their place, and so do the lines of a snapshot."""
    return not isinstance(parcel.event, Mark | Present)
