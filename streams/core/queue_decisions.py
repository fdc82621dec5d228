"""What is decided in one queue as event time passes: minute rows, alerts, and which legs are given up.

The order at a boundary is fixed. First the newest minute row is cut again if a late fact changed it, then
the alert rules are evaluated. At a whole minute legs over their cap are closed, the new row is cut, and
old legs and days leave the state.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from schemas.alerts import NotEvaluated
from schemas.millis import MINUTE
from schemas.targets import Targets
from schemas.timing import LATE_WITHIN_MS, STEP_MS
from streams.core.active_rules import ActiveRules, RulesOfQueue
from streams.core.agent_minutes import AgentMinutes
from streams.core.alert_rules import evaluate, figure, stays, told
from streams.core.alerting import Progress, keep_costs
from streams.core.attention import RaisedRule
from streams.core.crew import Crew
from streams.core.expected_calls import ExpectedCalls
from streams.core.known_crew import known_crew
from streams.core.lookout import Safe, asked, may_be_raised, quiet_until, still_quiet
from streams.core.minute_cut import MinuteCut
from streams.core.outbox import Outbox
from streams.core.present_load import KnownLoad
from streams.core.profiles import Profiles
from streams.core.queue_legs import QueueLegs
from streams.core.queue_view import Kept, QueueView
from streams.core.roster import Roster
from streams.core.rule import severity_of
from streams.core.rule_catalogue import EACH_MINUTE
from streams.core.shown_rules import Shown, ShownRules
from streams.core.steady import Steady
from streams.core.unit import Cause
from streams.core.usual_calls import UsualCalls
from streams.core.verdict import Change

_TIDY_EVERY_MS = 5 * MINUTE  # it goes through all packs of legs, which is too slow for every minute
JUMP_MS = 5 * MINUTE  # a larger step of event time is a gap: no rows are cut in between


class QueueDecisions:
    """`quiet_to`: up to this boundary, at most to the end of its minute, no rule that is asked between minutes can be raised
    without a new fact; `_idle_to`: while targets and profile (`_idle_by`) hold. `passed_to`: so far nothing was computed.
    """

    def __init__(self, legs: QueueLegs, roster: Roster, profiles: Profiles, outbox: Outbox) -> None:
        self._legs = legs
        self._roster = roster
        self._profiles = profiles
        self._outbox = outbox
        self.progress: dict[str, Progress] = {}  # of rules that are not inactive
        self.ends: dict[str, list[int]] = {}  # by rule: when its alert ended lately
        self.agent_minutes = AgentMinutes()
        self._rules = RulesOfQueue()
        self._sole_rules = self._rules_if_sole()
        self.minute = MinuteCut(legs.queue)
        self.quiet_to = self._minute_end = 0
        self.passed_to = 0
        self._idle_to = 0
        self._idle_by: tuple[Targets, ExpectedCalls | None] | None = None
        self._usual = UsualCalls(profiles)
        self._safe, self._steady, self._load = Safe(), Steady(), KnownLoad()
        self._shown = ShownRules()
        self._kept: Kept | None = None

    def consider(self, changes: Iterable[Change]) -> None:
        """Note changed legs: they may change the newest minute row, and end the quiet."""
        self._idle_by = None
        line, windows, steady = self._legs.line, self._legs.windows, self._steady
        for change in changes:
            if change.late_at is not None:
                self.minute.note_change(change.late_at)
                self.quiet_to = 0
                self._safe.forget()
                self._load.forget()
            if self.quiet_to and not change.is_service_only:
                rules, until = self._sole_rules, self.quiet_to
                self.quiet_to = 0
                if rules is not None:
                    for_ms = rules.arrival_cannot_raise_for_ms
                    self.quiet_to = still_quiet(until, change, rules, for_ms, line, windows)
            elif steady.until:
                steady.note(change, line, windows)

    def ask_again(self) -> None:
        """The targets changed: end the quiet, which was computed by the former rules."""
        self.quiet_to = self._steady.until = 0
        self._safe.forget()
        self._sole_rules = self._rules_if_sole()

    def _rules_if_sole(self) -> ActiveRules | None:
        """The rules of a queue that never had other targets; of several versions, any may rule."""
        sole = self._legs.sole
        return self._rules.of(sole[0]) if sole else None

    def firing(self) -> list[str]:
        """Without rehearsals."""
        return [
            rule
            for rule, each in self.progress.items()
            if each.stage == "firing" and each.severity != "rehearse"
        ]

    def raised(self, targets: Targets, at: int) -> tuple[list[RaisedRule], dict[str, NotEvaluated]]:
        """The rules whose alert is open, or that are raised as of `at` but not evaluated at a boundary yet; and
        the rules that cannot be evaluated.

        What cannot change before the next whole minute is asked once a minute: screens ask several times a second.
        """
        rules = self._rules.of(targets)
        shown = self._shown_of(targets, at, rules)
        found = list[RaisedRule]()
        if not self.progress and at <= self.quiet_to and rules is self._sole_rules:
            return found, shown.lacking
        is_quiet = quiet_until(rules, self._legs.line, self._legs.windows, at, at) >= at
        if is_quiet and not self.progress:
            return found, shown.lacking
        view = self.view(targets, at)
        for rule, table in rules.tables if self.progress else rules.between_minutes:
            progress = self.progress.get(rule.name)
            if progress is None and (
                is_quiet or rule.each_minute or not may_be_raised(rule, table, view)
            ):
                continue
            sentence = shown.sentences.get(rule.name)
            if sentence is None:
                measured = figure(rule, table, view, progress)
                if not (measured.raised if progress is None else stays(progress, measured)):
                    continue
                sentence = told(rule, table, view, measured)
            # Screens show the queue's name beside it.
            cause = sentence.removeprefix(f"{targets.name}: ")
            fires = progress is not None and progress.stage == "firing"
            found.append(RaisedRule(rule.name, severity_of(rule, targets), fires, cause))
        return found, shown.lacking

    def _shown_of(self, targets: Targets, at: int, rules: ActiveRules) -> Shown:
        """What was asked since the queue's last whole minute; before its first one since that of `at`."""
        of = self._minute_of(at), bool(self.crew(at).agents), self._legs.telling.reported
        expected = self._usual.at(targets, at)
        if shown := self._shown.kept(of, targets, expected):
            return shown
        view = self.view(targets, at, expected)
        return self._shown.asked(of[0], rules, view, self.progress, {})

    def _minute_of(self, at: int) -> int:
        minute = self.minute.at
        return at // MINUTE if minute is None else minute

    def crew(self, at: int) -> Crew:
        """The agents of now, as far as they are known at `at`."""
        return known_crew(self._roster, self._legs, at)

    def view(
        self, targets: Targets, at: int, expected: ExpectedCalls | None = None, counted_to: int | None = None
    ) -> QueueView:  # fmt: skip
        """The queue as of `at` for rules; `expected`: by what holds at another moment."""
        legs, kept = self._legs, self._kept
        expected = expected or self._usual.at(targets, at)
        crew = self.crew(at)
        if (
            kept is None
            or kept.expected is not expected
            or kept.reported is not legs.telling.reported
            or kept.replay is not legs.replay
            or kept.crew is not crew
            or kept.book is not legs.book
            or kept.agent_minutes is not self.agent_minutes
        ):
            self._kept = kept = Kept(
                line=legs.line, windows=legs.windows, days=legs.tally.days, load=self._load, roster=self._roster, crew=crew, book=legs.book,
                agent_minutes=self.agent_minutes, expected=expected, reported=legs.telling.reported, replay=legs.replay,
            )  # fmt: skip
        return QueueView(at, targets, kept, counted_to)

    def is_idle(self) -> bool:
        """Nothing in any window, nobody in line or served, no alert open: time may just pass."""
        legs = self._legs
        return not self.progress and legs.line.is_empty() and legs.windows.is_idle()

    # ---- time --------------------------------------------------------------------------------

    @property
    def reached(self) -> int | None:
        """The boundary that event time has come to, whether it was computed or passed; None before the first.

        What depends on how far time has come asks for this one. That of the windows stays behind it for up to a minute, for
        longer or shorter after a restart, which forgets `quiet_to`.
        """
        boundary, passed_to = self._legs.windows.boundary, self.passed_to
        return passed_to if boundary is not None and passed_to > boundary else boundary

    @property
    def keeps_since(self) -> int:
        """Legs with no fact since then have left the state, or are treated as if they had."""
        boundary = self._legs.windows.boundary
        if boundary is None:
            return 0
        return max(self.passed_to, boundary) - LATE_WITHIN_MS

    def advance(self, target: int, cause: Cause) -> None:
        """The watermark of the queue has come to the boundary `target`."""
        if target <= self.quiet_to and target < self._minute_end:
            if target > self.passed_to:
                self.passed_to = target
            return
        steady = self._steady
        if (
            self.passed_to < target <= steady.until
            and target - self.passed_to <= STEP_MS
            and steady.profiles == self._profiles.changes
            and steady.is_staffed(self._roster, self._legs.queue)
        ):
            self.passed_to = target
            return
        boundary, reached = self._legs.windows.boundary, self.reached
        if boundary is None or reached is None:
            self._begin(target)
        elif target <= reached:
            return
        elif self.is_idle() and self._may_idle(boundary, target):
            self._pass_idle(boundary, target)
        elif target - target % MINUTE > boundary or not self._may_pass(target):
            self._step(reached, target, cause)

    def _begin(self, target: int) -> None:
        self._legs.windows.jump(target)
        self._begin_minute(target - target % MINUTE)  # late facts may still give it a row
        self._outbox.is_state_changed = True

    def _pass_idle(self, boundary: int, target: int) -> None:
        self._legs.windows.pass_idle(target)
        if target // MINUTE != boundary // MINUTE:
            self._begin_minute(target - target % MINUTE)
        if target // _TIDY_EVERY_MS != boundary // _TIDY_EVERY_MS:
            self._legs.tidy(target)

    def _may_idle(self, boundary: int, target: int) -> bool:
        """Whether no rule is raised up to `target` by nothing happening; the queue is idle."""
        legs = self._legs
        targets = legs.judged_by(target)[0]
        rules = self._rules.of(targets)
        if targets is None or rules.idle_cannot_raise:
            return True
        expected, by = self._usual.at(targets, target), self._idle_by
        if target > self._idle_to or by is None or by[0] is not targets or by[1] is not expected:
            view = self.view(targets, boundary, expected)
            self._idle_by = targets, expected
            self._idle_to = min(rule.idle_until(table, view) for rule, table in rules.tables)
        return target <= self._idle_to

    def _may_pass(self, target: int) -> bool:
        """Whether nothing can be decided up to `target`; then the boundary of the windows stays where it is,
        at most until the minute is over.
        """
        if self.minute.is_stale:
            return False
        rules = self._sole_rules or self._rules.of(self._legs.judged_by(target)[0])
        return self._sleeps(target, rules)

    def _sleeps(self, at: int, rules: ActiveRules, view: QueueView | None = None) -> bool:
        """Whether no alert begins or changes between minutes as of the boundary `at`, and up to when, by a look that moves no window:
        somebody who waits a little long, and an alert that just goes on, would else cost a whole step at every boundary. False where
        boundaries before it were not looked at. `view`: if the queue was looked at as of it already.
        """
        legs, progress, steady = self._legs, self.progress, self._steady
        self._minute_end = end = at - at % MINUTE + MINUTE
        if self._sole_rules is None:
            end -= STEP_MS  # from the whole minute on other targets may hold
        if not progress or progress.keys() <= EACH_MINUTE:
            until = quiet_until(rules, legs.line, legs.windows, end, at)
            if until >= at:
                self.passed_to, self.quiet_to, steady.until = at, until, 0
                return True
        self.quiet_to = 0
        if at - max(self.passed_to, legs.windows.boundary or 0) > STEP_MS:
            return False
        targets = legs.judged_by(at)[0]
        if targets is None or not progress.keys() <= rules.table_of.keys():
            return False  # or the rule of an open alert was switched off
        view = view or self.view(targets, at, counted_to=at)
        steady.crew, steady.profiles = view.crew, self._profiles.changes
        if steady.is_due(rules, view, progress, self.ends, self._minute_end - STEP_MS):
            return False
        self.passed_to = at
        return True

    def _step(self, reached: int, target: int, cause: Cause) -> None:
        windows, whole = self._legs.windows, target - target % MINUTE
        self._outbox.is_state_changed = self._legs.is_changed = True
        self._steady.until = 0
        if target - reached > JUMP_MS:
            self._cut_again(reached, cause)
            keep_costs(self.progress.values(), windows, reached, target)
            windows.jump(target)
            self._decide(target, cause, minute=whole)
            return
        for here in range(reached + STEP_MS, target + STEP_MS, STEP_MS):
            windows.leap(here)
            self._decide(here, cause, minute=here if here % MINUTE == 0 else None)

    def _decide(self, here: int, cause: Cause, minute: int | None) -> None:
        legs = self._legs
        self._cut_again(here, cause)
        if minute is not None:
            keep_costs(self.progress.values(), legs.windows, here, here)
        view, reasons = self._alert(here, cause)
        if minute is not None and minute != self.minute.at:
            former = self.minute.at or 0
            if closed := legs.close_aged(here, cause):
                self.consider(closed)
                view = None  # of before
            self._begin_minute(minute)
            self._cut(cause, view, reasons)
            legs.line.forget_left()
            if minute // _TIDY_EVERY_MS != former // _TIDY_EVERY_MS:
                legs.tidy(here)

    def _alert(self, here: int, cause: Cause) -> tuple[QueueView | None, dict[str, str]]:
        """Evaluate the alert rules as of the boundary `here`. By which view, and what was told by it of which rule."""
        legs, reasons = self._legs, dict[str, str]()
        targets = legs.judged_by(here)[0]
        if targets is None and not self.progress:
            return None, reasons
        targets = targets or legs.book.without_rules(legs.queue, here)  # ends the open alerts
        view, rules = self.view(targets, here), self._rules.of(targets)
        if rules.counts_agents and here % MINUTE == 0 and view.agents:
            self.agent_minutes.note(here, view.crew)
        is_quiet = here <= self.quiet_to
        if here % MINUTE == 0 and not self.is_idle():  # one look for it and for those that follow
            is_quiet = self._sleeps(here, rules, view)
        due = asked(rules, self.progress, view, self._safe, is_quiet=is_quiet)
        for alert in evaluate(targets, due, view, self.progress, self.ends, self._safe, cause):
            self._outbox.alerts[alert.alert_id] = alert
            reasons[alert.rule] = alert.reason
            if alert.onset_at == here and alert.rule not in EACH_MINUTE:
                # By a cause of whole minutes alone, of which the look above knows nothing: its end would come a minute late.
                self.quiet_to = self._steady.until = 0
        return view, reasons

    # ---- minute rows -------------------------------------------------------------------------

    def _begin_minute(self, at: int) -> None:
        self.minute.next_minute(at)
        self._legs.line.begin_minute(at)

    def _cut_again(self, here: int, cause: Cause) -> None:
        """Cut the newest row again if a late fact changed it and it is not frozen yet."""
        if self.minute.is_stale and here - (self.minute.at or 0) <= MINUTE:
            self._cut(cause)

    def _cut(
        self, cause: Cause, view: QueueView | None = None, reasons: dict[str, str] | None = None
    ) -> None:
        """`view`: the queue of now, where it was looked at already as of some boundary."""
        legs = self._legs
        targets = legs.book.at(legs.queue, self.minute.at or 0)[0]
        agents = self.crew(self.minute.at or 0).agents
        row = self.minute.cut(legs.windows, legs.line, targets, agents, cause, replay=legs.replay)
        if row is None:
            return
        lacking: dict[str, NotEvaluated] = {}
        if targets is not None:
            if view is None or view.at != row.at or view.targets is not targets:
                view, reasons = self.view(targets, row.at), {}
            # By the facts of now, whatever screens asked before.
            of, rules = self._minute_of(row.at), self._rules.of(targets)
            lacking = self._shown.asked(of, rules, view, self.progress, reasons or {}).lacking
        self._outbox.minutes[row.at] = replace(row, not_evaluated=lacking)

    # ---- state -------------------------------------------------------------------------------

    def restore(
        self,
        progress: dict[str, Progress],
        cut_at: int | None,
        agent_minutes: AgentMinutes,
        ends: dict[str, list[int]],
        *,
        is_emitted: bool,
        is_stale: bool,
    ) -> None:
        self.progress, self.agent_minutes, self.ends = progress, agent_minutes, ends
        self.minute.restore(cut_at, is_emitted=is_emitted, is_stale=is_stale)

    def restored(self, idle_boundary: int | None, passed_to: int) -> None:
        """All pieces are in. `idle_boundary` is the boundary of an idle queue, which is not written in the piece of the
        queue each time that it moves on.
        """
        self.passed_to = passed_to
        if idle_boundary is None or not self.is_idle():
            return
        windows = self._legs.windows
        boundary = max(windows.boundary or 0, idle_boundary)
        windows.pass_idle(boundary)
        if boundary // MINUTE != (self.minute.at or 0) // MINUTE:
            self._begin_minute(boundary - boundary % MINUTE)
