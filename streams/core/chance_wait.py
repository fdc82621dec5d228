"""Whether a long wait is one that chance makes on a desk with enough agents.

On a desk of two to five agents one conversation that is longer than others keeps a caller waiting for minutes. Erlang A says how
often: the share of callers who wait longer than so long, with the agents and the load of now.
"""

from functools import lru_cache

from schemas.millis import MINUTE, SECOND
from streams.core.erlang_a import ErlangA, predicted
from streams.core.queue_view import QueueView

_PATIENCE_MS = 5 * MINUTE
_ENOUGH_TIMED = 20  # conversations, for a handling time


def is_chance(view: QueueView, wait_ms: int, weeks: float) -> bool:
    """Whether a wait of more than `wait_ms` comes more often than once in `weeks` weeks of the queue's profile by chance.

    Never where the agents of now are too few for the goal, where one of them is free (calls do not reach him), and where agents,
    handling times or usual calls are not known.
    """
    staff = view.crew.taking
    if not weeks or view.expected is None or not staff or view.agents.get("available"):
        return False
    now = view.load
    if now.calls_an_hour is None or now.work.measured < _ENOUGH_TIMED:
        return False
    targets, load, handling_ms = view.targets, round(now.load, 2), now.work.handling_ms
    level = predicted(
        load, staff, handling_ms, _PATIENCE_MS,
        targets.formula, targets.answer_within_ms, targets.short_abandon_ms,
    )  # fmt: skip
    if level < targets.goal:
        return False
    longer = _longer(staff, load, handling_ms, wait_ms // SECOND * SECOND)
    return view.expected.a_week * weeks * longer > 1


@lru_cache(maxsize=1024)  # for every second of a wait the same
def _model(staff: int, load: float, handling_ms: int) -> ErlangA:
    return ErlangA(staff, load, handling_ms, _PATIENCE_MS)


@lru_cache(maxsize=1024)
def _longer(staff: int, load: float, handling_ms: int, wait_ms: int) -> float:
    """The share of callers who wait for more than `wait_ms`, answered or not."""
    model = _model(staff, load, handling_ms)
    return max(0.0, 1.0 - model.answered_within(wait_ms) - model.abandoned_within(wait_ms))
