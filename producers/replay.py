"""Old traffic shown as if it happened now, marked as a replay.

Rule 1: times move by whole weeks if the file then covers now (weekday and time of day stay, so opening
hours are right), else by whole days (the time of day stays), else by whole seconds. In the last case
now is 30 minutes after the start of the file: a wall that shows 30 minutes then has figures at once.
Rule 2: with a time of day (`Begin`) they move by whole seconds, so that this time of the first day is now:
an evaluation at night sees a morning.
Rule 3: ids contain the shift, so a replay is never taken for the original or for another replay.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, time, tzinfo

from msgspec import Struct
from msgspec.structs import replace

from producers.event_order import TimedEvent
from producers.input_file import InputFileError
from schemas.agents import AgentState
from schemas.calls import LegFact, Restarted
from schemas.millis import DAY, HOUR, MINUTE, SECOND, from_datetime, iso

WEEK_MS = 7 * DAY
_TIMES = ("visit_at", "arrived_at", "answered_at", "left_at", "ended_at", "wrap_ended_at")
HEAD_START_MS = 30 * MINUTE  # half of the file if it is shorter than twice that


class Begin(Struct, frozen=True):
    """The time of day of a file at which its replay begins, on the clock of `zone`."""

    clock: time
    zone: tzinfo

    def on_first_day(self, first: int) -> int:
        """That time on the local day of `first`, in milliseconds."""
        day = datetime.fromtimestamp(first / SECOND, self.zone).date()
        return from_datetime(datetime.combine(day, self.clock, self.zone))


def shift_to(begin: Begin, first: int, last: int, now: int) -> tuple[int, str]:
    """Milliseconds to add to every time of the file, and the line that says so.

    InputFileError if the file ends before that time: then nothing of it would happen.
    """
    at = begin.on_first_day(first)
    if at > last:
        raise InputFileError(
            f"--at {begin.clock:%H:%M}: nothing of the file would be left to play, it lasts from"
            f" {_second(first, begin.zone)} to {_second(last, begin.zone)} ({begin.zone}): name a time between"
        )
    shift_ms = (now - at) // SECOND * SECOND
    told = (
        f"replay: {_second(at, begin.zone)} of the file ({begin.zone}) is now; its times are moved by"
        f" {_in_words(shift_ms)}"
    )
    if at < first:
        told += f"; its first event comes in {_in_words(first - at)}"
    return shift_ms, told


def _second(at: int, zone: tzinfo) -> str:
    return iso(at // SECOND * SECOND, zone)


def _in_words(span_ms: int) -> str:
    days, rest = divmod(abs(span_ms), DAY)
    clock = f"{rest // HOUR}:{rest % HOUR // MINUTE:02d}:{rest % MINUTE // SECOND:02d}"
    return ("-" if span_ms < 0 else "") + (f"{days:,} d {clock}" if days else clock)


def replay_shift(first: int, last: int, now: int) -> int:
    """Milliseconds to add to every time of a file that lasts from `first` to `last`."""
    for step in (WEEK_MS, DAY):
        shift = (now - first) // step * step
        if first + shift <= now <= last + shift:
            return shift
    played_ms = min(HEAD_START_MS, (last - first) // 2)
    return (now - first - played_ms) // SECOND * SECOND


def shifted(events: Iterable[TimedEvent], shift_ms: int) -> Iterator[TimedEvent]:
    """The events moved by `shift_ms`, a number of whole seconds, and marked as a replay."""
    mark = f"~{shift_ms // SECOND}"
    for event in events:
        moved = {
            "at": event.at + shift_ms,
            "event_id": event.event_id + mark,
            "replay": True,
            "replay_shift_ms": shift_ms,
        }
        if isinstance(event, AgentState):
            yield replace(event, since=event.since + shift_ms, **moved)
        elif isinstance(event, Restarted):
            yield replace(event, **moved)
        else:
            contact = event.contact_id + mark if event.contact_id else ""
            times = {name: at + shift_ms for name, at in _own_times(event)}
            yield replace(event, leg_id=event.leg_id + mark, contact_id=contact, **moved, **times)


def _own_times(event: LegFact) -> Iterator[tuple[str, int]]:
    """The times of an event beside `at`."""
    for name in _TIMES:
        at = getattr(event, name, None)
        if at is not None:
            yield name, at
