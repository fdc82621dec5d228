"""How far time has come is told once a 5-second boundary, and only where somebody asks."""

from schemas.codec import decode_as
from schemas.millis import MINUTE, SECOND
from schemas.reports import Passed
from streams.core.reported_clocks import ReportedClocks
from streams.core.watermark import Clocks, SourceClock
from tests.support.builders import MONDAY


def taken(told: ReportedClocks, clocks: Clocks) -> list[Passed]:
    return [decode_as(Passed, output.value) for output in told.take(clocks)]


def test_each_clock_is_told_when_it_passed_a_boundary() -> None:
    told, clocks = ReportedClocks(3), Clocks()
    told.is_wanted = True
    clocks.observe("north", MONDAY, MONDAY)
    clocks.observe("south", MONDAY + SECOND, MONDAY)
    assert taken(told, clocks) == [
        Passed(3, "north", MONDAY, since=MONDAY),
        Passed(3, "south", MONDAY + SECOND, since=MONDAY + SECOND),
    ]
    clocks.observe("north", MONDAY + 4 * SECOND, MONDAY)
    assert taken(told, clocks) == []
    clocks.observe("north", MONDAY + 5 * SECOND, MONDAY)
    assert taken(told, clocks) == [Passed(3, "north", MONDAY + 5 * SECOND)]
    clocks.end("north")
    assert taken(told, clocks) == [Passed(3, "north", MONDAY + 5 * SECOND, ended=True)]


def test_none_is_told_where_no_queue_has_the_rule() -> None:
    clocks = Clocks()
    clocks.observe("north", MONDAY, MONDAY)
    assert ReportedClocks(0).take(clocks) == []


def test_a_worker_tells_with_its_first_record_since_when_a_source_is_heard() -> None:
    clocks = Clocks()
    for minute in range(3):
        clocks.observe("north", MONDAY + minute * MINUTE, MONDAY)
    for _ in range(2):  # another worker goes on with the same state
        told = ReportedClocks(0)
        told.is_wanted = True
        assert taken(told, clocks) == [Passed(0, "north", MONDAY + 2 * MINUTE, since=MONDAY)]


def test_of_a_source_of_a_former_release_no_first_clock_is_told() -> None:
    told, clocks = ReportedClocks(0), Clocks({"north": SourceClock(MONDAY, MONDAY)})
    told.is_wanted = True
    assert taken(told, clocks) == [Passed(0, "north", MONDAY)]
