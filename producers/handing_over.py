"""Hands events and marks to Kafka: those of the past at once, those of the future at their time."""

from collections.abc import Callable, Iterable

from msgspec import Struct

from producers.contract import Addressed, RawRecord, Sent
from producers.progress import Progress
from producers.publisher import Publisher
from producers.timeline import Item, Marks, QueueTick
from schemas.agents import AgentState
from schemas.calls import EndOfInput, Restarted, Tick


class WallClock(Struct, frozen=True):
    """The wall clock in milliseconds, and a wait in seconds; tests pass their own."""

    now: Callable[[], int]
    sleep: Callable[[float], None]


def hand_over(
    timeline: Iterable[Item],
    publisher: Publisher,
    clock: WallClock,
    progress: Progress,
    marks: Marks,
) -> Sent:
    """Send everything and wait until Kafka has it. Ctrl-C ends a replay in the same way as its last event."""
    sent = Sent()
    try:
        for item in timeline:
            if item.at > clock.now():
                publisher.flush()
                _wait_for(item.at, clock)
            send_item(item, publisher, sent)
            if sent.events % 1_000 == 0:
                progress.move_to(sent.events)
    except KeyboardInterrupt:
        if not marks.replay:
            raise
        send_item(marks.end(clock.now()), publisher, sent)
        sent.stopped = True
    publisher.flush()
    return sent


def send_item(item: Item | Addressed, publisher: Publisher, sent: Sent) -> None:
    """Send one item to its topic, and count it in `sent`."""
    if isinstance(item, Addressed):
        if isinstance(item.content, RawRecord):
            publisher.send_bytes(item.topic, item.content.key, item.content.value)
        else:
            publisher.send_mark(item.topic, item.content)
    elif isinstance(item, Tick):
        publisher.send_mark("calls", item)
        sent.ticks += 1
    elif isinstance(item, QueueTick):
        publisher.send_queue_mark(item.queue, item.tick)
        sent.ticks += 1
    elif isinstance(item, EndOfInput):
        publisher.send_mark("calls", item)
        if publisher.sent["agents"]:
            publisher.send_mark("agents", item)
    elif isinstance(item, Restarted):
        publisher.send_mark("calls", item)
        sent.restarts += 1
    elif isinstance(item, AgentState):
        publisher.send_agent(item)
        sent.agents += 1
    else:
        publisher.send_call(item)
        sent.calls += 1


def _wait_for(at: int, clock: WallClock) -> None:
    while (ahead := at - clock.now()) > 0:
        clock.sleep(ahead / 1_000)
