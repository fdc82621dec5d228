"""Times that several processes must agree on. Each is defined here alone.

A time that only one process needs is defined there. tests/contract/test_timing.py compares the copies
that are written in another language (page, boards, rules, documents).
"""

from schemas.counters import WINDOW_MINUTES
from schemas.millis import DAY, HOUR, MINUTE, SECOND

# Event time
STEP_MS = (
    5 * SECOND
)  # distance of two boundaries of event time; sources send ticks on the same grid
DISORDER_MS = 5 * SECOND  # by how much events of one source may be out of order
AHEAD_OF_BROKER_MS = (
    5 * SECOND
)  # an event that is further ahead is refused: it would move every window
STALE_AFTER_MS = 30 * SECOND  # a source without events for so long does not hold back its queues
LATE_WITHIN_MS = 6 * HOUR  # for so long closed legs are kept in state for late facts and duplicates
SAME_CALLER_MS = 24 * HOUR  # who calls again within it is one caller of an incident
SETTLED_AFTER_MS = (
    LATE_WITHIN_MS + 15 * MINUTE
)  # after the end of a day its live counters change no more
FLAPS_WITHIN_MS = (
    HOUR  # an alert that fires so soon after the former one of its rule and queue ended
)
FROZEN_AFTER_MS = MINUTE  # late facts change a minute row until the watermark is so far past it
LONGEST_WINDOW_MS = max(WINDOW_MINUTES) * MINUTE

# Certificates
CERTIFICATE_WARNED_MS = 14 * DAY  # before the end; one of 90 days is usually renewed at 30
CERTIFICATE_PAGED_MS = 3 * DAY

# Compacted topics
SEGMENT_MS = 5 * MINUTE  # only closed segments are compacted
COMPACTED_AFTER_MS = 15 * MINUTE  # at the latest, as Kafka is told

# Defaults of queues.toml
WAITING_CAP_MS = 2 * HOUR  # of a caller who waits longer the end was lost: the leg becomes a ghost
SERVICE_CAP_MS = 12 * HOUR  # of a conversation that lasts longer the end was lost
SHORT_ABANDON_MS = 5 * SECOND

# Targets
PUBLISH_AHEAD_MS = MINUTE  # a version after the first begins at least so long after its publication

# Figures on screens
FRESH_MS = 10 * SECOND  # older figures are not judged (sources send ticks every 1-5 s)
DEAD_MS = 30 * SECOND  # older figures are not shown
IDLE_SHOWN_EVERY_MS = 2 * SECOND  # so often a queue without events is judged and published
