"""One leg told twice in one file: the same, completed, or a contradiction."""

from msgspec.structs import replace

from producers.told_twice import ToldTwice
from schemas.calls import FinishedLeg, Queued

AT = 1_772_442_000_000
WHOLE = FinishedLeg(
    event_id="7:leg", at=AT + 9_000, source="pbx", feed="history", queue="billing", leg_id="7",
    outcome="abandoned", arrived_at=AT, left_at=AT + 9_000,
)  # fmt: skip
WAITING = Queued(event_id="7:queued", at=AT, source="pbx", queue="billing", leg_id="7", visit_at=AT)


def told(*legs: FinishedLeg | Queued) -> list[tuple[str, int]]:
    twice = ToldTwice()
    found = [twice.check(leg, ("", position)) for position, leg in enumerate(legs, 2)]
    return [(word, line) for word, (_, line) in found]


def test_the_words_of_a_later_file_correct_those_of_the_one_before() -> None:
    twice = ToldTwice()
    places = [("a.csv", 2), ("b.csv", 2), ("b.csv", 3)]
    legs = [WHOLE, replace(WHOLE, outcome="exited"), WHOLE]
    found = [twice.check(leg, place) for leg, place in zip(legs, places, strict=True)]
    assert found == [("first", places[0]), ("corrected", places[0]), ("collides", places[1])]


def test_the_same_words_are_the_same_call() -> None:
    assert told(WHOLE, WHOLE, replace(WHOLE, event_id="other")) == [
        ("first", 2), ("again", 2), ("again", 2),
    ]  # fmt: skip


def test_other_words_collide_and_name_the_first_row() -> None:
    assert told(WHOLE, replace(WHOLE, outcome="exited"), WHOLE) == [
        ("first", 2), ("collides", 2), ("again", 2),
    ]  # fmt: skip


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
    talking = replace(WHOLE, outcome="answered", answered_at=AT + 9_000, goes_on=True)
    ended = replace(talking, ended_at=AT + 60_000, goes_on=False)
    assert [each for each, _ in told(talking, ended)] == ["first", "completed"]
