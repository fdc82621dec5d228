"""Old traffic shown as if it happened now, marked as a replay.

Rule 1: times move by whole weeks if the file then covers now (weekday and time of day stay, so opening
hours are right), else by whole days (the time of day stays), else by whole seconds. In the last case
now is 30 minutes after the start of the file: a wall that shows 30 minutes then has figures at once.
Rule 2: ids contain the shift, so a replay is never taken for the original or for another replay.
"""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from producers.event_order import TimedEvent
from schemas.agents import AgentState
from schemas.calls import LegFact, Restarted
from schemas.millis import DAY, MINUTE, SECOND

WEEK_MS = 7 * DAY
_TIMES = ("visit_at", "arrived_at", "answered_at", "left_at", "ended_at", "wrap_ended_at")
HEAD_START_MS = 30 * MINUTE  # half of the file if it is shorter than twice that


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
