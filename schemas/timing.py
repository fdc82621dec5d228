"""Times that several processes must agree on; each stands here once, and nowhere as a number of its own.

What only one process cares about stands with that process. tests/contract/test_timing.py compares
what has to be written out in another language (page, boards, rules, documents).
"""

from schemas.counters import WINDOW_MINUTES
from schemas.millis import HOUR, MINUTE, SECOND

# Event time
STEP_MS = 5 * SECOND  # decisions fall on boundaries of event time; sources tick on the same grid
DISORDER_MS = 5 * SECOND  # how much later than a younger one an event of a source may come
AHEAD_OF_BROKER_MS = 5 * SECOND  # an event from the future would move every window
STALE_AFTER_MS = 30 * SECOND  # a source that is silent for so long no longer holds its queues back
LATE_WITHIN_MS = 6 * HOUR  # closed legs stay in state for late facts and duplicates
SETTLED_AFTER_MS = LATE_WITHIN_MS + 15 * MINUTE  # then a day's live counters change no more
FROZEN_AFTER_MS = MINUTE  # a minute row is cut again until the watermark is so far past it
LONGEST_WINDOW_MS = max(WINDOW_MINUTES) * MINUTE

# What a queue is given where queues.toml says nothing
WAITING_CAP_MS = 2 * HOUR  # a caller who waits longer hung up without the platform saying so
SERVICE_CAP_MS = 12 * HOUR  # of a conversation that goes on longer the end was lost
SHORT_ABANDON_MS = 5 * SECOND

# Targets
PUBLISH_AHEAD_MS = MINUTE  # a later version starts at least so far ahead of its publication

# Figures on screens
FRESH_MS = (
    10 * SECOND
)  # older figures are no longer of now: no judgement (sources tick every 1-5 s)
DEAD_MS = 30 * SECOND  # older ones are not shown
IDLE_SHOWN_EVERY_MS = 2 * SECOND  # a queue without events is judged and published so often
