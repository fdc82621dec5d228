"""Which (queue, day)s are read of quarter hours, and which of legs: never one of both, never one of none."""

import pytest
from msgspec.structs import replace

from schemas.millis import DAY, SECOND
from streams.history.rolled_up import (
    MOST_NAMED,
    QueueDay,
    RolledUp,
    built_sql,
    closed_sql,
    numbered,
    of_rolled,
    read_rolled_up,
    shape,
    unbuilt_condition,
    unbuilt_legs,
)
from streams.history.shared_reading import SharedReading
from streams.sinks.clickhouse.database import Answer

START = 20_000 * DAY
COLUMNS = ["queue", "day_s", "touched", "built", "covered", "built_shape", "n_far"]


class Notes:
    """Table `queue_days`: its marks, and what its status says of (queue, day)s that do not hold."""

    def __init__(self, marks: dict[str, int], unbuilt: list[tuple[str, int, int]] = []) -> None:  # noqa: B006
        self._marks, self._unbuilt = marks, unbuilt
        self.asked: list[str] = []

    def execute(self, sql: str) -> Answer:
        self.asked.append(sql)
        if "queue = ''" in sql:
            return Answer(["kind", "number"], list(self._marks.items()))
        rows = [(queue, day // SECOND, 2, 0, 0, "", far) for queue, day, far in self._unbuilt]
        return Answer(COLUMNS, rows)

    def close(self) -> None: ...


def test_before_the_days_of_all_legs_are_noted_all_legs_are_read() -> None:
    found = read_rolled_up(Notes({}), START, START + DAY)
    assert (found.legs_of, found.reads_legs, found.reads_quarter_hours) == (None, True, False)
    closed = read_rolled_up(Notes({"closed": START + DAY}), START, START + DAY)
    assert (closed.reads_legs, closed.reads_quarter_hours) == (True, True)


def test_questions_look_a_week_further_on_both_sides() -> None:
    notes = Notes({"surveyed": 1})
    found = read_rolled_up(notes, START + 1, START + DAY)
    assert (found.first, found.last) == (START - 7 * DAY, START + 8 * DAY)
    assert f"day >= toDateTime({found.first // SECOND})" in notes.asked[-1]


def test_legs_are_read_of_what_is_not_built() -> None:
    found = read_rolled_up(
        Notes({"surveyed": 1}, [("b", START, 0), ("a", START, 0)]), START, START + DAY
    )
    assert found.legs_of == (QueueDay(START, "a"), QueueDay(START, "b"))
    assert found.whole_days == ()
    (held, _), legs = built_sql(found), unbuilt_legs(found)
    pairs = f"('a', {START // SECOND}), ('b', {START // SECOND})"
    assert f"NOT IN ({pairs})" in held
    assert legs[-1].endswith(f" IN ({pairs})")
    assert "NOT" not in legs[-1]


def test_of_too_many_to_name_the_legs_of_their_days_are_read() -> None:
    many = [(f"q{n}", START + n % 2 * DAY, 0) for n in range(MOST_NAMED + 1)]
    found = read_rolled_up(Notes({"surveyed": 1}, many), START, START + DAY)
    assert found.whole_days == (START, START + DAY)
    days = f"{START // SECOND}, {(START + DAY) // SECOND}"
    assert f"toUInt32(day) NOT IN ({days})" in built_sql(found)[0]
    assert unbuilt_legs(found)[-1] == f"toUInt32(toStartOfDay(key_at)) IN ({days})"


@pytest.mark.parametrize(
    "unbuilt",
    [
        pytest.param([("q", START, 1)], id="an arrival further away than questions look"),
        pytest.param(
            [(f"q{n}", START + n * DAY, 0) for n in range(401)], id="more days than a query names"
        ),
    ],
)
def test_then_all_legs_are_read(unbuilt: list[tuple[str, int, int]]) -> None:
    assert read_rolled_up(Notes({"surveyed": 1}, unbuilt), START, START + DAY).legs_of is None


def test_of_deleted_legs_the_quarter_hours_hold_and_nothing_is_read_twice() -> None:
    closed = START + DAY
    of_all = RolledUp(START, START + 9 * DAY, None, closed)
    assert built_sql(of_all)[0].endswith(f"day < toDateTime({closed // SECOND})")
    assert unbuilt_legs(of_all) == [f"key_at >= toDateTime({closed // SECOND})"]
    assert f"day_s >= {closed // SECOND}" in unbuilt_condition(closed)
    assert closed_sql({"closed": closed}) == f"day < toDateTime({closed // SECOND})"
    assert closed_sql({}) == "day < toDateTime(0)"
    assert not replace(of_all, closed=0).reads_quarter_hours


def test_a_release_that_counts_otherwise_does_not_read_what_another_built() -> None:
    assert f"built_shape != '{shape()}'" in unbuilt_condition(0)
    assert len(shape()) == 16


def test_notes_by_queue_and_day() -> None:
    rows = [dict(zip(COLUMNS, ("q", START // SECOND, 7, 3, 6, "x", 0), strict=True))]
    assert numbered(rows) == {QueueDay(START, "q"): (7, 3)}


@pytest.mark.parametrize("is_of_now", [True, False])
@pytest.mark.parametrize("is_built", [True, False])
def test_where_something_is_built_meanwhile_legs_alone_say_what_was_known(
    is_of_now: bool, is_built: bool
) -> None:
    class Builds:
        held = 7

        def execute(self, sql: str) -> Answer:
            assert "kind = 'built'" in sql
            return Answer(["builds"], [(self.held,)])

        def close(self) -> None: ...

    archive = Builds()
    paper = SharedReading(archive)
    rolled = RolledUp(START, START + DAY, (), 0, True, None if is_of_now else 7)
    asked: list[RolledUp] = []

    def ask(of: RolledUp) -> str:
        asked.append(of)
        archive.held += is_built
        return "legs" if of.legs_of is None else "rolled up"

    again = is_built and not is_of_now
    assert of_rolled(paper, rolled, ask) == ("legs" if again else "rolled up")
    assert asked[0] == rolled
    assert [(each.reads_legs, each.reads_quarter_hours) for each in asked] == [
        (False, True),
        *([(True, False)] if again else []),
    ]
