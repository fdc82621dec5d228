"""The callers of one queue by what they do: waiting in line, open but not in line, talking, just left."""

from schemas.identity import LegKey
from schemas.millis import LATEST
from streams.core.leg_store import Entry
from streams.core.verdict import DOUBTFUL_AFTER

Left = tuple[
    int, int, bool
]  # a caller who left the line: (arrived at, left at, whether perhaps gone before)


class Line:
    """Updated with each verdict. `waiting` is in order of arrival, in whatever order the facts came."""

    def __init__(self) -> None:
        self.waiting: dict[LegKey, Entry] = {}
        self.off_line: dict[LegKey, Entry] = {}  # open, but out of hours, not inbound or not placed
        self.serving: dict[LegKey, Entry] = {}
        self._shown_serving: set[LegKey] = set()  # of these, whom the figures count
        self.left_lately: dict[LegKey, Left] = {}  # since the last minute
        self._minute_at = 0  # who left before it is not kept in `left_lately`
        self._longest_left_ms = 0  # the longest wait in `left_lately`

    def place(self, entry: Entry, *, was_open: bool, has_moved: bool) -> None:
        """Put a leg that was judged again where it belongs now.

        `has_moved`: its arrival changed since it was put here.
        """
        key, verdict = entry.key, entry.verdict
        outcome, came, left_at = verdict.outcome, verdict.arrived_at or 0, verdict.left_at
        is_counted = is_shown(entry)
        if was_open:
            stays = outcome == "open" and is_counted and not has_moved
            if not stays and key in self.waiting:
                del self.waiting[key]
            self.off_line.pop(key, None)
        if key in self.left_lately:
            self._forget(key)
        if outcome == "open":
            if is_counted:
                self._join(entry)
            else:
                self.off_line[key] = entry
        elif is_counted and left_at is not None and left_at >= self._minute_at:
            self._note_left(entry, came, left_at)
        self.serve(entry)

    def enter(self, entry: Entry) -> None:
        """`place` for a caller who was not here before and waits."""
        key = entry.key
        if key in self.left_lately:
            self._forget(key)
        if entry.verdict.out_of_hours or entry.leg.direction != "inbound":
            self.off_line[key] = entry
        else:
            self._join(entry)

    def take_out(self, entry: Entry) -> None:
        """`place` for a caller who waited, whose arrival stays as it was, and who was answered now or left."""
        key, verdict, lately = entry.key, entry.verdict, self.left_lately
        left_at = verdict.left_at or 0
        is_counted = self.waiting.pop(key, None) is not None
        if not is_counted:
            self.off_line.pop(key, None)
        if key in lately:
            self._forget(key)
        if is_counted and left_at >= self._minute_at:
            self._note_left(entry, verdict.arrived_at or 0, left_at)
        if verdict.outcome == "answered":
            self.serving[key] = entry
            if is_counted:  # who stood in line is one whom the figures count
                self._shown_serving.add(key)

    def _note_left(self, entry: Entry, came: int, left_at: int) -> None:
        self.left_lately[entry.key] = (came, left_at, entry.leg.overtaken >= DOUBTFUL_AFTER)
        if left_at - came > self._longest_left_ms:
            self._longest_left_ms = left_at - came

    def _forget(self, key: LegKey) -> None:
        """Who left lately under this key is not gone any more."""
        del self.left_lately[key]
        self._find_longest_left()

    def serve(self, entry: Entry) -> None:
        """Keep the leg in `serving` while its conversation goes on, and remove it after."""
        key, verdict = entry.key, entry.verdict
        is_serving = verdict.outcome == "answered" and verdict.service_ended_at is None
        if is_serving and verdict.arrived_at is not None:
            self._talks(entry)
        elif key in self.serving:
            del self.serving[key]
            self._shown_serving.discard(key)

    def _talks(self, entry: Entry) -> None:
        self.serving[entry.key] = entry
        if is_shown(entry):
            self._shown_serving.add(entry.key)
        else:
            self._shown_serving.discard(entry.key)

    def _join(self, entry: Entry) -> None:
        key, waiting = entry.key, self.waiting
        if key in waiting:
            waiting[key] = entry  # who is in line already keeps the place
            return
        last = next(reversed(waiting.values()), entry)
        waiting[key] = entry
        behind, came = last.verdict.arrived_at or 0, entry.verdict.arrived_at or 0
        if behind >= came and _place(last) > _place(entry):
            line = sorted(waiting.values(), key=_place)
            self.waiting = {each.key: each for each in line}

    def is_put_ahead(self, new: Entry) -> bool:
        """Whether the platform put a new caller ahead of somebody who stood in its line already.

        Each node has a line of its own, and callers out of hours stand in it too. False where the
        platform told no position.
        """
        came, source = arrived(new), new.leg.source
        return (
            0
            < new.leg.position
            <= sum(
                1
                for entry in self.open_entries()
                if entry.leg.source == source and entry.verdict.arrived_at and arrived(entry) < came
            )
        )

    def passed_over_by(self, answered: Entry) -> list[Entry]:
        """The callers who wait with the same priority and whom the answered one, who came later and
        queued behind them, overtook. Doubtful ones are left out: a further count would change nothing.

        Who was put ahead passed over nobody. Else call backs that enter at position 1 would make a
        caller doubtful who is there, and nobody would be told how long the wait is.
        """
        leg, arrived_at = answered.leg, answered.verdict.arrived_at or 0
        found: list[Entry] = []
        if leg.put_ahead or leg.channel == "callback":
            return found
        for entry in self.waiting.values():
            if (entry.verdict.arrived_at or 0) >= arrived_at:
                break
            other = entry.leg
            if other.priority != leg.priority or other.overtaken >= DOUBTFUL_AFTER:
                continue
            if not leg.position or other.source == leg.source:
                found.append(entry)
        return found

    def open_entries(self) -> list[Entry]:
        return [*self.waiting.values(), *self.off_line.values()]

    def find(self, key: LegKey) -> Entry | None:
        """Who waits or talks under this key."""
        return self.waiting.get(key) or self.serving.get(key) or self.off_line.get(key)

    def in_service(self) -> int:
        """How many conversations go on that the figures and minute rows of the queue count."""
        return len(self._shown_serving)

    def firm(self) -> list[Entry]:
        """The callers in line who are not doubtful."""
        return [each for each in self.waiting.values() if each.leg.overtaken < DOUBTFUL_AFTER]

    def doubtful(self) -> list[Entry]:
        """The callers in line who are perhaps gone."""
        return [each for each in self.waiting.values() if each.leg.overtaken >= DOUBTFUL_AFTER]

    def oldest_arrival(
        self, at: int, waiting: list[Entry], *, doubtful: bool | None = None
    ) -> int | None:
        """Arrival of the caller who had waited longest as of `at`: the first in `waiting`, or one who has
        left since; None if nobody waited. `doubtful`: of those who left only the doubtful, or only the
        others.
        """
        oldest = arrived(waiting[0]) if waiting else at
        for came, left_at, is_doubtful in self.left_lately.values():
            if left_at >= at and came < oldest and doubtful in (None, is_doubtful):
                oldest = came
        return oldest if oldest < at else None

    def none_waits_longer_until(self, limit_ms: int) -> int:
        """When the first in line will have waited `limit_ms`; 0 if a caller who left lately waited longer."""
        if self._longest_left_ms > limit_ms:
            return 0
        waiting = self.waiting
        for first in waiting:
            return (waiting[first].verdict.arrived_at or 0) + limit_ms
        return LATEST

    def longest_wait_ms(self, at: int) -> int:
        """How long the first in line has waited as of `at`, or one who left lately; `none_waits_longer_until` of a limit is
        before `at` where this is more than the limit.
        """
        waiting, longest = self.waiting, self._longest_left_ms
        for first in waiting:
            waited_ms = at - (waiting[first].verdict.arrived_at or 0)
            return max(longest, waited_ms)
        return longest

    def most_waiting_from(self, at: int) -> int:
        """How many may have waited at any one boundary from `at` on, by the facts so far."""
        found = len(self.waiting)
        for _, left_at, _ in self.left_lately.values():
            found += left_at >= at
        return found

    def _find_longest_left(self) -> None:
        longest = 0
        for came, left_at, _ in self.left_lately.values():
            if left_at - came > longest:
                longest = left_at - came
        self._longest_left_ms = longest

    def length(self, at: int, waiting: list[Entry], *, doubtful: bool | None = None) -> int:
        """How many waited as of `at`, of the same callers as in `oldest_arrival`."""
        found = 0
        for entry in waiting:
            found += (entry.verdict.arrived_at or 0) < at
        for came, left_at, is_doubtful in self.left_lately.values():
            found += came < at <= left_at and doubtful in (None, is_doubtful)
        return found

    def leave(self, key: LegKey) -> None:
        """Remove a leg whose arrival is not known, which is evicted or gets another key."""
        self.off_line.pop(key, None)

    def begin_minute(self, minute_at: int) -> None:
        """The newest minute row is as of `minute_at`. Callers who left before are kept until `forget_left`."""
        self._minute_at = minute_at

    def forget_left(self) -> None:
        """The row of that minute is made: callers who left before it are not needed any more."""
        minute = self._minute_at
        self.left_lately = {i: e for i, e in self.left_lately.items() if e[1] >= minute}
        self._find_longest_left()

    def is_empty(self) -> bool:
        return not (self.waiting or self.serving or self.off_line)


def arrived(entry: Entry) -> int:
    return entry.verdict.arrived_at or 0


def is_overtaken(entry: Entry) -> bool:
    """Whether so many overtook the caller that a caller who waits is doubtful."""
    return entry.leg.overtaken >= DOUBTFUL_AFTER


def is_shown(entry: Entry) -> bool:
    """Whether the leg counts in the queue: placed, inbound, and within opening hours."""
    verdict = entry.verdict
    return (
        not verdict.out_of_hours
        and verdict.arrived_at is not None
        and entry.leg.direction == "inbound"
    )


def _place(entry: Entry) -> tuple[int, LegKey]:
    """Order of the line. The key decides among arrivals of one millisecond, so that a restart keeps it."""
    return entry.verdict.arrived_at or 0, entry.key
