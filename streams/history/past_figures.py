"""What the board's page of the past is told: rows of the reports of `history`, of some queues alone.

Rule 1: the catalogue is cut to the queues of the question, so that every sum is of those alone, whoever asks; everything else
is the reports' own: the same question on the command line has the same figures.
Rule 2: a period, its days and half hours are those of the default zone from midnight, of one queue as of all: else the row of a
queue in a league and its own page would count other calls. The week by half hours alone is on the queue's own clock.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from schemas.millis import MINUTE, from_iso, iso
from schemas.past_figures import Part, PastAsked, PastTold
from schemas.periods import Period
from schemas.publications import Publication
from streams.history.annotated import annotated
from streams.history.catalogue import Catalogue, read_catalogue
from streams.history.hidden_in_averages import average_hides
from streams.history.intervals import EVERY, bounds
from streams.history.kept import LEGS_BY_ITSELF, DeletedError
from streams.history.known_range import is_known
from streams.history.loss_steps import ANSWERED
from streams.history.month import GroupsMonth, months_groups
from streams.history.months import Range
from streams.history.notes import notes_in
from streams.history.own_metrics import Value, read_metrics, row_of, values
from streams.history.past_days import clock_text
from streams.history.publications import read_publications
from streams.history.question import By, Question
from streams.history.reach import Reach, ends, of_legs
from streams.history.report import Row, answer
from streams.history.reports.compare import compare_rows
from streams.history.reports.corrections import REPORT as CORRECTIONS
from streams.history.reports.intervals import begun_intervals
from streams.history.reports.legs import REPORT as LEGS
from streams.history.reports.losses import rows_of as loss_rows
from streams.history.reports.month import league_row
from streams.history.reports.weekly import weekly_rows
from streams.history.reports.weekly_by_month import weekly_by_month
from streams.sinks.clickhouse.database import Reader

MOST_CALLS = 500
MONTHS = 12
# Of `intervals`, which has some ninety columns: what the page shows.
TREND = (
    "start", "offered", "answered", "abandoned", "rejected", "promised_calls", "served_as_promised", "sl_promised",
    "goal", "against_goal", "abandonment_ab2", "wait_p90_s",
)  # fmt: skip
_COUNTED = ("offered", "rejected")
# Of `legs`: no column that names an agent, and none that a person may have typed.
CALLS = (
    "arrived_at", "leg_id", "caller", "channel", "outcome", "reason", "wait_ms", "in_target", "short", "out_of_hours",
    "missed_offers", "talk_hold_ms",
)  # fmt: skip


class _Asked(Struct, frozen=True):
    """`catalogue` has only the queues of the question; `queue` is set where it is one."""

    reader: Reader
    of: PastAsked
    catalogue: Catalogue
    queue: str | None
    zone: str
    now: int

    def question(self, period: Period) -> Question:
        start, end = period.bounds(self.zone)
        by: By = "all" if self.queue is None else "queue"
        return Question(
            start, end, by=by, queue=self.queue, configured_only=True, now=self.now
        )  # fmt: skip


def past_figures(reader: Reader, asked: PastAsked, now: int) -> PastTold:
    """UnavailableError or RefusedError if the archive cannot say it."""
    whole = read_catalogue(reader, now)
    known = {queue: whole.queues[queue] for queue in asked.queues if queue in whole.queues}
    catalogue = Catalogue(whole.default_zone, known)
    queue = next(iter(known)) if len(asked.queues) == 1 and known else None
    given = _Asked(reader, asked, catalogue, queue, catalogue.default_zone, now)
    start, end = asked.period.bounds(given.zone)
    told = PastTold(
        now, given.zone, start, end, ends(reader),
        not_configured=tuple(each for each in asked.queues if each not in known),
    )  # fmt: skip
    deleted = LEGS_BY_ITSELF.deleted(reader, given.question(asked.period))
    if deleted is not None:
        told = replace(told, deleted_until=deleted.until, deleted_at=deleted.at)
    if not (known or asked.part == "published"):
        return told
    asked_of = given.question(asked.period)
    if asked.part in _COUNTING and not is_known(reader, catalogue, asked_of, told.reaches):
        return told
    try:
        return _PARTS[asked.part](given, told)
    except DeletedError as error:
        return replace(told, deleted_until=error.deleted.until, deleted_at=error.deleted.at)


def _glance(asked: _Asked, told: PastTold) -> PastTold:
    found = _groups(asked, asked.question(asked.of.period))
    if not found:
        return told
    (whole,) = found
    hides = average_hides(whole.group, whole.half_hours, whole.zone) if whole.judged else None
    row = league_row(whole) | _answered(whole) | {"average_hides": int(hides is not None)}
    lost = loss_rows(whole.losses) if whole.losses else []
    return replace(told, rows=(row,), beside=tuple(lost))


def _answered(of: GroupsMonth) -> Row:
    """What the sentence of a month says beside its league."""
    if of.losses is None:
        return {}
    return {"answered": of.losses.legs(*ANSWERED), "hung_up": of.losses.gave_up}


def _league(asked: _Asked, told: PastTold) -> PastTold:
    question = replace(asked.question(asked.of.period), by=asked.of.by)
    return replace(told, rows=tuple(map(league_row, _groups(asked, question))))


def _groups(asked: _Asked, question: Question) -> list[GroupsMonth]:
    before = Range(*asked.of.period.before().bounds(asked.zone))
    return months_groups(asked.reader, asked.catalogue, question, question.by, before)


def _trend(asked: _Asked, told: PastTold) -> PastTold:
    """A row a day, of a day a row a half hour; beside them those of 364 days before, where the archive has any."""
    reach = of_legs(asked.reader)
    rows, before = (
        _intervals(asked, asked.question(period), reach)
        for period in (asked.of.period, asked.of.period.year_ago())
    )
    has_before = any(row.get("offered") for row in before)
    return replace(told, rows=tuple(rows), beside=tuple(before) if has_before else ())


def _intervals(asked: _Asked, question: Question, reach: Reach) -> list[Row]:
    every = EVERY["30m" if asked.of.period.kind == "day" else "1d"]
    question = replace(question, every_ms=every, by="all", queue=None)
    found = begun_intervals(asked.reader, asked.catalogue, question)
    points = bounds(question.start, question.end, every, asked.zone)
    until = dict(pairwise(points))
    return [_told_of({name: row.get(name) for name in TREND}, until, reach) for row in found]


def _told_of(row: Row, until: Mapping[int, int], reach: Reach) -> Row:
    """Nobody knows whether anybody called where the archive does not reach: no value, never 0."""
    start = from_iso(str(row["start"]))
    minutes = range(start // MINUTE * MINUTE, until.get(start, start + MINUTE), 30 * MINUTE)
    if any(row[name] for name in _COUNTED) or any(at in reach for at in minutes):
        return row
    return {"start": row["start"]}


def _weekly(asked: _Asked, told: PastTold) -> PastTold:
    question = asked.question(asked.of.period)
    return replace(told, rows=tuple(weekly_rows(asked.reader, asked.catalogue, question)))


def _notes(asked: _Asked, told: PastTold) -> PastTold:
    known, range_ = asked.catalogue.queues, Range(told.start, told.end)
    found = notes_in(asked.reader, asked.catalogue, range_, known)
    return replace(
        told, rows=tuple(annotated(found, known, range_, asked.zone)), deleted_until=None
    )


def _months(asked: _Asked, told: PastTold) -> PastTold:
    """The twelve months up to this one, of one queue on its own clock, as its week: another clock would cut a month in two."""
    zone = asked.zone if asked.queue is None else asked.catalogue.queues[asked.queue].time_zone
    first, _ = asked.of.period.months_before(MONTHS - 1).bounds(zone)
    _, end = asked.of.period.bounds(zone)
    whole = replace(asked.question(asked.of.period), start=first, end=end)
    found = weekly_by_month(asked.reader, asked.catalogue, whole)
    return replace(told, start=first, end=end, rows=tuple(found))


def _compare(asked: _Asked, told: PastTold) -> PastTold:
    question = replace(asked.question(asked.of.period), queue=None)  # of its queue alone anyway
    return replace(told, rows=tuple(compare_rows(asked.reader, asked.catalogue, question)))


def _metrics(asked: _Asked, told: PastTold) -> PastTold:
    """Of everything together, then of each group that anybody called."""
    book = read_metrics(asked.reader)
    if not book.held():
        return told
    question = asked.question(asked.of.period)
    whole = [
        _metric_row(each) | {"is_whole": 1}
        for each in values(asked.reader, asked.catalogue, question, book)
    ]
    if asked.queue is not None:
        return replace(told, rows=tuple(whole))
    by = replace(question, by=asked.of.by)
    found = values(asked.reader, asked.catalogue, by, book)
    parts = [_metric_row(each) for each in found if not each.is_empty]
    rows = sorted((*whole, *parts), key=lambda row: (str(row["metric"]), str(row["start"])))
    return replace(told, rows=tuple(rows))


def _metric_row(of: Value) -> Row:
    """With its title in each language: the page knows its reader's, the archive does not."""
    titles = of.held.metric.titles
    return row_of(of) | {f"title_{language}": title for language, title in titles.items()}


