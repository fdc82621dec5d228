"""Restarts count once, platform snapshots name who is there, a source that ended has no time."""

from schemas.calls import Present, Restarted, SnapshotBegin, SnapshotEnd
from schemas.millis import HOUR
from streams.core.partition_sources import PartitionSources
from tests.support.builders import MONDAY, call, mark


def restart(at: int) -> Restarted:
    made = mark("restarted", at)
    assert isinstance(made, Restarted)
    return made


def test_a_restart_told_twice_is_one() -> None:
    sources = PartitionSources()
    assert sources.note_restart(restart(MONDAY))
    assert not sources.note_restart(restart(MONDAY))
    assert sources.note_restart(restart(MONDAY + 7 * HOUR))
    assert sources.restarts == {
        "node": [MONDAY + 7 * HOUR]
    }  # nothing can come before the first now


def test_a_platform_snapshot_is_those_named_between_its_marks() -> None:
    sources = PartitionSources()
    begin, end = mark("snapshot_begin", MONDAY), mark("snapshot_end", MONDAY + 9)
    assert isinstance(begin, SnapshotBegin)
    assert isinstance(end, SnapshotEnd)
    ada, eve = call("present", "ada", MONDAY), call("present", "eve", MONDAY)
    assert isinstance(ada, Present)
    assert isinstance(eve, Present)
    sources.note_present(ada)  # before it began
    sources.begin_snapshot(begin)
    sources.note_present(eve)
    assert sources.end_snapshot(end) == (MONDAY, {"eve"})
    assert sources.end_snapshot(end) == (0, set())  # its beginning was lost


def test_a_source_that_ended_has_no_time() -> None:
    sources = PartitionSources()
    sources.clocks.observe("north", MONDAY, MONDAY)
    sources.clocks.observe("south", MONDAY + 1, MONDAY)
    sources.clocks.end("north")
    assert sources.times() == {"south": MONDAY + 1}


def test_a_clock_is_behind_the_broker_by_what_its_newest_record_says() -> None:
    sources = PartitionSources()
    sources.clocks.observe("north", MONDAY, MONDAY + 20)
    sources.clocks.observe("ahead", MONDAY + 3, MONDAY)
    sources.clocks.observe("old day", MONDAY - 7 * HOUR, MONDAY, replay=True)
    sources.clocks.observe("over", MONDAY, MONDAY)
    sources.clocks.end("over")
    assert sources.behind_ms() == {"north": 20, "ahead": -3}
