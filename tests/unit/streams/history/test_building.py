"""The order of a build's statements, and how much a turn does; what it counts is tried on both databases."""

import re
from collections.abc import Sequence

from schemas.millis import DAY, SECOND
from streams.history import building
from streams.history.building import Progress, build_some, close_before, unbuilt
from streams.history.rolled_up import QueueDay, shape
from streams.sinks.clickhouse.database import Answer, Row

START = 20_000 * DAY  # 2024-10-04
NOW = START + 100 * DAY
STATUS = ["queue", "day_s", "touched", "built", "covered", "built_shape", "n_far"]


class Archive:
    """(queue, day)s with their legs; `log` names what was done, in order."""

    def __init__(self, days: dict[tuple[str, int], int], surveyed: bool = True) -> None:
        self.legs = days
        self.built: dict[tuple[str, int], int] = {}
        self.marks = {"surveyed": 1} if surveyed else {}
        self.log: list[str] = []

    def execute(self, sql: str) -> Answer:
        if "WHERE queue = ''" in sql:
            return Answer(["kind", "number"], list(self.marks.items()))
        if sql.startswith("INSERT INTO"):
            self.log.append(sql.split()[2])
            return Answer([], [])
        if sql.startswith("SELECT count() FROM (SELECT queue"):
            return Answer(["n"], [(len(self._open()),)])
        if sql.startswith("SELECT count() FROM legs"):
            return Answer(
                ["n"],
                [
                    (
                        sum(
                            n
                            for (_, day), n in self.legs.items()
                            if f"{day // SECOND})" in sql or "key_at < toDateTime" in sql
                        ),
                    )
                ],
            )
        if sql.startswith("SELECT queue, toUInt32(day)") and "maxIf" in sql:
            rows = [(queue, day // SECOND, 3, 0, 0, "", 0) for queue, day in self._open()]
            return Answer(STATUS, rows)
        return Answer([], [])

    def _open(self) -> list[tuple[str, int]]:
        return sorted((key for key in self.legs if key not in self.built), key=lambda key: key[1])

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        for queue, day_s, kind, number, *_ in rows:
            self.log.append(kind)
            if kind == "built":
                self.built[queue, day_s * SECOND] = number
            else:
                self.marks[kind] = number

    def close(self) -> None: ...


def test_rows_are_named_only_after_they_are_all_there() -> None:
    """Ended in between, a build is rows that nobody reads."""
    archive = Archive({("billing", START): 5})
    assert build_some(archive, NOW, NOW) == Progress(1, 0)
    assert archive.log == ["quarter_hours", "day_sums", "built"]


def test_days_are_noted_once_before_anything_is_built() -> None:
    archive = Archive({("billing", START): 5}, surveyed=False)
    build_some(archive, NOW, NOW)
    build_some(archive, NOW, NOW)
    assert archive.log == ["queue_days", "surveyed", "quarter_hours", "day_sums", "built"]


def test_a_turn_ends_when_it_has_read_its_legs_and_the_next_goes_on() -> None:
    archive = Archive({("billing", START + 31 * n * DAY): 60 for n in range(3)})
    assert build_some(archive, NOW, NOW, most_legs=100) == Progress(1, 2)
    assert build_some(archive, NOW, NOW, most_legs=100) == Progress(1, 1)
    assert build_some(archive, NOW, NOW, most_legs=1_000) == Progress(1, 0)


def test_a_turn_does_something_though_a_day_has_more_legs_than_it_may_read() -> None:
    archive = Archive({("billing", START): 1_000_000, ("cards", START + 40 * DAY): 1})
    assert build_some(archive, NOW, NOW, most_legs=10) == Progress(1, 1)


def test_a_later_build_has_a_higher_number_also_when_the_clock_went_back() -> None:
    archive = Archive({("billing", START): 1})
    build_some(archive, NOW, NOW)
    first = archive.built["billing", START]
    again = building.Unbuilt(QueueDay(START, "billing"), 4, first)
    assert building._number([again], NOW - DAY) > first
    assert first >> 20 == NOW


def test_nothing_is_closed_while_days_before_it_are_not_rolled_up() -> None:
    archive = Archive({("billing", START + 31 * n * DAY): 60 for n in range(2)})
    assert close_before(archive, NOW, START + 40 * DAY, most_legs=60).left == 1
    assert "closed" not in archive.marks
    assert close_before(archive, NOW, START + 40 * DAY - 5, most_legs=60).left == 0
    assert archive.marks["closed"] == START + 40 * DAY  # the end of the day of the cut


def test_today_and_what_another_release_counted_are_asked_for_as_such() -> None:
    asked: list[str] = []

    class Reader(Archive):
        def execute(self, sql: str) -> Answer:
            asked.append(sql)
            return super().execute(sql)

    unbuilt(Reader({("billing", START): 1}), START + DAY + 5)
    assert re.search(rf"day <= toDateTime\({START // SECOND}\)", asked[-1])  # yesterday at most
    assert shape() in asked[-1]
