"""Topic `agents`: the full state of one agent (a person), never a delta; and the marks of sources.

Routing state and activity are two fields because they overlap on real platforms: an agent who is
paused may still be talking.
"""

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
    """The full state of one agent from `since` on; `queues` are those that the agent serves."""

    agent: Identifier
    routing_state: RoutingState
    activity: Activity = "idle"
    reason: ShortText = ""  # why not_ready: lunch, training …
    since: Millis
    queues: tuple[Identifier, ...] = ()


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


class Spell(Struct, frozen=True, gc=False, omit_defaults=True):
    """Topic `spells`: one stay of one agent in one state, `[started_at, ended_at)`; no `ended_at`: open."""

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
