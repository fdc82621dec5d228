"""The Prometheus queries of queues. They always aggregate, as queues are spread over workers.

Ratios are made here, from summed numerators and denominators. With `> 0` on the denominator, a queue
without calls has no value ("–"); otherwise it would show 0 %.
"""

import re

from dashboards.grafana import look
from schemas.formulas import Formula, formula, sql
from schemas.goal import ENOUGH_CALLS, GOAL_WINDOW_MINUTES
from schemas.recorded import STALE_BY_QUEUE, UNEXPLAINED_BY_QUEUE
from schemas.series import window_series

# Every series callcentre_* has the label `queue`, so that any query can be asked of some queues alone.
_OF_A_QUEUE = re.compile(r"((?:\w+:)?callcentre_\w+(?::\w+)?)(?:\{([^}]*)\})?")
CHOSEN = 'queue=~"$queue"'
WALL_WINDOW = f"{GOAL_WINDOW_MINUTES}m"
ABANDONMENT = formula("abandonment_ab2")


def by_queue(series: str) -> str:
    return f"sum by (queue) ({series})"


def of_queue(series: str) -> str:
    """For series that cannot be summed over workers: ages, targets, goals."""
    return f"max by (queue) ({series})"


WAITING = by_queue("callcentre_queue_waiting_callers")
OLDEST_WAIT_S = of_queue("callcentre_queue_oldest_wait_seconds")
NOT_CONFIGURED = "not configured"
_UNNAMED = f'label_replace(1 + 0 * {WAITING}, "queue_name", "$1", "queue", "(.*)")'
NAMES = (
    "max by (queue, queue_name, centre) (callcentre_target_info)"
    f' or on (queue) label_replace({_UNNAMED}, "centre", "{NOT_CONFIGURED}", "queue", ".*")'
)
GOAL = of_queue("callcentre_target_goal_ratio")
# The oldest clock of all queues that are not stale, or of all queues if every one is stale. Stale queues
# have a tile of their own: with them included, one silent source would keep this tile red for ever.
_CLOCK = "callcentre_queue_clock_timestamp_seconds"
DATA_AGE_S = f"time() - (min({_CLOCK} unless on (queue) callcentre_queue_source_stale == 1) or min({_CLOCK}))"
STALE_QUEUES = f"sum({STALE_BY_QUEUE})"
# One across queues is exported for each of its queues, and is one.
ALERTS_FIRING = (
    'count(max by (rule, queue) (callcentre_alerts_firing{topic=""})'
    ' or max by (rule, topic, area) (callcentre_alerts_firing{topic!=""}))'
)
ALERTS_OR_NONE = f"{ALERTS_FIRING} or 0 * sum(callcentre_queue_waiting_callers)"
UNEXPLAINED = f"sum({UNEXPLAINED_BY_QUEUE})"
ALL_WAITING = "sum(callcentre_queue_waiting_callers)"
LONGEST_WAIT_S = "max(callcentre_queue_oldest_wait_seconds)"

# The state that the stream judged, by look.STATE_CODES. A queue without a state has no live figures.
# While two workers export one queue, which happens when its partition moves, the worse state is shown.
_JUDGED = " or ".join(
    f'{code} + 0 * (callcentre_queue_state{{state="{level}"}} == 1)'
    for level, code in look.STATE_CODES.items()
)
STATE = f"{of_queue(_JUDGED)} or on (queue) {look.NO_LIVE_DATA_CODE} + 0 * {WAITING}"


WAITING_PAST_TARGET = by_queue("callcentre_queue_waiting_past_target_callers")
IN_SERVICE = by_queue("callcentre_queue_in_service_callers")
DOUBTFUL = by_queue("callcentre_queue_doubtful_callers")
TARGET_S = of_queue("callcentre_target_answer_within_seconds")


def chosen(expr: str) -> str:
    """`expr` of the queues that are chosen on the board."""

    def with_matcher(found: re.Match[str]) -> str:
        matchers = ",".join(filter(None, (found[2], CHOSEN)))
        return f"{found[1]}{{{matchers}}}"

    return _OF_A_QUEUE.sub(with_matcher, expr)


