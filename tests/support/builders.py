"""A valid event of each type in one word: `call("answered", "ada", at)`, `agent("available", "ann", at)`."""

import itertools
from typing import Any, cast, get_args

import msgspec

from schemas import calls
from schemas.agents import Activity, AgentState, RoutingState
from schemas.calls import CallEvent, LegEvent, LegFact, SourceMark
from schemas.identity import LegKey, leg_key
from schemas.millis import HOUR, MINUTE, SECOND
from schemas.targets import Targets, TargetsVersion
from streams.core.leg import Leg, absorb, new_leg

MONDAY = 1_772_409_600_000  # 2026-03-02T00:00:00Z
NODE = "node"
BILLING = "billing"

KINDS: dict[str, Any] = {str(kind.__struct_config__.tag): kind for kind in get_args(CallEvent)}
FACTS: tuple[str, ...] = tuple(str(k.__struct_config__.tag) for k in get_args(LegFact))
MARKS: tuple[str, ...] = tuple(str(k.__struct_config__.tag) for k in get_args(SourceMark))
_ordinals = itertools.count(1)


def clock(text: str, day: int = MONDAY) -> int:
    """`09:00:05.250` on a day that begins at `day`, in ms; hours may pass 24."""
    hours, minutes, seconds = (*text.split(":"), "0")[:3]
    return day + int(hours) * HOUR + int(minutes) * MINUTE + round(float(seconds) * SECOND)


def call(kind: str, leg: str, at: int, queue: str = BILLING, **more: Any) -> LegFact:
    """An event of one leg; fields that its type needs besides are filled in."""
    fields: dict[str, Any] = {
        "event_id": f"{leg}-{kind}-{next(_ordinals)}", "at": at, "source": NODE, "queue": queue,
        "leg_id": leg,
    }  # fmt: skip
    if kind == "disposition":
        fields["code"] = "solved"
    if kind == "leg":
        fields |= {"outcome": "answered", "arrived_at": at}
    fields |= more
    event = KINDS[kind](**fields)
    assert isinstance(event, LegEvent)
    return cast("LegFact", event)  # the closed set of its subclasses


def as_key(leg_id: str, visit_at: int = 0, source: str = NODE) -> LegKey:
    """How the core finds a leg of these builders."""
    return leg_key(leg_id, source, visit_at)


def told(*events: LegEvent) -> Leg:
    """The leg that these facts make, absorbed in this order."""
    leg = new_leg(events[0])  # type: ignore[arg-type]  # LegFact is the closed set of its subclasses
    for event in events:
        absorb(leg, event)  # type: ignore[arg-type]
    return leg


def mark(kind: str, at: int, source: str = NODE, **more: Any) -> calls.Mark:
    """An event of a source as a whole."""
    event = KINDS[kind](event_id=f"{kind}-{next(_ordinals)}", at=at, source=source, **more)
    assert isinstance(event, calls.Mark)
    return event


def agent(
    routing: RoutingState, who: str, at: int, *queues: str, doing: Activity = "idle", **more: Any
) -> AgentState:
    fields = {"since": at, "source": NODE, "event_id": f"{who}-{next(_ordinals)}", **more}
    return AgentState(
        at=at,
        agent=who,
        routing_state=routing,
        activity=doing,
        queues=queues or (BILLING,),
        **fields,
    )


def targets(queue: str = BILLING, **more: Any) -> Targets:
    """A queue's promise: 80 % within 20 s, short below 5 s, always open, on UTC."""
    base = Targets(
        queue=queue, name=queue.title(), centre="", centre_name="", department="",
        department_name="", time_zone="UTC", answer_within_ms=20 * SECOND, goal=0.8,
    )  # fmt: skip
    return msgspec.structs.replace(base, **more)


def published(
    *queues: Targets, version: int = 1, valid_from: int = 0, zone: str = "UTC",
    published_at: int | None = None,
) -> TargetsVersion:  # fmt: skip
    """Published when it becomes valid, unless it says otherwise."""
    known_at = valid_from if published_at is None else published_at
    return TargetsVersion(version, valid_from, known_at, zone, queues)
