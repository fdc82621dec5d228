"""What was planned: notes, maintenance and days with other opening hours, in the period and in the one after it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from schemas.notes import WrittenNote
from streams.history.annotated import WHAT, configured_days
from streams.history.months import Range, days_of
from streams.history.paper import Section, Table
from streams.history.papers.asked import Asked
from streams.history.report import Column, Part, Row
from streams.history.sentences import sentence

PLANNED = Part(
    (
        Column("date", "text", "on the clock of its queues"),
        Column("planned", "text", "`event` or `holiday` (notes); `maintenance`, `holiday`, `closed` or `other hours` (`queues.toml`)"),
        Column("reason", "text", "what was written of it", "nothing was"),
        Column("queues", "number", "how many queues of the paper"),
        Column("names", "text", "what people call them; the first three"),
        Column("ahead", "text", "`yes`: in the period after this one; `no`: in this one"),
    ),
    name="planned", kind="planned event",
)  # fmt: skip
_SHOWN = ("date", "planned", "reason", "queues", "names")
_NAMED = 3
_SHOWN_KINDS = frozenset({"planned", "holiday"})


def section(notes: Sequence[WrittenNote], asked: Asked) -> Section:
    """`notes` of the period and of the one after it."""
    found = planned_rows(notes, asked)
    if not found:
        return Section("planned", sentences=(sentence("nothing_planned"),))
    ahead = sum(row["ahead"] == "yes" for row in found)
    said = sentence("planned", within=len(found) - ahead, ahead=ahead)
    return Section("planned", sentences=(said,), tables=(Table(PLANNED, found, _SHOWN),))


def planned_rows(notes: Sequence[WrittenNote], asked: Asked) -> list[Row]:
    period = asked.period
    after = Range(period.end, period.end + (period.end - period.start))
    within = set(days_of(period.range, period.zone))
    dates = within | set(days_of(after, period.zone))
    found: dict[tuple[date, str, str], list[str]] = {}
    for queue, events in _events(notes, asked).items():
        for day, what, reason in events:
            if day in dates:
                found.setdefault((day, what, reason), []).append(asked.queue_name(queue))
    return [
        {
            "date": day.isoformat(),
            "planned": what,
            "reason": reason or None,
            "queues": len(names),
            "names": ", ".join(sorted(names)[:_NAMED]) + (" …" if len(names) > _NAMED else ""),
            "ahead": "no" if day in within else "yes",
        }
        for (day, what, reason), names in sorted(found.items())
    ]


def _events(
    notes: Sequence[WrittenNote], asked: Asked
) -> Mapping[str, Iterable[tuple[date, str, str]]]:
    events: dict[str, list[tuple[date, str, str]]] = {}
    for queue, targets in asked.catalogue.queues.items():
        events[queue] = [
            *((day, WHAT[each.note.kind], each.note.text) for each in notes
              if each.note.kind in _SHOWN_KINDS and each.note.is_about(queue, targets)
              for day in days_of(Range(each.note.start, each.note.end), asked.period.zone)),
            *configured_days(targets),
        ]  # fmt: skip
    return events
