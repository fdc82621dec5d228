"""Facts of days whose calls are deleted are told; that they are found is tried on both databases."""

from schemas.millis import DAY, HOUR, from_iso
from streams.history.closed_days import TooLate, came_too_late
from streams.sinks.clickhouse.database import Answer

CLOSED = from_iso("2026-05-05T00:00:00Z")


class Archive:
    """Its marks, and what it says of closed days."""

    def __init__(self, found: tuple[int, int, int, int]) -> None:
        self._found = found
        self.asked: list[str] = []

    def execute(self, sql: str) -> Answer:
        if "GROUP BY kind" in sql:
            return Answer(["kind", "number"], [("closed", CLOSED)])
        self.asked.append(sql)
        return Answer(["queues", "days", "first", "last"], [self._found])

    def close(self) -> None: ...


def test_the_days_of_the_range_are_asked_for() -> None:
    archive = Archive((2, 3, (CLOSED - 4 * DAY) // 1000, (CLOSED - DAY) // 1000))
    found = came_too_late(archive, CLOSED - 5 * DAY + HOUR, CLOSED + DAY)
    assert found == TooLate(2, 3, CLOSED - 4 * DAY, CLOSED - DAY)
    assert f"day >= toDateTime({(CLOSED - 5 * DAY) // 1000})" in archive.asked[0]
    assert f"day <= toDateTime({CLOSED // 1000})" in archive.asked[0]


def test_days_whose_calls_are_there_are_not_asked_for() -> None:
    archive = Archive((1, 1, 0, 0))
    assert came_too_late(archive, CLOSED, CLOSED + DAY) is None
    assert archive.asked == []
    assert came_too_late(Archive((0, 0, 0, 0)), CLOSED - DAY, CLOSED) is None


def test_of_one_queue_are_the_facts_of_that_queue_alone() -> None:
    archive = Archive((1, 1, 0, 0))
    came_too_late(archive, CLOSED - DAY, CLOSED, {"gas", "it's"})
    came_too_late(archive, CLOSED - DAY, CLOSED)
    assert r"AND queue IN ('gas', 'it\'s')" in archive.asked[0]
    assert "queue IN" not in archive.asked[1]
    came_too_late(archive, CLOSED - DAY, CLOSED, set())
    assert "queue IN ('')" in archive.asked[2]  # of no queue: of none, not of all


def test_it_is_one_line() -> None:
    assert str(TooLate(1, 1, CLOSED, CLOSED)) == (
        "facts of 2026-05-05 (UTC), of 1 queue, came after the calls of these days were deleted: they are not counted"
    )
    assert "facts of 2026-05-01 to 2026-05-05 (UTC), of 2 queues," in str(
        TooLate(2, 3, CLOSED - 4 * DAY, CLOSED)
    )
