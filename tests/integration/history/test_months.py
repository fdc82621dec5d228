"""Months, comparisons, waits and patience against a naive reader, the same on chDB and on Debian's server."""

import math
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from schemas.legs import LegRow
from schemas.millis import DAY, MINUTE, from_iso
from streams.history import registry
from streams.history.catalogue import read_catalogue
from streams.history.months import month_of
from streams.history.question import HistoryError, Question
from streams.history.report import Found, Report, Row, answer
from streams.history.reports.compare import REPORT as COMPARE
from streams.history.reports.consistency import REPORT as CONSISTENCY
from streams.history.reports.error_budget import REPORT as BUDGET
from streams.history.reports.month import REPORT as MONTH
from streams.history.reports.patience import REPORT as PATIENCE
from streams.history.reports.promises import REPORT as PROMISED
from streams.history.reports.queue_length import REPORT as LENGTHS
from streams.history.reports.waits import LIMITS_S, PERCENTILES
from streams.history.reports.waits import REPORT as WAITS
from streams.sinks.clickhouse.database import Database
from tests.integration.archive.databases import asked_once
from tests.integration.history.promised import NEVER, ROWS, SPANS, ZONE
from tests.support.promising import (
    OTHER_ZONE,
    PROMISES,
    is_judged,
    naive_half_hours,
    naive_losses,
    naive_unserved,
    tally,
)
from tests.support.recount import nearest_rank_s

MONTHS = ("2026-10", "2026-03", "2026-12", "2028-02", "2026-06")


def asked_of(month: str) -> Question:
    found = month_of(month, ZONE)
    return Question(found.start, found.end)


@asked_once
def told(promising: Database, report: Report, question: Question) -> Found:
    return answer(report, promising, read_catalogue(promising, NEVER), question)


def legs_of(group: str) -> list[LegRow]:
    return [
        leg for leg in ROWS
        if leg.queue in PROMISES and group in (leg.queue, PROMISES[leg.queue][0])
    ]  # fmt: skip


@pytest.mark.in_part
@pytest.mark.parametrize("month", MONTHS)
def test_a_month_on_one_page(promising: Database, month: str) -> None:
    question = asked_of(month)
    found = told(promising, MONTH, question)
    sentences, centres, queues, *_ = found.rows
    assert sorted(str(row["queue"]) for row in centres) == ["first", "second"]
    assert sorted(str(row["queue"]) for row in queues) == sorted(PROMISES)
    for row in (*centres, *queues):
        legs = legs_of(str(row["queue"]))
        assert_league_row(row, legs, question)
    everybody = [leg for leg in ROWS if leg.queue in PROMISES]
    assert_losses(found.rows[3], everybody, question)
    strangers = [
        leg for leg in ROWS
        if leg.queue not in PROMISES and leg.direction == "inbound"
        and question.start <= leg.arrived_at < question.end
    ]  # fmt: skip
    assert found.facts["not_configured"] == len(strangers)
    said = {str(row["sentence"]): str(row["text"]) for row in sentences}
    assert f"{len(strangers):,} legs of queues that nobody configured" in said["scope"]
    assert ("nobody_called" in said) == (month == "2026-06")


def test_of_a_month_of_which_nothing_is_known_no_row_says_0(promising: Database) -> None:
    found = answer(MONTH, promising, read_catalogue(promising, NEVER), asked_of("2019-01"))
    sentences, *tables = found.rows
    assert [row["sentence"] for row in sentences] == ["no_data_before"]
    assert [rows for rows in tables if rows] == []


