"""A row of history judged again by other targets says what the leg itself would say."""

from typing import Any

import pytest
from msgspec.structs import replace

from schemas.calls import FinishedLeg
from schemas.legs import JUDGED_AGAIN, LegRow
from schemas.opening import Opening, parse_weekly
from schemas.targets import Targets
from schemas.targets_book import TargetsBook
from schemas.topics import is_decision, version_of
from streams.core.history_leg import history_leg_row
from streams.core.judged_again import JUDGED_COLUMNS, judged_again
from streams.core.unit import Cause
from tests.support.builders import BILLING, MONDAY, call, clock, published, targets

NOW = MONDAY + 86_400_000
RECORD = version_of(9, 1_000)
OFFICE = Opening(parse_weekly("Mon-Fri 09:00-17:00"))
OLD = published(targets())


def book(promise: Targets, valid_from: int = MONDAY) -> TargetsBook:
    return TargetsBook([OLD, published(promise, version=2, valid_from=valid_from)])


def row(by: TargetsBook, **more: Any) -> LegRow:
    said: dict[str, Any] = {
        "arrived_at": clock("10:00"), "outcome": "answered", "wait_ms": 20_000, "feed": "history",
    } | more  # fmt: skip
    event = call("leg", "ada", clock("10:05"), agent="ann", topic="a bill", caller="tok", **said)
    assert isinstance(event, FinishedLeg)
    found = history_leg_row(event, Cause(RECORD, MONDAY), by)
    assert found is not None
    return found


FORMER = TargetsBook([OLD])


@pytest.mark.parametrize(
    "promise",
    [
        targets(answer_within_ms=19_999),
        targets(answer_within_ms=20_000, goal=0.9),
        targets(short_abandon_ms=20_001),
        targets(short_abandon_ms=20_000, formula="offered"),
        targets(opening=OFFICE),
        targets(opening=OFFICE, time_zone="Asia/Tokyo"),
    ],
)
@pytest.mark.parametrize(
    "leg",
    [
        {},
        {"outcome": "abandoned"},
        {"outcome": "abandoned", "wait_ms": 4_999},
        {"outcome": "abandoned", "wait_ms": None, "wait_unknown": True},
        {"outcome": "rejected", "wait_ms": None},
        {"outcome": "open", "wait_ms": None, "goes_on": True},
        {"arrived_at": clock("08:59:59.999")},
    ],
)
def test_it_says_what_the_leg_sent_again_would_say(promise: Targets, leg: dict[str, Any]) -> None:
    by = book(promise)
    sent_again = row(by, **leg)
    found = judged_again(row(FORMER, **leg), by, NOW)
    assert found is not None
    told = replace(found.row, version=sent_again.version, known_at=sent_again.known_at, flags=())
    assert told == replace(sent_again, flags=())


def test_it_names_what_changed_and_carries_the_rest_whole() -> None:
    former = replace(row(FORMER), flags=("late",))
    found = judged_again(former, book(targets(answer_within_ms=10_000)), NOW)
    assert found is not None
    assert found.changed == ("in_target", "answer_within_ms", "targets_version")
    untouched = set(LegRow.__struct_fields__) - {*JUDGED_COLUMNS, "version", "known_at", "flags"}
    assert {name: getattr(found.row, name) for name in untouched} == {
        name: getattr(former, name) for name in untouched
    }
    assert (found.row.known_at, found.row.flags) == (NOW, ("late", JUDGED_AGAIN))


def test_what_says_so_already_is_left_alone() -> None:
    by = book(targets(answer_within_ms=10_000))
    assert judged_again(row(by), by, NOW) is None
    first = judged_again(row(FORMER), by, NOW)
    assert first is not None
    assert judged_again(first.row, by, NOW + 1) is None


def test_a_call_from_before_the_new_targets_is_left_alone() -> None:
    by = book(targets(answer_within_ms=10_000), valid_from=clock("10:00:00.001"))
    assert judged_again(row(FORMER), by, NOW) is None


def test_a_queue_that_was_taken_out_is_judged_by_nothing() -> None:
    by = TargetsBook([OLD, published(targets("other"), version=2, valid_from=MONDAY)])
    found = judged_again(row(FORMER), by, NOW)
    assert found is not None
    assert found.row.queue == BILLING
    assert [getattr(found.row, name) for name in JUDGED_COLUMNS] == [
        False, False, False, None, None, None, None, 0,
    ]  # fmt: skip


def test_its_version_ranks_above_the_former_one_and_below_the_next_record() -> None:
    found = judged_again(row(FORMER), book(targets(goal=0.9)), NOW)
    assert found is not None
    assert RECORD < found.row.version < version_of(9, 1_001)
    assert is_decision(found.row.version)


def test_the_flag_stands_once_and_versions_end_before_the_next_record() -> None:
    former = row(FORMER)
    for goal in range(15):
        found = judged_again(former, book(targets(goal=0.5 + goal / 100)), NOW)
        assert found is not None
        assert found.has_version
        former = found.row
    assert former.version == version_of(9, 1_001) - 1
    assert former.flags.count(JUDGED_AGAIN) == 1
    last = judged_again(former, book(targets(goal=0.9)), NOW)
    assert last is not None
    assert (last.has_version, last.row.version) == (False, former.version)
