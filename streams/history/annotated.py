"""What stands on charts of time under a number: notes of people, and the days that `queues.toml` says are no ordinary ones.

Rule 1: the number is by the begin, the same on every chart of a page or paper, and in the table that has the text.
Rule 2: what is about a queue that the reader does not see is not there, and no place is named but those of the asked queues.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from schemas.millis import iso
from schemas.notes import Note, WrittenNote, shown_in
from schemas.opening import local_minute
from schemas.targets import Targets
from streams.history.months import Range
from streams.history.report import Column, Part, Row

_NAMED = 3
WHAT: Mapping[str, str] = {"incident": "incident", "holiday": "holiday", "planned": "event", "action": "action"}  # fmt: skip
ANNOTATED = Part(
    (
        Column("number", "number", "the number of its mark on the charts"),
        Column("planned", "text", "`incident`, `holiday`, `event` or `action` (notes); `maintenance`, `holiday`, `closed` or `other hours` (`queues.toml`)"),
        Column("began", "time", "its begin; of an action when it was promised"),
        Column("ended", "time", "its end; of an action when it is due"),
        Column("reason", "text", "what was written of it", "nothing was"),
        Column("about", "text", "the queues, centres and departments that it is about, the first three", "it is about all of them"),
        Column("owner", "text", "in whose name", "`queues.toml` says it"),
    ),
    name="annotated", kind="annotation",
)  # fmt: skip


class _Found(Struct, frozen=True, order=True):
    start: int
    end: int
    what: str
    text: str
    about: tuple[str, ...]
    who: str = ""


def configured_days(of: Targets) -> Iterator[tuple[date, str, str]]:
    """Date, what and why: what its line of `queues.toml` says of single days."""
    changed = {each.date for each in of.opening.exceptions}
    for window in of.maintenance:
        yield date.fromisoformat(window.date), "maintenance", window.reason
    for day in of.opening.holidays:
        if day not in changed:
            yield date.fromisoformat(day), "holiday", ""
    for each in of.opening.exceptions:
        is_closed = each.start_minute == each.end_minute
        yield date.fromisoformat(each.date), "closed" if is_closed else "other hours", ""


def annotated(
    notes: Iterable[WrittenNote], queues: Mapping[str, Targets], range_: Range, zone: str
) -> list[Row]:
    """Rows of `ANNOTATED` of what touches the range. A date is one day of `zone`: on a chart it must not touch two."""
    found = [
        _Found(note.start, note.end, WHAT[note.kind], note.text, _places(note, queues), note.who)
        for note in (each.note for each in shown_in(notes, range_.start, range_.end, queues))
        if note.kind != "action" or note.start >= range_.start  # later reports carry it in words
    ]
    found += _days(queues, range_, zone)
    return [_row(number, each, zone) for number, each in enumerate(sorted(found), start=1)]


def _days(queues: Mapping[str, Targets], range_: Range, zone: str) -> Iterator[_Found]:
    """A day that several queues have alike is one."""
    alike: dict[tuple[date, str, str], list[str]] = {}
    for targets in queues.values():
        for key in configured_days(targets):
            alike.setdefault(key, []).append(targets.name or targets.queue)
    for (day, what, reason), names in alike.items():
        start, end = (local_minute(each, 0, zone) for each in (day, day + timedelta(days=1)))
        if start < range_.end and end > range_.start:
            about = () if len(names) == len(queues) else tuple(sorted(names))
            yield _Found(start, end, what, reason, about)


def _places(note: Note, queues: Mapping[str, Targets]) -> tuple[str, ...]:
    """What people call them; of a note about everything none."""
    named: dict[str, None] = {}
    for queue, of in queues.items():
        if queue in note.queues:
            named[of.name or queue] = None
        if of.centre in note.centres:
            named[of.centre_name or of.centre] = None
        if of.department in note.departments:
            named[of.department_name or of.department] = None
    return tuple(named)


def _row(number: int, of: _Found, zone: str) -> Row:
    local = ZoneInfo(zone)
    about = ", ".join(of.about[:_NAMED]) + (" …" if len(of.about) > _NAMED else "")
    return {
        "number": number, "planned": of.what, "began": iso(of.start, local), "ended": iso(of.end, local),
        "reason": of.text or None, "about": about or None, "owner": of.who or None,
    }  # fmt: skip