def assert_league_row(row: Row, legs: list[LegRow], question: Question) -> None:
    start, end = question.start, question.end
    zone = OTHER_ZONE.get(str(row["queue"]), ZONE)
    counted, halves = tally(legs, start, end), naive_half_hours(legs, start, end, zone)
    lost = naive_losses(legs, start, end)
    steps = {step: sum(n for (name, _), n in lost.items() if name == step) for step, _ in lost}
    assert row["called"] == sum(n for step, n in steps.items() if step != "out_of_hours")
    assert (row["gave_up"], row["rejected"]) == (
        steps.get("abandoned", 0),
        steps.get("rejected", 0),
    )
    queues = {leg.queue for leg in legs}
    assert row["unserved_callers"] == naive_unserved(_near(question), queues, start, end).told
    assert row["promised_calls"] == counted.due
    if not counted.due:
        assert (row["sl_promised"], row["place"], row.get("half_hours")) == (None, None, None)
        return
    assert row["sl_promised"] == pytest.approx(counted.share, abs=1e-6)
    assert row["calls_missing"] == pytest.approx(counted.should - counted.good, abs=0.051)
    assert (row["half_hours"], row["half_hours_missed"], row["longest_run"]) == (
        halves.eligible, halves.missed, halves.run,
    )  # fmt: skip
    waits = [
        leg.wait_ms for leg in legs
        if is_judged(leg, start, end) and leg.outcome == "answered" and leg.channel == "voice"
        and leg.wait_ms is not None
    ]  # fmt: skip
    assert row["wait_p90_s"] == nearest_rank_s(waits, 90)


def _near(question: Question) -> list[LegRow]:
    return [leg for leg in ROWS if question.start - DAY < leg.arrived_at < question.end + 8 * DAY]


def assert_losses(rows: object, legs: list[LegRow], question: Question) -> None:
    assert isinstance(rows, list)
    lost = naive_losses(legs, question.start, question.end)
    expected: dict[str, int] = {}
    for (step, _), n in lost.items():
        if step != "out_of_hours":
            expected[step] = expected.get(step, 0) + n
    found = {row["step"]: row["legs"] for row in rows}
    if expected:
        assert found.pop("called") == sum(expected.values())
    assert found == expected


def test_the_worst_is_first(promising: Database) -> None:
    rows = told(promising, MONTH, asked_of("2026-10")).rows[2]
    sums = [
        sum(int(str(row[f"place_by_{figure}"])) for figure in ("calls", "half_hours", "lost"))
        for row in rows
    ]
    assert sums == sorted(sums)
    assert [row["place"] for row in rows] == [1, 2, 3, 4, 5]


def test_a_month_beside_the_month_before(promising: Database) -> None:
    """October beside September without a call and a year that nobody knows, and beside itself a year later without a call."""
    rows = told(promising, COMPARE, asked_of("2026-10")).rows[0]
    assert {str(row["against"]) for row in rows} == {
        "month before", "same month last year", "same weekdays last year",
    }  # fmt: skip
    for row in rows:
        offered = 0 if row["against"] == "month before" else None  # the archive begins in March
        assert (row["offered_then"], row.get("sl_then"), row.get("sl_says")) == (
            offered,
            None,
            None,
        )
    rows = answer(COMPARE, promising, read_catalogue(promising, NEVER), asked_of("2027-10")).rows[0]
    span = [row for row in rows if row["against"] == "same weekdays last year"]
    assert {str(row["queue"]) for row in span} == {*PROMISES, "elsewhere"}
    for row in span:
        legs = [leg for leg in ROWS if leg.queue == row["queue"]]
        start, end = from_iso(str(row["then_start"])), from_iso(str(row["then_end"]))
        assert datetime.fromtimestamp(start / 1000, ZoneInfo(ZONE)).weekday() == 4  # 1 October 2027
        expected = tally(legs, start, end)
        assert (row["offered_now"], row["offered_then"]) == (0, expected.offered)
        if expected.due:  # nobody promised anything for "elsewhere"
            assert row["sl_then"] == pytest.approx(expected.share, abs=1e-6)


