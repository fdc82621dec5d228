"""One cell: who is one caller, and how fast is too fast. Figures are those of a simulation by other code."""

from random import Random

import msgspec
import pytest

from schemas.millis import DAY, HOUR, MINUTE, SECOND
from streams.core import incident_cell
from streams.core.alerting import Progress
from streams.core.incident_baseline import OwnCalls
from streams.core.incident_cell import LIMIT, Cell
from tests.support.builders import MONDAY
from tests.support.reporting import NO_WATER, report

NINE = MONDAY + 9 * HOUR


def cell(*calls: tuple[str, int]) -> Cell:
    """Calls as (caller, minutes after nine)."""
    made = Cell("burst pipe", "ward-12")
    for caller, minutes in calls:
        made.add(report(caller, NINE + minutes * MINUTE))
    return made


def test_five_callers_in_a_few_minutes_are_over_the_limit_and_four_are_not() -> None:
    five = cell(("a", 0), ("b", 3), ("c", 5), ("d", 9), ("e", 11))
    burst = five.burst(0.3, NINE + 11 * MINUTE)
    assert burst.level >= LIMIT
    assert (burst.callers, burst.since) == (5, NINE)
    four = cell(("a", 0), ("b", 3), ("c", 5), ("d", 9))
    assert four.burst(0.3, NINE + 9 * MINUTE).level < LIMIT


def test_five_callers_in_five_hours_are_chance() -> None:
    slow = cell(*((name, 60 * n) for n, name in enumerate("abcde")))
    assert slow.burst(0.3, NINE + 4 * HOUR).callers == 1


def test_the_level_falls_with_time_and_then_the_burst_is_over() -> None:
    made = cell(("a", 0), ("b", 1))
    now, later = made.burst(0.3, NINE + MINUTE), made.burst(0.3, NINE + 20 * MINUTE)
    assert now.level > later.level > 0
    assert made.burst(0.3, NINE + 3 * HOUR) == (0.0, NINE + 3 * HOUR, 0)


def test_the_more_is_ordinary_the_more_callers_it_takes() -> None:
    def callers_for(rate: float) -> int:
        made = Cell("leak", "ward-1")
        for number in range(100):
            made.add(report(str(number), NINE + number * 1000))
            if made.burst(rate, NINE + number * 1000).level >= LIMIT:
                return number + 1
        return 100

    found = [callers_for(rate) for rate in (0.05, 0.3, 1, 5, 20, 60)]
    assert found == sorted(found)
    assert found == [3, 3, 4, 4, 6, 9]


def test_a_fast_burst_needs_five_callers_where_many_calls_are_ordinary() -> None:
    """Three a minute where 2.75 an hour are ordinary; a slow sum alone, that for 11 an hour, would need nine."""
    five = cell(*((name, 0) for name in "abcde"))
    five.calls = [  # 20 s apart
        msgspec.structs.replace(each, at=NINE + 20 * SECOND * number)
        for number, each in enumerate(five.calls)
    ]
    burst = five.burst(2.75, NINE + 80 * SECOND)
    assert (burst.level >= LIMIT, burst.callers, burst.since) == (True, 5, NINE)
    slow = cell(*((name, 2 * number) for number, name in enumerate("abcde")))
    assert slow.burst(2.75, NINE + 8 * MINUTE).level < LIMIT


def test_the_first_caller_counts_nothing() -> None:
    assert cell(("a", 0)).burst(0.3, NINE).level == 0


def alarms_an_hour(rate: float, hours: int) -> float:
    """Of one cell, with five callers at least."""
    draw, alarms, made, now = Random("false alarms"), 0, cell(), 0.0
    while (now := now + draw.expovariate(rate)) < hours:
        at = NINE + int(now * HOUR)
        made.add(report(f"{now}", at))
        made.calls = made.calls[-25:]  # as many as the level can depend on at such a rate
        burst = made.burst(rate, at)
        if burst.level >= LIMIT and burst.callers >= 5:
            alarms += 1
            made.calls.clear()
    return alarms / hours


def test_false_alarms_of_cells_with_few_and_with_many_ordinary_calls() -> None:
    """About 0.4 a week in 600 cells day and night, and 0.17 in 160 cells in opening hours: not ten times as many."""
    assert alarms_an_hour(0.3, 100_000) * 600 * 168 <= 3
    assert alarms_an_hour(2.75, 20_000) * 160 * 42.5 <= 0.7


def test_a_caller_counts_again_after_a_day() -> None:
    made = cell(("a", 0), ("a", 30), ("a", 23 * 60), ("a", 24 * 60), ("", 5))
    assert made.first_calls() == [NINE, NINE + DAY]


def test_order_does_not_matter_and_a_leg_that_is_told_again_replaces_itself() -> None:
    first, second = report("a", NINE), report("b", NINE + MINUTE)
    made, other = cell(), cell()
    assert (made.add(first), made.add(second), made.add(first)) == (False, False, True)
    other.add(second)
    other.add(first)
    assert made == other


def test_the_queues_are_told_by_their_calls() -> None:
    made = cell(("a", 0), ("b", 1))
    for caller in "cde":
        made.add(report(caller, NINE + 2 * MINUTE, queue=NO_WATER))
    assert made.queues_since(NINE, NINE + HOUR) == [("no-water", 3), ("burst-pipes", 2)]
    assert made.queues_since(NINE, NINE + 2 * MINUTE) == [("burst-pipes", 2)]


def test_calls_are_forgotten_after_a_day_but_for_those_of_an_open_alert() -> None:
    made = cell(("a", 0), ("b", 60))
    assert not made.forget(NINE + DAY)
    assert made.forget(NINE + DAY + 1)
    assert [each.caller for each in made.calls] == ["b"]
    going_on = cell(("a", 0), ("b", 60))
    going_on.progress, going_on.since = Progress("firing", NINE), NINE
    assert not going_on.forget(NINE + 3 * DAY)


def test_the_calls_that_are_kept_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incident_cell, "MOST_CALLS", 3)
    made = cell(("a", 0), ("b", 1), ("c", 2), ("d", 3))
    assert [each.caller for each in made.calls] == ["b", "c", "d"]


def test_calls_of_an_alert_that_is_over_raise_nothing() -> None:
    made = cell(("a", 0), ("b", 1), ("c", 2), ("d", 3), ("e", 4))
    made.asked_from = NINE + 4 * MINUTE
    assert made.burst(0.3, NINE + 5 * MINUTE).callers == 1


def test_the_calls_of_some_nodes_are_a_cell_to_be_asked() -> None:
    made = Cell("burst pipe", "ward-12", asked_from=1)
    for minutes, node in enumerate(("north", "south", "north")):
        made.add(report(f"caller-{minutes}", NINE + minutes * MINUTE, node=node))
    assert made.nodes() == {"north", "south"}
    assert made.of_nodes({"north", "south", "west"}) is made
    north = made.of_nodes({"north"})
    assert [call.at for call in north.calls] == [NINE, NINE + 2 * MINUTE]
    assert north.asked_from == 1
    assert len(made.calls) == 3


@pytest.mark.parametrize(("node", "left"), [("south", (0.5, 2)), ("north", (10.0, 40.0))])
def test_what_a_cell_learned_before_a_node_was_heard_says_nothing_of_its_calls(
    node: str, left: tuple[float, float]
) -> None:
    made = Cell("burst pipe", "ward-12", own=OwnCalls(10.0, 40.0))
    made.add(report("caller", NINE, node="north"))
    made.meet(node, 2)
    assert (made.own.calls, made.own.hours) == left