def service_level_parts(window: str) -> tuple[str, str]:
    """Numerator and denominator of the closed service level, each by its queue's own formula."""
    matcher = f'{{window="{window}"}}'
    return (
        f"callcentre_window_service_level_numerator_legs{matcher}",
        f"callcentre_window_service_level_denominator_legs{matcher}",
    )


def service_level(window: str) -> str:
    """Served as each queue promised: the closed service levels of all queues as one figure."""
    above, below = service_level_parts(window)
    return f"sum({above}) / (sum({below}) > 0)"


def service_level_by_queue(window: str) -> str:
    above, below = service_level_parts(window)
    return f"{by_queue(above)} / ({by_queue(below)} > 0)"


def live_service_level_by_queue(window: str) -> str:
    """With a miss for each caller who still waits past the target."""
    above, _ = service_level_parts(window)
    below = f'callcentre_window_live_service_level_denominator_legs{{window="{window}"}}'
    return f"{by_queue(above)} / ({by_queue(below)} > 0)"


def burn(window: str) -> str:
    """How many times as many late calls as the goal allows; no value at a goal of 100 %."""
    return f"(1 - {service_level_by_queue(window)}) / on (queue) (1 - ({GOAL} < 1))"


def late_calls_left() -> str:
    """How many of the next calls may all be late while the level of today is still at its goal.

    As rule `late_calls_left` has it (84 of 105 at a goal of 80 % is on the goal, not a hair below it).
    """
    above, below = service_level_parts("today")
    left = f"{by_queue(above)} / on (queue) ({GOAL} < 1) - on (queue) ({by_queue(below)} > 0)"
    return f"clamp_min(floor({left} + 1e-9), 0)"


def against_goal(window: str) -> str:
    """Service level minus goal; look.FEW_CODE if it is below 0 with too few calls behind it."""
    share = f"({service_level_by_queue(window)} - on (queue) {GOAL})"
    few = f"({share} < 0 and on (queue) {behind(window)} < {ENOUGH_CALLS})"
    return f"{share} unless on (queue) {few} or on (queue) {look.FEW_CODE} + 0 * {few}"


def behind(window: str) -> str:
    """The denominator of the service level of each queue."""
    return by_queue(service_level_parts(window)[1])


def _counts(rule: Formula, window: str) -> tuple[str, str]:
    return sql(rule, lambda counter: f'{window_series(counter)}{{window="{window}"}}')


def count(counter: str, window: str) -> str:
    """Legs of each queue."""
    return by_queue(f'{window_series(counter)}{{window="{window}"}}')


def ratio(rule: Formula, window: str) -> str:
    above, below = _counts(rule, window)
    return f"sum({above}) / (sum({below}) > 0)"


def ratio_by_queue(rule: Formula, window: str) -> str:
    above, below = _counts(rule, window)
    return f"{by_queue(above)} / ({by_queue(below)} > 0)"


def agents(*states: str) -> str:
    """Agents of a queue in these states; an agent who serves several queues counts in each.

    A queue whose agents are not measured has no value, not 0. Every worker knows all agents, so two that
    export one queue say the same, which is not added up.
    """
    known = "max by (queue, state) (callcentre_agents{})"
    wanted = by_queue(known.replace("{}", f'{{state=~"{"|".join(states)}"}}'))
    return f"{wanted} or on (queue) 0 * {by_queue(known.replace('{}', ''))}"


def named(expr: str) -> str:
    """`expr` with the queue's name as a label; for a queue that is not configured, its id."""
    return (
        f"{expr} * on (queue) group_left (queue_name) max by (queue, queue_name)"
        f" (callcentre_target_info)"
        f' or on (queue) label_replace({expr}, "queue_name", "$1", "queue", "(.*)")'
    )


FIRING = named("max by (rule, queue, topic, area) (callcentre_alerts_firing)")
NOT_EVALUATED = named("max by (rule, queue, reason) (callcentre_alerts_not_evaluated)")
LONGEST_QUEUES = f"topk(8, {named(WAITING)})"
