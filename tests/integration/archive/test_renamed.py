"""A queue that was renamed has its past: every report counts its calls under the present id, on both databases."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from schemas.counters import Counts
from schemas.legs import LegRow
from schemas.millis import HOUR, MINUTE, SECOND, iso
from schemas.minutes import MinuteRow
from schemas.topics import version_of
from streams.history.call_figures import call_figures
from streams.history.catalogue import read_catalogue
from streams.history.question import Question
from streams.history.report import Row, answer
from streams.history.reports.corrections import corrections
from streams.history.reports.legs import REPORT as LEGS
from streams.history.reports.snapshots import minutes_as_cut, minutes_from_legs
from streams.sinks.clickhouse.database import Database
from streams.sinks.clickhouse.rows import leg_row, minute_rows
from tests.integration.archive.databases import KINDS, keep, keep_targets, opened
from tests.support.builders import MONDAY, published, targets
from tests.support.legs import leg_row_of
from tests.support.recount import Recorded
from tests.support.services import ClickHouse

NEW, OLD, OTHER = "billing", "old 'billing'", "faults"
END = MONDAY + 2 * HOUR
NINE = MONDAY + 30 * MINUTE


def leg(name: str, queue: str, at: int, wait_ms: int = 10_000) -> LegRow:
    told = Recorded(
        leg_id=name, queue=queue, arrived_at=at, outcome="answered", left_at=at + wait_ms,
        ended_at=at + wait_ms + MINUTE, wrap_ended_at=None, out_of_hours=False,
        direction="inbound", channel="voice",
    )  # fmt: skip
    return replace(leg_row_of(told, version=version_of(1, 1)), feed="live")


def cut(queue: str, at: int, waiting: int, oldest_ms: int) -> MinuteRow:
    windows = {1: Counts(offered=waiting, answer_wait_ms=5)}
    return MinuteRow(
        queue, at, 1, at, waiting=waiting, oldest_wait_ms=oldest_ms, windows=windows,
        formula="offered",
    )  # fmt: skip


@pytest.fixture(scope="module", params=KINDS)
def archive(
    request: pytest.FixtureRequest,
    clickhouse_server: ClickHouse,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Database]:
    folder = tmp_path_factory.mktemp("renamed")
    with opened(request.param, folder, clickhouse_server) as database:
        legs = [
            leg("one", OLD, NINE), leg("two", OLD, NINE + SECOND), leg("two", NEW, NINE + SECOND),
            leg("three", NEW, MONDAY + HOUR), leg("four", OTHER, NINE),
        ]  # fmt: skip
        later = replace(legs[0], version=version_of(1, 2), wait_ms=40_000, in_target=False)
        keep(database, "leg_versions", [leg_row(each) for each in [*legs, later]])
        # In the minute of the change both ids had calls.
        minutes = [cut(OLD, NINE, 2, 9_000), cut(NEW, NINE, 1, 4_000), cut(OTHER, NINE, 7, 1_000)]
        minutes.append(cut(OLD, NINE + MINUTE, 1, 3_000))
        keep(database, "minutes", [row for each in minutes for row in minute_rows(each)])
        keep_targets(database, published(targets(OLD), targets(OTHER), version=1))
        present = targets(NEW, formerly=("older", OLD), centre="city", centre_name="City")
        keep_targets(database, published(present, targets(OTHER), version=2, valid_from=MONDAY + 1))
        yield database


def figures(archive: Database, **more: str) -> dict[str, tuple[object, object]]:
    question = Question(MONDAY, END, **more)  # type: ignore[arg-type]
    rows = call_figures(archive, read_catalogue(archive, END), question)
    return {str(row["queue"]): (row["offered"], row["answered_in_target"]) for row in rows}


@pytest.mark.parametrize("basis", ["arrival", "event"])
def test_its_figures_are_those_of_all_its_ids(archive: Database, basis: str) -> None:
    assert figures(archive, basis=basis) == {NEW: (4, 3), OTHER: (1, 1)}
    assert figures(archive, basis=basis, queue=NEW) == {NEW: (4, 3)}
    assert figures(archive, basis=basis, by="centre") == {"": (1, 1), "city": (4, 3)}
    assert figures(archive, basis=basis, by="all") == {"ALL": (5, 4)}


def test_its_legs_stand_under_the_present_id(archive: Database) -> None:
    catalogue = read_catalogue(archive, END)
    found = answer(LEGS, archive, catalogue, Question(MONDAY, END, queue=NEW))
    (rows,) = found.rows
    assert [(row["queue"], row["leg_id"]) for row in rows] == [
        (NEW, "one"), (NEW, "two"), (NEW, "two"), (NEW, "three"),
    ]  # fmt: skip


def test_its_corrections_too(archive: Database) -> None:
    catalogue = read_catalogue(archive, END)
    for question in (Question(MONDAY, END, queue=NEW), Question(MONDAY, END)):
        rows = corrections(archive, catalogue, question)
        assert {(row["queue"], row["leg_id"]) for row in rows} == {(NEW, "one")}


def test_a_minute_in_which_both_ids_had_calls_is_one_minute(archive: Database) -> None:
    catalogue = read_catalogue(archive, END)
    question = Question(NINE, NINE + MINUTE, queue=NEW, window_ms=MINUTE, every_ms=MINUTE)
    rows = list(minutes_as_cut(archive, catalogue, question))
    assert [shown(row) for row in rows] == [
        (NEW, iso(NINE), 3, 9.0, 3), (NEW, iso(NINE + MINUTE), 1, 3.0, 1),
    ]  # fmt: skip
    of_legs = list(minutes_from_legs(archive, catalogue, question))
    assert [(row["queue"], row["offered"]) for row in of_legs] == [(NEW, 0), (NEW, 3)]


def shown(row: Row) -> tuple[object, ...]:
    return (row["queue"], row["at"], row["waiting"], row["oldest_wait_s"], row["offered"])
