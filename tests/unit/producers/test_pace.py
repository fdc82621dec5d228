from producers.pace import Pace, StoppableClock
from schemas.millis import HOUR, SECOND

BEGAN = 1_800_000_000_000


def test_as_fast_as_can_be_is_up_to_now() -> None:
    assert Pace(BEGAN - HOUR, BEGAN).horizon(BEGAN) == BEGAN


def test_a_factor_goes_so_many_times_as_fast_and_never_passes_now() -> None:
    pace = Pace(BEGAN - 10 * SECOND, BEGAN, speed=3.0)
    assert pace.horizon(BEGAN) == BEGAN - 10 * SECOND
    assert pace.horizon(BEGAN + SECOND) == BEGAN - 7 * SECOND
    assert pace.horizon(BEGAN + 5 * SECOND) == BEGAN + 5 * SECOND
    assert pace.horizon(BEGAN + HOUR) == BEGAN + HOUR


def test_a_stopped_clock_does_not_make_anybody_wait() -> None:
    clock = StoppableClock()
    assert not clock.stopped
    clock.stop()
    clock.wait(10 * HOUR)  # would hang here
    assert clock.stopped
