"""Of which events a backlog is: an event of a call costs the stream several times what one of an agent costs. Pure."""

from collections.abc import Iterable

from msgspec import Struct

from producers.simulate.reporter import Said
from schemas.calls import Mark

KINDS = {"calls": "call", "agents": "agent"}  # topic → the word in figures


class Mix(Struct, frozen=True):
    """How many events of each kind, marks not counted."""

    calls: int
    agents: int

    @property
    def agents_share(self) -> float:
        return self.agents / ((self.calls + self.agents) or 1)

    def __str__(self) -> str:
        return f"{1 - self.agents_share:.0%} call events, {self.agents_share:.0%} agent events"


def mix_of(said: Iterable[Said]) -> Mix:
    counts = dict.fromkeys(KINDS, 0)
    for topic, event in said:
        if not isinstance(event, Mark):
            counts[topic] += 1
    return Mix(**counts)


def only(said: Iterable[Said], topic: str) -> list[Said]:
    """What the platform said into one topic, its marks there included."""
    return [each for each in said if each[0] == topic]
