"""The three worst half hours and days, with what alerts and people said of them at that time.

Worst is by calls that should have been served as promised and were not, so that a half hour of few calls does not stand
before one of many. A cause is what people wrote; where nobody wrote anything, that is said.
"""

from collections.abc import Iterable, Sequence
from itertools import islice
from zoneinfo import ZoneInfo

from msgspec import Struct

from schemas.millis import iso
from schemas.notes import WrittenNote, shown_in
from schemas.opening import business_day
from streams.history.month import GroupsMonth
from streams.history.paper import Section, Table
from streams.history.papers.alerts_told import Told
from streams.history.papers.asked import Asked
from streams.history.promises_kept import Kept, rounded
from streams.history.report import Column, Part, Row
from streams.history.sentences import sentence

WORST = 3
_COLUMNS = (
    Column("start", "time", "its start, on the clock of the queue"),
    Column("queue", "text", "id of the queue"),
    Column("name", "text", "what people call it"),
    Column("promised_calls", "legs", "its promised calls"),
    Column("sl_promised", "share", "served as the queue promised"),
    Column("goal", "share", "the promised service level"),
    Column("calls_missing", "number", "how many calls more should have been served as promised"),
    Column("alerts", "text", "rules of the alerts that people were told of then", "none"),
    Column(
        "note",
        "text",
        "what people wrote of that time and queue, and of these alerts",
        "nobody wrote anything",
    ),
)
HALF_HOURS = Part(_COLUMNS, name="worst_half_hours", kind="worst half hour")
DAYS = Part(_COLUMNS, name="worst_days", kind="worst day")
_SHOWN = ("start", "name", "promised_calls", "sl_promised", "calls_missing", "alerts", "note")


class Stretch(Struct, frozen=True):
    """A half hour or a day of one queue."""

    queue: str
    name: str
    zone: str
    start: int
    end: int
    kept: Kept


def section(
    queues: Sequence[GroupsMonth], told: Told, notes: Sequence[WrittenNote], asked: Asked
) -> Section:
    targets = asked.catalogue.queues
    judged = [each for each in queues if each.judged]
    half_hours = [
        Stretch(of.group, of.called_so, of.zone, each.start, each.end, each.kept)
        for of in judged
        for each in of.each_half_hour
        if each.missed
    ]
    days = [
        each
        for of in judged
        for each in _days(of, targets[of.group].day_start_minute if of.group in targets else 0)
        if each.kept.against == "missed"
    ]
    found = [
        [_row(each, told, notes, asked) for each in _worst(some)] for some in (half_hours, days)
    ]
    if not any(found):
        return Section("worst", sentences=(sentence("no_bad_half_hour"),))
    return Section(
        "worst",
        sentences=(sentence("how_worst"),),
        tables=(Table(HALF_HOURS, found[0], _SHOWN), Table(DAYS, found[1], _SHOWN)),
    )


def _days(of: GroupsMonth, day_start_minute: int) -> Iterable[Stretch]:
    days: dict[tuple[int, int], Kept] = {}
    for each in of.each_half_hour:
        key = business_day(each.start, of.zone, day_start_minute)
        days[key] = days.get(key, Kept()) + each.kept
    for (start, end), kept in days.items():
        yield Stretch(of.group, of.called_so, of.zone, start, end, kept)


def _worst(found: Iterable[Stretch]) -> list[Stretch]:
    ordered = sorted(found, key=lambda each: (-each.kept.missing, each.start, each.queue))
    return list(islice(ordered, WORST))


def _row(of: Stretch, told: Told, notes: Sequence[WrittenNote], asked: Asked) -> Row:
    alerts = told.of(of.queue, of.start, of.end)
    about = {of.queue: asked.catalogue.queues.get(of.queue)}
    wrote = [each.note for each in shown_in(notes, of.start, of.end, about)]
    said = dict.fromkeys(each.text for each in wrote if each.kind != "action")
    said |= dict.fromkeys(note for each in alerts for note in told.notes.get(each.alert_id, ()))
    return {
        "start": iso(of.start, ZoneInfo(of.zone)),
        "queue": of.queue,
        "name": of.name,
        "promised_calls": of.kept.due,
        "sl_promised": rounded(of.kept.share),
        "goal": rounded(of.kept.goal),
        "calls_missing": round(of.kept.missing, 1),
        "alerts": ", ".join(dict.fromkeys(each.rule for each in alerts)) or None,
        "note": "; ".join(said) or None,
    }
