"""Counts are added, shares made last."""

from streams.history.together import figures


def record(offered: int, good: int, due: int, **more: int) -> dict[str, int]:
    return {
        "n_offered": offered,
        "n_good": good,
        "n_due": due,
        "goal_millionths": due * 800_000,
        **more,
    }


def test_figures_of_several_days() -> None:
    row = figures([
        record(10, 9, 10, n_answered=9, n_rejected=2),
        record(90, 10, 30, n_answered=60, n_abandoned=9, n_short_abandoned=4),
    ])  # fmt: skip
    assert (row["called"], row["answered"], row["gave_up"], row["rejected"]) == (102, 69, 5, 2)
    assert row["sl_promised"] == 0.475  # 19 of 40, never the mean of 90 % and 33 %
    assert (row["goal"], row["against_goal"]) == (0.8, "missed")


def test_without_a_target_there_is_no_share() -> None:
    assert "sl_promised" not in figures([record(10, 9, 10, n_untargeted=1)])
    assert figures([])["called"] == 0
