"""Compares the stream's live counters of one business day with the archive (basis `event`), exactly.

These must agree: the day counters in the stream's state, which include late facts for as long as their
legs are in state; and the archive's live legs in the versions that those counters include (below the cursor
of the checkpoint), each moment on its own day. Back-fill is in neither. Frozen minute rows differ from both
once a fact came late, and are not compared.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import asdict

from schemas.counted import counted
from schemas.counters import COUNTERS, Counts
from schemas.millis import DAY, from_iso, iso, to_datetime
from schemas.opening import business_day
from schemas.timing import SETTLED_AFTER_MS
from streams.core.live_days import LiveQueue, PartitionDays
from streams.core.queue_days import Day
from streams.history.catalogue import Catalogue
from streams.history.counting_sql import counting_sql, counts_of
from streams.history.intervals import Run
from streams.history.leg_recount import Disagreement, disagreements
from streams.history.missed_offers import missed_offers
from streams.history.question import HistoryError, Question
from streams.sinks.clickhouse.database import Reader

RECONCILE_COLUMNS: tuple[str, ...] = (
    "day",
    "queue",
    "leg_id",
    "figure",
    "live",
    "archive",
    "difference",
)
_ANY_VERSION = 2**63

ReportLine = dict[str, str | int | float | None]


class QueueDay(Struct, frozen=True):
    """The day of one queue to be compared: its bounds, and what the stream counted in it."""

    queue: str
    start: int
    end: int
    below_version: int
    live: Counts | None  # None: no longer kept


class Compared(Struct, frozen=True):
    """One figure of one queue."""

    queue: str
    figure: str
    live: int
    archive: int

    @property
    def difference(self) -> int:
        return self.archive - self.live


class Reconciled(Struct, frozen=True):
    """A compared day. `not_kept`: queues that had live calls, but whose counters are no longer kept."""

    day: str
    figures: list[Compared]
    days: list[QueueDay]
    not_kept: list[str]

    def differing(self) -> dict[str, list[Compared]]:
        found: dict[str, list[Compared]] = {}
        for each in self.figures:
            if each.difference:
                found.setdefault(each.queue, []).append(each)
        return found

    def queues(self) -> list[str]:
        return sorted({each.queue for each in self.figures})


def settled_day(now: int, zone: str) -> str:
    """The newest day of the zone that late facts no longer change, as `2026-11-21`."""
    local = to_datetime(now - SETTLED_AFTER_MS, ZoneInfo(zone)).date()
    return (local - timedelta(days=1)).isoformat()


def queue_days(
    day: str, partitions: Iterable[PartitionDays], catalogue: Catalogue, seen: Iterable[str]
) -> list[QueueDay]:
    """The day of every queue that is in the state, is configured, or was `seen` in the archive."""
    found: list[QueueDay] = []
    known: set[str] = set()
    newest = 0
    for partition in partitions:
        below = partition.below_version
        if below is None:
            continue
        newest = max(newest, below)
        for queue, live in partition.queues.items():
            known.add(queue)
            found += _days_of(queue, live, day, below, catalogue)
    for queue in sorted({*catalogue.queues, *seen} - known):
        start, end = bounds_of(queue, day, catalogue)
        found.append(QueueDay(queue, start, end, newest or _ANY_VERSION, Counts()))
    return found


def _days_of(
    queue: str, live: LiveQueue, day: str, below: int, catalogue: Catalogue
) -> list[QueueDay]:
    zone = _zone(queue, catalogue)
    held = [each for each in live.days if _date_of(each, zone) == day]
    if held:
        return [QueueDay(queue, each.start, each.end, below, Counts(*each.counts)) for each in held]
    start, end = bounds_of(queue, day, catalogue)
    gone = live.boundary is not None and live.boundary - DAY > end
    return [QueueDay(queue, start, end, below, None if gone else Counts())]


def _date_of(day: Day, zone: ZoneInfo) -> str:
    return to_datetime(day.start, zone).date().isoformat()


def bounds_of(queue: str, day: str, catalogue: Catalogue) -> tuple[int, int]:
    """The business day of the queue that begins on that date."""
    targets = catalogue.queues.get(queue)
    minute = targets.day_start_minute if targets else 0
    zone = _zone(queue, catalogue)
    start, end = business_day(from_iso(f"{day}T12:00", zone), zone.key, minute)
    if to_datetime(start, zone).date() < date.fromisoformat(day):  # it begins after noon
        start, end = business_day(end, zone.key, minute)
    return start, end


def _zone(queue: str, catalogue: Catalogue) -> ZoneInfo:
    """As the stream counts: a queue that is not configured has UTC days."""
    targets = catalogue.queues.get(queue)
    return ZoneInfo(targets.time_zone if targets else "UTC")


def check_over(days: Iterable[QueueDay], day: str, now: int, catalogue: Catalogue) -> None:
    """HistoryError if the day has not ended yet for one of the queues."""
    late = [each for each in days if each.end > now]
    if late:
        last = max(late, key=lambda each: each.end)
        ends = iso(last.end, _zone(last.queue, catalogue))
        raise HistoryError(f"{day} is not over: queue {last.queue} counts it until {ends}")


def compare(day: str, days: Sequence[QueueDay], reader: Reader) -> Reconciled:
    """HistoryError when the live counters of a day with live calls are no longer kept at all."""
    counted = _counted(reader, days, as_counted_live=False)
    # Calls of history that new targets judged again: live day counters keep the former judgement, unless
    # they were made anew since. Either is right.
    odd = [each for each in days if not _agrees(each, counted)]
    former = _counted(reader, odd, as_counted_live=True) if odd else {}
    for each in odd:
        if _agrees(each, former):
            counted[each.queue, each.start] = former.get((each.queue, each.start), {})
    figures: list[Compared] = []
    not_kept: set[str] = set()
    for each in days:
        archive = counted.get((each.queue, each.start), {})
        live = each.live
        if live is None:
            if any(archive.values()):
                not_kept.add(each.queue)
            continue
        if any(archive.values()) or live != Counts():
            figures += [
                Compared(each.queue, name, getattr(live, name), archive.get(name, 0))
                for name in COUNTERS
            ]
    if not_kept and not figures:
        raise HistoryError(
            f"the live counters of {day} are no longer kept: the stream holds a queue's day until"
            " a day after its end"
        )
    return Reconciled(day, figures, list(days), sorted(not_kept))


_Counted = dict[tuple[str, int], dict[str, int]]  # figures by queue and start of its day


def _agrees(day: QueueDay, counted: _Counted) -> bool:
    archive = counted.get((day.queue, day.start), {})
    return day.live is None or all(
        getattr(day.live, name) == archive.get(name, 0) for name in COUNTERS
    )


def _counted(reader: Reader, days: Sequence[QueueDay], *, as_counted_live: bool) -> _Counted:
    groups: dict[tuple[int, int, int], list[str]] = {}
    for each in days:
        groups.setdefault((each.start, each.end, each.below_version), []).append(each.queue)
    counted: _Counted = {}
    for (start, end, below), queues in groups.items():
        question = Question(
            start, end, basis="event", live_below=below, as_counted_live=as_counted_live
        )
        for queue, found in _archived(reader, question, below, queues).items():
            counted[queue, start] = found
    return counted


def _archived(
    reader: Reader, question: Question, below: int, queues: Sequence[str]
) -> dict[str, dict[str, int]]:
    start, end = question.start, question.end
    answer = reader.execute(counting_sql(question, [Run(start, end - start, 1)], None, queues))
    found = {str(row["report_group"]): asdict(counts_of(row)) for row in answer.named()}
    of_offers = missed_offers(
        reader, start, end, below, queues, as_counted_live=question.as_counted_live
    )
    for queue, missed in of_offers.items():
        found.setdefault(queue, {}).update(missed)
    return found


def lines(found: Reconciled, legs: Sequence[Disagreement]) -> list[ReportLine]:
    """One line for each figure of each queue, then one for each column of a leg that differs from its
    events. In a line of a leg, `live` is the value by its events.
    """
    found_lines: list[ReportLine] = [
        {
            "day": found.day,
            "queue": each.queue,
            "figure": each.figure,
            "live": each.live,
            "archive": each.archive,
            "difference": each.difference,
        }
        for each in found.figures
    ]
    found_lines += [
        {
            "day": found.day,
            "queue": leg.queue,
            "leg_id": leg.leg_id,
            "figure": leg.column,
            "live": leg.by_events,
            "archive": leg.in_archive,
        }
        for leg in legs
    ]
    return found_lines


def differing_lines(all_lines: Sequence[ReportLine]) -> list[ReportLine]:
    return [line for line in all_lines if line.get("leg_id") or line.get("difference")]


def differing_legs(reader: Reader, found: Reconciled) -> list[Disagreement]:
    """The legs whose events and rows differ, of every queue with a differing figure."""
    queues = found.differing()
    return [
        leg
        for day in found.days
        if day.queue in queues
        for leg in disagreements(reader, day.queue, day.start, day.end, day.below_version)
    ]


def conclusion(found: Reconciled, legs: Sequence[Disagreement]) -> str:
    """The result in one line."""
    queues = found.differing()
    offered = sum(each.archive for each in found.figures if each.figure == "offered")
    if not found.figures:
        return f"{found.day}: no live calls, nothing to compare"
    gone = f"; no longer kept: {', '.join(found.not_kept)}" if found.not_kept else ""
    if not queues:
        count = len(found.queues())
        agree = f"{counted(count, 'queues')} {'agrees' if count == 1 else 'agree'}"
        return f"{found.day}: {agree}, {counted(offered, 'legs')} offered{gone}"
    figures = sum(map(len, queues.values()))
    odd = len({(leg.queue, leg.leg_id) for leg in legs})
    why = (
        f"{counted(odd, 'legs')} of the archive {'is' if odd == 1 else 'are'} told otherwise by events"
        if odd
        else "every leg of the archive agrees with its events: look at the live counters"
    )
    differ = f"{counted(figures, 'figures')} of {', '.join(sorted(queues))} differ{'s' if figures == 1 else ''}"
    return f"{found.day}: {differ}; {why}{gone}"
