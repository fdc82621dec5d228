"""The state of the rules across queues made anew from the log: alerts stay as they were, and what was learned stays."""

import pytest

from schemas.codec import encode
from schemas.reports import Passed
from streams.core.rebuild import DamagedError
from streams.core.rebuild_reports import RebuildReports
from streams.core.reports_unit import ReportsUnit
from tests.support.builders import NODE, clock
from tests.support.reporting import Desk, report

FIVE = ("ada", "bo", "cy", "di", "eve")
CELL = b"reports|cell|" + encode(("burst pipe", "ward-12"))


def rebuilt(day: Desk, first: int = 0, **damaged: bytes) -> RebuildReports:
    rebuild = RebuildReports(ReportsUnit(0, 1), ReportsUnit(0, 1))
    rebuild.load(b"calls|cursor", b"not ours")
    for key, value in day.pieces.items():
        rebuild.load(key, damaged.get(key.decode().split("|")[1], value))
    until = rebuild.begin(day.versions, day.records[first].offset if first else 0)
    assert until == day.records[-1].offset + 1
    for record in day.records[first:]:
        rebuild.apply([record])
    return rebuild


def on_top(day: Desk, rebuild: RebuildReports) -> Desk:
    """The day goes on with what was made anew."""
    for key, value in rebuild.pieces():
        if value is None:
            del day.pieces[key]
        else:
            day.pieces[key] = value
    day.unit = day._fresh()
    return day


def told() -> Desk:
    """An incident with five callers, and a call that waits for its time."""
    day = Desk().ordinary().calls(*FIVE, at="11:10").pass_to("11:20")
    day.say(report("fay", clock("11:21")))
    assert day.states() == ["ward-12 firing 5"]
    return day


def test_every_piece_is_what_it_was_and_nothing_is_told_again() -> None:
    day = told()
    former = dict(day.pieces)
    made = dict(rebuilt(day).pieces())
    assert made.keys() == former.keys()
    assert {key for key in made if made[key] != former[key]} <= {b"reports|cursor"}


def test_what_follows_is_the_same_alert() -> None:
    day = told()
    count = len(day.written)
    on_top(day, rebuilt(day)).pass_to("11:23")
    assert day.states() == ["ward-12 firing 6"]
    assert {each.alert_id for each in day.written} == {day.written[0].alert_id}
    assert len(day.written) > count
    assert day.pass_to("12:30").states() == ["ward-12 resolved 6"]


@pytest.mark.parametrize("first", [30, -1])
def test_what_the_log_does_not_hold_any_more_is_kept(first: int) -> None:
    day = told()
    at = first % len(day.records)
    on_top(day, rebuilt(day, at)).pass_to("11:23")
    assert day.states() == ["ward-12 firing 6"]


def test_a_log_without_a_record_changes_nothing() -> None:
    day = told()
    on_top(day, rebuilt(day, len(day.records) - 1)).pass_to("11:23")
    empty = told()
    rebuild = RebuildReports(ReportsUnit(0, 1), ReportsUnit(0, 1))
    for key, value in empty.pieces.items():
        rebuild.load(key, value)
    rebuild.begin(empty.versions, empty.records[-1].offset + 1)
    assert on_top(empty, rebuild).pass_to("11:23").states()[0].startswith("ward-12 firing")


def test_a_damaged_place_or_baseline_is_made_from_the_log_and_said() -> None:
    day = told()
    rebuild = rebuilt(day, baseline=b"\xc1")
    assert rebuild.damaged == ["reports|baseline"]
    learned = on_top(day, rebuild).incidents.baseline
    assert 1.5 < learned.hours < 2  # the log begins some minutes after 09:00
    other = told()
    cells = rebuilt(other, cell=b"\xc1")
    assert len(cells.damaged) > 10
    assert on_top(other, cells).pass_to("11:23").states() == ["ward-12 firing 6"]


def test_a_damaged_cursor_is_said_and_without_a_state_there_is_nothing_to_do() -> None:
    with pytest.raises(DamagedError, match="the cursor of reports-0 is damaged: piece reports"):
        rebuilt(told(), cursor=b"\xc1")
    gone = RebuildReports(ReportsUnit(0, 1), ReportsUnit(0, 1))
    gone.load(CELL, None)
    assert gone.begin([], 0) is None


def test_noise_in_the_log_is_no_call() -> None:
    day = told()
    day.say_bytes(b"noise", day.records[-1].timestamp).say(Passed(0, NODE, clock("11:22")))
    day.take()
    assert rebuilt(day).pieces()
