"""A bulletin of calls in both databases: counted, hidden, and withheld where something is missing."""

from collections.abc import Iterator

import pytest

from schemas.calls import Disconnected
from schemas.millis import DAY, HOUR, MINUTE, SECOND, from_iso
from schemas.quarantine import Handled, Quarantined
from streams.history.bulletin_reading import drafted
from streams.history.catalogue import read_catalogue
from streams.history.missing import refused_records
from streams.history.months import Range
from streams.history.question import HistoryError
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.deletions import MOMENTS
from streams.sinks.clickhouse.rows import event_row, handled_row, quarantine_row
from tests.integration.archive.databases import KINDS, keep, keep_legs, keep_targets, opened
from tests.support.builders import published, targets
from tests.support.recount import Recorded
from tests.support.services import ClickHouse

FIFTH = from_iso("2026-10-05T09:00:00Z")
MONTH_BEFORE = from_iso("2026-09-30T23:00:00Z")
NEXT_MONTH = from_iso("2026-11-01T00:00:00Z")
NOW = NEXT_MONTH + DAY


def calls(name: str, queue: str, outcome: str, n: int, at: int = FIFTH) -> list[Recorded]:
    return [
        Recorded(f"{name}{number}", queue, at + number * SECOND, outcome, at + (number + 8) * SECOND)
        for number in range(n)
    ]  # fmt: skip


@pytest.fixture(params=KINDS)
def archive(
    request: pytest.FixtureRequest,
    clickhouse_server: ClickHouse,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Database]:
    with opened(request.param, tmp_path_factory.mktemp("bulletin"), clickhouse_server) as database:
        keep_targets(
            database, published(targets("bursts", centre="water"), targets("pay", centre="staff"))
        )
        keep_legs(database, [
            *calls("a", "bursts", "answered", 60), *calls("b", "bursts", "abandoned", 7),
            *calls("c", "pay", "answered", 30), *calls("d", "pay", "abandoned", 2),
            *calls("e", "bursts", "answered", 1, NEXT_MONTH + HOUR),
            *calls("f", "bursts", "answered", 1, MONTH_BEFORE),
        ])  # fmt: skip
        yield database


def test_a_month_has_its_centres_without_small_counts(archive: Database) -> None:
    found = drafted(archive, read_catalogue(archive, NOW), "month", "2026-10", NOW).said()
    assert found.withheld == ()
    rows = {row.group: row for row in found.rows}
    assert (rows[""].calls, rows[""].answered) == (99, 90)
    assert "gave_up" in rows["staff"].suppressed
    # Either of them would say how many gave up at the other place.
    assert "gave_up" in rows["water"].suppressed or "gave_up" in rows[""].suppressed
    assert rows["staff"].half_waited_s == 8


def test_a_day_has_all_lines_together(archive: Database) -> None:
    (row,) = drafted(archive, read_catalogue(archive, NOW), "day", "2026-10-05", NOW).said().rows
    assert (row.group, row.calls, row.answered, row.gave_up) == ("", 99, 90, 9)


@pytest.mark.in_part
@pytest.mark.parametrize("table", ["events", "alerts"])
def test_it_is_withheld_where_nobody_knows_any_more_whether_a_source_was_lost(
    archive: Database, table: str
) -> None:
    """Without the events that said so, what was withheld before would be published."""
    assert (
        not drafted(archive, read_catalogue(archive, NOW), "month", "2026-10", NOW).said().withheld
    )
    number = (
        f"toUInt64({FIFTH}) AS number, toUInt64({NOW}) AS covers, '' AS shape, toInt64(0) AS far"
    )
    for moment in MOMENTS[table]:
        archive.execute(
            "INSERT INTO queue_days (queue, day, kind, number, covers, shape, far)"
            f" SELECT '' AS queue, toDateTime(0) AS day, 'deleted {table} {moment}' AS kind, {number}"
        )
    found = drafted(archive, read_catalogue(archive, NOW), "month", "2026-10", NOW).said()
    assert [each.reason for each in found.withheld] == ["no_data"]
    assert (found.rows, "not known any more" in found.withheld[0].text) == ((), True)
    after = NOW + 40 * DAY
    later = drafted(archive, read_catalogue(archive, after), "month", "2026-11", after).said()
    assert not any("not known any more" in each.text for each in later.withheld)


def test_it_is_withheld_where_a_source_was_lost(archive: Database) -> None:
    lost = Disconnected(event_id="m", at=FIFTH + HOUR, source="pbx", feed="live")
    keep(archive, "events", [event_row(lost, "calls-0", 1, FIFTH + HOUR)])
    found = drafted(archive, read_catalogue(archive, NOW), "month", "2026-10", NOW).said()
    assert [each.reason for each in found.withheld] == ["source_silent"]
    assert found.rows == ()


