"""Which (queue, day)s rows change, and that each note has a higher number than the one before."""

from collections.abc import Sequence

from schemas.deliveries import Withdrawal
from schemas.tables import TABLES
from streams.sinks.clickhouse.database import Answer, Row
from streams.sinks.clickhouse.rows import leg_row, withdrawal_row
from streams.sinks.clickhouse.touched_days import touch, touched_days
from tests.support.legs import leg_row_of
from tests.support.recount import Recorded

DAY_S = 86_400


class Days:
    """Table `queue_days`; `legs` are the (queue, day)s of the delivery that is asked for."""

    def __init__(self, legs: Sequence[tuple[str, int]] = ()) -> None:
        self.numbers: dict[tuple[str, int], int] = {}
        self.rows: list[Row] = []
        self._legs = list(legs)

    def execute(self, sql: str) -> Answer:
        if "FROM legs" in sql:
            return Answer(["queue", "day_s"], list(self._legs))
        return Answer([], [(*day, number) for day, number in self.numbers.items()])

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        assert (table, tuple(columns)) == ("queue_days", TABLES["queue_days"])
        for queue, day, kind, number, *_ in rows:
            assert kind == "touched"
            assert number > self.numbers.get((queue, day), 0)
            self.numbers[queue, day] = number
        self.rows += rows

    def close(self) -> None: ...


def leg(queue: str, arrived_at: int) -> Row:
    return leg_row(leg_row_of(Recorded("1", queue, arrived_at, "abandoned", arrived_at + 9)))


def test_legs_change_the_day_of_their_first_arrival_in_utc() -> None:
    rows = [leg("b", DAY_S * 1000 - 1), leg("a", DAY_S * 1000), leg("a", DAY_S * 1000 + 1)]
    assert touched_days(Days(), "leg_versions", rows) == [("a", DAY_S), ("b", 0)]


def test_legs_by_column_change_the_same_days() -> None:
    rows = [leg("b", DAY_S * 1000 - 1), leg("a", DAY_S * 1000), leg("a", 5 * DAY_S * 1000 + 1)]
    chunks = [list(zip(*rows[:2], strict=True)), list(zip(*rows[2:], strict=True))]
    assert touched_days(Days(), "leg_versions", rows[:1], chunks) == [
        ("a", DAY_S), ("a", 5 * DAY_S), ("b", 0),
    ]  # fmt: skip


def test_a_withdrawal_changes_the_days_that_its_delivery_told_of() -> None:
    row = withdrawal_row(Withdrawal("first", 5), 5)
    assert touched_days(Days([("b", 0), ("a", DAY_S)]), "withdrawals", [row]) == [
        ("a", DAY_S), ("b", 0),
    ]  # fmt: skip


def test_no_other_table_changes_what_legs_count() -> None:
    assert touched_days(Days(), "minutes", [("a", 1)]) == []


def test_each_note_has_the_next_number() -> None:
    days = Days()
    for _ in range(2):
        touch(days, [("a", 0), ("b", DAY_S)])
    touch(days, [("a", 0)])
    assert days.numbers == {("a", 0): 3, ("b", DAY_S): 2}
    touch(days, [])
    assert len(days.rows) == 5
