"""Old traffic shown as if it happened now, marked as a replay.

Rule 1: whole weeks where that makes it happen now (weekday and clock stay, so opening hours hold),
else whole days (the clock stays), else whole seconds, so that now is half an hour into it: a wall
that shows half an hour has figures at once.
Rule 2: ids carry the shift: a replay is never the same call as the original or as another replay.
"""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from producers.event_order import TimedEvent
from schemas.agents import AgentState
from schemas.calls import Restarted
from schemas.millis import DAY, MINUTE, SECOND

WEEK_MS = 7 * DAY
HEAD_START_MS = 30 * MINUTE  # or half of a shorter file


def replay_shift(first: int, last: int, now: int) -> int:
    """Milliseconds to add to every time of a file that lasts from `first` to `last`."""
    for step in (WEEK_MS, DAY):
        shift = (now - first) // step * step
        if first + shift <= now <= last + shift:
            return shift
    played_ms = min(HEAD_START_MS, (last - first) // 2)
    return (now - first - played_ms) // SECOND * SECOND


def shifted(events: Iterable[TimedEvent], shift_ms: int) -> Iterator[TimedEvent]:
    """The events moved by whole seconds and marked; each says by how much."""
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
            yield replace(event, leg_id=event.leg_id + mark, contact_id=contact, **moved)
