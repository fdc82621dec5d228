"""Up to when event time may pass without a decision, so that most 5-second boundaries cost nothing.

With hundreds of busy queues, a quarter of the time went into boundaries at which nothing was decided.
Rule: the answer is never too late. It is the least time over all active rules, each of which says up to
when the facts known now cannot raise it.
"""

from streams.core.active_rules import ActiveRules
from streams.core.line import Line
from streams.core.verdict import Verdict
from streams.core.windows import Windows

_ALIVE = ("open", "answered")


def quiet_until(rules: ActiveRules, line: Line, windows: Windows, end: int) -> int:
    """No rule can be raised at a boundary up to this one, unless a new fact comes.

    `end` is the last boundary of the minute: at a whole minute the rules of every queue are evaluated.
    0: evaluate them now.
    """
    until = end
    for rule, table in rules.tables:
        until = min(until, rule.quiet_until(table, line, windows))
    return until


def still_quiet(until: int, before: Verdict | None, verdict: Verdict, rules: ActiveRules) -> int:
    """Up to when the queue stays quiet after a leg was judged again; 0: call `quiet_until` again.

    A caller who is answered was in line when `until` was computed, so `until` is before the time at which
    this caller would raise a rule. A new caller can raise a rule only some time after the arrival. Facts
    behind the boundary are not handled here: for them the calling code ends the quiet.
    """
    if before is not None and (
        before.outcome not in _ALIVE or before.arrived_at != verdict.arrived_at
    ):
        return 0
    if verdict.outcome == "answered" and before is not None:
        return until if rules.answer_cannot_raise else 0
    if verdict.outcome == "open" and verdict.arrived_at is not None:
        return min(until, verdict.arrived_at + rules.arrival_cannot_raise_for_ms)
    return 0