def _corrections(asked: _Asked, told: PastTold) -> PastTold:
    """How many, by column and cause: which calls they were is for those who may see single calls."""
    question = asked.question(asked.of.period)
    (found,) = answer(CORRECTIONS, asked.reader, asked.catalogue, question).rows
    mine = [row for row in found if row["queue"] in asked.catalogue.queues]
    return replace(told, rows=tuple(summed_corrections(mine)))


def summed_corrections(rows: Iterable[Row]) -> list[Row]:
    """One row a column and cause, the most corrections first; `known_at` is of the newest of them."""
    counted: Counter[tuple[str, str]] = Counter()
    newest: dict[tuple[str, str], str] = {}
    legs: dict[tuple[str, str], set[tuple[object, object]]] = {}
    for row in rows:
        key = str(row["column"]), str(row["cause"])
        counted[key] += 1
        legs.setdefault(key, set()).add((row["queue"], row["leg_id"]))
        newest[key] = max(newest.get(key, ""), str(row["known_at"]))
    return [
        {"column": key[0], "cause": key[1], "corrections": n, "legs": len(legs[key]), "known_at": newest[key]}
        for key, n in sorted(counted.items(), key=lambda each: (-each[1], each[0]))
    ]  # fmt: skip


def _published(asked: _Asked, told: PastTold) -> PastTold:
    """Those of the period and of its weeks and days, the longest first; of a week that lies in two months in both.

    All of them: whoever cut here would leave out those of one department for the sake of others that its reader does not see.
    """
    found = read_publications(asked.reader, Range(told.start, told.end))
    rows = [published_row(each, asked.zone) for each in sorted(found, key=_longest_first)]
    return replace(told, rows=tuple(rows), deleted_until=None)


