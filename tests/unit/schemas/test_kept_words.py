"""What stays of a call that a later record tells without saying it."""

from schemas.calls import FinishedLeg
from schemas.kept_words import MAY_STAY, is_unsaid, what_stays
from schemas.legs import LegRow


def test_details_of_an_outcome_do_not_stay_beside_another_one() -> None:
    assert set(what_stays(is_same_outcome=False)) < set(what_stays(is_same_outcome=True))
    assert "caller" in what_stays(is_same_outcome=False)
    assert "ended_at" not in what_stays(is_same_outcome=False)


def test_zero_says_nothing_of_a_count_and_something_of_a_duration() -> None:
    assert is_unsaid("priority", 0)
    assert is_unsaid("outcome", "open")
    assert not is_unsaid("hold_ms", 0)
    assert not is_unsaid("outcome", "answered")


def test_legs_and_their_rows_have_these_names() -> None:
    assert set(MAY_STAY) <= set(FinishedLeg.__struct_fields__)
    assert set(MAY_STAY) <= set(LegRow.__struct_fields__)
