"""Periods, days and the week: counts are added, shares made last."""

from streams.history.consistency import HalfHour
from streams.history.papers.trend import figures, week_rows
from streams.history.promises_kept import Kept
from tests.support.builders import MONDAY

HALF = 30 * 60_000
DAY = 48 * HALF


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


def test_half_hours_of_one_name_are_added() -> None:
    halves = [
        HalfHour(MONDAY, MONDAY + HALF, Kept(5, 10, 8_000_000)),
        HalfHour(MONDAY + 7 * DAY, MONDAY + 7 * DAY + HALF, Kept(10, 10, 8_000_000)),
        HalfHour(MONDAY + DAY + HALF, MONDAY + DAY + 2 * HALF, Kept(1, 2, 1_600_000)),
    ]
    assert week_rows(halves, "UTC") == [
        {"weekday": 1, "half_hour": "00:00", "promised_calls": 20, "sl_promised": 0.75, "goal": 0.8},
        {"weekday": 2, "half_hour": "00:30", "promised_calls": 2, "sl_promised": 0.5, "goal": 0.8},
    ]  # fmt: skip
    assert week_rows(halves, "Asia/Kathmandu")[0]["half_hour"] == "05:45"
