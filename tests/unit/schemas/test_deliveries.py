"""What is told of a delivery: its figures are disjoint, its words name them, its keys keep records apart."""

from schemas.deliveries import DeliveryCounts, Withdrawal, delivery_id, record_key
from tests.support.deliveries import NINE, begun_delivery

COUNTS = DeliveryCounts(
    legs=1_200, open_legs=2, again=3, colliding=4, known=200, completed=20, corrected=30,
    elsewhere={"a": 1, "b": 7}, changes={"agent": 10, "outcome": 20}, is_compared=True, refused=5,
)  # fmt: skip


def test_every_figure_is_said_and_the_most_first() -> None:
    assert COUNTS.in_words() == [
        "1,200 legs", "2 of them still open at its end", "1,000 new", "150 known already", "20 completed",
        "30 corrected (outcome 20, agent 10)",
        "7 also told by source b (the same node? --source b)",
        "1 also told by source a (the same node? --source a)",
        "3 told again in the file", "4 colliding, set aside",
    ]  # fmt: skip
    assert not COUNTS.is_clean
    assert DeliveryCounts(legs=1).in_words() == ["1 leg"]
    assert DeliveryCounts(legs=1).is_clean
    assert DeliveryCounts(legs=2, told_alike=1).in_words() == [
        "2 legs",
        "1 of them of rows like one before, without an id: counted apart, perhaps the same calls twice",
    ]
    assert not DeliveryCounts(colliding=1).is_clean
    followed = DeliveryCounts(records=1_000, events=900)
    assert followed.in_words() == ["1,000 records read (900 events)"]


def test_by_result_the_legs_are_those_that_were_sent() -> None:
    by_result = COUNTS.by_result()
    sent = [by_result[name] for name in ("new", "known", "completed", "corrected")]
    assert sum(sent) == COUNTS.legs
    assert sent == [1_000, 150, 20, 30]
    assert (by_result["again"], by_result["colliding"], by_result["refused"]) == (3, 4, 5)
    here = DeliveryCounts(legs=1, completed_here=2, corrected_here=3).by_result()
    assert (here["completed_here"], here["corrected_here"]) == (2, 3)
    assert DeliveryCounts(legs=7).by_result()["unasked"] == 7
    assert "new" not in DeliveryCounts(legs=7).by_result()


def test_ids_of_one_second_differ_and_a_withdrawal_has_a_key_of_its_own() -> None:
    assert delivery_id(NINE + 999, 0xABCDE) == "20260302-090000-bcde"
    assert delivery_id(NINE, 1) != delivery_id(NINE, 2)
    delivery = begun_delivery()
    assert record_key(delivery) == b"20260302-090000-0007"
    assert record_key(Withdrawal(delivery.delivery_id, NINE)) == b"20260302-090000-0007/withdrawn"


def test_counts_of_one_delivery_are_not_those_of_another() -> None:
    one, other = DeliveryCounts(), DeliveryCounts()
    one.changes["agent"] = 1
    assert other.changes == {}
