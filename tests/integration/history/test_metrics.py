"""User-defined metrics against a naive reader, the same on chDB and on Debian's server, of legs and of roll-ups."""

import json
import re
from fractions import Fraction
from html import unescape
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from schemas.millis import HOUR, from_iso, iso
from streams.history.catalogue import Catalogue, read_catalogue
from streams.history.intervals import EVERY, bounds
from streams.history.language import language_of
from streams.history.metrics_defined import REPORT as LIST
from streams.history.metrics_tried import REPORT as TRY
from streams.history.own_metrics import read_metrics, values
from streams.history.papers.asked import asked
from streams.history.papers.making import paper_of
from streams.history.papers.shown import shown
from streams.history.papers.writing import written
from streams.history.period import period_of
from streams.history.question import HistoryError, Question
from streams.history.report import Row, answer
from streams.history.reports.metrics import REPORT
from streams.sinks.clickhouse.database import Database
from tests.integration.archive.databases import keep_targets
from tests.integration.history.promised import KNOWN_AT, NEVER, QUEUES, ROWS, SPANS, ZONE
from tests.support.naive_metrics import METRICS, legs_of
from tests.support.promising import OTHER_ZONE, PROMISES, promising_targets

CHANGED = "2026-10-25T00:00:00+02:00"  # in the middle of the span of autumn
AGAIN = "answered_in_20_s / offered"
DEFINED = tuple(metric for metric, _ in METRICS.values())


@pytest.fixture(scope="module", autouse=True)
def defined(promising: Database) -> None:
    """Version 2 names the metrics for the first time, version 3 changes the formula of one and takes one out."""
    with pytest.raises(HistoryError, match="no metric is defined"):
        answer(REPORT, promising, catalogue_of(promising), Question(NEVER, NEVER + HOUR))
    keep_targets(
        promising,
        replace(promising_targets(ZONE, 2), valid_from=from_iso(CHANGED) - HOUR, metrics=DEFINED),
    )
    changed = [metric for metric in DEFINED if metric.name != "not_answered"]
    changed[0] = replace(changed[0], formula=AGAIN, titles={"en": "Soon"})
    keep_targets(
        promising,
        replace(
            promising_targets(ZONE, 3),
            valid_from=from_iso(CHANGED) - 60_000,
            metrics=tuple(changed),
        ),
    )


def test_of_a_range_of_which_nothing_is_known_no_metric_divides_by_0(promising: Database) -> None:
    asked = Question(from_iso("2031-01-01T00:00:00Z"), from_iso("2031-02-01T00:00:00Z"))
    for report in (REPORT, TRY):
        with pytest.raises(HistoryError, match="no value: nothing is known of this range"):
            answer(report, promising, catalogue_of(promising), replace(asked, formula="offered"))


def catalogue_of(promising: Database) -> Catalogue:
    return read_catalogue(promising, NEVER)


def rows_of(promising: Database, question: Question) -> list[Row]:
    (rows,) = answer(REPORT, promising, catalogue_of(promising), question).rows
    return list(rows)


def members(group: str, by: str) -> set[str]:
    if by == "all":
        return set(QUEUES)
    if by == "queue":
        return {group}
    return {queue for queue in QUEUES if PROMISES.get(queue, ("not configured",))[0] == group}


def expected(name: str, queues: set[str], start: int, end: int) -> Fraction | None:
    return METRICS[name][1](legs_of((row for row in ROWS if row.queue in queues), start, end))


@pytest.mark.in_part
@pytest.mark.parametrize("span", [span for span in SPANS if span != "autumn"])
@pytest.mark.parametrize("by", ["queue", "centre", "all"])
def test_every_group_is_what_a_naive_reader_counts(promising: Database, span: str, by: str) -> None:
    start, end = map(from_iso, SPANS[span])
    book = read_metrics(promising)
    held = {each.metric.name for each in book.held() if each.end is None or each.end > start}
    found = values(promising, catalogue_of(promising), Question(start, end, by=by), book)  # type: ignore[arg-type]
    if start < from_iso(CHANGED):
        assert {each.held.metric.name for each in found} == held == set(METRICS)
    has_value = 0
    for each in found:
        name = each.held.metric.name
        queues = members(each.group, by)
        counted = expected(name, queues, start, end)
        if each.held.metric.formula == AGAIN:
            legs = legs_of((row for row in ROWS if row.queue in queues), start, end)
            counted = legs.soon(20) / legs.offered
        assert each.computed.value == counted, (name, each.group)
        has_value += each.computed.value is not None
    assert has_value > 0


@pytest.mark.in_part
@pytest.mark.parametrize("every", ["30m", "1d"])
def test_every_interval_is_what_a_naive_reader_counts(promising: Database, every: str) -> None:
    start, end = map(from_iso, SPANS["spring"])
    length = EVERY[every]
    question = Question(start, end, every_ms=length)
    found = values(promising, catalogue_of(promising), question, read_metrics(promising))
    for queue in PROMISES:
        spans = [*pairwise(bounds(start, end, length, OTHER_ZONE.get(queue, ZONE)))]
        mine = {
            (each.held.metric.name, each.start, each.end): each.computed.value
            for each in found
            if each.group == queue
        }
        counted = {
            (name, *span): expected(name, {queue}, *span) for span in spans for name in METRICS
        }
        assert mine == counted
        assert any(value is not None for value in mine.values())


