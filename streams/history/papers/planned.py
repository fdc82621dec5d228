"""What was planned: maintenance and days with other opening hours, in the period and in the one after it, by `queues.toml`."""

from collections.abc import Iterable, Mapping
from datetime import date

from streams.history.months import Range, days_of
from streams.history.paper import Section, Table
from streams.history.papers.asked import Asked
from streams.history.report import Column, Part, Row
from streams.history.sentences import sentence

PLANNED = Part(
    (
        Column("date", "text", "on the clock of its queues"),
        Column("planned", "text", "`maintenance`, `holiday`, `closed` or `other hours`"),
        Column("reason", "text", "what was written of it", "nothing was"),
        Column("queues", "number", "how many queues of the paper"),
        Column("names", "text", "what people call them; the first three"),
        Column("ahead", "text", "`yes`: in the period after this one; `no`: in this one"),
    ),
    name="planned", kind="planned event",
)  # fmt: skip
_SHOWN = ("date", "planned", "reason", "queues", "names")
_NAMED = 3


def section(asked: Asked) -> Section:
    found = planned_rows(asked)
    if not found:
        return Section("planned", sentences=(sentence("nothing_planned"),))
    ahead = sum(row["ahead"] == "yes" for row in found)
    said = sentence("planned", within=len(found) - ahead, ahead=ahead)
    return Section("planned", sentences=(said,), tables=(Table(PLANNED, found, _SHOWN),))


def planned_rows(asked: Asked) -> list[Row]:
    period = asked.period
    after = Range(period.end, period.end + (period.end - period.start))
    within = set(days_of(period.range, period.zone))
    dates = within | set(days_of(after, period.zone))
    found: dict[tuple[date, str, str], list[str]] = {}
    for queue, events in _events(asked).items():
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


def _events(asked: Asked) -> Mapping[str, Iterable[tuple[date, str, str]]]:
    events: dict[str, list[tuple[date, str, str]]] = {}
    for queue, targets in asked.catalogue.queues.items():
        changed = {each.date for each in targets.opening.exceptions}
        events[queue] = [
            *((date.fromisoformat(each.date), "maintenance", each.reason) for each in targets.maintenance),
            *((date.fromisoformat(day), "holiday", "") for day in targets.opening.holidays if day not in changed),
            *((date.fromisoformat(each.date), "closed" if each.start_minute == each.end_minute else "other hours", "")
              for each in targets.opening.exceptions),
        ]  # fmt: skip
    return events
