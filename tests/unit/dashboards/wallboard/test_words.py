"""Shares as the wall writes them."""

from dashboards.wallboard import words


def test_a_share_is_rounded_but_never_up_to_a_goal_that_it_missed() -> None:
    assert [words.percent(share) for share in (None, 0.0, 0.796, 1.0)] == ["–", "0", "80", "100"]
    assert words.percent(0.796, 0.8) == "79"
    assert words.percent(0.8, 0.8) == "80"
    assert words.percent(0.794, 0.8) == "79"
    # As the cause in the same row has it: 20 of 31, and what floats make of 29 of 100.
    assert [words.percent(share, 0.7) for share in (20 / 31, 0.29, 0.57)] == ["64", "29", "57"]