def _longest_first(of: Publication) -> tuple[int, int, str, str, int]:
    return of.start - of.end, of.start, of.report, of.department, of.edition


def published_row(of: Publication, zone: str) -> Row:
    return {
        "publication": of.publication_id,
        "report": of.report,
        "period": of.period,
        "department": of.department or None,
        "edition": of.edition,
        "published_at": iso(of.published_at, ZoneInfo(zone)),
        "who": of.who,
        "digest": of.digest,
    }


def _calls(asked: _Asked, told: PastTold) -> PastTold:
    """The inbound calls that arrived in one half hour of one queue, by their tokens."""
    question = asked.question(asked.of.period)
    points = bounds(question.start, question.end, EVERY["30m"], asked.zone)
    span = [
        (start, end) for start, end in pairwise(points) if clock_text(start, asked.zone) == asked.of.clock
    ]  # fmt: skip
    if asked.queue is None or not span:
        return told
    asked_for = replace(question, start=span[0][0], end=span[0][1])
    found = [
        row for row in answer(LEGS, asked.reader, asked.catalogue, asked_for).rows[0]
        if row["direction"] == "inbound"
    ]  # fmt: skip
    shown = tuple({name: row.get(name) for name in CALLS} for row in found[:MOST_CALLS])
    return replace(told, start=asked_for.start, end=asked_for.end, rows=shown, more=max(0, len(found) - MOST_CALLS))  # fmt: skip


# Of a range of which nothing is known they would say 0: they have no rows.
_COUNTING: frozenset[Part] = frozenset({"glance", "league", "weekly", "compare", "metrics"})
_PARTS: Mapping[Part, Callable[[_Asked, PastTold], PastTold]] = {
    "glance": _glance,
    "league": _league,
    "trend": _trend,
    "notes": _notes,
    "weekly": _weekly,
    "months": _months,
    "compare": _compare,
    "metrics": _metrics,
    "corrections": _corrections,
    "published": _published,
    "calls": _calls,
}
