from schemas import timing
from schemas.millis import MINUTE


def test_what_rests_on_another_time_is_long_enough_for_it() -> None:
    assert timing.SETTLED_AFTER_MS > timing.LATE_WITHIN_MS
    assert timing.FROZEN_AFTER_MS % MINUTE == MINUTE % timing.STEP_MS == 0
    assert timing.DISORDER_MS % timing.STEP_MS == 0
    assert timing.IDLE_SHOWN_EVERY_MS < timing.FRESH_MS < timing.DEAD_MS
    assert timing.STEP_MS < timing.FRESH_MS, "a source that ticks on the grid would flicker"
    # A version must not begin in a minute that may still be decided: that of a late event.
    assert timing.PUBLISH_AHEAD_MS > timing.DISORDER_MS + timing.AHEAD_OF_BROKER_MS