def test_where_a_formula_changed_each_part_has_its_own(promising: Database) -> None:
    start, end = map(from_iso, SPANS["autumn"])
    changed = from_iso(CHANGED)
    rows = rows_of(promising, Question(start, end, by="centre"))
    soon = [row for row in rows if (row["metric"], row["queue"]) == ("soon", "first")]
    assert [(row["metric_formula"], row["metric_version"], row["title"]) for row in soon] == [
        (METRICS["soon"][0].formula, 2, "Soon"),
        (AGAIN, 3, "Soon"),
    ]
    assert [from_iso(str(row["start"])) for row in soon] == [start, changed]
    assert [from_iso(str(row["until"])) for row in soon] == [changed, end]
    first = members("first", "centre")
    legs = legs_of((row for row in ROWS if row.queue in first), changed, end)
    assert soon[0]["value"] == round(float(expected("soon", first, start, changed) or 0), 6)
    assert soon[1]["value"] == round(float(legs.soon(20) / legs.offered), 6)
    assert soon[1]["divisor"] == int(legs.offered)
    (gone,) = [row for row in rows if (row["metric"], row["queue"]) == ("not_answered", "first")]
    assert from_iso(str(gone["until"])) == changed
    (kept,) = [row for row in rows if (row["metric"], row["queue"]) == ("mean_wait", "first")]
    assert (kept["metric_version"], from_iso(str(kept["until"]))) == (2, end)


def test_why_there_is_no_value(promising: Database) -> None:
    start, end = map(from_iso, SPANS["spring"])
    whole = {str(row["metric"]): row for row in rows_of(promising, Question(start, end, by="all"))}
    assert (whole["soon"]["value"], whole["soon"]["no_value"]) == (None, "without target")
    assert whole["mean_wait"]["against_goal"] in ("met", "missed")
    nobody = {
        str(row["metric"]): row
        for row in rows_of(promising, Question(start, start + 1, by="queue", queue="cards"))
    }
    assert nobody["mean_wait"]["no_value"] == "division by 0"
    assert nobody["answered_of_many"]["no_value"] == "division by 0"
    assert nobody["not_answered"]["value"] == 0
    few = rows_of(promising, Question(start, start + 15 * 60_000, by="queue", queue="billing"))
    (row,) = [row for row in few if row["metric"] == "answered_of_many"]
    assert row["no_value"] in ("no value when", "division by 0")


def test_a_paper_has_them_with_their_formulas_and_the_digits_of_history(
    promising: Database,
) -> None:
    whole = catalogue_of(promising)
    period = period_of("month", "2026-10", whole.default_zone)
    paper = paper_of(promising, asked(period, whole, None, NEVER, None), "0.1.0")
    (table,) = [table for table in paper.tables if table.part.name == "own_metrics"]
    question = Question(period.start, period.end, configured_only=True)
    of_history = [
        row for by in ("all", "centre") for row in rows_of(promising, replace(question, by=by))
    ]
    own = [{name: value for name, value in row.items() if name != "of_whom"} for row in table.rows]
    assert sorted(map(str, own)) == sorted(map(str, of_history))
    assert {row["of_whom"] for row in table.rows} == {"ALL", "First", "Second"}
    for code in ("en", "id", "ar", "zu"):
        language = language_of(code)
        page = unescape(re.sub(r"<[^>]+>", " ", written(paper, language, Path("x.html")).decode()))
        assert AGAIN in page
        assert METRICS["soon"][0].formula in page
        (definitions,) = [
            each for each in shown(paper, language).sections if each.name == "definitions"
        ]
        said = {row[0]: row[1] for row in definitions.tables[0].rows}
        assert language.formula("offered < 40") in said[language.name("answered_of_many")]
    made = json.loads(written(paper, language_of("id"), Path("x.json")))
    (rows,) = [
        t["rows"] for s in made["sections"] for t in s["tables"] if t["name"] == "own_metrics"
    ]
    assert [row["value"] for row in rows] == [row["value"] for row in table.rows]


def test_a_formula_that_is_tried_is_what_it_would_be_when_published(promising: Database) -> None:
    start, end = map(from_iso, SPANS["spring"])
    all_published = rows_of(promising, Question(start, end, by="centre"))
    for name, (metric, _) in METRICS.items():
        question = Question(
            start, end, by="centre", formula=metric.formula, no_value_when=metric.no_value_when
        )
        (rows,) = answer(TRY, promising, catalogue_of(promising), question).rows
        published = [row for row in all_published if row["metric"] == name]
        compared = ("queue", "value", "unit", "divisor", "no_value")
        assert [[row[name] for name in compared] for row in rows] == [
            [row[name] for name in compared] for row in published
        ]
        assert rows


def test_the_register_says_which_formula_held_when(promising: Database) -> None:
    (rows,) = answer(LIST, promising, catalogue_of(promising), Question(0, 0)).rows
    told = {
        (row["metric"], row["metric_version"]): (row["valid_from"], row["valid_until"])
        for row in rows
    }
    changed = iso(from_iso(CHANGED), ZoneInfo(ZONE))
    assert told == {
        ("answered_of_many", 2): (None, None),
        ("mean_wait", 2): (None, None),
        ("not_answered", 2): (None, changed),
        ("soon", 2): (None, changed),
        ("soon", 3): (changed, None),
    }
    start, end = map(from_iso, SPANS["spring"])
    with pytest.raises(HistoryError, match="no metric is defined"):  # nothing was published then
        rows_of(promising, Question(start, end, as_of=promising_targets(ZONE).published_at - 1))
    before = rows_of(promising, Question(start, end, as_of=KNOWN_AT + 1))
    assert {row["metric"] for row in before} == set(METRICS)
