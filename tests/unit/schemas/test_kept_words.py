"""What stays of a call that a later record tells without saying it."""

from schemas.calls import FinishedLeg
from schemas.kept_words import MAY_STAY, is_same_outcome, is_unsaid, what_stays
from schemas.legs import LegRow


def test_details_of_an_outcome_do_not_stay_beside_another_one() -> None:
    assert set(what_stays(is_same_outcome=False)) < set(what_stays(is_same_outcome=True))
    assert "caller" in what_stays(is_same_outcome=False)
    assert "ended_at" not in what_stays(is_same_outcome=False)


def test_an_outcome_is_the_same_in_the_same_second_or_where_a_record_says_none() -> None:
    assert is_same_outcome("answered", 1_900, "answered", 1_000)
    assert is_same_outcome("answered", None, "answered", 1_000)
    assert not is_same_outcome("answered", 2_000, "answered", 1_999)
    assert not is_same_outcome("answered", 1_000, "abandoned", 1_000)


def test_zero_says_nothing_of_a_count_and_something_of_a_duration() -> None:
    assert is_unsaid("priority", 0)
    assert is_unsaid("outcome", "open")
    assert not is_unsaid("hold_ms", 0)
    assert not is_unsaid("outcome", "answered")


def test_legs_and_their_rows_have_these_names() -> None:
    assert set(MAY_STAY) <= set(FinishedLeg.__struct_fields__)
    assert set(MAY_STAY) <= set(LegRow.__struct_fields__)
