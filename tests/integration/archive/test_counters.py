"""The counters of the stream and the columns that archive and history make of the same table."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.counters import COUNTERS, Counts
from schemas.millis import DAY, SECOND
from schemas.minutes import MinuteRow
from schemas.tables import TABLES
from streams.history.counting_sql import counting_sql, counts_of
from streams.history.intervals import Run
from streams.history.question import Question
from streams.sinks.clickhouse.database import Answer, Database, RefusedError, UnavailableError
from streams.sinks.clickhouse.migrate import migrate, problems
from streams.sinks.clickhouse.rows import leg_row, minute_rows
from tests.integration.archive.databases import KINDS, keep, opened
from tests.support.builders import BILLING, MONDAY, call
from tests.support.services import ClickHouse
from tests.support.story import Story

ADDED = COUNTERS[21:]  # since 0.1.0


@pytest.fixture(params=KINDS)
def archive(
    request: pytest.FixtureRequest, clickhouse_server: ClickHouse, tmp_path: Path
) -> Iterator[Database]:
    with opened(request.param, tmp_path, clickhouse_server) as database:
        yield database


def test_a_table_of_a_former_release_gets_the_counters_that_it_lacks(archive: Database) -> None:
    minute = MinuteRow(BILLING, MONDAY, 1, MONDAY, windows={30: Counts(answered=7)})
    former = [name for name in TABLES["minutes"] if name not in ADDED]
    for name in ADDED:
        archive.execute(f"ALTER TABLE minutes DROP COLUMN {name}")
    assert problems(archive) == [f"table minutes lacks {', '.join(ADDED)}"]
    (row,) = minute_rows(minute)
    archive.insert("minutes", former, [row[: len(former)]])
    assert migrate(archive) == [f"column minutes.{name}" for name in ADDED]
    assert (migrate(archive), problems(archive)) == ([], [])
    keep(archive, "minutes", minute_rows(MinuteRow(BILLING, MONDAY + 1, 2, MONDAY, windows={
        30: Counts(answered=9, callback_answered=4, callback_answer_wait_ms=5),
    })))  # fmt: skip
    asked = f"SELECT answered, {', '.join(ADDED)} FROM minutes ORDER BY at_ms"
    assert archive.execute(asked).rows == [
        (7, *(0 for _ in ADDED)),
        (9, 4, 5, *(0 for _ in ADDED[2:])),
    ]
    # The former release, still running, goes on with its own columns.
    archive.insert("minutes", former, [row[: len(former)]])


def test_a_column_that_another_process_added_meanwhile_is_no_failure(archive: Database) -> None:
    class Late:
        """Sees the columns as they were before the other one came."""

        def __init__(self) -> None:
            self.looks = 0

        def execute(self, sql: str) -> Answer:
            answer = archive.execute(sql)
            if "system.columns" in sql:
                self.looks += 1
                if self.looks == 1:
                    return answer._replace(rows=[r for r in answer.rows if r[0] not in ADDED])
            return answer

        insert = archive.insert
        close = archive.close

    assert migrate(Late()) == [f"column minutes.{name}" for name in ADDED]
    archive.execute("DROP TABLE minutes")
    with pytest.raises((RefusedError, UnavailableError), match="minutes"):
        migrate(archive)


def test_history_by_event_counts_what_the_stream_counted(archive: Database) -> None:
    """Every counter, but missed offers: a leg's row does not know when they were."""
    chance, day = random.Random(5), Story(short_abandon_ms=5 * SECOND)
    for number in range(120):
        leg, at = f"leg{number}", MONDAY + 9 * 3_600_000 + number * 7_000
        day.say(call("queued", leg, at, channel=chance.choice(["voice", "callback"])))
        at += chance.choice([0, 4_999, 20_000, 20_001, 60_000])
        left = chance.choice(["answered", "answered", "answered", "abandoned", "exited"])
        day.say(call(left, leg, at))
        if left == "answered" and chance.random() < 0.8:
            day.say(call("ended", leg, at + 30_000))
            if chance.random() < 0.5:
                day.say(call("wrap_ended", leg, at + 40_000))
        if number % 10 == 0:
            gone = call(
                "leg", f"gone{number}", at, outcome="abandoned", arrived_at=at, wait_unknown=True
            )
            day.say(gone)
    live = day.today()
    assert (
        min(
            live.callback_answered,
            live.wrap_timed,
            live.short_abandoned,
            live.abandoned_wait_unknown,
            live.callback_left - live.callback_answered,
            live.callback_answered_in_target,
            live.callback_abandoned_in_target,
            live.callback_short_abandoned,
        )
        > 0
    )
    keep(archive, "leg_versions", [leg_row(row) for row in day.legs().values()])
    for basis in ("event", "arrival"):
        question = Question(MONDAY, MONDAY + DAY, basis=basis)
        answer = archive.execute(counting_sql(question, [Run(MONDAY, DAY, 1)], None))
        (row,) = answer.named()
        found = counts_of(row)
        assert {n: getattr(found, n) for n in COUNTERS} == {n: getattr(live, n) for n in COUNTERS}
