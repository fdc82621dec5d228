"""A publisher that keeps what it was given, in order; the real one is tried in tests/integration."""

from producers.publisher import Publisher
from schemas.agents import AgentState
from schemas.calls import LegFact, SourceMark
from schemas.deliveries import Delivery
from schemas.quarantine import Quarantined


class KeptPublisher(Publisher):
    """`calls`, `agents` and `marks` hold what was sent; `refused` the quarantine."""

    def __init__(self) -> None:
        self.calls: list[LegFact] = []
        self.agents: list[AgentState] = []
        self.marks: list[tuple[str, SourceMark]] = []
        self.refused: list[Quarantined] = []
        self.told: list[LegFact | AgentState | SourceMark] = []
        self.deliveries: list[Delivery] = []
        self.flushes = 0

    @property
    def sent(self) -> dict[str, int]:
        return {"calls": len(self.calls), "agents": len(self.agents)}

    def send_call(self, event: LegFact) -> None:
        self.calls.append(event)
        self.told.append(event)

    def send_agent(self, event: AgentState) -> None:
        self.agents.append(event)
        self.told.append(event)

    def send_mark(self, topic: str, mark: SourceMark) -> None:
        self.marks.append((topic, mark))
        self.told.append(mark)

    def send_queue_mark(self, queue: str, mark: SourceMark) -> None:
        self.send_mark("calls", mark)

    def quarantine(self, record: Quarantined) -> None:
        self.refused.append(record)

    def send_delivery(self, delivery: Delivery) -> None:
        self.deliveries.append(delivery)

    def flush(self) -> None:
        self.flushes += 1

    def close(self) -> None:
        pass
