"""A finished file as a live source would have sent it: in order, with ticks in between.

Rule 1: a tick means that everything up to its time was sent, so it comes after the events of that time.
Rule 2: no event and no tick has a time after now.
"""

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from producers.event_order import TimedEvent
from schemas.calls import EndOfInput, Tick
from schemas.millis import DAY, MINUTE
from schemas.timing import LONGEST_WINDOW_MS, STEP_MS, WAITING_CAP_MS

TICK_EVERY_MS = STEP_MS
# After this time without events the longest window is empty, and its last minutes are cut and frozen.
TAIL_MS = LONGEST_WINDOW_MS + 5 * MINUTE
# No caller can wait longer, so from here on nothing changes within a minute.
IDLE_AFTER_MS = WAITING_CAP_MS
IDLE_TICK_EVERY_MS = MINUTE
LONGEST_SILENCE_MS = DAY  # a longer gap gets one tick at its end: a platform may be off for weeks


class Marks(Struct, frozen=True):
    """Makes the marks of one source."""

    source: str
    replay: bool = False

    def tick(self, at: int) -> Tick:
        return Tick(
            event_id=f"{self.source}:tick:{at}", at=at, source=self.source, replay=self.replay
        )

    def end(self, at: int) -> EndOfInput:
        return EndOfInput(
            event_id=f"{self.source}:end_of_input:{at}",
            at=at,
            source=self.source,
            replay=self.replay,
        )


def with_ticks(
    events: Iterable[TimedEvent], marks: Marks, now: Callable[[], int]
) -> Iterator[TimedEvent | Tick | EndOfInput]:
    """`events` (in order) with ticks between them, 65 minutes of ticks after them, and the end."""
    last: int | None = None
    ticked = 0
    for event in events:
        if last is None:
            # Before the first event, so that every partition knows the source from then on.
            ticked = (event.at - 1) // TICK_EVERY_MS * TICK_EVERY_MS
            yield marks.tick(ticked)
        else:
            for ticked in quiet_ticks(ticked, last, event.at - 1):  # noqa: B020 - continues from the last tick
                yield marks.tick(ticked)
        last = event.at
        yield event
    if last is None:
        return
    end = max(last, min(last + TAIL_MS, now()))
    for ticked in quiet_ticks(ticked, last, end):  # noqa: B020 - as above
        yield marks.tick(ticked)
    yield marks.end(end)


def quiet_ticks(ticked: int, quiet_since: int, until: int) -> Iterator[int]:
    """Times of ticks after `ticked` up to `until`; fewer ticks if nothing happens for long."""
    at = ticked + TICK_EVERY_MS
    while at <= until:
        yield at
        silence = at - quiet_since
        if silence >= LONGEST_SILENCE_MS:
            at = max(at + TICK_EVERY_MS, until // TICK_EVERY_MS * TICK_EVERY_MS)
        elif silence >= IDLE_AFTER_MS:
            at = at // IDLE_TICK_EVERY_MS * IDLE_TICK_EVERY_MS + IDLE_TICK_EVERY_MS
        else:
            at += TICK_EVERY_MS
