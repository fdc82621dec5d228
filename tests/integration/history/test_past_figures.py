"""What /history shows is what `history` says, of the queues that its reader sees alone; on chDB and on Debian's server."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from msgspec import structs

from schemas.metrics import Metric
from schemas.millis import DAY, HOUR, from_iso
from schemas.past_figures import Figures, Groups, Part, PastAsked, PastTold
from schemas.periods import Period, period_of
from streams.history import registry
from streams.history.catalogue import read_catalogue
from streams.history.past_figures import CALLS, TREND, past_figures
from streams.history.question import Question
from streams.history.report import Row, answer
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.publication_rows import publication_row
from streams.sinks.clickhouse.rows import leg_row
from tests.integration.archive.databases import KINDS, asked_once, keep, keep_targets, opened
from tests.support.legs import leg_row_of, made_up_legs, targets_of
from tests.support.published import REPORT, publication
from tests.support.services import ClickHouse

ZONE = "Europe/Berlin"
QUEUES = ("billing", "cards", "loans")
MONTH = period_of("2026-10")  # it has the night of 25 hours
START, END = MONTH.bounds(ZONE)
NOW = END + 3 * DAY
METRICS = (
    Metric(
        "answered_share",
        "answered / offered",
        "share",
        {"en": "Answered", "id": "Terjawab"},
        goal=0.9,
    ),
    Metric("lost", "offered - answered", "legs"),
)
FORMULA = {"billing": "answered_only", "cards": "offered"}


@pytest.fixture(scope="module", params=KINDS)
def archive(
    request: pytest.FixtureRequest, clickhouse_server: ClickHouse, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:  # fmt: skip
    folder = tmp_path_factory.mktemp("past")
    with opened(request.param, folder, clickhouse_server) as database:
        legs = made_up_legs(5, START - 31 * DAY, END + DAY, [*QUEUES, "elsewhere"], 3_000)
        legs = [replace(leg, caller=f"caller-{at % 900}") for at, leg in enumerate(legs)]
        rows = [
            structs.replace(row, formula=row.formula and FORMULA.get(row.queue, row.formula))
            for row in map(leg_row_of, legs)
        ]
        keep(database, "leg_versions", [leg_row(row) for row in rows])
        late = [
            structs.replace(row, version=2, known_at=NOW - HOUR, outcome="abandoned")
            for row in rows
            if row.outcome == "answered" and START < row.arrived_at < END
        ][:40]
        keep(database, "leg_versions", [leg_row(row) for row in late])
        keep_targets(database, structs.replace(targets_of(list(QUEUES), ZONE), metrics=METRICS))
        yield database


# One test adds publications; no other one asks for those of its periods.
@asked_once
def told(
    archive: Database, part: Part, queues: tuple[str, ...] = QUEUES, *, period: Period = MONTH, by: Groups = "queue",
    clock: str = "",
) -> PastTold:  # fmt: skip
    return past_figures(archive, PastAsked(part, period, queues, by, clock), NOW)


@asked_once
def said(archive: Database, name: str, period: Period = MONTH, **asked: object) -> list[Row]:
    """The rows of a report, as the command line asks it."""
    start, end = period.bounds(ZONE)
    question = Question(start, end, now=NOW, **asked)  # type: ignore[arg-type]
    found = answer(registry.report(name), archive, read_catalogue(archive, NOW), question)
    return [row for rows in found.rows for row in rows]


def same(shown: Figures, row: Row) -> bool:
    return all(row.get(name) == value for name, value in shown.items())


def test_the_league_is_that_of_history_month(archive: Database) -> None:
    by_queue = {row["queue"]: row for row in said(archive, "month") if row.get("place_by_calls")}
    league = told(archive, "league").rows
    assert [row["queue"] for row in league] == [
        row["queue"] for row in said(archive, "month") if row.get("queue") in QUEUES
    ]
    assert all(same(row, by_queue[row["queue"]]) for row in league)
    assert all(row["sl_promised"] is not None for row in league)


def test_the_glance_is_the_sum_of_the_queues_asked_for_and_of_no_other(archive: Database) -> None:
    two = ("billing", "cards")
    (whole,) = told(archive, "glance", two).rows
    each = {row["queue"]: row for row in told(archive, "league").rows}
    for name in ("called", "promised_calls", "gave_up", "rejected"):
        assert whole[name] == sum(int(str(each[queue][name])) for queue in two)
    assert told(archive, "glance", ("billing",)).rows[0]["called"] == each["billing"]["called"]


def test_losses_are_those_of_history_losses(archive: Database) -> None:
    shown = told(archive, "glance", ("billing",)).beside
    rows = said(archive, "losses", queue="billing")
    assert len(shown) == len(rows) > 5
    assert all(same(one, other) for one, other in zip(shown, rows, strict=True))


@pytest.mark.parametrize(
    ("when", "every", "count"), [("2026-10", DAY, 31), ("2026-10-25", HOUR // 2, 50)]
)
def test_days_and_half_hours_are_those_of_history_intervals(archive: Database, when: str, every: int, count: int) -> None:  # fmt: skip
    period = period_of(when)  # the day is that of 25 hours
    shown = told(archive, "trend", ("billing",), period=period).rows
    rows = said(archive, "intervals", period, queue="billing", every_ms=every)
    assert [row["start"] for row in shown] == [row["start"] for row in rows]
    assert all(same(one, other) for one, other in zip(shown, rows, strict=True))
    assert all(set(row) == set(TREND) for row in shown)
    assert len(shown) == count


def test_a_week_in_half_hours_is_that_of_history_weekly(archive: Database) -> None:
    shown = told(archive, "weekly", ("cards",)).rows
    assert list(shown) == said(archive, "weekly", queue="cards")
    kept = said(archive, "consistency", queue="cards")
    assert sum(int(str(row["promised_calls"])) for row in shown) == kept[0]["promised_calls"]
    assert sum(int(str(row["half_hours_missed"])) for row in shown) == kept[0]["half_hours_missed"]


def test_the_months_are_those_of_history_weekly_by_month(archive: Database) -> None:
    found = told(archive, "months", ("cards",))
    since = replace_first(MONTH, date(2025, 11, 1))
    assert list(found.rows) == said(archive, "weekly-by-month", since, queue="cards")
    assert (found.start, found.end) == since.bounds(ZONE)
    of_this = [row for row in found.rows if row["month"] == "2026-10"]
    week = told(archive, "weekly", ("cards",)).rows
    assert [{name: value for name, value in row.items() if name != "month"} for row in of_this] == list(week)  # fmt: skip


def replace_first(period: Period, first: date) -> Period:
    return structs.replace(period, first=first)


def test_the_comparison_is_that_of_history_compare(archive: Database) -> None:
    assert list(told(archive, "compare", ("billing",)).rows) == said(
        archive, "compare", queue="billing"
    )


def test_metrics_are_those_of_history_metrics(archive: Database) -> None:
    shown = told(archive, "metrics", by="centre").rows
    rows = [
        *said(archive, "metrics", by="all", configured_only=True),
        *said(archive, "metrics", by="centre", configured_only=True),
    ]
    mine = {(row["metric"], row["queue"]): row for row in rows}
    assert len(shown) == len(mine) > len(METRICS)
    for each in shown:
        row = mine[each["metric"], each["queue"]]
        assert all(each[name] == value for name, value in row.items())
    assert {each["title_id"] for each in shown if each["metric"] == "answered_share"} == {
        "Terjawab"
    }
    of_one = told(archive, "metrics", ("billing",)).rows
    assert [row["value"] for row in of_one] == [
        row["value"] for row in said(archive, "metrics", queue="billing")
    ]
    later = Period("day", date(2027, 2, 1), date(2027, 2, 2))
    assert (
        told(archive, "metrics", period=later).rows == ()
    )  # nobody knows; a number of calls would be 0


def test_corrections_are_those_of_history_corrections_counted(archive: Database) -> None:
    rows = [row for row in said(archive, "corrections") if row["queue"] in {"billing", "cards"}]
    shown = told(archive, "corrections", ("billing", "cards")).rows
    assert sum(int(str(row["corrections"])) for row in shown) == len(rows) > 0


def test_the_calls_are_those_behind_the_figure(archive: Database) -> None:
    day = period_of("2026-10-25")
    for clock in ("02:00", "02:00+01:00", "11:30"):
        found = told(archive, "calls", ("billing",), period=day, clock=clock)
        trend = told(archive, "trend", ("billing",), period=day).rows
        row = next(each for each in trend if from_iso(str(each["start"])) == found.start)
        inside = [each for each in found.rows if not each["out_of_hours"]]
        assert sum(each["outcome"] != "rejected" for each in inside) == row["offered"], clock
        assert all(set(each) <= set(CALLS) for each in found.rows)
    assert told(archive, "calls", ("billing",), period=day, clock="25:00").rows == ()


def test_where_the_archive_does_not_reach_nothing_is_said_and_never_0(archive: Database) -> None:
    later = told(
        archive, "trend", ("billing",), period=Period("day", date(2027, 2, 1), date(2027, 2, 2))
    )
    assert all(row.get("offered") is None for row in later.rows)
    assert later.reaches is not None
    assert later.reaches[1] < later.start
    assert told(archive, "glance", ("nobody",)).rows == ()
    assert told(archive, "glance", ("nobody", "billing")).not_configured == ("nobody",)


@pytest.mark.in_part
@pytest.mark.parametrize("text", ["1971-01", "2024-02-29", "2105-12", "2026-W53"])
def test_every_period_that_an_address_can_have_can_be_asked(archive: Database, text: str) -> None:
    for part in ("glance", "league", "trend", "notes", "weekly", "months", "metrics", "corrections", "published"):  # fmt: skip
        assert told(archive, part, period=period_of(text)).as_of == NOW


@pytest.mark.in_part
@pytest.mark.parametrize("text", ["1971-01", "2105-12"])
@pytest.mark.parametrize("part", ["glance", "league", "weekly", "compare", "metrics"])
def test_of_a_period_of_which_nothing_is_known_no_row_says_0(
    archive: Database, part: Part, text: str
) -> None:
    assert told(archive, part, period=period_of(text)).rows == ()
    assert told(archive, part).rows != ()


def test_publications_are_those_of_the_period_and_of_what_lies_in_it(archive: Database) -> None:
    month, week = period_of("2026-10"), period_of("2026-W40")
    start, end = month.bounds("UTC")
    of_month = publication(REPORT, start=start, end=end)
    water = structs.replace(of_month, publication_id="month-2026-10-water-1", department="water")
    start, end = week.bounds("UTC")
    of_week = structs.replace(
        of_month, publication_id="week-2026-W40-1", report="week", period="2026-W40", start=start, end=end
    )  # fmt: skip
    keep(archive, "publications", [publication_row(each, NOW) for each in (of_week, water, of_month)])  # fmt: skip
    found = told(archive, "published", (), period=month).rows
    assert [each["publication"] for each in found] == ["month-2026-10-1", "month-2026-10-water-1", "week-2026-W40-1"]  # fmt: skip
    assert [each["department"] for each in found] == [None, "water", None]
    assert found[0]["digest"] == of_month.digest
    of_september = told(archive, "published", (), period=period_of("2026-09")).rows
    assert [each["publication"] for each in of_september] == ["week-2026-W40-1"]


@pytest.fixture(params=KINDS)
def abroad(
    request: pytest.FixtureRequest, clickhouse_server: ClickHouse, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:  # fmt: skip
    """Beside queues of the default zone one in another zone, whose days begin at six."""
    with opened(request.param, tmp_path_factory.mktemp("abroad"), clickhouse_server) as database:
        legs = made_up_legs(6, START - DAY, END + DAY, list(QUEUES), 1_500)
        keep(database, "leg_versions", [leg_row(leg_row_of(leg)) for leg in legs])
        targets = targets_of(list(QUEUES), ZONE)
        there = structs.replace(targets.queues[0], time_zone="Asia/Jakarta", day_start_minute=360)
        keep_targets(database, structs.replace(targets, queues=(there, *targets.queues[1:])))
        yield database


def test_the_page_of_a_queue_abroad_counts_the_calls_of_its_row_in_the_league(
    abroad: Database,
) -> None:
    queue = "billing"
    row = next(each for each in told(abroad, "league").rows if each["queue"] == queue)
    (whole,) = told(abroad, "glance", (queue,)).rows
    for name in (
        "called",
        "promised_calls",
        "gave_up",
        "rejected",
        "half_hours_missed",
        "unserved_callers",
    ):
        assert whole.get(name) == row.get(name), name
    assert int(str(whole["called"])) > 100
    for part in ("trend", "weekly"):
        rows = told(abroad, part, (queue,)).rows
        assert (
            sum(int(str(each.get("promised_calls") or 0)) for each in rows) == row["promised_calls"]
        )
    days = told(abroad, "trend", (queue,)).rows
    assert len(days) == 31
    assert all("T00:00:00+0" in str(day["start"]) for day in days)
    report = next(each for each in said(abroad, "month") if each.get("queue") == queue)
    assert report["called"] == row["called"]
    (compared, *_) = told(abroad, "compare", (queue,)).rows
    assert compared["offered_now"] == int(str(row["called"])) - int(str(row["rejected"]))
