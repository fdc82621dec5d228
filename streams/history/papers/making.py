"""Makes the paper of a period: asks the archive, then puts the sections together in the order in which people read them."""

from zoneinfo import ZoneInfo

from msgspec.structs import replace

from schemas.millis import iso
from streams.history.annotated import annotated
from streams.history.catalogue import Catalogue
from streams.history.month_reached import Reached, reached
from streams.history.months import Range
from streams.history.notes import notes_in
from streams.history.paper import Paper, Section
from streams.history.papers import (
    alerts_told,
    carried,
    completeness,
    league,
    own_metrics,
    planned,
    restated,
    scope,
    targets,
    trend,
    worst,
)
from streams.history.papers.asked import Asked
from streams.history.papers.carried import Carried
from streams.history.papers.league import League
from streams.history.period import Period
from streams.history.reach import ends
from streams.history.report import Row
from streams.history.sentences import Span, sentence
from streams.history.shared_reading import SharedReading
from streams.sinks.clickhouse.database import Reader

NOTHING_CARRIED = Carried()
# What page one and the tables show, in the words of the languages.
DEFINED = (
    "served", "goal", "half_hours_missed", "gave_up", "refused", "unserved", "wait_p90", "longest_run", "masking_gap",
    "calls_missing", "noise", "place", "arrival", "no_value",
)  # fmt: skip


def paper_of(
    reader: Reader, asked: Asked, version: str, carried_over: Carried = NOTHING_CARRIED
) -> Paper:
    """HistoryError or the archive's own error if it cannot be made. `version`: of the program."""
    reader = SharedReading.of(reader)
    period, length = asked.period, asked.period.length
    known = ends(reader, asked.ids)
    told_reach = reached(period.range, known, period.zone, asked.now, asked.as_of, length)
    found = League(reader, asked)
    strangers = scope.read_strangers(reader, asked)
    facts = _facts(asked, strangers, version)
    title = sentence("title", period=Span(length, period.start, period.zone))
    if not told_reach.any and not found.called:  # nobody knows whether anybody called
        only = Section("short", sentences=(*told_reach.sentences, *scope.lines(asked, 0)))
        return Paper(title, facts, (only,))
    return Paper(
        title, facts, _sections(reader, asked, found, told_reach, strangers, carried_over, known)
    )


def _sections(
    reader: Reader,
    asked: Asked,
    found: League,
    told_reach: Reached,
    strangers: list[Row],
    carried_over: Carried,
    known: tuple[int, int] | None,
) -> tuple[Section, ...]:
    period, length = asked.period, asked.period.length
    with_calls = sum(bool(each.called) for each in found.queues)
    outside = scope.section(strangers, scope.read_out_of_hours(reader, asked))
    complete = completeness.section(
        completeness.read_completeness(reader, asked, known),
        found.whole,
        league.called_in_losses(found),
        asked,
    )
    lines = (*scope.lines(asked, with_calls), *told_reach.sentences)
    head = Section("head", sentences=(*completeness.said_first(complete), *lines))
    promised = targets.section(targets.read_targets(reader, asked), asked)
    explained = Section("definitions", definitions=DEFINED)
    after = Range(asked.period.start, 2 * asked.period.end - asked.period.start)
    notes = notes_in(reader, asked.catalogue, after, asked.catalogue.queues, asked.as_of)
    actions = carried.actions(notes, asked)
    if not found.called:
        return (
            head,
            league.short(found, length),
            planned.section(notes, asked),
            actions,
            outside,
            promised,
            complete,
            explained,
        )
    own = own_metrics.read_own_metrics(reader, asked)
    explained = replace(explained, metrics=own_metrics.definitions(own))
    told = alerts_told.read_told(reader, asked)
    week = trend.week_rows(found.whole.each_half_hour if found.whole else (), asked.period.zone)
    marked = annotated(notes, asked.catalogue.queues, period.range, period.zone)
    return (
        head,
        league.short(found, length),
        league.worst_centres(found, length),
        league.hidden(found),
        trend.section(trend.read_trend(reader, asked, known), week, marked, asked),
        league.tables(found),
        own_metrics.section(own, asked),
        worst.section(found.queues, told, notes, asked),
        league.lost(found),
        alerts_told.section(told, notes, asked),
        planned.section(notes, asked),
        actions,
        restated.section(restated.read_restated(reader, asked, known), carried_over, asked),
        outside,
        promised,
        complete,
        explained,
    )


def _facts(asked: Asked, strangers: list[Row], version: str) -> Row:
    period: Period = asked.period
    known: Catalogue = asked.known
    return {
        "length": period.length,
        "period": period.text,
        "start": iso(period.start, ZoneInfo(period.zone)),
        "end": iso(period.end, ZoneInfo(period.zone)),
        "zone": period.zone,
        "department": asked.department,
        "known_at": iso(asked.known_at, ZoneInfo(period.zone)),
        "as_of": None if asked.as_of is None else iso(asked.as_of),
        "basis": "arrival",
        "queues": len(asked.catalogue.queues),
        "queues_of_others": len(known.queues) - len(asked.catalogue.queues),
        "not_configured": sum(int(str(row["calls"])) for row in strangers),
        "program_version": version,
    }
