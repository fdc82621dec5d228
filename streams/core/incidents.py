"""Finds incidents: several people who call about one topic from one area, whichever queues their calls come to.

Rule 1: reports are taken in the order of their times, once the clocks of all sources have passed them. So what is
decided does not depend on which partition of `calls` was read first.
Rule 2: an incident is one alert that grows. New callers are attached to it; after its end none is raised for a while.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from functools import partial

from schemas.alerts import Alert, NotEvaluated
from schemas.millis import DAY, HOUR, MINUTE
from schemas.reports import Report
from schemas.targets import Targets
from schemas.timing import STEP_MS
from streams.core.alerting import Change, Progress, advance
from streams.core.decider import Asked
from streams.core.incident_alert import incident_alert
from streams.core.incident_baseline import Baseline, OwnCalls
from streams.core.incident_cell import LIMIT, Burst, Cell
from streams.core.incident_first_hour import LEAST_WATCHED_MS, FirstHour
from streams.core.incident_nodes import parts
from streams.core.incident_sentence import measured
from streams.core.rule import Measured, severity_of, table_of
from streams.core.rules.incident import RULE, IncidentTable
from streams.core.unit import Cause
from streams.core.windows import floor_step

Place = tuple[str, str]  # topic and area
Found = tuple[Burst, FirstHour | None]

FORGOTTEN_AFTER_MS = DAY
MOST_CELLS = 20_000  # the one without a call for longest goes first
MOST_PENDING = 20_000  # with more, a clock stands still, and time moves on without it
_RECENT_MS = 2 * HOUR  # the first hour lasts so long where it begins just after a whole one


class Incidents:
    """All cells, and the boundary up to which everything is decided."""

    def __init__(self, asked: Asked) -> None:
        self.targets_at, self.heard_since = asked
        self.boundary: int | None = None
        self.baseline = Baseline()
        self.pending: list[Report] = []  # not passed yet, in order of time
        self.cells: dict[Place, Cell] = {}
        self.open: set[Place] = set()  # cells with an alert, pending or firing
        self._ended = 0  # hours that end later are not over
        self._is_late = False  # calls are read of a partition of which more is to come
        self._recent: list[int] | None = None  # calls of the last two hours; None: not counted
        # Not written yet.
        self.changed: set[Place] = set()
        self.alerts: dict[str, Alert] = {}
        self.is_baseline_changed = self.is_pending_changed = False

    def restore_cell(self, place: Place, cell: Cell | None) -> None:
        """A piece of the state; None: the cell was forgotten."""
        self.cells.pop(place, None)
        self.open.discard(place)
        if cell is not None:
            self.cells[place] = cell
            if cell.is_open:
                self.open.add(place)
            self.baseline.remember({each.queue: each.at for each in cell.calls})

    def written(self) -> None:
        """Everything that changed is in a checkpoint."""
        self.changed, self.alerts = set(), {}
        self.is_baseline_changed = self.is_pending_changed = False

    # ---- reports and time --------------------------------------------------------------------

    def take(self, report: Report) -> None:
        """A report waits until time has passed it; one that is taken back is gone at once."""
        if report.taken_back:
            self._take_back(report)
            return
        insort(self.pending, report, key=_order)
        self.is_pending_changed = True

    def _take_back(self, report: Report) -> None:
        leg = report.queue, report.leg
        kept = [each for each in self.pending if (each.queue, each.leg) != leg]
        if len(kept) < len(self.pending):
            self.pending, self.is_pending_changed = kept, True
        cell = self.cells.get((report.topic, report.area))
        if cell is not None:
            for call in cell.learned(report, (self.boundary or 0) // HOUR * HOUR):
                self._unlearn(cell, int(call.at in cell.first_calls()), 1)  # told anew, it is again
            cell.take_back(report)
            self._recent = None
            self.changed.add((report.topic, report.area))

    def advance(self, target: int | None, cause: Cause) -> None:
        """All clocks have passed the boundary `target`; None: no clock is known."""
        if len(self.pending) > MOST_PENDING:
            target = max(target or 0, floor_step(self.pending[0].at) + STEP_MS)
        if target is None:
            return
        if self.boundary is not None and target <= self.boundary:
            self._decide_late(self.boundary, cause)
            return
        if self.boundary is None:
            first = self.pending[0].at if self.pending else target
            self.boundary = min(target, floor_step(first))
            self.baseline.clocks_from, self.is_baseline_changed = self.boundary, True
        while (here := self._next(self.boundary)) <= target:
            self.boundary = here
            self._step(here, cause)
        self.boundary = target

    def _decide_late(self, here: int, cause: Cause) -> None:
        """Calls of a partition that was not waited for: perhaps nothing moves time on any more."""
        self._ended, self._is_late = here // HOUR * HOUR, True
        for place in sorted(set(self._attach(here))):
            self._decide(self.cells[place], here, cause)

    def _next(self, boundary: int) -> int:
        """The next boundary at which something can be decided."""
        found = []
        if self.pending:
            found.append(max(floor_step(self.pending[0].at), boundary) + STEP_MS)
        if self.open:
            found.append(boundary - boundary % MINUTE + MINUTE)
        if self.cells:
            found.append(boundary - boundary % HOUR + HOUR)
        return min(found, default=boundary + FORGOTTEN_AFTER_MS * 365)

    def _step(self, here: int, cause: Cause) -> None:
        self._ended, self._is_late = (here - 1) // HOUR * HOUR, False
        asked = set(self._attach(here))
        if here % MINUTE == 0:
            asked |= self.open
        for place in sorted(asked):
            self._decide(self.cells[place], here, cause)
        if here % HOUR == 0:
            self._end_hour(here)
        if len(self.cells) > MOST_CELLS:
            self._make_room()

    def _attach(self, here: int) -> Iterator[Place]:
        passed = bisect_left(self.pending, here, key=lambda each: each.at)
        if not passed:
            return
        taken, self.pending = self.pending[:passed], self.pending[passed:]
        self.is_pending_changed = True
        late: list[Report] = []
        for report in taken:
            if report.at < here - FORGOTTEN_AFTER_MS:
                continue
            self.is_baseline_changed |= self.baseline.watch(report.at)
            self.is_baseline_changed |= self.baseline.meet(report.queue, report.at, self._ended)
            place = report.topic, report.area
            heard, without = self.heard_since(report.leg[1]), self.baseline.hours_without
            if place not in self.cells:
                own = OwnCalls(hours=without(report.queue, report.at, heard))
                self.cells[place] = Cell(*place, own=own)
            elif heard is not None and report.at - heard < DAY:
                self.cells[place].meet(report.leg[1], without(report.queue, report.at, heard))
            if self.cells[place].add(report):
                self._recent = None
            else:
                if self._recent is not None:
                    insort(self._recent, report.at)
                if report.at < self._ended:
                    late.append(report)
            self.changed.add(place)
            yield place
        self._learn_late(late)

    def _make_room(self) -> None:
        """Of cells without an alert a tenth goes, those without a call for longest."""
        idle = [place for place, cell in self.cells.items() if not cell.is_open]
        idle.sort(key=lambda place: (self.cells[place].calls[-1].at, place))
        for gone in idle[: MOST_CELLS // 10]:
            del self.cells[gone]
            self.changed.add(gone)
        self._recent = None

    # ---- how busy it is ----------------------------------------------------------------------

    def _rate(self, cell: Cell, here: int) -> float:
        """Ordinary calls an hour of the cell at this time of the day. Incidents do not make the rest look ordinary."""
        apart = {(cell.topic, cell.area), *self.open}
        others = self._calls(here - HOUR, here) - sum(
            len(self.cells[place].calls_since(here - HOUR, here)) for place in apart
        )
        newest = cell.newest_callers(self._ended)
        if self._is_late:
            return self.baseline.usual_rate(cell.topic, cell.area, cell.own, newest)
        return self.baseline.rate(cell.topic, cell.area, cell.own, others, newest)

    def _calls(self, begin: int, here: int) -> int:
        """Of all cells, in the last two hours at most."""
        if self._recent is None:
            self._recent = sorted(
                call.at for each in self.cells.values() for call in each.calls if call.at < here
            )
        del self._recent[: bisect_left(self._recent, here - _RECENT_MS)]
        return len(self._recent) - bisect_left(self._recent, begin)

    # ---- before it is known what is ordinary -------------------------------------------------

    def lacking(self) -> NotEvaluated | None:
        """Why the rule cannot be asked yet, whatever people call about."""
        first, begin = self.baseline.watched_from, (self.boundary or 0) - LEAST_WATCHED_MS
        if not self.baseline.is_learning or (first is not None and first <= begin):
            return None
        began = self.baseline.began_in(self.baseline.queues, RULE.name, self.targets_at)
        return None if began is not None and began <= begin else "calls known too briefly"

    def _bursts(self, cell: Cell, rate: float, here: int) -> Iterator[Found]:
        """The burst of each part of the calls; without a first hour where it is known what is ordinary."""
        known, queues = self.baseline, {each.queue for each in cell.calls}
        watched_from = known.learning_since(queues, self._ended)
        if watched_from is not None and watched_from == known.watched_from:
            watched_from = known.began_in(queues, RULE.name, self.targets_at) or watched_from

        def others(begin: int, end: int) -> int:
            calls = self._calls(begin, here) - self._calls(end, here)
            return calls - len(cell.calls_since(begin, end))

        for nodes, begin in parts(cell.nodes(), watched_from, self.heard_since, self._ended):
            part = cell.of_nodes(nodes)
            if begin is None:
                yield part.burst(rate, here), None
            else:
                first_calls = [at for at in part.first_calls() if at >= begin]
                first = FirstHour(first_calls, begin, here, others)
                yield first.burst(cell.asked_from), first

    # ---- an hour is over ---------------------------------------------------------------------

    def _end_hour(self, here: int) -> None:
        """What came in the hour that ends is ordinary, but for cells with an incident."""
        ordinary: list[tuple[str, str, int]] = []
        counted: list[tuple[Cell, int]] = []
        busy, volume = False, 0
        for place in sorted(self.cells):  # sums of floats depend on the order
            cell = self.cells[place]
            if cell.forget(here):
                self.changed.add(place)
            if not cell.calls and not cell.is_open:
                del self.cells[place]
                self.changed.add(place)
                continue
            calls = cell.callers_in(here - HOUR, here)
            busy = busy or calls > 0
            if cell.is_ordinary(here):
                ordinary.append((*place, calls))
                counted.append((cell, calls))
                volume += len(cell.calls_since(here - HOUR, here))
        if not busy:
            if self.baseline.is_learning:  # a call in the night begins no first hour
                self.baseline.watched_from, self.is_baseline_changed = None, True
            return
        part = self.baseline.part_of_hour(here)
        self.baseline.add_hour((each for each in ordinary if each[2]), volume, part)
        self.baseline.count(here)
        self.is_baseline_changed = True
        for cell, calls in counted:
            cell.own.add_hour(calls, part)
            self.changed.add((cell.topic, cell.area))

    def _learn_late(self, reports: list[Report]) -> None:
        """Their hours are over: what partitions tell that are read one after the other is as ordinary as the rest."""
        for report in reports:
            place = report.topic, report.area
            cell = self.cells[place]
            if not cell.is_ordinary(self._ended):
                continue
            is_caller = report.at in cell.first_calls()
            self.baseline.add_late(*place, report.at, is_caller=is_caller)
            cell.own.calls += is_caller
            cell.own.hours = max(cell.own.hours, self.baseline.hours_since(cell.calls[0].at))
            self.is_baseline_changed = True

    # ---- one cell at a boundary --------------------------------------------------------------

    def _decide(self, cell: Cell, here: int, cause: Cause) -> None:
        rate = self._rate(cell, here)
        # Four callers of one platform may be the stronger burst: it must not hide ten of a new one.
        burst, first = max(
            self._bursts(cell, rate, here),
            key=lambda each: (self._raises(cell, each[0], here), each[0].level),
        )
        if burst.level < LIMIT and not cell.is_open:
            return  # as nearly always: nothing is raised, by whichever targets
        queue, targets = self._judged_by(cell, burst, here)
        table, before = _table(targets), cell.progress
        if targets is None or table is None:
            if cell.is_open:
                self._close_unasked(cell, here, cause)
            return
        raised = self._raises(cell, burst, here)
        recent = len(cell.calls_since(here - table.clear_hold_ms, here))
        calm = recent < 2 * rate * table.clear_hold_ms / HOUR
        after, change = advance(
            before, here, raised=raised, calm=calm, hold_ms=table.hold_ms, clear_hold_ms=0
        )
        if after is before and change is None and before.stage == "inactive":
            return
        if before.stage == "inactive":
            cell.since, cell.queue, cell.told = burst.since, queue, 0
            self._take_out(cell, here)
        after.severity = severity_of(RULE, targets)
        cell.progress = after
        self.open.add((cell.topic, cell.area))
        self.changed.add((cell.topic, cell.area))
        callers = cell.callers_since(cell.since)
        holds = change is None and after.stage == "firing"
        if holds and (callers > cell.told or here % MINUTE == 0):
            change = "firing"
        if change is None:
            return
        started = after if change in {"pending", "firing"} else before
        highest = None
        if first is not None and first.watched_from <= cell.since:
            highest = first.most_ordinary(cell.since)
        over = change == "resolved"
        name = partial(self._name, here=here)
        found = measured(cell, rate, here, table.callers, name, over=over, highest=highest)
        self._write(cell, targets, started, found, change, here, cause)
        cell.told = callers
        if change in {"resolved", "inactive"}:
            reopens_at = here + table.reopen_after_ms if change == "resolved" else cell.asked_from
            self._closed(cell, reopens_at)

    def _judged_by(self, cell: Cell, burst: Burst, here: int) -> tuple[str, Targets | None]:
        """The queue that was told of the alert that is open, or else has most of the calls, and its targets."""
        queue = cell.queue if cell.is_open else _first(cell.queues_since(burst.since, here))
        return queue, self.targets_at(queue, here) if queue else None

    def _raises(self, cell: Cell, burst: Burst, here: int) -> bool:
        if burst.level < LIMIT:
            return False
        table = _table(self._judged_by(cell, burst, here)[1])
        return table is not None and burst.callers >= table.callers

    def _take_out(self, cell: Cell, here: int) -> None:
        """What came in hours that are counted already: without this, one incident would hide the next of its topic."""
        counted_to = (here - 1) // HOUR * HOUR
        if calls := cell.calls_since(cell.since, counted_to):
            self._unlearn(cell, cell.callers_in(cell.since, counted_to), len(calls))

    def _unlearn(self, cell: Cell, callers: int, volume: int) -> None:
        self.baseline.take_out(cell.topic, cell.area, callers, volume)
        cell.own.calls = max(0.0, cell.own.calls - callers)
        self.is_baseline_changed = True

    def _closed(self, cell: Cell, asked_from: int) -> None:
        cell.progress, cell.since, cell.queue, cell.told = Progress(), 0, "", 0
        self.open.discard((cell.topic, cell.area))
        cell.asked_from = asked_from

    def _close_unasked(self, cell: Cell, here: int, cause: Cause) -> None:
        """The rule was taken out of queues.toml while its alert was open."""
        was_told = cell.progress.stage == "firing"
        last = self.targets_at(cell.queue, here)
        found = Measured(0.0, 0.0, cell.callers_since(cell.since), raised=False, calm=True)
        change: Change = "resolved" if was_told else "inactive"
        self._write(cell, last, cell.progress, found, change, here, cause)
        self._closed(cell, here)
        self.changed.add((cell.topic, cell.area))

    def _name(self, queue: str, here: int) -> str:
        targets = self.targets_at(queue, here)
        return queue if targets is None else targets.name

    def _write(
        self,
        cell: Cell,
        targets: Targets | None,
        started: Progress,
        found: Measured,
        change: Change,
        here: int,
        cause: Cause,
    ) -> None:
        alert = incident_alert(cell, targets, started, found, change, here, cause)
        self.alerts[alert.alert_id] = alert


def _order(report: Report) -> tuple[int, str, tuple[str, str, int]]:
    return report.at, report.queue, report.leg


def _first(queues: list[tuple[str, int]]) -> str:
    return queues[0][0] if queues else ""


def _table(targets: Targets | None) -> IncidentTable | None:
    """None where the rule is off, or another release wrote settings that this one cannot read."""
    if targets is None:
        return None
    found = table_of(RULE, targets.alerts.get(RULE.name))
    return found if isinstance(found, IncidentTable) else None
