"""One event between the source and the publisher, and the time of its delivery."""

from collections.abc import Iterable
from typing import Protocol

from msgspec import Struct

from schemas.agents import AgentState
from schemas.calls import LegFact, Mark, Present, SourceMark


class Parcel(Struct, frozen=True, gc=False):
    """`due` is the true time of its delivery; `event.at` is by the source's clock."""

    due: int
    topic: str
    event: LegFact | SourceMark | AgentState
    spoiled: bytes | None = None  # delivered in place of the event


class Fault(Protocol):
    """Transforms parcels, one by one in the order of time, with its own random stream."""

    @property
    def struck(self) -> int:
        """How often the fault has occurred so far."""

    def apply(self, parcel: Parcel) -> Iterable[Parcel]: ...


def travels_alone(parcel: Parcel) -> bool:
    """A fact of a call or an agent; False for marks and lines of a snapshot, which keep their order."""
    return not isinstance(parcel.event, Mark | Present)