@pytest.mark.in_part
def test_a_moment_without_the_platform_withholds_nothing(archive: Database) -> None:
    lost = Disconnected(event_id="m", at=FIFTH, source="pbx", feed="live")
    back = Disconnected(event_id="n", at=FIFTH + 4 * MINUTE, source="pbx", feed="live")
    rows = [event_row(lost, "calls-0", 1, FIFTH), event_row(back, "calls-0", 2, FIFTH)]
    rows[1] = (*rows[1][:4], "queued", *rows[1][5:])
    keep(archive, "events", rows)
    found = drafted(archive, read_catalogue(archive, NOW), "month", "2026-10", NOW).said()
    assert found.withheld == ()


@pytest.mark.in_part
def test_a_period_that_is_not_over_or_not_archived_has_no_figures(archive: Database) -> None:
    known = read_catalogue(archive, NOW)
    with pytest.raises(HistoryError, match="expected a day such as"):
        drafted(archive, known, "day", "2026-10", NOW)
    with pytest.raises(HistoryError, match="is not over"):
        drafted(archive, known, "month", "2026-11", NOW)
    found = drafted(archive, known, "day", "2026-12-01", NOW + 60 * DAY).said()
    assert [each.reason for each in found.withheld] == ["no_data"]


@pytest.mark.in_part
def test_a_period_whose_beginning_is_not_archived_has_no_figures(archive: Database) -> None:
    found = drafted(archive, read_catalogue(archive, NOW), "month", "2026-09", NOW).said()
    (why,) = found.withheld
    assert (why.reason, found.rows) == ("no_data", ())
    assert why.text.startswith("The archive has nothing before Wed 30 Sep 2026 23:00")


def refused(position: int, known_at: int = FIFTH, origin: str = "calls-0") -> Quarantined:
    return Quarantined(origin, position, "not_json", "", known_at, "")


def keep_refused(archive: Database, *records: Quarantined) -> None:
    keep(archive, "quarantine", [quarantine_row(each) for each in records])


def keep_handled(archive: Database, of: Quarantined, what: str, at: int) -> None:
    handled = Handled(what, at)  # type: ignore[arg-type]
    keep(archive, "quarantine_handled", [handled_row(of, handled)])


@pytest.mark.in_part
def test_few_refused_records_are_said_and_many_withhold_it(archive: Database) -> None:
    keep_refused(archive, refused(1))
    day = drafted(archive, read_catalogue(archive, NOW), "day", "2026-10-05", NOW).said()
    assert [each.reason for each in day.withheld] == ["records_refused"]  # 1 of 99 calls
    keep_legs(archive, calls("f", "pay", "answered", 1))
    keep_refused(archive, refused(1, FIFTH + HOUR))  # the same record, refused again
    day = drafted(archive, read_catalogue(archive, NOW), "day", "2026-10-05", NOW).said()
    assert (day.withheld, day.missing_at_most, day.rows[0].calls) == ((), 5, 100)
    keep_refused(archive, refused(2, FIFTH + DAY))  # of a file of the day after
    day = drafted(archive, read_catalogue(archive, NOW), "day", "2026-10-05", NOW).said()
    assert [each.reason for each in day.withheld] == ["records_refused"]


def test_what_was_mended_or_is_no_call_is_not_missing(archive: Database) -> None:
    later = FIFTH + HOUR
    agents, mended, gone = refused(1, origin="agents-0"), refused(2), refused(3)
    before = refused(4, from_iso("2026-09-30T12:00:00Z"))
    keep_refused(archive, agents, mended, gone, before)
    keep_handled(archive, mended, "replayed", later)
    keep_handled(archive, gone, "dropped", later)
    month = drafted(archive, read_catalogue(archive, NOW), "month", "2026-10", NOW).said()
    assert (month.withheld, month.missing_at_most) == ((), 0)
    found = refused_records(archive, Range(FIFTH, NOW), NOW)
    assert [(each.records, each.dropped, each.calls_at_most) for each in found] == [(2, 1, 0)]
    as_it_was_known = refused_records(archive, Range(FIFTH, NOW), later - 1)
    assert [(each.records, each.calls_at_most) for each in as_it_was_known] == [(3, 2)]
    keep_refused(archive, refused(2, later + MINUTE), refused(3, later + 1))  # both again
    month = drafted(archive, read_catalogue(archive, NOW), "month", "2026-10", NOW).said()
    assert [each.reason for each in month.withheld] == ["records_refused"]
    keep_refused(archive, refused(2, NOW - HOUR))  # a month later sent again, and refused
    keep_handled(archive, mended, "replayed", NOW - HOUR)
    of_day = refused_records(archive, Range(FIFTH, FIFTH + HOUR), NOW)
    assert sum(each.calls_at_most for each in of_day) == 1
