"""Minute rows: what the wall showed at each whole minute; cut again for late facts until the next one."""

from schemas.counters import Counts
from schemas.minutes import MinuteRow
from schemas.targets import Targets
from streams.core.line import Line, arrived, is_overtaken
from streams.core.unit import Cause
from streams.core.windows import Windows

_NOTHING = Counts()


class MinuteCut:
    """The newest minute row of a queue. It is frozen when the next one is cut, a minute later."""

    def __init__(self, queue: str) -> None:
        self.queue = queue
        self.at: int | None = None
        self.is_emitted = False  # then it is cut again even if it became empty
        self.is_stale = False  # a late fact changed its figures since it was cut

    def restore(self, at: int | None, *, is_emitted: bool, is_stale: bool) -> None:
        self.at, self.is_emitted, self.is_stale = at, is_emitted, is_stale

    def next_minute(self, at: int) -> None:
        self.at, self.is_emitted, self.is_stale = at, False, False

    def note_change(self, at: int) -> None:
        """A fact of the time `at` was counted after the boundary had passed it."""
        if self.at is not None and at < self.at:
            self.is_stale = True

    def cut(
        self,
        windows: Windows,
        line: Line,
        targets: Targets | None,
        agents: dict[str, int],
        cause: Cause,
        *,
        replay: bool,
    ) -> MinuteRow | None:
        """The row as of `self.at`, made or made again. None for an empty minute that has no row yet."""
        at = self.at or 0
        self.is_stale = False
        counts = windows.at(at)
        waiting, in_service = windows.line_at(at)
        if not (self.is_emitted or waiting or in_service) and counts[60] == _NOTHING:
            return None
        self.is_emitted = True
        in_line = list(line.waiting.values())
        oldest = line.oldest_arrival(at, in_line)
        # By place, in the order of the fields: by name it costs several times as much.
        return MinuteRow(
            self.queue,
            at,
            cause.version,
            cause.known_at,
            waiting,
            at - oldest if oldest is not None else None,
            sum(is_overtaken(e) and arrived(e) < at for e in in_line),  # doubtful
            in_service,
            counts,
            agents,
            targets.answer_within_ms if targets else None,
            targets.short_abandon_ms if targets else None,
            targets.goal if targets else None,
            targets.formula if targets else None,
            replay,
        )
