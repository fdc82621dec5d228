"""Event time follows what sources say; a silent one does not hold the others back."""

from schemas.millis import SECOND
from streams.core.watermark import Clocks, SourceClock
from tests.support.builders import MONDAY

AT = MONDAY


def test_only_a_passed_boundary_moves_anything() -> None:
    clocks = Clocks()
    assert clocks.observe("north", AT, AT)
    assert not clocks.observe("north", AT + 4_999, AT)
    assert clocks.observe("north", AT + 5_000, AT)
    assert not clocks.observe("north", AT, AT)  # time never goes back


def test_a_source_shows_old_traffic_as_long_as_its_newest_event_says_so() -> None:
    clocks = Clocks()
    clocks.observe("north", AT, AT)
    said = [clocks.sources["north"].replay]
    for replay in (True, False):
        clocks.observe("north", AT + 1, AT, replay=replay)
        said.append(clocks.sources["north"].replay)
    assert said == [False, True, False]
    clocks.observe("south", AT, AT)
    assert not clocks.sources["south"].replay


def test_a_queue_is_as_late_as_its_latest_live_source() -> None:
    clocks = Clocks()
    clocks.observe("north", AT + 60 * SECOND, AT)
    clocks.observe("south", AT + 20 * SECOND, AT)
    assert clocks.clock({"north", "south"}) == AT + 20 * SECOND
    clocks.end("south")
    assert clocks.clock({"north", "south"}) == AT + 60 * SECOND
    clocks.end("nobody")


def test_a_source_is_silent_after_thirty_seconds_of_the_others_and_returns_when_it_speaks() -> None:
    clocks = Clocks()
    clocks.observe("south", AT, AT)
    clocks.observe("north", AT, AT + 30 * SECOND)
    assert not clocks.is_stale("south")
    clocks.observe("north", AT + 31 * SECOND, AT + 31 * SECOND)
    assert clocks.clock({"north", "south"}) == AT + 31 * SECOND
    clocks.observe("south", AT + 1, AT + 32 * SECOND)
    assert clocks.clock({"north", "south"}) == AT + 1


def test_no_queue_is_further_than_the_newest_clock_of_any_source() -> None:
    clocks = Clocks()
    clocks.observe("north", AT, AT)
    clocks.observe("south", AT + 9 * SECOND, AT)
    clocks.observe("north", AT + 4 * SECOND, AT)
    assert clocks.newest == AT + 9 * SECOND
    clocks.end("south")
    clocks.observe("north", AT + 8 * SECOND, AT)
    assert clocks.newest == AT + 9 * SECOND
    clocks.observe("north", AT + 10 * SECOND, AT)
    assert clocks.newest == Clocks(clocks.sources).newest == AT + 10 * SECOND


def test_with_every_source_gone_there_is_no_clock() -> None:
    clocks = Clocks()
    clocks.observe("north", AT, AT, replay=True)
    clocks.end("north")
    assert clocks.clock({"north"}) is None
    clocks.observe("north", AT + 1, AT + 1)
    assert clocks.clock({"north"}) == AT + 1


def test_the_first_clock_of_a_source_is_kept_and_an_earlier_one_may_be_told() -> None:
    clocks = Clocks({"former": SourceClock(AT, AT)}, AT)
    for moment in (AT, AT + SECOND):
        clocks.observe("north", moment, AT)
    assert clocks.sources["north"].since == AT
    for told, since in ((AT + SECOND, AT), (None, AT), (AT - SECOND, AT - SECOND)):
        clocks.heard("north", told)
        assert clocks.sources["north"].since == since
    clocks.heard("former", AT - SECOND)
    assert clocks.sources["former"].since is None
