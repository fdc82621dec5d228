"""Who promised what from when."""

from schemas.targets import TargetsVersion
from streams.history.register import promises
from tests.support.builders import targets

NOON, LATER, LATEST = 1_000_000, 2_000_000, 3_000_000


def version(number: int, valid_from: int, *queues: object) -> TargetsVersion:
    return TargetsVersion(number, valid_from, valid_from, "UTC", queues)  # type: ignore[arg-type]


def test_a_promise_holds_until_the_next_and_other_changes_do_not_end_it() -> None:
    found = promises([
        version(1, NOON, targets("billing", goal=0.8)),
        version(2, LATER, targets("billing", goal=0.8, owner="somebody")),
        version(3, LATEST, targets("billing", goal=0.9)),
    ])  # fmt: skip
    assert [(each.goal, each.start, each.end, each.versions) for each in found] == [
        (0.8, 0, LATEST, (1, 2)),
        (0.9, LATEST, None, (3,)),
    ]


def test_a_queue_that_was_taken_out_promises_nothing() -> None:
    found = promises([
        version(1, NOON, targets("billing"), targets("cards")),
        version(2, LATER, targets("billing")),
        version(3, LATEST, targets("billing"), targets("cards")),
    ])  # fmt: skip
    assert [(each.queue, each.start, each.end) for each in found] == [
        ("billing", 0, None), ("cards", 0, LATER), ("cards", LATEST, None),
    ]  # fmt: skip


def test_a_version_that_was_replaced_before_it_began_is_no_promise() -> None:
    found = promises([
        version(1, NOON, targets("billing", goal=0.8)),
        version(2, LATEST, targets("billing", goal=0.5)),
        version(3, LATER, targets("billing", goal=0.9)),
    ])  # fmt: skip
    assert [(each.goal, each.start, each.end) for each in found] == [
        (0.8, 0, LATER),
        (0.9, LATER, None),
    ]
    assert promises([]) == []
