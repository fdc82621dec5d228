"""Topic `reports`: what rules across queues are asked of, written by the units of `calls`.

Each rule has its records, and tells of a leg only what it needs; and how far event time has come in each
partition of `calls`, without which nothing would ever be over.
"""

from collections.abc import Iterable
from typing import Annotated, Any

from msgspec import Meta, Struct

from schemas.identity import LegKey


class Told(Struct, frozen=True, gc=False, omit_defaults=True, tag_field="type"):
    """What is told of one leg. A leg that is told again replaces itself."""

    queue: str
    leg: LegKey


class Report(Told, frozen=True, gc=False, omit_defaults=True, tag="report"):
    """Somebody called about a topic in an area. `caller` is a token, empty if the platform does not say who."""

    topic: str
    area: str
    at: int  # arrival
    caller: str = ""
    replay: bool = False
    taken_back: bool = False  # the leg has another topic, area or arrival now, or is not inbound


class Stay(Told, frozen=True, gc=False, omit_defaults=True, tag="stay"):
    """A caller waits in a queue, or waited there. Stays of one node (that of the leg) and contact are one call."""

    contact: str
    at: int  # arrival
    left_at: int | None = None  # None: the caller waits
    waited_ms: Annotated[int, Meta(ge=0)] | None = None  # None: as `left_at`, or nobody knows
    sent_on_at: int | None = (
        None  # the caller was sent on from there at that time, unanswered or by an agent
    )
    replay: bool = False
    taken_back: bool = False  # the leg has no known arrival any more, or is not inbound


class Passed(Struct, frozen=True, gc=False, omit_defaults=True, tag_field="type", tag="passed"):
    """The clock of one source in one partition of `calls`: its reports up to here stand before this record."""

    partition: int
    source: str
    at: int
    ended: bool = False
    replay: bool = False
    # The first clock of the source in this partition, told with the first record that a worker writes of it; None: told before, or a
    # former release knew.
    since: int | None = None


ReportsRecord = Report | Stay | Passed


def newest(told: Iterable[Told]) -> list[tuple[bytes, Told]]:
    """With their keys, in order. Of the stays of one leg the newest alone: it replaces those before it. A report that is taken
    back and told anew needs both.
    """
    found: dict[object, tuple[bytes, Told]] = {}
    for number, each in enumerate(told):
        found[(each.queue, each.leg) if type(each) is Stay else number] = record_key(each), each
    return list(found.values())


def record_key(told: Any) -> bytes:
    """Key in the topic, of any of its records. Topic, area and contact are free texts: no separator would be safe
    in all of them.
    """
    kind = type(told)
    if kind is Passed:
        return f"passed/{told.partition}/{told.source}".encode()
    if kind is Stay:
        return f"stay/{told.contact}".encode()
    return f"{len(told.topic)}:{told.topic}/{told.area}".encode()
