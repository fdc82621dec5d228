"""Topic `agents`: the full state of one agent (a person), never a delta; and the marks of sources.

Routing state and activity are two fields because they overlap on real platforms: an agent who is
paused may still be talking.
"""

from collections.abc import Collection
from typing import Literal

from msgspec import Struct

from schemas.calls import Event, Identifier, ShortText, SourceMark
from schemas.millis import Millis

RoutingState = Literal["available", "not_ready", "logged_out", "unreachable"]
Activity = Literal["idle", "ringing", "talking", "hold", "wrap"]
ShownState = Literal[
    "available", "ringing", "talking", "hold", "wrap", "not_ready", "unreachable", "logged_out"
]


class AgentState(Event, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag="agent_state"):
    """The full state of one agent from `since` on; `queues` are those that the agent serves.

    `routing_state` is that of the person: `not_ready` once the agent takes no calls of any queue. An agent who
    is available but takes no calls of some queues names these in `not_ready_queues`.
    """

    agent: Identifier
    routing_state: RoutingState
    activity: Activity = "idle"
    reason: ShortText = ""  # why not_ready: lunch, training …
    since: Millis
    queues: tuple[Identifier, ...] = ()
    not_ready_queues: tuple[Identifier, ...] = ()


AgentEvent = AgentState | SourceMark


class RosterEntry(Struct, frozen=True, gc=False, omit_defaults=True):
    """Topic `roster`: an agent's newest state; `version` is epoch and offset of its `agents` record."""

    agent: str
    version: int
    source: str
    routing_state: RoutingState
    activity: Activity
    reason: str
    since: int
    at: int
    queues: tuple[str, ...] = ()
    replay: bool = False
    not_ready_queues: tuple[str, ...] = ()


class Spell(Struct, frozen=True, gc=False, omit_defaults=True):
    """Topic `spells`: one stay of one agent in one state, `[started_at, ended_at)`; no `ended_at`: open.

    The state is that of the person: a pause in some of the queues begins no spell.
    """

    agent: str
    started_at: int
    version: int
    source: str
    state: ShownState
    routing_state: RoutingState
    activity: Activity
    reason: str
    known_at: int  # broker time of the record that made this version
    ended_at: int | None = None
    queues: tuple[str, ...] = ()


def shown_state(routing_state: RoutingState, activity: Activity) -> ShownState:
    """The one state that boards count: logged out first, then the activity, then the routing state."""
    if routing_state == "logged_out":
        return "logged_out"
    if activity != "idle":
        return activity
    return routing_state


def state_in_queue(entry: RosterEntry, queue: str) -> ShownState:
    """The state of the agent as one of the queues that the agent serves sees it."""
    state = shown_state(entry.routing_state, entry.activity)
    if state == "available" and queue in entry.not_ready_queues:
        return "not_ready"
    return state


def state_in_any(entry: RosterEntry, queues: Collection[str]) -> ShownState | None:
    """The one state by which a person counts in a sum over `queues`; None for who serves none of them.

    Who is available to one of them is available; who is ready elsewhere only is not ready there.
    """
    states = {state_in_queue(entry, queue) for queue in entry.queues if queue in queues}
    if "available" in states:
        return "available"
    return states.pop() if states else None
