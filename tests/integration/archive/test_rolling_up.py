"""Roll-ups say what legs say, to the digit, whatever came late, was corrected, withdrawn, killed or deleted."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from schemas.deliveries import Withdrawal
from schemas.legs import LegRow
from schemas.millis import DAY, HOUR, MINUTE, from_iso
from schemas.tables import TABLES
from streams.history import building
from streams.history.building import build_all, close_before, prune, unbuilt
from streams.history.catalogue import read_catalogue
from streams.history.closed_days import came_too_late
from streams.history.counted_groups import Counted, counted_groups
from streams.history.counting_sql import counting_sql
from streams.history.intervals import EVERY, Run
from streams.history.losses import Losses, losses, losses_of, losses_sql
from streams.history.quarter_hours import COUNTERS_AND_JUDGED
from streams.history.question import HistoryError, Question
from streams.history.rolled_check import Differing, build_again, differing
from streams.history.rolled_up import read_rolled_up
from streams.history.shared_reading import SharedReading
from streams.sinks.clickhouse.database import Answer, Database, Reader, Row, UnavailableError
from streams.sinks.clickhouse.purge import purge_table, wait_until_rewritten
from streams.sinks.clickhouse.retention import delete_old
from streams.sinks.clickhouse.rows import leg_row, withdrawal_row
from tests.integration.archive.databases import KINDS, keep, keep_as_archive, keep_targets, opened
from tests.support.legs import made_up_legs
from tests.support.promising import PROMISES, promised_row, promising_targets, tally
from tests.support.services import ClickHouse

ZONE = "Europe/Berlin"
MONDAY = from_iso("2026-05-04T00:00:00+02:00")
END = MONDAY + 3 * DAY
NOW = from_iso("2026-06-01T00:00:00Z")
ROWS = [
    replace(promised_row(leg, 2), delivery=("", "first", "second")[number % 3])
    for number, leg in enumerate(
        made_up_legs(8, MONDAY - HOUR, END + HOUR, [*PROMISES, "elsewhere"], 900)
    )
]
QUESTION = Question(MONDAY, END)


@pytest.fixture(params=KINDS)
def archive(
    request: pytest.FixtureRequest, clickhouse_server: ClickHouse, tmp_path: Path
) -> Iterator[Database]:
    with opened(request.param, tmp_path, clickhouse_server) as database:
        keep_targets(database, promising_targets(ZONE))
        yield database


def tell(archive: Database, legs: Sequence[LegRow]) -> None:
    keep_as_archive(archive, "leg_versions", [leg_row(leg) for leg in legs])


def rolled(archive: Database, question: Question) -> list[Counted]:
    return counted_groups(archive, read_catalogue(archive, NOW), question)


def of_legs(archive: Database, question: Question) -> dict[str, dict[str, object]]:
    """By queue, without a look at roll-ups."""
    slots = [Run(question.start, question.end - question.start, 1)]
    sql = counting_sql(question, slots, None, former=read_catalogue(archive, NOW).former)
    return {str(row["report_group"]): row for row in archive.execute(sql).named()}


def assert_alike(archive: Database, question: Question = QUESTION) -> dict[str, int]:
    """Every figure of every queue; returns calls offered. The naive reader stands beside in `naive`."""
    found = {each.group: each.record for each in rolled(archive, question) if each.record}
    expected = of_legs(archive, question)
    assert found.keys() == expected.keys()
    for queue, record in expected.items():
        assert dict(found[queue]) == dict(record), queue
    summed = counted_groups(archive, read_catalogue(archive, NOW), question, COUNTERS_AND_JUDGED)
    for each in summed:  # by sums of days, where a question has whole ones
        record = expected.get(each.group, {})
        assert dict(each.record) == {name: record[name] for name in each.record}, each.group
        assert not record or each.record
    legs = losses_of(archive.execute(losses_sql(read_catalogue(archive, NOW), question)).named())
    assert losses(archive, read_catalogue(archive, NOW), question) == legs
    return {queue: int(str(record["n_offered"])) for queue, record in found.items()}


def naive(legs: Sequence[LegRow], question: Question = QUESTION) -> dict[str, int]:
    counted = {
        queue: tally(
            [leg for leg in legs if leg.queue == queue], question.start, question.end
        ).offered
        for queue in {leg.queue for leg in legs}
    }
    return {queue: offered for queue, offered in counted.items() if offered}


def read_of_legs(archive: Database, question: Question = QUESTION) -> int | None:
    """Of how many (queue, day)s legs are read; None: of all."""
    found = read_rolled_up(archive, question.start, question.end).legs_of
    return None if found is None else len(found)


@pytest.mark.in_part
def test_nothing_one_call_and_many_are_what_legs_say(archive: Database) -> None:
    assert assert_alike(archive) == {}
    assert read_of_legs(archive) is None  # nobody knows yet whether there are legs
    assert build_all(archive, NOW, NOW) == 0
    assert (read_of_legs(archive), assert_alike(archive)) == (0, {})
    tell(archive, ROWS[:1])
    assert (read_of_legs(archive), assert_alike(archive)) == (1, naive(ROWS[:1]))
    assert build_all(archive, NOW, NOW) == 1
    assert (read_of_legs(archive), assert_alike(archive)) == (0, naive(ROWS[:1]))
    tell(archive, ROWS)
    assert assert_alike(archive) == naive(ROWS)  # legs of unbuilt days, of no day twice
    assert build_all(archive, NOW, NOW) > 1
    assert (read_of_legs(archive), assert_alike(archive)) == (0, naive(ROWS))
    assert build_all(archive, NOW, NOW) == 0


GROUPINGS = ["queue", "centre", "all", "channel"]
INTERVALS = ["15m", "30m", "1h", "1d", None]


def _grouped(by: str, every: str | None) -> Question:
    return replace(QUESTION, by=by, every_ms=EVERY[every] if every else None)


@pytest.fixture(scope="class", params=KINDS)
def built(
    request: pytest.FixtureRequest,
    clickhouse_server: ClickHouse,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Database, dict[tuple[str, str | None], list[Counted]]]]:
    """Filled and built once, and what was told before by each grouping that this run asks for."""
    asked = [
        (by, every)
        for item in request.session.items
        for by in GROUPINGS
        for every in INTERVALS
        if isinstance(item, pytest.Function)
        and item.parent is request.node
        and item.callspec.params == {"built": request.param, "by": by, "every": every}
    ]
    with opened(request.param, tmp_path_factory.mktemp("built"), clickhouse_server) as database:
        keep_targets(database, promising_targets(ZONE))
        tell(database, ROWS)
        before = {(by, every): rolled(database, _grouped(by, every)) for by, every in asked}
        build_all(database, NOW, NOW)
        yield database, before


class TestEveryGroupingAndInterval:
    """They only read, so they share an archive: one to fill and to build for each was the most of their cost."""

    @pytest.mark.in_part
    @pytest.mark.parametrize("by", GROUPINGS)
    @pytest.mark.parametrize("every", INTERVALS)
    def test_says_what_legs_say(
        self,
        built: tuple[Database, dict[tuple[str, str | None], list[Counted]]],
        by: str,
        every: str | None,
    ) -> None:
        archive, asked_before = built
        question, before = _grouped(by, every), asked_before[by, every]
        assert read_of_legs(archive) == 0
        assert [_comparable(each) for each in rolled(archive, question)] == [
            _comparable(each) for each in before
        ]
        assert sum(int(each.record.get("n_offered", 0)) for each in before) > 0
        assert rolled(archive, replace(question, channel="callback")) != before


def _comparable(counted: Counted) -> Counted:
    """Of several targets any may be the newest, and no report says which."""
    record = dict(counted.record)
    if record.get("n_targets", 0) > 1:
        del record["newest_targets"]
    return replace(counted, record=record)


@pytest.mark.in_part
def test_a_late_and_a_corrected_leg_change_their_day_alone(archive: Database) -> None:
    tell(archive, ROWS)
    build_all(archive, NOW, NOW)
    late = replace(ROWS[0], leg_id="late", key_at=MONDAY + HOUR, arrived_at=MONDAY + HOUR)
    moved = [
        replace(leg, version=3, arrived_at=leg.arrived_at + DAY)
        for leg in ROWS
        if leg.queue == "cards" and leg.arrived_at < MONDAY + DAY
    ]
    tell(archive, [late, *moved])
    monday = Question(MONDAY, MONDAY + DAY, queue="cards")
    legs = [
        *(leg for leg in ROWS if leg.leg_id not in {each.leg_id for each in moved}),
        late,
        *moved,
    ]
    for _ in range(2):
        assert assert_alike(archive) == naive(legs)
        day = assert_alike(archive, monday)
        assert day.get("cards", 0) == naive(legs, monday).get("cards", 0)
        build_all(archive, NOW, NOW)
    assert read_of_legs(archive) == 0
    assert naive(legs, monday).get("cards", 0) < naive(ROWS, monday)["cards"]


def test_a_withdrawn_delivery_leaves_its_days_also_those_that_it_alone_told(
    archive: Database,
) -> None:
    tell(archive, ROWS)
    build_all(archive, NOW, NOW)
    row = withdrawal_row(Withdrawal("second", NOW), NOW)
    keep_as_archive(archive, "withdrawals", [row])
    left = [leg for leg in ROWS if leg.delivery != "second"]
    assert read_of_legs(archive) != 0
    assert assert_alike(archive) == naive(left)
    assert build_all(archive, NOW, NOW) > 0
    assert (read_of_legs(archive), assert_alike(archive)) == (0, naive(left))


def test_as_of_a_time_only_days_that_changed_since_are_read_from_legs(
    archive: Database,
) -> None:
    then = NOW + HOUR
    known = [replace(leg, known_at=NOW) for leg in ROWS]
    tell(archive, known)
    build_all(archive, NOW, NOW)
    late = replace(
        known[0], leg_id="late", queue="cards", key_at=MONDAY + HOUR, arrived_at=MONDAY + HOUR,
        known_at=then + 1,
    )  # fmt: skip
    first = next(leg for leg in known if leg.queue != "cards" and leg.arrived_at > MONDAY + DAY)
    changed = replace(first, version=3, outcome="rejected", known_at=then + 1)
    tell(archive, [late, changed])
    as_of = replace(QUESTION, as_of=then)
    for _ in range(2):  # also where what came since is rolled up
        found = read_rolled_up(archive, MONDAY, END, then)
        assert found.legs_of is not None
        assert {each.queue for each in found.legs_of} == {"cards", first.queue}
        assert len(found.legs_of) == 2
        assert assert_alike(archive, as_of) == naive(known)
        assert assert_alike(archive, replace(as_of, as_of=then + 1)) == naive([
            *(leg for leg in known if leg is not first), changed, late,
        ])  # fmt: skip
        assert assert_alike(archive, replace(as_of, as_of=NOW - 1)) == {}
        build_all(archive, NOW, NOW)
    assert read_of_legs(archive) == 0


@pytest.mark.in_part
def test_as_of_a_time_what_is_rolled_up_while_a_paper_is_made_does_not_count(
    archive: Database,
) -> None:
    """A paper asks once which days changed since; a late call that was rolled up after that stood in its other figures."""
    then = NOW + HOUR
    known = [replace(leg, known_at=NOW) for leg in ROWS]
    tell(archive, known)
    build_all(archive, NOW, NOW)
    as_of, paper = replace(QUESTION, as_of=then), SharedReading(archive)
    catalogue = read_catalogue(archive, NOW)
    for of in (as_of, replace(as_of, as_of=then + 2)):
        counted_groups(paper, catalogue, of, COUNTERS_AND_JUDGED)
    late = replace(
        known[0], leg_id="late", queue="cards", key_at=MONDAY + HOUR, arrived_at=MONDAY + HOUR,
        known_at=then + 1,
    )  # fmt: skip
    tell(archive, [late])
    build_all(archive, NOW, NOW)

    def offered(reader: Reader, of: Question) -> tuple[int, int]:
        found = counted_groups(reader, catalogue, replace(of, by="all"), COUNTERS_AND_JUDGED)
        lost = losses(reader, catalogue, replace(of, by="all"))
        return (
            sum(int(each.record["n_offered"]) for each in found),
            sum(each.called + each.out_of_hours for each in lost),
        )

    before, after = offered(archive, as_of), offered(archive, replace(as_of, as_of=then + 2))
    assert [n - m for n, m in zip(after, before, strict=True)] == [1, 1]
    assert offered(paper, as_of) == before
    assert offered(paper, replace(as_of, as_of=then + 2)) == after


def test_as_of_a_time_before_a_withdrawal_its_calls_are_still_there(archive: Database) -> None:
    known = [replace(leg, known_at=NOW) for leg in ROWS]
    tell(archive, known)
    keep_as_archive(archive, "withdrawals", [withdrawal_row(Withdrawal("second", NOW), NOW + 1)])
    build_all(archive, NOW, NOW)
    assert read_of_legs(archive) == 0
    left = [leg for leg in known if leg.delivery != "second"]
    assert assert_alike(archive, replace(QUESTION, as_of=NOW)) == naive(known)
    assert assert_alike(archive, replace(QUESTION, as_of=NOW + 1)) == naive(left) != naive(known)


def test_as_of_a_time_deleted_calls_are_not_told_of_by_what_was_rolled_up_since(
    archive: Database,
) -> None:
    tell(archive, ROWS)
    close_before(archive, NOW, END + DAY)
    for table in ("legs", "leg_versions"):
        purge_table(archive, table, "key_at", END + DAY, NOW)
    assert rolled(archive, QUESTION)
    for ask in (rolled, lambda *of: losses(of[0], read_catalogue(archive, NOW), of[1])):
        with pytest.raises(HistoryError, match="no value"):
            ask(archive, replace(QUESTION, as_of=NOW))


class Dying:
    """Dies at the statement or insert that has this word."""

    def __init__(self, database: Database, word: str) -> None:
        self._database = database
        self._word = word

    def execute(self, sql: str) -> Answer:
        if self._word in sql:
            raise UnavailableError("killed")
        return self._database.execute(sql)

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        if self._word == table:
            raise UnavailableError("killed")
        self._database.insert(table, columns, rows)

    def close(self) -> None: ...


@pytest.mark.in_part
@pytest.mark.parametrize(
    "word",
    ["INSERT INTO quarter_hours", "INSERT INTO day_sums", "queue_days", "SELECT DISTINCT queue"],
)
def test_after_a_kill_anywhere_nothing_is_counted_twice(archive: Database, word: str) -> None:
    tell(archive, ROWS)
    building.survey(archive)
    for later in range(2):
        with pytest.raises(UnavailableError):
            build_all(Dying(archive, word), NOW + later, NOW)
        assert assert_alike(archive) == naive(ROWS)
    build_all(archive, NOW + 2, NOW)
    assert (read_of_legs(archive), assert_alike(archive)) == (0, naive(ROWS))
    tell(archive, [replace(leg, version=3, outcome="rejected") for leg in ROWS[:50]])
    build_all(archive, NOW + 3, NOW)
    prune(archive)
    for table in ("quarter_hours", "day_sums"):
        builds = f"SELECT queue, toUInt32(day) AS day_s FROM {table} GROUP BY queue, day HAVING uniqExact(built) > 1"
        assert archive.execute(builds).rows == []
    assert_alike(archive)


def test_a_month_that_was_built_again_is_pruned_by_one_rewriting_of_each_table(
    archive: Database,
) -> None:
    """And what a build that goes on has written by then stays, also where another one is ahead of it."""
    tell(archive, ROWS)
    build_all(archive, NOW, NOW)
    tell(archive, [replace(leg, version=3) for leg in ROWS])
    build_all(archive, NOW + 2 * DAY, NOW)
    going_on = (NOW + DAY) << 20  # begun before the newest one, with a (queue, day) of its own
    of_cards = "(SELECT day, at_ms, channel FROM quarter_hours WHERE queue = 'cards')"
    for queue in ("'cards'", "'other'"):
        archive.execute(
            "INSERT INTO quarter_hours (queue, day, built, at_ms, channel)"
            f" SELECT {queue} AS queue, day, toUInt64({going_on}) AS built, at_ms, channel FROM {of_cards}"
        )
    rewritten: list[str] = []

    class Watched(Dying):
        def execute(self, sql: str) -> Answer:
            if sql.startswith("ALTER TABLE"):
                rewritten.append(sql.split()[2])
            return super().execute(sql)

    with_two = "SELECT count() FROM (SELECT queue, day FROM {} GROUP BY queue, day HAVING uniqExact(built) > 1)"
    assert int(archive.execute(with_two.format("quarter_hours")).rows[0][0]) > 2
    assert prune(Watched(archive, "never")) > 2
    assert rewritten == ["day_sums", "quarter_hours"]
    for table in ("day_sums", "quarter_hours"):
        assert int(archive.execute(with_two.format(table)).rows[0][0]) == 0
    left = f"SELECT DISTINCT queue FROM quarter_hours WHERE built = {going_on}"
    assert archive.execute(left).rows == [("other",)]
    assert assert_alike(archive) == naive(ROWS)


@pytest.mark.in_part
def test_legs_that_come_during_a_build_are_read_until_the_next(archive: Database) -> None:
    tell(archive, ROWS[:400])

    class Meanwhile(Dying):
        def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
            if rows[0][2] == "built":
                tell(archive, ROWS[400:])
            super().insert(table, columns, rows)

    building.survey(archive)
    found = unbuilt(archive, NOW)
    batch, *_ = building._batches(archive, found)
    building._build(Meanwhile(archive, "no such word"), batch.of, batch.conditions, NOW)
    assert assert_alike(archive) == naive(ROWS)
    assert build_all(archive, NOW, NOW) > 0
    assert (read_of_legs(archive), assert_alike(archive)) == (0, naive(ROWS))


def test_more_unbuilt_days_than_are_named_one_by_one(
    archive: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(archive, ROWS)
    build_all(archive, NOW, NOW)
    monkeypatch.setattr("streams.history.rolled_up.MOST_NAMED", 2)
    monkeypatch.setattr(building, "_MOST_NAMED", 2)
    monkeypatch.setattr(building, "LEGS_AT_ONCE", 100)
    again = [replace(leg, version=4) for leg in ROWS if leg.arrived_at < MONDAY + DAY]
    tell(archive, again)
    rolled_up = read_rolled_up(archive, MONDAY, END)
    assert rolled_up.whole_days == tuple(sorted({leg.key_at // DAY * DAY for leg in again}))
    assert assert_alike(archive) == naive(ROWS)
    build_all(archive, NOW, NOW)
    assert (read_of_legs(archive), assert_alike(archive)) == (0, naive(ROWS))


def test_today_is_left_to_the_legs_and_so_is_a_range_within_a_quarter_hour(
    archive: Database,
) -> None:
    tell(archive, ROWS)
    build_all(archive, NOW, MONDAY + DAY + 12 * HOUR)
    assert {each.of.day for each in unbuilt(archive, NOW)} == {
        MONDAY // DAY * DAY + n * DAY for n in (2, 3)
    }
    assert assert_alike(archive) == naive(ROWS)
    build_all(archive, NOW, NOW)
    odd = Question(MONDAY + 7 * MINUTE, END - 1)
    assert assert_alike(archive, odd) == naive(ROWS, odd)


def test_an_arrival_far_from_its_first_makes_its_days_legs(archive: Database) -> None:
    far = [replace(leg, version=3, arrived_at=leg.arrived_at + 9 * DAY) for leg in ROWS[:20]]
    tell(archive, ROWS)
    tell(archive, far)
    build_all(archive, NOW, NOW)
    for question in (
        QUESTION,
        Question(MONDAY, END + 20 * DAY),
        Question(END + 5 * DAY, END + 9 * DAY),
    ):
        assert_alike(archive, question)
    assert read_of_legs(archive) is None


def test_what_was_published_stays_when_its_legs_are_deleted(archive: Database) -> None:
    tell(archive, ROWS)
    whole = {each.group: each.record for each in rolled(archive, QUESTION)}
    lost: list[Losses] = losses(archive, read_catalogue(archive, NOW), QUESTION)
    catalogue = read_catalogue(archive, NOW)
    summed = counted_groups(archive, catalogue, QUESTION, COUNTERS_AND_JUDGED)
    cut = MONDAY + DAY + 9 * HOUR
    close_before(archive, NOW, cut)
    for table in ("legs", "leg_versions"):
        purge_table(archive, table, "key_at", cut, NOW)
    assert sum(naive(ROWS).values()) > sum(
        int(str(row["n_offered"])) for row in of_legs(archive, QUESTION).values()
    )
    late = [replace(leg, version=9, outcome="abandoned") for leg in ROWS if leg.key_at < cut]
    for _ in range(2):
        assert {each.group: each.record for each in rolled(archive, QUESTION)} == whole
        assert losses(archive, read_catalogue(archive, NOW), QUESTION) == lost
        by_days = counted_groups(archive, catalogue, QUESTION, COUNTERS_AND_JUDGED)
        assert [dict(each.record) for each in by_days] == [
            {name: each.record[name] for name in by_days[0].record}
            for each in summed
            if each.record
        ]
        build_all(archive, NOW, NOW)
        prune(archive)
        assert came_too_late(archive, MONDAY + 2 * DAY + 3 * HOUR, END) is None
        tell(archive, late)  # they came too late: their days are closed
    told = came_too_late(archive, QUESTION.start, QUESTION.end)
    assert told is not None
    for queue in {leg.queue for leg in ROWS}:
        one = came_too_late(archive, QUESTION.start, QUESTION.end, {queue})
        assert (one is not None) == any(leg.queue == queue for leg in late)
    assert came_too_late(archive, QUESTION.start, QUESTION.end, {"another"}) is None
    days = {leg.key_at // DAY * DAY for leg in late}
    assert (told.queues, told.days) == (len({leg.queue for leg in late}), len(days))
    assert (told.first, told.last) == (min(days), max(days))
    with pytest.raises(
        HistoryError, match=r"no value: calls of before 2026-05-05T0\S+ were deleted on 2026-06-01"
    ):
        rolled(archive, replace(QUESTION, basis="event"))
    assert rolled(archive, replace(QUESTION, start=MONDAY + 2 * DAY + 3 * HOUR, basis="event"))


def test_retention_deletes_no_roll_up(archive: Database) -> None:
    tell(archive, ROWS)
    build_all(archive, NOW, NOW)
    before = archive.execute("SELECT count() FROM quarter_hours").rows
    delete_old(archive, {"legs": DAY}, NOW)
    assert archive.execute("SELECT count() FROM quarter_hours").rows == before


@pytest.mark.in_part
def test_another_release_that_counts_otherwise_builds_anew(
    archive: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(archive, ROWS)
    built = build_all(archive, NOW, NOW)
    monkeypatch.setattr("streams.history.rolled_up.shape", lambda: "another")
    monkeypatch.setattr(building, "shape", lambda: "another")
    assert read_of_legs(archive) == built
    assert build_all(archive, NOW, NOW) == built
    assert (read_of_legs(archive), assert_alike(archive)) == (0, naive(ROWS))


@pytest.mark.in_part
def test_tables_of_a_former_release_are_surveyed(archive: Database) -> None:
    """Its legs came without a note of their days."""
    keep(archive, "leg_versions", [leg_row(leg) for leg in ROWS])
    assert archive.execute("SELECT count() FROM queue_days").rows == [(0,)]
    assert assert_alike(archive) == naive(ROWS)
    build_all(archive, NOW, NOW)
    assert (read_of_legs(archive), assert_alike(archive)) == (0, naive(ROWS))
    assert len(TABLES["queue_days"]) == 7


def test_views_for_other_tools_have_the_same_calls(archive: Database) -> None:
    tell(archive, ROWS)
    tell(archive, [replace(leg, version=3) for leg in ROWS[:50]])
    build_all(archive, NOW, NOW)
    legs = archive.execute("SELECT count(), uniqExact(leg_id) FROM v_legs").rows
    assert legs == [(len(ROWS), len(ROWS))]
    between = f"start >= toDateTime({MONDAY // 1000}) AND start < toDateTime({END // 1000})"
    found = archive.execute(
        "SELECT queue, sum(offered) AS calls, min(as_of_ms) FROM v_quarter_hours"
        f" WHERE {between} GROUP BY queue HAVING calls > 0"
    ).rows
    assert {str(queue): int(calls) for queue, calls, _ in found} == naive(ROWS)
    assert {int(as_of) for _, _, as_of in found} == {NOW}


def test_a_roll_up_that_is_not_what_its_legs_say_is_found_and_built_again(
    archive: Database,
) -> None:
    tell(archive, ROWS)
    assert differing(archive, MONDAY + 12 * HOUR) == []
    build_all(archive, NOW, NOW)
    day = (MONDAY + 12 * HOUR) // DAY * DAY
    assert [differing(archive, day + n * DAY) for n in range(3)] == [[], [], []]
    unnoted = replace(
        ROWS[0], leg_id="unnoted", queue="cards", key_at=day + HOUR, arrived_at=day + HOUR
    )
    keep(archive, "leg_versions", [leg_row(unnoted)])  # as nobody of ours would
    found = differing(archive, day)
    assert found == [Differing("cards", day, 1)]
    build_again(archive, found)
    assert assert_alike(archive) == naive([*ROWS, unnoted])
    assert build_all(archive, NOW + 1, NOW) == 1
    assert (differing(archive, day), read_of_legs(archive)) == ([], 0)


@pytest.mark.in_part
def test_a_sum_of_a_day_that_is_not_that_of_its_quarter_hours_is_found_and_built_again(
    archive: Database,
) -> None:
    tell(archive, ROWS)
    build_all(archive, NOW, NOW)
    day = (MONDAY + 12 * HOUR) // DAY * DAY
    of_day = f"queue = 'cards' AND day = toDateTime({day // 1000})"
    archive.execute(f"ALTER TABLE day_sums DELETE WHERE {of_day}")
    wait_until_rewritten(archive, "day_sums")
    (found,) = differing(archive, day)
    assert (found.queue, found.quarter_hours) == ("cards", 0)
    assert found.day_sums > 0
    build_again(archive, [found])
    assert assert_alike(archive) == naive(ROWS)
    assert build_all(archive, NOW + 1, NOW) == 1
    assert differing(archive, day) == []


def test_what_a_former_release_rolled_up_without_sums_of_days_is_read_by_the_quarter_hour(
    archive: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its legs are deleted, so that it is never built again."""
    tell(archive, ROWS)
    with monkeypatch.context() as former:
        for where in ("streams.history.rolled_up.shape", "streams.history.building.shape"):
            former.setattr(where, lambda: "former")
        former.setattr(building, "_add_up", lambda *_: None)
        close_before(archive, NOW, END + DAY)
    legs = assert_alike(archive)
    assert archive.execute("SELECT count() FROM day_sums").rows == [(0,)]
    for table in ("legs", "leg_versions"):
        purge_table(archive, table, "key_at", END + DAY, NOW)
    assert not read_rolled_up(archive, MONDAY, END).has_day_sums
    found = counted_groups(archive, read_catalogue(archive, NOW), QUESTION, COUNTERS_AND_JUDGED)
    assert {each.group: each.record["n_offered"] for each in found if each.record} == legs
    assert sum(legs.values()) == sum(naive(ROWS).values())


