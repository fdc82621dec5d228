"""A publisher's double entry: hands on what it is given, and lets the recount hear of it."""

from producers.simulate.faults.recount import Recount
from producers.simulate.run import Sink, Watch
from schemas.agents import AgentState
from schemas.calls import LegFact, SourceMark


class Witness:
    """The broker's time of a record is taken to be ours when it is handed over."""

    def __init__(self, sink: Sink, clock: Watch, recount: Recount) -> None:
        self._sink = sink
        self._clock = clock
        self._recount = recount

    def send_call(self, event: LegFact) -> None:
        self._sink.send_call(event)
        self._recount.hear(event, self._clock.now_ms())

    def send_agent(self, event: AgentState) -> None:
        self._sink.send_agent(event)

    def send_mark(self, topic: str, mark: SourceMark) -> None:
        self._sink.send_mark(topic, mark)
        if topic == "calls":
            self._recount.hear(mark, self._clock.now_ms())

    def send_bytes(self, topic: str, key: str, value: bytes) -> None:
        self._sink.send_bytes(topic, key, value)
        self._recount.refuse("malformed")

    def flush(self) -> None:
        self._sink.flush()
