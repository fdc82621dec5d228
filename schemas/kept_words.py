"""What stays of a call that a later record tells without saying it: an export without a column takes nothing back.

Rule 1: who called and what about stays, whatever became of the call.
Rule 2: of what became of it, details stay if the later record says the same outcome in the same second (a report
may have milliseconds and the next one not). Else an end would stay that lies before the new answer.

Names are fields of `FinishedLeg`. Files of one command (producers.told_twice) and the archive
(streams.history.known_legs) ask here, so that it does not matter in how many commands files are sent.
"""

from typing import Any

from schemas.millis import SECOND

_OF_THE_CALL = ("caller", "contact_id", "topic", "area", "priority", "missed_offers")
_OF_ITS_OUTCOME = ("reason", "agent", "disposition", "hold_ms", "ended_at", "wrap_ended_at")
_COUNTED = ("priority", "missed_offers")  # of these 0 says as little as no word
_UNSAID: frozenset[Any] = frozenset({None, "", "open"})
MAY_STAY = (*_OF_THE_CALL, *_OF_ITS_OUTCOME)


def is_same_outcome(
    outcome: str, left_at: int | None, former_outcome: str, former_left_at: int | None
) -> bool:
    """Whether two records say the same of what became of a call. Times in ms; None where a record says none."""
    if outcome != former_outcome:
        return False
    if left_at is None or former_left_at is None:
        return True
    return left_at // SECOND == former_left_at // SECOND


def what_stays(*, is_same_outcome: bool) -> tuple[str, ...]:
    return MAY_STAY if is_same_outcome else _OF_THE_CALL


def is_unsaid(name: str, value: Any) -> bool:
    """Whether a record with this value says nothing of the field."""
    return value in _UNSAID or (name in _COUNTED and value == 0)
