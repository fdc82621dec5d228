"""Who stands where in one queue: waiting in line, open but not in line, talking, just left."""

from collections.abc import Iterator

from streams.core.leg_store import Entry
from streams.core.verdict import DOUBTFUL_AFTER


class Line:
    """Kept in step with the verdicts; `waiting` is in order of arrival, whatever order facts came in."""

    def __init__(self) -> None:
        self.waiting: dict[str, Entry] = {}
        self.off_line: dict[
            str, Entry
        ] = {}  # open, but out of hours, not inbound or not placed yet
        self.serving: dict[str, Entry] = {}
        self.left_lately: dict[str, tuple[int, int]] = {}  # (arrived, left) since the last minute

    def place(self, entry: Entry, *, was_open: bool, since: int) -> None:
        """Put a judged leg where it belongs now; who left before `since` need not be remembered."""
        leg_id, verdict = entry.leg.leg_id, entry.verdict
        outcome = verdict.outcome
        if was_open or outcome == "open":
            self.waiting.pop(leg_id, None)
            self.off_line.pop(leg_id, None)
        if outcome == "open":
            self.left_lately.pop(leg_id, None)
            if entry.counted and not verdict.out_of_hours:
                self._join(entry)
            else:
                self.off_line[leg_id] = entry
        elif (
            entry.counted
            and outcome != "rejected"
            and not verdict.out_of_hours
            and verdict.left_at is not None
            and verdict.left_at >= since
        ):
            self.left_lately[leg_id] = (arrived(entry), verdict.left_at)
        if outcome == "answered" and verdict.service_ended_at is None:
            self.serving[leg_id] = entry
        elif leg_id in self.serving:
            del self.serving[leg_id]

    def replace(self, entry: Entry) -> None:
        """The same leg in the same place, with a fact more."""
        leg_id = entry.leg.leg_id
        for line in (self.waiting, self.serving, self.off_line):
            if leg_id in line:
                line[leg_id] = entry

    def _join(self, entry: Entry) -> None:
        last = next(reversed(self.waiting.values()), None)
        self.waiting[entry.leg.leg_id] = entry
        if last is not None and arrived(last) > arrived(entry):
            line = sorted(self.waiting.values(), key=arrived)
            self.waiting = {each.leg.leg_id: each for each in line}

    def passed_over_by(self, answered: Entry) -> Iterator[Entry]:
        """Who arrived before the answered one, in the same priority, and still waits."""
        arrived_at, priority = arrived(answered), answered.leg.priority
        for entry in list(self.waiting.values()):
            if arrived(entry) >= arrived_at:
                return
            if entry.leg.priority == priority:
                yield entry

    def open_entries(self) -> list[Entry]:
        return [*self.waiting.values(), *self.off_line.values()]

    def firm(self) -> list[Entry]:
        """Those in line who are not doubtful."""
        return [e for e in self.waiting.values() if e.leg.overtaken < DOUBTFUL_AFTER]

    def oldest_arrival(self, at: int, waiting: list[Entry]) -> int | None:
        """Arrival of the one who has waited longest as of `at`: still in line, or left since."""
        oldest = min((arrived(entry) for entry in waiting), default=at)
        for arrived_at, left_at in self.left_lately.values():
            if left_at >= at and arrived_at < oldest:
                oldest = arrived_at
        return oldest if oldest < at else None

    def length(self, at: int, waiting: list[Entry]) -> int:
        """How many waited as of `at`."""
        return sum(1 for entry in waiting if arrived(entry) < at) + sum(
            1 for arrived_at, left_at in self.left_lately.values() if arrived_at < at <= left_at
        )

    def forget_left_before(self, minute: int) -> None:
        self.left_lately = {i: times for i, times in self.left_lately.items() if times[1] >= minute}

    def is_empty(self) -> bool:
        return not (self.waiting or self.serving or self.off_line)


def arrived(entry: Entry) -> int:
    return entry.verdict.arrived_at or 0
