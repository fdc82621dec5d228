"""The targets that were valid at an instant."""

import pytest

from schemas.targets_book import NOT_CONFIGURED, TargetsBook
from tests.support.builders import published, targets
from tests.support.ruled import oldest_wait, ruled


def test_the_first_version_holds_from_the_beginning_and_later_ones_from_their_time() -> None:
    book = TargetsBook(
        [
            published(targets(goal=0.9), version=2, valid_from=200),
            published(targets(), valid_from=100),
        ]
    )
    assert [book.at("billing", at)[1] for at in (0, 100, 199, 200)] == [1, 1, 1, 2]
    assert book.at("other", 0) == NOT_CONFIGURED
    assert book.configured() == ["billing"]


def test_a_version_that_says_the_same_is_no_change() -> None:
    book = TargetsBook([published(targets()), published(targets(), version=2, valid_from=50)])
    assert book.at("billing", 60)[1] == 1


def test_a_queue_taken_out_is_not_configured_from_then_on_and_may_come_back() -> None:
    book = TargetsBook(
        [published(targets()), published(version=2, valid_from=50),
         published(targets(), version=3, valid_from=90)]
    )  # fmt: skip
    assert [book.at("billing", at)[1] for at in (49, 50, 90)] == [1, 0, 3]


def test_a_later_version_that_holds_earlier_takes_the_place_of_one_still_to_come() -> None:
    book = TargetsBook(
        [published(targets()), published(targets(goal=0.5), version=2, valid_from=900),
         published(targets(goal=0.7), version=3, valid_from=300)]
    )  # fmt: skip
    assert [book.at("billing", at)[1] for at in (299, 300, 900, 10_000)] == [1, 3, 3, 3]


def test_a_queue_taken_out_keeps_its_names_and_loses_its_rules() -> None:
    bills = targets(name="Bills", alerts=ruled(oldest_wait(2, 1)))
    renamed = published(targets(name="New"), version=3, valid_from=90)
    book = TargetsBook([published(bills), published(version=2, valid_from=50), renamed])
    left = book.without_rules("billing", 60)
    assert (left.name, left.alerts) == ("Bills", {})
    with pytest.raises(LookupError, match="queue other was never configured"):
        book.without_rules("other", 60)


A, B = targets("a"), targets("b")
AHEAD = [
    published(A, B),
    published(B, version=2, valid_from=100),
    published(A, B, version=3, valid_from=200),
]


def test_a_version_that_is_ahead_does_not_bring_back_a_queue_that_was_taken_out() -> None:
    book = TargetsBook(AHEAD)
    assert [sorted(book.all_at(at)) for at in (0, 99, 100, 199, 200)] == [
        ["a", "b"], ["a", "b"], ["b"], ["b"], ["a", "b"],
    ]  # fmt: skip


def test_a_queue_that_was_taken_out_keeps_the_name_that_held_last() -> None:
    renamed = published(targets("a", name="New"), version=4, valid_from=300)
    book = TargetsBook([*AHEAD, renamed])
    found = [book.last_named("a", at) for at in (0, 150, 299, 300)]
    assert [each.name for each in found if each] == ["A", "A", "A", "New"]
    assert book.last_named("b", 300) == B
    assert book.last_named("c", 300) is None


def test_a_queue_that_only_a_version_ahead_names_is_configured_already() -> None:
    book = TargetsBook([published(A), published(A, B, version=2, valid_from=100)])
    assert (sorted(book.all_at(0)), book.last_named("b", 0)) == (["a", "b"], B)


def test_the_zone_of_groups_is_that_of_the_version_in_force() -> None:
    assert TargetsBook().zone_at(0) == "UTC"
    book = TargetsBook(
        [published(A, valid_from=50, zone="Asia/Muscat"),
         published(A, version=2, valid_from=100, zone="Europe/Paris")]
    )  # fmt: skip
    assert [book.zone_at(at) for at in (0, 99, 100)] == ["Asia/Muscat"] * 2 + ["Europe/Paris"]


def test_queues_of_the_department_are_near_each_other_those_of_the_centre_first() -> None:
    works = {"department": "works"}
    pipes, tankers = (
        targets("pipes", centre="water", **works),
        targets("tankers", centre="water", **works),
    )
    roads, rates = targets("roads", centre="streets", **works), targets("rates", department="money")
    alone = targets("alone", centre="streets")
    book = TargetsBook(
        [published(pipes, tankers, roads, rates, alone),
         published(pipes, roads, rates, alone, version=2, valid_from=100)]
    )  # fmt: skip
    near = [[each.queue for each in book.near(pipes, at)] for at in (99, 100, 99)]
    assert near == [["tankers", "roads"], ["roads"], ["tankers", "roads"]]
    assert [each.queue for each in book.near(alone, 0)] == ["roads"]
    assert book.near(targets("nowhere"), 0) == ()
