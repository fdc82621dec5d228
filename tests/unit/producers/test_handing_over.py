"""Where each thing goes, and as what it is counted."""

from producers.contract import Addressed, RawRecord, Sent
from producers.handing_over import send_item
from producers.timeline import Marks, QueueTick
from schemas.agents import AgentState
from schemas.calls import Queued, Restarted, SourceMark
from tests.support.publishing import KeptPublisher

NOON = 1_700_000_000_000
MARKS = Marks("pbx")
QUEUED = Queued(event_id="q", at=NOON, source="pbx", queue="sales", leg_id="1")
AGENT = AgentState(
    event_id="a", at=NOON, source="pbx", agent="ann", routing_state="available", since=NOON
)
RESTARTED = Restarted(event_id="r", at=NOON, source="pbx")


def test_each_goes_to_its_topic_and_is_counted() -> None:
    publisher, sent = KeptPublisher(), Sent()
    for item in (QUEUED, AGENT, RESTARTED, MARKS.tick(NOON)):
        send_item(item, publisher, sent)
    assert (publisher.calls, publisher.agents) == ([QUEUED], [AGENT])
    assert publisher.marks == [("calls", RESTARTED), ("calls", MARKS.tick(NOON))]
    assert (sent.calls, sent.agents, sent.restarts, sent.ticks, sent.events) == (1, 1, 1, 1, 3)


def test_the_end_is_told_to_agents_only_where_there_were_any() -> None:
    for before, topics in ((QUEUED, ["calls"]), (AGENT, ["calls", "agents"])):
        publisher = KeptPublisher()
        send_item(before, publisher, Sent())
        send_item(MARKS.end(NOON), publisher, Sent())
        assert [topic for topic, _ in publisher.marks] == topics


def test_what_has_an_address_goes_there_and_is_no_event() -> None:
    class Raw(KeptPublisher):
        def send_bytes(self, topic: str, key: str, value: bytes) -> None:
            assert (topic, key, value) == ("agents", "ann", b"{")

    publisher, sent = Raw(), Sent()
    send_item(Addressed("agents", MARKS.tick(NOON)), publisher, sent)
    send_item(Addressed("agents", RawRecord("ann", b"{")), publisher, sent)
    assert publisher.marks == [("agents", MARKS.tick(NOON))]
    assert sent == Sent()


def test_the_tick_of_a_queue_goes_to_its_partition_alone() -> None:
    alone: list[tuple[str, int]] = []

    class Alone(KeptPublisher):
        def send_queue_mark(self, queue: str, mark: SourceMark) -> None:
            alone.append((queue, mark.at))

    publisher, sent = Alone(), Sent()
    send_item(QueueTick("sales", MARKS.tick(NOON)), publisher, sent)
    assert (alone, publisher.marks, sent.ticks) == ([("sales", NOON)], [], 1)
