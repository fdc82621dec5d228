"""Whether event time may pass without a decision, so that most 5-second boundaries cost nothing.

A busy floor of hundreds of queues spent a quarter of its time on boundaries that decide nothing.
Rule: on the safe side. What is known now cannot raise any rule that is active up to the time that
is told: it is the least over what the rules say.
"""

from streams.core.active_rules import ActiveRules
from streams.core.line import Line
from streams.core.verdict import Verdict
from streams.core.windows import Windows

_ALIVE = ("open", "answered")


def quiet_until(rules: ActiveRules, line: Line, windows: Windows, end: int) -> int:
    """No rule can be raised at a boundary up to this one, unless a new fact comes.

    `end` is the last boundary of the minute: at whole minutes every queue is looked at. 0: look now.
    """
    until = end
    for rule, table in rules.tables:
        until = min(until, rule.quiet_until(table, line, windows))
    return until


def still_quiet(until: int, before: Verdict | None, verdict: Verdict, rules: ActiveRules) -> int:
    """How long it stays quiet after a leg was judged anew; 0 where that has to be asked again.

    Whoever is answered was in line when `until` was told, so it ends before his limit; a new caller
    reaches the limit in his own time. Facts behind the boundary are the caller's to look after.
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
