"""Asks the archive what a bulletin needs: figures by centre, the days of a month, and which sources were silent."""

from collections.abc import Iterator
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from schemas.bulletin import Bulletin, BulletinRow, Withheld
from schemas.millis import DAY, MINUTE, iso, to_datetime
from streams.history.bulletin import (
    TOTAL,
    Figures,
    bulletin,
    hidden_cells,
    row,
    withheld,
)
from streams.history.catalogue import Catalogue
from streams.history.counted_groups import counted_groups
from streams.history.intervals import EVERY
from streams.history.kept import ALERTS, REACH
from streams.history.months import Range
from streams.history.open_lines import QUIET_MS, open_meanwhile
from streams.history.papers.period import period_of
from streams.history.question import By, HistoryError, Question
from streams.history.reach import ends
from streams.sinks.clickhouse.database import Reader, quoted

Length = Literal["day", "month"]
SILENT_MS = (
    5 * MINUTE
)  # a source that was away for less missed few calls, and tells them when it is back
WITHOUT_CENTRE = "other lines"
_ALERT_MS = 7 * DAY  # no alert of a silent queue lasts longer than that before its period
_MOST = 1_000


def made(
    reader: Reader,
    catalogue: Catalogue,
    length: Length,
    period: str,
    now: int,
    as_of: int | None = None,
) -> Bulletin:
    """HistoryError for a period that is none, is not over, or when nobody configured a queue. `as_of`: what was known then."""
    zone = catalogue.default_zone
    try:
        range_ = period_of(length, period, zone).range
    except ValueError as error:
        raise HistoryError(str(error)) from None
    if now < range_.end:
        raise HistoryError(f"{period} is not over: its figures would still change")
    if not catalogue.queues:
        raise HistoryError("no queue is configured, so nothing was promised")
    figures = _figures(reader, catalogue, range_, as_of)
    reasons = withheld(
        figures, (*_silent(reader, catalogue, range_), *_not_known_any_more(reader, range_))
    )
    # By centre a day would make its month hide almost everything (docs/decisions.md).
    shown = figures if length == "month" else {TOTAL: figures[TOTAL]}
    counts = {group: of.counts() for group, of in shown.items()}
    days = _days(reader, catalogue, range_, as_of) if length == "month" else {}
    gone = hidden_cells(counts, days)
    rows = [_row(catalogue, group, of, gone) for group, of in shown.items()]
    return bulletin(
        length=length, period=period, start=range_.start, end=range_.end, zone=zone, known_at=now if as_of is None else as_of, reasons=reasons,
        rows=rows,
    )  # fmt: skip


def _row(
    catalogue: Catalogue, group: str, of: Figures, gone: frozenset[tuple[str, ...]]
) -> BulletinRow:
    if group == TOTAL:
        return row(group, "All", of, gone)
    names = (t.centre_name for t in catalogue.queues.values() if t.centre == group)
    return row(group, next(filter(None, names), group), of, gone)


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


def _silent(reader: Reader, catalogue: Catalogue, range_: Range) -> Iterator[Withheld]:
    """What is missing though no figure shows it."""
    if text := not_archived(ends(reader), catalogue, range_):
        yield Withheld("no_data", text)
    for queue, at in _queues_without_calls(reader, range_):
        if queue in catalogue.queues:
            text = f"line {queue} was silent from {iso(at)} on, when calls were to be expected"
            yield Withheld("source_silent", text)
    for source, at in _away(reader, range_):
        yield Withheld("source_silent", f"source {source} told nothing from {iso(at)} on")


def not_archived(known: tuple[int, int] | None, catalogue: Catalogue, range_: Range) -> str:
    """What of the period the archive does not have; "" if nothing is missing. A bulletin has no place to say that its first days
    are missing, and would be read as one of all days.
    """
    if known is None or known[0] >= range_.end or known[1] <= range_.start:
        return "the archive has nothing of it"
    if known[1] < range_.end:
        return "the archive does not reach to the end of it"
    queues = catalogue.queues.values()
    if queue := open_meanwhile(queues, range_.start, known[0] - QUIET_MS):
        first = iso(known[0], ZoneInfo(catalogue.default_zone))
        return f"the archive has nothing before {first}, although line {queue} was open"
    return ""


def _queues_without_calls(reader: Reader, range_: Range) -> list[tuple[str, int]]:
    """By the alert rule `no_calls`: those of which people were told."""
    answer = reader.execute(
        "SELECT queue, onset_at_ms, max(ifNull(fired_at_ms, 0)) AS fired, max(ifNull(resolved_at_ms, 0)) AS over"
        " FROM alerts WHERE rule = 'no_calls'"
        f" AND onset_at_ms >= {range_.start - _ALERT_MS} AND onset_at_ms < {range_.end}"
        f" GROUP BY queue, onset_at_ms HAVING fired > 0 AND (over = 0 OR over > {range_.start})"
        f" ORDER BY onset_at_ms LIMIT {_MOST}"
    )
    return [(str(queue), int(onset)) for queue, onset, *_ in answer.rows]


def _away(reader: Reader, range_: Range) -> Iterator[tuple[str, int]]:
    """Sources whose adapter had lost its platform for `SILENT_MS` or more."""
    answer = reader.execute(
        "SELECT source, at_ms FROM events WHERE type = 'disconnected' AND feed = 'live'"
        f" AND at_ms >= {range_.start} AND at_ms < {range_.end} ORDER BY at_ms LIMIT {_MOST}"
    )
    back: dict[str, int] = {}
    for source, at in answer.rows:
        if int(at) < back.get(str(source), 0):
            continue  # it was lost again before it told anything
        after = reader.execute(
            f"SELECT min(at_ms) FROM events WHERE source = {quoted(str(source))} AND at_ms > {at}"
            " AND type NOT IN ('disconnected', 'restarted')"
        )
        again = int(after.rows[0][0] or 0) if after.rows else 0
        back[str(source)] = again or range_.end
        if not again or again - int(at) >= SILENT_MS:
            yield str(source), int(at)


def _not_known_any_more(reader: Reader, range_: Range) -> Iterator[Withheld]:
    """What says that a source was silent was deleted: what was withheld for that would be published."""
    question = Question(range_.start, range_.end)
    for reads in (REACH, replace(ALERTS, earlier_ms=_ALERT_MS)):
        if (gone := reads.deleted(reader, question)) is not None:
            text = f"whether a source was silent is not known any more: {gone.table} of before {iso(gone.until)} were deleted"
            yield Withheld("no_data", text)
