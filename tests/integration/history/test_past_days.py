"""What /trends shows is what `history intervals` says, on chDB and on Debian's server. Today is the day of 25 hours."""

from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from msgspec import structs

from schemas.half_hours import HalfHour, PastDay
from schemas.millis import HOUR, MINUTE, from_iso, iso
from streams.history.building import build_all
from streams.history.call_figures import call_figures
from streams.history.catalogue import read_catalogue
from streams.history.past_days import past_days
from streams.history.question import Question
from streams.history.report import Row
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.rows import leg_row
from tests.integration.archive.databases import KINDS, keep, keep_targets, opened
from tests.support.legs import leg_row_of, made_up_legs, targets_of
from tests.support.services import ClickHouse

ZONE = "Europe/Berlin"
NOW = from_iso("2026-10-25T17:40:00+01:00")
QUEUES = ["billing", "cards"]
FORMULA = {"billing": "answered_only", "cards": "offered"}
START = from_iso("2026-10-17T20:00:00+02:00")


# Roll-ups are asked on the older database.
@pytest.fixture(scope="module", params=[*KINDS, "server, rolled up"])
def archive(
    request: pytest.FixtureRequest, clickhouse_server: ClickHouse, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:  # fmt: skip
    folder = tmp_path_factory.mktemp("half_hours")
    kind, _, rolled_up = request.param.partition(", ")
    with opened(kind, folder, clickhouse_server) as database:
        legs = made_up_legs(5, START, NOW, [*QUEUES, "elsewhere"], 4_000)
        legs += [
            replace(leg, target_ms=None, short_ms=None)
            for leg in made_up_legs(6, NOW - HOUR, NOW, QUEUES, 3)
        ]
        rows = [
            structs.replace(row, formula=row.formula and FORMULA.get(row.queue, row.formula))
            for row in map(leg_row_of, legs)
        ]
        keep(database, "leg_versions", [leg_row(row) for row in rows])
        keep_targets(database, targets_of(QUEUES, ZONE))
        if rolled_up:
            assert build_all(database, NOW, NOW) > 0
        yield database


def intervals(archive: Database, day: PastDay, queue: str) -> dict[str, Row]:
    question = Question(day.halves[0].start, day.halves[-1].end, queue=queue, every_ms=30 * MINUTE)
    rows = call_figures(archive, read_catalogue(archive, NOW), question)
    return {str(row["start"]): row for row in rows}


def start_of(half: HalfHour) -> str:
    return iso(half.start, ZoneInfo(ZONE))


@pytest.mark.parametrize("queue", QUEUES)
def test_each_figure_of_a_queue_is_that_of_history_intervals(archive: Database, queue: str) -> None:
    found = past_days(archive, [queue], NOW)
    judged = 0
    for day in (found.today, found.yesterday, found.last_week):
        rows = intervals(archive, day, queue)
        assert set(rows) == {start_of(half) for half in day.halves}
        for half in day.halves:
            row = rows[start_of(half)]
            assert (half.offered, half.abandoned) == (row["offered"], row["abandoned"]), half
            level = round((half.in_time or 0) / half.n, 6) if half.n else None
            assert level == row["sl_promised"], half
            judged += level is not None
    assert judged > 100
    assert len(found.today.halves) == 38  # 25 hours less those after 18:00


def test_over_queues_it_is_served_as_each_promised(archive: Database) -> None:
    found = past_days(archive, QUEUES, NOW)
    for day in (found.today, found.last_week):
        each = [intervals(archive, day, queue) for queue in QUEUES]
        for half in day.halves:
            rows = [rows[start_of(half)] for rows in each]
            assert half.offered == sum(row["offered"] for row in rows)  # type: ignore[misc]
            if any(row["without_target"] for row in rows):
                assert half.n is None, half
                continue
            kept = [
                sum(int(row[name] or 0) for row in rows)
                for name in ("served_as_promised", "promised_calls")
            ]
            assert [half.in_time, half.n] == kept, half


def test_days_before_the_archive_are_unknown_and_not_zero(archive: Database) -> None:
    found = past_days(archive, QUEUES, NOW - 24 * HOUR)
    assert found.last_week.date == "2026-10-17"
    known = [half.clock for half in found.last_week.halves if half.offered is not None]
    assert known[0] == "20:00"
    assert found.last_week.halves[0].offered is None
