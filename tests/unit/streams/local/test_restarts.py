"""When an ended child starts again."""

from streams.local.restarts import LONGEST_DELAY_S, STEADY_AFTER_S, restart_delay_s


def test_the_delay_doubles_up_to_its_limit() -> None:
    delays = [restart_delay_s([0.1] * failures) for failures in range(1, 8)]
    assert delays == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


def test_a_night_of_failures_is_still_only_the_limit() -> None:
    assert restart_delay_s([0.1] * 10_000) == LONGEST_DELAY_S


def test_a_run_that_lasted_starts_the_count_anew() -> None:
    assert restart_delay_s([0.1, 0.1, 0.1, STEADY_AFTER_S]) == 0.5
    assert restart_delay_s([0.1, 0.1, STEADY_AFTER_S, 0.1, 0.1]) == 1.0
