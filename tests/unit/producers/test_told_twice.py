"""One leg told twice by the files of one command: the same, completed, corrected, or another call."""

import pytest
from msgspec.structs import replace

from producers.told_twice import ToldTwice
from schemas.calls import FinishedLeg
from schemas.identity import made_id

AT = 1_772_442_000_000
WHOLE = FinishedLeg(
    event_id="7:leg", at=AT + 9_000, source="pbx", feed="history", queue="billing", leg_id="7",
    outcome="abandoned", arrived_at=AT, left_at=AT + 9_000,
)  # fmt: skip
WAITING = replace(WHOLE, outcome="open", left_at=None, goes_on=True)
ANSWERED = replace(WHOLE, outcome="answered", answered_at=AT + 9_000, agent="ann")
ENDED = replace(ANSWERED, ended_at=AT + 60_000)
ADA, BO = ("0." + sign * 32 for sign in "ab")  # tokens of two callers


def told(*legs: FinishedLeg) -> list[tuple[str, int]]:
    """Of one file: what each leg is, and the line that told it before."""
    twice = ToldTwice()
    found = [twice.check(leg, ("", position)) for position, leg in enumerate(legs, 2)]
    return [(each.known, each.before[1]) for each in found]


def told_apart(*legs: FinishedLeg) -> list[str]:
    """Of one file a leg."""
    twice = ToldTwice()
    return [twice.check(leg, (f"{number}.csv", 2)).known for number, leg in enumerate(legs)]


def test_the_words_of_a_later_file_correct_those_of_the_one_before() -> None:
    twice = ToldTwice()
    places = [("a.csv", 2), ("b.csv", 2), ("b.csv", 3)]
    legs = [WHOLE, replace(WHOLE, outcome="exited", reason="timeout"), WHOLE]
    found = [twice.check(leg, place) for leg, place in zip(legs, places, strict=True)]
    assert [(each.known, each.before) for each in found] == [
        ("first", places[0]), ("corrected", places[0]), ("collides", places[1]),
    ]  # fmt: skip
    assert found[1].changed == ("outcome", "reason")


def test_what_a_later_file_leaves_out_stays_over_several_files() -> None:
    """Else a year of months in one command would say less than month by month."""
    twice = ToldTwice()
    whole = replace(
        ENDED, caller=ADA, contact_id="k1", topic="water", priority=2, disposition="sold"
    )
    poor = replace(ANSWERED, agent="", ended_at=AT + 70_000)
    other = replace(WHOLE, left_at=AT + 9_000)
    first, second, third = (
        twice.check(leg, (name, 2)) for leg, name in ((whole, "a"), (poor, "b"), (other, "c"))
    )
    assert (first.kept, second.known, second.changed) == ({}, "corrected", ("ended_at",))
    of_the_call = {"caller": ADA, "contact_id": "k1", "topic": "water", "priority": 2}
    assert second.kept == of_the_call | {"agent": "ann", "disposition": "sold"}
    assert (third.known, third.kept) == ("corrected", of_the_call)  # it was not answered after all
    assert twice.check(replace(WHOLE, contact_id="k2"), ("d", 2)).known == "collides"


def test_an_end_does_not_stay_beside_another_answer() -> None:
    """It may lie before that answer: a mixture that nobody told."""
    twice = ToldTwice()
    twice.check(ENDED, ("a", 2))
    later = replace(ANSWERED, answered_at=AT + 20_000, left_at=AT + 20_000, agent="", caller=ADA)
    told = twice.check(later, ("b", 2))
    assert (told.known, told.changed, told.kept) == ("corrected", ("caller", "left_at"), {})


def test_a_file_may_complete_a_leg_and_leave_out_what_is_known() -> None:
    twice = ToldTwice()
    twice.check(replace(ANSWERED, contact_id="k1"), ("a", 2))
    told = twice.check(ENDED, ("b", 2))
    assert (told.known, told.kept) == ("completed", {"contact_id": "k1"})


def test_the_same_words_are_the_same_call() -> None:
    assert told(WHOLE, WHOLE, replace(WHOLE, event_id="other")) == [
        ("first", 2), ("again", 2), ("again", 2),
    ]  # fmt: skip


def test_other_words_collide_and_name_the_first_row() -> None:
    assert told(WHOLE, replace(WHOLE, outcome="exited"), WHOLE) == [
        ("first", 2), ("collides", 2), ("again", 2),
    ]  # fmt: skip


def test_a_file_that_repeats_another_one_and_contradicts_itself_collides() -> None:
    twice = ToldTwice()
    places = [("a.csv", 2), ("b.csv", 2), ("b.csv", 3)]
    legs = [WHOLE, WHOLE, replace(WHOLE, outcome="exited")]
    found = [twice.check(leg, place) for leg, place in zip(legs, places, strict=True)]
    assert [(each.known, each.before) for each in found] == [
        ("first", places[0]), ("again", places[0]), ("collides", places[1]),
    ]  # fmt: skip


def test_a_zero_is_another_word_than_one() -> None:
    assert told_apart(WHOLE, replace(WHOLE, priority=1)) == ["first", "completed"]  # 0 is no word
    assert told_apart(replace(WHOLE, wait_ms=0), replace(WHOLE, wait_ms=1)) == ["first", "corrected"]  # fmt: skip


def test_another_second_node_or_queue_is_another_leg() -> None:
    others = (
        replace(WHOLE, arrived_at=AT + 1_000),
        replace(WHOLE, source="other"),
        replace(WHOLE, queue="repairs"),
        replace(WHOLE, leg_id="8"),
    )
    assert [each for each, _ in told(WHOLE, *others)] == ["first"] * 5


def test_what_went_on_is_completed_and_not_taken_back() -> None:
    assert told(WAITING, WHOLE, WAITING, WHOLE) == [
        ("first", 2), ("completed", 2), ("again", 3), ("again", 3),
    ]  # fmt: skip
    talking = replace(ANSWERED, goes_on=True)
    assert [each for each, _ in told(talking, ENDED)] == ["first", "completed"]
    assert [each for each, _ in told(WAITING, replace(ENDED, missed_offers=2))] == [
        "first", "completed",
    ]  # fmt: skip


def test_what_a_later_file_leaves_out_stays() -> None:
    assert told_apart(ENDED, ANSWERED, ENDED) == ["first", "again", "again"]
    assert told_apart(ANSWERED, ENDED) == ["first", "completed"]


@pytest.mark.parametrize("name", ["caller", "contact_id"])
def test_another_caller_or_contact_is_another_call_in_any_file(name: str) -> None:
    ada, bo = (replace(WHOLE, **{name: who}) for who in (ADA, BO))
    waiting = replace(WAITING, **{name: BO})
    assert told_apart(ada, bo) == ["first", "collides"]
    assert told_apart(ada, waiting) == ["first", "collides"]
    assert [each for each, _ in told(waiting, ada)] == ["first", "collides"]
    assert told_apart(WHOLE, ada, WHOLE) == ["first", "completed", "again"]


def test_a_made_id_of_nobody_is_never_corrected() -> None:
    nobody = replace(WHOLE, leg_id=made_id(("billing", str(AT), "", "")))
    other = replace(nobody, left_at=AT + 10_000)
    assert told_apart(nobody, other) == ["first", "collides"]
    assert told_apart(replace(nobody, caller=ADA), replace(other, caller=ADA)) == [
        "first", "corrected",
    ]  # fmt: skip
