"""A queue in which somebody waits long, though no alert can begin or change: it is looked at once, not at each boundary.

A queue that is not quiet (streams.core.lookout) is *steady* up to a boundary when the agents of now, the load of this minute and the
callers known now raise nothing up to there, and the alerts that fire just go on. It ends with more or fewer agents, another
profile, and any fact that may matter.
Rule: the answer is never too late, and never reaches a whole minute.
"""

from typing import Any

from streams.core.active_rules import NO_RULES, ActiveRules
from streams.core.alert_rules import figure, would_change
from streams.core.alerting import Progress
from streams.core.crew import NOBODY_KNOWN, Crew
from streams.core.known_crew import is_answered_ahead
from streams.core.line import Line
from streams.core.lookout import still_quiet
from streams.core.queue_view import QueueView
from streams.core.roster import Roster
from streams.core.rule import ALWAYS, HoldingTimes, Rule
from streams.core.verdict import Change
from streams.core.windows import Windows


class Steady:
    """`until` holds while the crew is staffed as this one and the number of changes of profiles is this, and only for the boundary
    that comes next: where boundaries were left out a whole step looks at each of them.
    """

    __slots__ = (
        "_arrival_ms",
        "_of_callers",
        "_of_leaving",
        "_of_service",
        "_rules",
        "crew",
        "profiles",
        "until",
    )

    def __init__(self) -> None:
        self.until = self.profiles = 0
        self.crew: Crew = NOBODY_KNOWN
        self._rules, self._arrival_ms = NO_RULES, ALWAYS
        self._of_callers = self._of_leaving = self._of_service = False

    def is_staffed(self, roster: Roster, queue: str) -> bool:
        """Whether the agents of the queue are still those by which it was looked at, as far as it matters."""
        crew = roster.crews.get(queue)
        return crew is self.crew or self.crew.is_staffed_as(crew or roster.crew_of(queue))

    def note(self, change: Change, line: Line, windows: Windows) -> None:
        """A leg was judged again. By the rules that were looked at: also of a queue that had other targets."""
        before, verdict = change.before, change.verdict
        if change.late_at is not None:
            self.until = 0
        elif change.is_service_only:
            if self._of_service:
                self.until = 0
        elif before is None and verdict.outcome == "open" and verdict.arrived_at is not None:
            # Half of all changes: as `still_quiet`, without the call.
            raises = 0 if self._of_callers else verdict.arrived_at + self._arrival_ms
            if raises < self.until:
                self.until = raises
        elif (self._of_callers and verdict.outcome == "open") or (
            self._of_leaving and before is not None
        ):
            self.until = 0
        else:
            self.until = still_quiet(
                self.until, change, self._rules, self._arrival_ms, line, windows
            )

    def is_due(
        self,
        rules: ActiveRules,
        view: QueueView,
        progress: dict[str, Progress],
        ends: dict[str, list[int]],
        end: int,
    ) -> bool:
        """Whether an alert of a rule that is asked between minutes begins or changes at the boundary of the view; if not, `until` is found,
        which is not after `end`. At a whole minute one may begin all the same, by a cause that is counted there alone.
        """
        at, line, until = view.at, view.line, end
        self.until, self._rules, self._arrival_ms = 0, rules, ALWAYS
        self._of_callers = self._of_leaving = self._of_service = False
        is_empty = view.agents and not view.crew.signed_in
        if progress and is_empty and is_answered_ahead(line, view.rolling, at, end):
            until = 0
        waited_ms = line.longest_wait_ms(at)
        for rule, table, waits_ms, arrival_ms in rules.looked_at:
            before = progress.get(rule.name) if progress else None
            if before is not None:
                if would_change(rule, table, view, before, ends):
                    return True
                safe = self._goes_on_until(rule, table, view, before)
                self._of_leaving = True
                self._note_what_ends(rule, safe, arrival_ms)
                if safe < until:
                    until = safe
                continue
            if rule.reads_agents and not view.agents:
                continue  # it says nothing, however long somebody waits
            if waits_ms is None:
                safe = rule.quiet_until(table, line, view.rolling)
            else:
                safe = at + waits_ms - waited_ms
            if safe >= at:
                if arrival_ms < self._arrival_ms:
                    self._arrival_ms = arrival_ms
            elif (safe := rule.steady_until(table, view)) >= at:
                self._note_what_ends(rule, safe, arrival_ms)
            elif not rule.cannot_be_raised(table, view) and figure(rule, table, view, None).raised:
                return True
            if safe < until:
                until = safe
        self.until = until
        return False

    def _goes_on_until(
        self, rule: Rule[Any], table: HoldingTimes, view: QueueView, before: Progress
    ) -> int:
        """Up to when an open alert, which does not change at the boundary of the view, stays as it is."""
        if before.calm_since is not None:
            return 0
        lasts = rule.lasts_until(table, view, before)
        if before.stage == "pending":  # it fires then
            return min(lasts, before.onset_at + table.hold_ms - 1)
        return lasts

    def _note_what_ends(self, rule: Rule[Any], safe: int, arrival_ms: int) -> None:
        """By what the rule says up to `safe`; whoever comes can reach a wait of which it tells the time."""
        self._of_callers |= rule.counts_callers
        self._of_service |= rule.reads_service
        if safe < ALWAYS and arrival_ms < self._arrival_ms:
            self._arrival_ms = arrival_ms