@pytest.mark.parametrize(
    "report",
    [
        "summary",
        "intervals",
        "weekly",
        "weekly-by-month",
        "losses",
        "consistency",
        "compare",
        "error-budget",
    ],
)
def test_of_a_range_of_which_nothing_is_known_no_figure_is_0(
    promising: Database, report: str
) -> None:
    catalogue = read_catalogue(promising, NEVER)
    for month in ("2019-01", "2031-01"):
        question = replace(asked_of(month), every_ms=30 * MINUTE)
        with pytest.raises(
            HistoryError,
            match=r"no value: nothing is known of this range; the archive knows of 2026-03-28T2.* to 2028-03-01T",
        ):
            answer(registry.report(report), promising, catalogue, question)
    with pytest.raises(HistoryError, match=r"of this range, as of 2019-01-01T00:00:00\+01:00; the"):
        answer(
            registry.report(report), promising, catalogue,
            replace(asked_of("2026-10"), every_ms=30 * MINUTE, as_of=asked_of("2019-01").start),
        )  # fmt: skip


@pytest.mark.in_part
@pytest.mark.parametrize("span", SPANS)
def test_waits_and_patience(promising: Database, span: str) -> None:
    start, end = map(from_iso, SPANS[span])
    catalogue, question = read_catalogue(promising, NEVER), Question(start, end, by="centre")
    percentiles, distribution = answer(WAITS, promising, catalogue, question).rows
    limits = answer(PATIENCE, promising, catalogue, question).rows[0]
    for group in ("first", "second"):
        ended = [
            leg for leg in legs_of(group)
            if is_judged(leg, start, end) and leg.channel == "voice" and leg.wait_ms is not None
            and leg.outcome not in ("open", "rejected", "ghost")
        ]  # fmt: skip
        answered = [leg.wait_ms or 0 for leg in ended if leg.outcome == "answered"]
        gave_up = [leg.wait_ms or 0 for leg in ended if leg.outcome == "abandoned"]
        (row,) = [row for row in percentiles if row["queue"] == group]
        assert (row["answered"], row["gave_up"]) == (len(answered), len(gave_up))
        for percent in PERCENTILES:
            assert row[f"wait_p{percent}_s"] == nearest_rank_s(answered, percent)
            assert row[f"gave_up_p{percent}_s"] == nearest_rank_s(gave_up, percent)
        assert_distribution([row for row in distribution if row["queue"] == group], ended)
        assert_patience([row for row in limits if row["queue"] == group], ended)


def assert_distribution(rows: list[Row], ended: list[LegRow]) -> None:
    assert [row["limit_s"] for row in rows] == [*LIMITS_S, None]
    before = -1
    for row in rows:
        limit = 10**12 if row["limit_s"] is None else int(str(row["limit_s"])) * 1000
        found = [leg for leg in ended if before < (leg.wait_ms or 0) <= limit]
        assert row["answered"] == sum(leg.outcome == "answered" for leg in found)
        assert row["gave_up"] == sum(leg.outcome == "abandoned" for leg in found)
        within = sum((leg.wait_ms or 0) <= limit for leg in ended)
        assert row["share_within"] == pytest.approx(within / len(ended), abs=1e-6)
        before = limit


def assert_patience(rows: list[Row], ended: list[LegRow]) -> None:
    """Kaplan-Meier as the textbook has it: over every time at which anybody gave up."""
    waits = [(math.ceil((leg.wait_ms or 0) / 1000), leg.outcome == "abandoned") for leg in ended]
    for row in rows:
        limit, stay = int(str(row["limit_s"])), 1.0
        for second in sorted({at for at, gave_up in waits if gave_up and at <= limit}):
            at_risk = sum(at >= second for at, _ in waits)
            stay *= 1 - sum(at == second and gave_up for at, gave_up in waits) / at_risk
        if any(at >= limit for at, _ in waits):
            assert row["would_give_up"] == pytest.approx(1 - stay, abs=1e-6)
        else:
            assert row["would_give_up"] is None
        assert row["still_waiting"] == sum(at > limit for at, _ in waits)


