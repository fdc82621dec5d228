"""Search and order of the desk, as an address says it."""

import pytest
from msgspec.structs import replace

from dashboards.wallboard.desk import Desk, desk
from dashboards.wallboard.desk_choice import LONGEST_SEARCH, SORTS, Wanted, choice, wanted
from dashboards.wallboard.view import board
from tests.support.callers import stays_of
from tests.support.desks import ALL, GONE, WAITS, town
from tests.support.walls import NOW, person

LATER = GONE.caller[:9] + "b" * 32


def whole() -> Desk:
    people = (
        person("thandi", "idle", "burst-pipes", "payroll"),
        person("bheki", "talking", "payroll"),
    )

    stays = stays_of(WAITS, replace(GONE, caller=LATER))
    latest = town(*people)
    return desk(board(latest, NOW, scope=ALL), latest, stays, scope=ALL)


def found(q: str) -> tuple[set[str], set[str], set[str], set[str]]:
    shown = choice(whole(), Wanted(q))
    return (
        {row.queue for row in shown.rows},
        {each.caller.leg_id for each in shown.waits},
        {each.caller.leg_id for each in shown.gone},
        {each.agent for each in shown.agents},
    )


def test_without_a_word_everything_is_shown() -> None:
    assert found("") == ({"burst-pipes", "payroll"}, {"a", "b"}, {"g"}, {"thandi", "bheki"})


@pytest.mark.parametrize("q", ["payroll", "PAYROLL", "Human", "<b>Staff"])
def test_a_queue_brings_all_that_is_in_it(q: str) -> None:
    assert found(q) == ({"payroll"}, {"b"}, {"g"}, {"thandi", "bheki"})


def test_a_caller_and_an_agent_are_found_by_themselves() -> None:
    assert found("aaaaaaaa") == (set(), {"a"}, set(), set())
    assert found("bbbbbbbb") == (set(), set(), {"g"}, set())
    assert found("thandi") == (set(), set(), set(), {"thandi"})
    assert found("nowhere") == (set(), set(), set(), set())


def test_who_waits_longest_stands_first() -> None:
    assert [each.caller.leg_id for each in choice(whole(), Wanted()).waits] == ["a", "b"]


def test_each_order_with_what_is_not_known_last() -> None:
    for sort in SORTS:
        assert len(choice(whole(), Wanted(sort=sort)).rows) == 2
    assert [row.queue for row in choice(whole(), Wanted(sort="name")).rows] == [
        "burst-pipes",
        "payroll",
    ]

    shown = whole()
    first, last = shown.board.rows
    rows = (
        replace(first, waiting=None, oldest_wait_ms=None, agents=None),
        replace(last, waiting=0),
    )
    shown = replace(shown, board=replace(shown.board, rows=rows))
    for sort in ("waiting", "oldest", "free"):
        assert choice(shown, Wanted(sort=sort)).rows[-1].queue == first.queue, sort


def test_what_an_address_says() -> None:
    assert wanted({}) == Wanted()
    assert wanted({"q": " ann ", "sort": "oldest"}) == Wanted("ann", "oldest")
    assert wanted({"q": "x" * 999, "sort": "colour"}) == Wanted("x" * LONGEST_SEARCH, "worst")
