"""A finished file as a live feed: sorted, with ticks, and for a replay moved to now."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TextIO

from msgspec import Struct

from producers.contract import Sent
from producers.event_order import RUN_EVENTS, TimedEvent, in_order
from producers.handing_over import WallClock, hand_over
from producers.progress import Progress
from producers.publisher import Publisher
from producers.replay import Begin, replay_shift, shift_to, shifted
from producers.timeline import Marks, with_ticks


class Span(Struct):
    """The number of events, and the times of the first and the last one."""

    events: int = 0
    first: int = 0
    last: int = 0

    def watch(self, events: Iterable[TimedEvent]) -> Iterator[TimedEvent]:
        for event in events:
            at = event.at
            self.first = min(self.first, at) if self.events else at
            self.last = max(self.last, at)
            self.events += 1
            yield event


def send_live(
    events: Iterable[TimedEvent],
    marks: Marks,
    publisher: Publisher,
    clock: WallClock,
    stream: TextIO,
    run_events: int = RUN_EVENTS,
    begin: Begin | None = None,
) -> Sent:
    """Send `events`, which may be in any order: all are read and sorted before the first is sent.

    `begin`: the time of day at which a replay begins; InputFileError if the file ends before it.
    """
    span = Span()
    ordered = in_order(span.watch(events), run_events)
    first = next(ordered, None)  # the sort has read everything now
    if first is None:
        publisher.flush()
        return Sent()
    timed: Iterator[TimedEvent] = chain([first], ordered)
    told = ""
    if marks.replay and begin is not None:
        shift_ms, told = shift_to(begin, span.first, span.last, clock.now())
        stream.write(f"{told}\n")  # at once: a replay lasts as long as the file
        stream.flush()
        timed = shifted(timed, shift_ms)
    elif marks.replay:
        timed = shifted(timed, replay_shift(span.first, span.last, clock.now()))
    progress = Progress("sending", span.events, "events", stream)
    try:
        sent = hand_over(with_ticks(timed, marks, clock.now), publisher, clock, progress, marks)
    finally:
        progress.close()
    sent.replayed = told
    return sent
