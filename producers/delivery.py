"""Hands a timeline to Kafka: what lies before now at once, what lies after it at its time."""

from collections.abc import Callable, Iterable

from msgspec import Struct

from producers.event_order import TimedEvent
from producers.progress import Progress
from producers.publisher import Publisher
from producers.timeline import Marks
from schemas.agents import AgentState
from schemas.calls import EndOfInput, Restarted, Tick


class Clock(Struct, frozen=True):
    """Wall time in milliseconds, and how to wait (seconds); given by the command."""

    now: Callable[[], int]
    sleep: Callable[[float], None]


class Delivered(Struct):
    """What was handed over; `stopped` when somebody ended a replay before its end."""

    events: int = 0
    ticks: int = 0
    stopped: bool = False


def deliver(
    timeline: Iterable[TimedEvent | Tick | EndOfInput],
    publisher: Publisher,
    clock: Clock,
    progress: Progress,
    marks: Marks,
) -> Delivered:
    """Send everything and wait until Kafka has it. Ctrl-C ends a replay as its end would."""
    done = Delivered()
    try:
        for item in timeline:
            if item.at > clock.now():
                publisher.flush()
                _wait_for(item.at, clock)
            send_item(item, publisher, done)
            if done.events % 1_000 == 0:
                progress.move_to(done.events)
    except KeyboardInterrupt:
        if not marks.replay:
            raise
        send_item(marks.end(clock.now()), publisher, done)
        done.stopped = True
    publisher.flush()
    return done


def send_item(item: TimedEvent | Tick | EndOfInput, publisher: Publisher, done: Delivered) -> None:
    """Hand one over to where it belongs, and count it."""
    if isinstance(item, Tick):
        publisher.send_mark("calls", item)
        done.ticks += 1
    elif isinstance(item, EndOfInput):
        publisher.send_mark("calls", item)
        if publisher.sent["agents"]:
            publisher.send_mark("agents", item)
    elif isinstance(item, Restarted):
        publisher.send_mark("calls", item)
        done.events += 1
    elif isinstance(item, AgentState):
        publisher.send_agent(item)
        done.events += 1
    else:
        publisher.send_call(item)
        done.events += 1


def _wait_for(at: int, clock: Clock) -> None:
    while (ahead := at - clock.now()) > 0:
        clock.sleep(ahead / 1_000)
