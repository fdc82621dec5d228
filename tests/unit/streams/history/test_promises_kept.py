"""The columns of what was served as promised."""

from streams.history.promises_kept import COLUMNS, Kept, kept_of, promises_kept

RECORD = {"n_good": 810, "n_due": 1_000, "goal_millionths": 810_000_000, "n_untargeted": 0}


def test_the_columns_follow_from_the_sums() -> None:
    assert promises_kept(RECORD) == {
        "served_as_promised": 810, "promised_calls": 1_000, "without_target": 0,
        "sl_promised": 0.81, "goal": 0.81, "against_goal": "met",
    }  # fmt: skip
    assert set(promises_kept(RECORD)) == {column.name for column in COLUMNS}


def test_a_leg_without_a_target_leaves_the_counts_and_no_share() -> None:
    row = promises_kept(RECORD | {"n_untargeted": 2})
    assert row == {"served_as_promised": 810, "promised_calls": 1_000, "without_target": 2}


def test_nothing_is_no_share() -> None:
    kept = kept_of({})
    assert (kept.share, kept.goal, kept.against, kept.points, kept.missing) == (
        None, None, None, None, 0,
    )  # fmt: skip
    assert promises_kept({})["sl_promised"] is None


def test_sums_are_added_not_averaged() -> None:
    kept = Kept(9, 10, 8_000_000) + Kept(10, 90, 81_000_000)
    assert (kept.share, kept.goal, kept.missing) == (0.19, 0.89, 70.0)
    assert round(kept.points or 0, 6) == -0.7
