"""Asks the archive what a bulletin needs: figures by centre, the days of a month, and what may be missing."""

from collections.abc import Iterator
from typing import Literal
from zoneinfo import ZoneInfo

from schemas.millis import DAY, to_datetime
from streams.history.bulletin import (
    TOTAL,
    WITHOUT_CENTRE,
    Draft,
    Figures,
    Why,
    hidden_cells,
    refused_too_many,
    row,
    withheld,
)
from streams.history.catalogue import Catalogue
from streams.history.counted_groups import counted_groups
from streams.history.intervals import EVERY
from streams.history.known_range import open_after_known
from streams.history.missing import REFUSED, SILENCE, refused_records, silent_queues, sources_away
from streams.history.months import Range
from streams.history.open_lines import open_before
from streams.history.period import Period, finished
from streams.history.question import By, HistoryError, Question
from streams.history.reach import ends
from streams.history.sentences import Moment, sentence
from streams.history.uncounted import uncounted
from streams.sinks.clickhouse.database import Reader

Length = Literal["day", "month"]
FILES_COME_WITHIN_MS = DAY  # a file with the calls of a day is sent on the next one


def drafted(
    reader: Reader,
    catalogue: Catalogue,
    length: Length,
    period: str,
    now: int,
    as_of: int | None = None,
) -> Draft:
    """HistoryError for a period that is none, is not over, or when nobody configured a queue. `as_of`: what was known then."""
    zone = catalogue.default_zone
    asked = finished(length, period, zone, now)
    if not catalogue.queues:
        raise HistoryError("no queue is configured, so nothing was promised")
    known_at = now if as_of is None else as_of
    figures = _figures(reader, catalogue, asked.range, as_of)
    refused = _refused(reader, asked.range, known_at)
    also = [*_missing(reader, catalogue, asked, known_at)]
    also += refused_too_many(refused, figures[TOTAL].counts()["calls"])
    reasons = withheld(figures, also)
    # By centre a day would make its month hide almost everything (docs/decisions.md).
    shown = figures if length == "month" else {TOTAL: figures[TOTAL]}
    counts = {group: of.counts() for group, of in shown.items()}
    days = _days(reader, catalogue, asked.range, as_of) if length == "month" else {}
    gone = hidden_cells(counts, days)
    return Draft(
        length=length, period=period, start=asked.start, end=asked.end, zone=zone, known_at=known_at, reasons=reasons,
        rows=[row(group, of, gone) for group, of in shown.items()], names=_names(catalogue), refused=refused,
    )  # fmt: skip


def _names(catalogue: Catalogue) -> dict[str, str]:
    """What people call centres, by id: the first name that a queue of it gives."""
    found: dict[str, str] = {}
    for queue in catalogue.queues.values():
        if queue.centre_name:
            found.setdefault(queue.centre, queue.centre_name)
    return found


def _figures(
    reader: Reader, catalogue: Catalogue, range_: Range, as_of: int | None
) -> dict[str, Figures]:
    """By group, `TOTAL` first."""
    found = {TOTAL: Figures({})}
    kinds: tuple[By, By] = ("all", "centre")
    for by in kinds:
        question = Question(range_.start, range_.end, by=by, configured_only=True, as_of=as_of)
        for each in counted_groups(reader, catalogue, question):
            group = TOTAL if by == "all" else each.group or WITHOUT_CENTRE
            found[group] = Figures(each.record)
    return found


def _days(
    reader: Reader, catalogue: Catalogue, range_: Range, as_of: int | None
) -> dict[str, dict[str, int]]:
    """What the bulletins of its days count, by date."""
    question = Question(
        range_.start,
        range_.end,
        by="all",
        every_ms=EVERY["1d"],
        configured_only=True,
        as_of=as_of,
    )
    zone = ZoneInfo(catalogue.default_zone)
    return {
        f"{to_datetime(each.start, zone):%Y-%m-%d}": Figures(each.record).counts()
        for each in counted_groups(reader, catalogue, question)
    }


def _refused(reader: Reader, range_: Range, known_at: int) -> int:
    """Records of which each may be a call of the period, also those of a file that came on the day after."""
    until = Range(range_.start, range_.end + FILES_COME_WITHIN_MS)
    return sum(each.calls_at_most for each in refused_records(reader, until, known_at))


def _missing(reader: Reader, catalogue: Catalogue, period: Period, known_at: int) -> Iterator[Why]:
    """What is missing though no figure shows it."""
    zone = period.zone
    known, queues = ends(reader), catalogue.queues.values()
    if waits := uncounted(reader, period.range, appended_by=known_at):
        since = Moment(waits.since, zone, dated=True)
        yield Why("no_data", sentence("not_counted", facts=waits.facts, since=since))
    elif (
        known is None
        or not (period.start < known[1] and known[0] < period.end)
        or open_after_known(queues, known, period.end)
    ):
        yield Why("no_data", sentence("not_to_its_end"))
    elif queue := open_before(queues, period.start, known[0]):
        # It has no place to say that its first days are missing, and would be read as one of all days.
        first = Moment(known[0], zone, dated=True)
        yield Why("no_data", sentence("nothing_before", queue=queue, first=first))
    asked = Question(period.start, period.end, now=known_at)
    if (deleted := REFUSED.deleted(reader, asked)) is not None:
        until = Moment(deleted.until, zone, dated=True)
        yield Why("no_data", sentence("quarantine_deleted", before=until))
    for reads in SILENCE:  # what would be withheld for it must not be published once it is deleted
        if (gone := reads.deleted(reader, asked)) is not None:
            until = Moment(gone.until, zone, dated=True)
            yield Why("no_data", sentence("silence_not_known", before=until))
    for queue, at in silent_queues(reader, period.range):
        if queue in catalogue.queues:
            said = sentence("queue_was_silent", queue=queue, since=Moment(at, zone, dated=True))
            yield Why("source_silent", said)
    for source, at in sources_away(reader, period.range):
        said = sentence("source_was_away", source=source, since=Moment(at, zone, dated=True))
        yield Why("source_silent", said)
