"""Live calls of one source by the wall clock, told piece by piece, and what boards show of them."""

import time
from typing import Any

import msgspec

from producers.publisher import Publisher
from schemas.agents import AgentState
from schemas.calls import LegFact, Tick
from schemas.codec import decode_as
from schemas.snapshots import QueueSnapshot
from schemas.topics import topic_name
from streams.admin.broker import read_whole

_AGO_MS = 4 * 60_000  # calls began so long ago


class Sender:
    """Each call of `send` is a sender of its own, which has ended when it returns."""

    def __init__(self, bootstrap: str, namespace: str) -> None:
        self._bootstrap, self._namespace = bootstrap, namespace
        self.began = time.time_ns() // 1_000_000 - _AGO_MS

    def send(self, *events: LegFact | AgentState | Tick) -> None:
        publisher = Publisher(self._bootstrap, self._namespace)
        for event in events:
            if isinstance(event, AgentState):
                publisher.send_agent(event)
            elif isinstance(event, Tick):
                for topic in ("calls", "agents"):
                    publisher.send_mark(topic, event)
            else:
                publisher.send_call(event)
        publisher.close()

    def tick(self) -> Tick:
        now = time.time_ns() // 1_000_000
        return Tick(event_id=f"tick-{now}", at=now, source="pbx")

    def call(self, kind: type[Any], leg: str, queue: str, after_ms: int, **more: Any) -> LegFact:
        fact: LegFact = kind(
            event_id=f"{leg}-{kind.__name__}", at=self.began + after_ms, source="pbx", queue=queue,
            leg_id=leg, **more,
        )  # fmt: skip
        return fact

    def agent(self, name: str, queue: str) -> AgentState:
        return AgentState(
            event_id=f"{name}-here", at=self.began, source="pbx", agent=name, since=self.began,
            routing_state="available", activity="idle", queues=(queue,),
        )  # fmt: skip


def newest(bootstrap: str, namespace: str, topic: str, kind: type[Any], key: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for record in read_whole(bootstrap, topic_name(topic, namespace)):
        if record.value is not None:
            row = decode_as(kind, record.value)
            held = found.get(getattr(row, key))
            if held is None or held.version <= row.version:
                found[getattr(row, key)] = row
    return found


def shown(bootstrap: str, namespace: str) -> dict[str, dict[str, Any]]:
    """What boards show of each queue, without the place where it is counted and the time of showing it."""
    passing = (
        "version",
        "partition",
        "published_at",
        "as_of",
        "attention",
    )  # the last says "for 5m27s"
    rows = newest(bootstrap, namespace, "snapshots", QueueSnapshot, "queue")
    return {
        queue: {
            name: msgspec.to_builtins(getattr(row, name))
            for name in row.__struct_fields__
            if name not in passing
        }
        for queue, row in rows.items()
    }
