"""A queue in which somebody waits long, though no rule can be raised: it is looked at once, not at each boundary.

A queue that is not quiet (streams.core.lookout) is *steady* up to a boundary when the agents of now, the load of this minute and the
callers known now raise nothing up to there. It ends with other agents, another profile, and any fact that may matter.
Rule: the answer is never too late, and never reaches a whole minute.
"""

from streams.core.active_rules import NO_RULES, ActiveRules
from streams.core.alert_rules import figure, would_change
from streams.core.alerting import Progress
from streams.core.crew import NOBODY_KNOWN, Crew
from streams.core.lookout import still_until
from streams.core.queue_view import QueueView
from streams.core.rule import ALWAYS
from streams.core.verdict import Change


class Steady:
    """`until` holds while the crew and the number of changes of profiles are these, and only for the boundary that comes next:
    where boundaries were left out a whole step looks at each of them.
    """

    __slots__ = ("_arrival_ms", "_of_callers", "_of_service", "_rules", "crew", "profiles", "until")

    def __init__(self) -> None:
        self.until = self.profiles = 0
        self.crew: Crew = NOBODY_KNOWN
        self._rules, self._arrival_ms = NO_RULES, ALWAYS
        self._of_callers = self._of_service = False

    def note(self, change: Change) -> None:
        """A leg was judged again. By the rules that were looked at: also of a queue that had other targets."""
        if change.late_at is not None:
            self.until = 0
        elif change.is_service_only:
            if self._of_service:
                self.until = 0
        elif self._of_callers and change.verdict.outcome == "open":
            self.until = 0
        else:
            self.until = still_until(
                self.until, change.before, change.verdict, self._rules, self._arrival_ms
            )

    def is_due(
        self,
        rules: ActiveRules,
        view: QueueView,
        progress: dict[str, Progress],
        ends: dict[str, list[int]],
        end: int,
    ) -> bool:
        """Whether an alert begins or changes at the boundary of the view, which is no whole minute; if not, `until` is found, which is
        not after `end`.
        """
        at, line, until = view.at, view.line, end
        self.until, self._rules, self._arrival_ms = 0, rules, ALWAYS
        self._of_callers = self._of_service = False
        waited_ms = line.longest_wait_ms(at)
        for rule, table, waits_ms, arrival_ms in rules.looked_at:
            before = progress.get(rule.name) if progress else None
            if before is not None:
                if would_change(rule, table, view, before, ends):
                    return True
                until = 0
                continue
            if waits_ms is None:
                safe = rule.quiet_until(table, line, view.rolling)
            else:
                safe = at + waits_ms - waited_ms
            if safe >= at:
                if arrival_ms < self._arrival_ms:
                    self._arrival_ms = arrival_ms
            elif rule.reads_agents and not view.agents:
                continue  # it says nothing
            elif (safe := rule.steady_until(table, view)) >= at:
                self._of_callers |= rule.counts_callers
                self._of_service |= rule.reads_service
            elif not rule.cannot_be_raised(table, view) and figure(rule, table, view, None).raised:
                return True
            if safe < until:
                until = safe
        self.until = until
        return False