@pytest.mark.in_part
@pytest.mark.parametrize("month", ["2026-10", "2026-03", "2026-06"])
def test_the_error_budget_and_the_register(promising: Database, month: str) -> None:
    question, catalogue = asked_of(month), read_catalogue(promising, NEVER)
    budgets = answer(BUDGET, promising, catalogue, question).rows[0]
    promises = answer(PROMISED, promising, catalogue, question).rows[0]
    assert [row["queue"] for row in promises] == sorted(PROMISES)
    for promise in promises:
        queue = str(promise["queue"])
        expected = tally(legs_of(queue), question.start, question.end)
        _, formula, within, short, goal = PROMISES[queue]
        assert (promise["formula"], promise["answer_within_s"], promise["short_abandon_s"]) == (
            formula, within / 1000, short / 1000,
        )  # fmt: skip
        assert (promise["goal"], promise["targets_versions"], promise["promised_from"]) == (
            goal,
            "1",
            None,
        )
        assert (promise["served_as_promised"], promise["promised_calls"]) == (
            expected.good,
            expected.due,
        )
        (budget,) = [row for row in budgets if row["queue"] == queue]
        if not expected.due:
            assert budget.get("misses_spent") is None
            continue
        assert budget["misses_allowed"] == pytest.approx(expected.due - expected.should, abs=0.051)
        assert budget["misses_spent"] == expected.due - expected.good
        days: dict[str, tuple[int, int]] = {}
        for leg in legs_of(queue):
            of_leg = tally([leg], question.start, question.end)
            clock = ZoneInfo(OTHER_ZONE.get(queue, ZONE))
            date = str(datetime.fromtimestamp(leg.arrived_at / 1000, clock).date())
            missed, due = days.get(date, (0, 0))
            days[date] = missed + of_leg.due - of_leg.good, due + of_leg.due
        dearest = sorted(days.items(), key=lambda each: (-each[1][0], each[0]))[:3]
        assert budget["days_that_spent_most"] == ", ".join(
            f"{date} {missed} of {due}" for date, (missed, due) in dearest if missed
        )


@pytest.mark.in_part
@pytest.mark.parametrize("span", SPANS)
def test_how_many_waited_at_once(promising: Database, span: str) -> None:
    """Looked at every 20 minutes: as many as the distribution says, within what moments in between may hide."""
    start, end = map(from_iso, SPANS[span])
    question = Question(start, end, by="centre")
    summary, distribution = answer(
        LENGTHS, promising, read_catalogue(promising, NEVER), question
    ).rows
    for group in ("first", "second"):
        waited = [
            (leg.arrived_at, end if leg.left_at is None else leg.left_at) for leg in legs_of(group)
            if is_judged(leg, start, end) and leg.outcome not in ("rejected", "ghost")
        ]  # fmt: skip
        (row,) = [row for row in summary if row["queue"] == group]
        in_range = sum(min(left, end) - arrived for arrived, left in waited)
        assert row["mean_waiting"] == pytest.approx(in_range / (end - start), abs=1e-3)
        assert row["open_h"] == (end - start) / 3_600_000
        seen = {
            sum(arrived <= at < left for arrived, left in waited)
            for at in range(start, end, 20 * 60_000)
        }
        told = {row["waiting_at_once"] for row in distribution if row["queue"] == group}
        assert seen <= told
        shares = [float(str(row["share_of_time"])) for row in distribution if row["queue"] == group]
        assert sum(shares) == pytest.approx(1, abs=1e-4)


def test_the_page_of_a_month_agrees_with_the_reports_beside_it(promising: Database) -> None:
    """The same digits, for they are the same functions."""
    question = asked_of("2026-10")
    centres = told(promising, MONTH, question).rows[1]
    compared = told(promising, COMPARE, replace(question, by="centre")).rows[0]
    halves = told(promising, CONSISTENCY, replace(question, by="centre")).rows[0]
    for row in centres:
        (change,) = [
            each for each in compared
            if each["queue"] == row["queue"] and each["against"] == "month before"
        ]  # fmt: skip
        assert (row["sl_promised"], row["sl_then"], row["sl_says"]) == (
            change["sl_now"], change["sl_then"], change["sl_says"],
        )  # fmt: skip
        (of_halves,) = [each for each in halves if each["queue"] == row["queue"]]
        for name in ("half_hours", "half_hours_missed", "longest_run", "worst_start", "worst_sl",
                     "calls_in_missed", "masking_gap", "goal"):  # fmt: skip
            assert row[name] == of_halves[name]
