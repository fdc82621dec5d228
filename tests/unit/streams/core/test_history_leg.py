"""A finished leg of the past is judged by the targets of its arrival, and needs no state."""

from typing import Any

from schemas.calls import FinishedLeg
from schemas.targets_book import TargetsBook
from schemas.topics import version_of
from streams.core.history_leg import history_leg_row
from streams.core.unit import Cause
from tests.support.builders import BILLING, MONDAY, call, published, targets

BOOK = TargetsBook(
    [
        published(targets(BILLING, answer_within_ms=10_000), version=1, valid_from=0),
        published(targets(BILLING, answer_within_ms=5_000), version=2, valid_from=MONDAY),
    ]
)


def finished(**more: Any) -> FinishedLeg:
    event = call("leg", "ada", MONDAY + 8_000, outcome="answered", left_at=MONDAY + 8_000, **more)
    assert isinstance(event, FinishedLeg)
    return event


def test_it_is_judged_by_the_targets_that_held_at_its_arrival() -> None:
    before = history_leg_row(finished(arrived_at=MONDAY - 1, feed="history"), Cause(7, 9), BOOK)
    after = history_leg_row(finished(arrived_at=MONDAY, feed="history"), Cause(7, 9), BOOK)
    assert before is not None
    assert after is not None
    assert (before.in_target, before.targets_version, before.feed) == (True, 1, "history")
    assert (after.in_target, after.targets_version) == (False, 2)
    assert (after.version, after.known_at, after.key_at, after.wait_ms) == (7, 9, MONDAY, 8_000)


def test_a_live_one_whose_state_is_gone_is_written_as_history_and_said_to_be_late() -> None:
    row = history_leg_row(finished(arrived_at=MONDAY, feed="live"), Cause(7, 9), BOOK)
    assert row is not None
    assert (row.feed, "late" in row.flags) == ("history", True)
    told = history_leg_row(finished(arrived_at=MONDAY, feed="history"), Cause(7, 9), BOOK)
    assert told is not None
    assert "late" not in told.flags


def version_of_row(outcome: str, *, goes_on: bool, **more: Any) -> int:
    event = call(
        "leg", "ada", MONDAY + 8_000, arrived_at=MONDAY, outcome=outcome, goes_on=goes_on,
        feed="history", **more,
    )  # fmt: skip
    assert isinstance(event, FinishedLeg)
    row = history_leg_row(event, Cause(version_of(9, 5), 9), BOOK)
    assert row is not None
    return row.version


def test_a_leg_cut_off_by_the_end_of_a_file_never_replaces_its_known_end() -> None:
    waiting = version_of_row("open", goes_on=True)
    talking = version_of_row("answered", goes_on=True)
    ended = version_of_row("answered", goes_on=False)
    assert waiting < talking < ended == version_of(9, 5)
    assert waiting < version_of(2, 0)


def test_a_caller_who_still_waits_has_left_nowhere() -> None:
    event = call("leg", "ada", MONDAY, arrived_at=MONDAY, outcome="open", goes_on=True)
    assert isinstance(event, FinishedLeg)
    row = history_leg_row(event, Cause(7, 9), BOOK)
    assert row is not None
    assert (row.outcome, row.left_at, row.wait_ms, row.in_target) == ("open", None, None, False)


def test_a_row_like_one_before_it_is_flagged() -> None:
    for told_alike, flags in ((True, ("told_alike",)), (False, ())):
        event = finished(arrived_at=MONDAY, feed="history", told_alike=told_alike)
        row = history_leg_row(event, Cause(7, 9), BOOK)
        assert row is not None
        assert [flag for flag in row.flags if flag == "told_alike"] == list(flags)