def over_months(legs: Sequence[LegRow]) -> list[LegRow]:
    """A third of them each forty days earlier: what is built at once is of one month."""
    return [
        replace(leg, key_at=leg.key_at - back, arrived_at=leg.arrived_at - back)
        for number, leg in enumerate(legs)
        for back in (40 * DAY * (number % 3),)
    ]


def test_a_large_archive_is_rolled_up_in_turns_and_questions_are_exact_between_them(
    archive: Database,
) -> None:
    """Of a release that noted no days: all is unbuilt at once, and the nightly work has more to do than that."""
    long = over_months(ROWS)
    keep(archive, "leg_versions", [leg_row(leg) for leg in long])
    whole = Question(MONDAY - 90 * DAY, END)
    before = assert_alike(archive, whole)
    left: list[int] = []
    while not left or left[-1]:
        done = building.build_some(archive, NOW + len(left), NOW, most_legs=100)
        left.append(done.left)
        assert done.built > 0
        assert assert_alike(archive, whole) == before
    assert len(left) > 2
    assert left == sorted(left, reverse=True)
    assert read_of_legs(archive, whole) == 0


@pytest.mark.in_part
def test_legs_stay_until_their_days_are_rolled_up(archive: Database) -> None:
    tell(archive, over_months(ROWS))
    cut = MONDAY + 2 * DAY
    first = close_before(archive, NOW, cut, most_legs=1)
    assert first.left > 0
    assert read_rolled_up(archive, MONDAY, END).closed == 0
    while close_before(archive, NOW, cut, most_legs=1).left:
        pass
    assert read_rolled_up(archive, MONDAY, END).closed == cut + 2 * HOUR  # the end of a day in UTC


@pytest.mark.in_part
def test_nothing_is_closed_where_no_leg_is_so_old(archive: Database) -> None:
    """Else a question about before would say that calls were deleted."""
    tell(archive, ROWS)
    close_before(archive, NOW, MONDAY - 30 * DAY)
    assert read_rolled_up(archive, MONDAY, END).closed == 0
