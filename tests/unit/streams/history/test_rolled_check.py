"""What differs from its legs, by notes of which (queue, day)s hold; the comparison itself is tried on both databases."""

from collections.abc import Sequence

from schemas.millis import DAY, HOUR, SECOND
from schemas.tables import TABLES
from streams.history.rolled_check import Differing, build_again, differing
from streams.sinks.clickhouse.database import Answer, Row

START = 20_000 * DAY
STATUS = ["queue", "day_s", "touched", "built"]


class Archive:
    """Two readings of the status, and between them the comparison."""

    def __init__(
        self, before: dict[str, int], after: dict[str, int], found: list[Row], closed: int = 0
    ) -> None:
        self._statuses = [before, after]
        self._found, self._closed = found, closed
        self.compared = 0
        self.summed: list[Row] = []
        self.inserted: list[tuple[str, Sequence[str], Sequence[Row]]] = []

    def execute(self, sql: str) -> Answer:
        if "queue = ''" in sql:
            return Answer(["kind", "number"], [("surveyed", 1), ("closed", self._closed)])
        if sql.startswith("SELECT queue, max(number)"):
            return Answer(["queue", "number"], [("billing", 4)])
        if "HAVING" in sql and "sides != 2" not in sql:
            status = self._statuses.pop(0)
            return Answer(STATUS, [(queue, START // SECOND, n, 5) for queue, n in status.items()])
        self.compared += 1
        if "FROM day_sums" in sql:
            return Answer(["queue", "n"], self.summed)
        return Answer(["queue", "n"], self._found)

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        self.inserted.append((table, columns, rows))

    def close(self) -> None: ...


def test_a_queue_that_differs_is_told_with_its_quarter_hours() -> None:
    archive = Archive({"billing": 3, "cards": 3}, {"billing": 3, "cards": 3}, [("billing", 2)])
    found = differing(archive, START + 5 * HOUR)
    assert found == [Differing("billing", START, 2)]
    assert str(found[0]) == "queue billing, 2024-10-04 (UTC): 2 quarter hours"


def test_sums_of_days_that_are_not_those_of_quarter_hours_are_told() -> None:
    archive = Archive({"billing": 3, "cards": 3}, {"billing": 3, "cards": 4}, [])
    archive.summed = [("billing", 1), ("cards", 1)]
    found = differing(archive, START)
    assert found == [Differing("billing", START, 0, 1)]
    assert str(found[0]).endswith(": 0 quarter hours, 1 sums of days")


def test_a_leg_that_came_meanwhile_is_no_difference() -> None:
    archive = Archive({"billing": 3}, {"billing": 4}, [("billing", 1), ("not rolled up", 9)])
    assert differing(archive, START) == []
    gone = Archive({"billing": 3}, {}, [("billing", 1)])
    assert differing(gone, START) == []


def test_nothing_is_compared_with_legs_that_are_deleted() -> None:
    archive = Archive({"billing": 3}, {"billing": 3}, [("billing", 1)], closed=START + DAY)
    assert differing(archive, START) == []
    assert archive.compared == 0


def test_what_differs_is_touched_again_so_that_its_legs_are_read() -> None:
    archive = Archive({}, {}, [])
    build_again(archive, [Differing("billing", START, 2), Differing("new", START, 1)])
    ((table, columns, rows),) = archive.inserted
    assert (table, tuple(columns)) == ("queue_days", TABLES["queue_days"])
    assert [row[:4] for row in rows] == [
        ("billing", START // SECOND, "touched", 5),
        ("new", START // SECOND, "touched", 1),
    ]
    build_again(archive, [])
    assert len(archive.inserted) == 1
