"""The last hour of every queue as its minutes were cut: what a board that has just started did not see itself."""

from collections.abc import Iterator

from schemas.formulas import FormulaName, good_and_all
from schemas.goal import GOAL_WINDOW_MINUTES
from schemas.half_hours import MinuteOfQueue
from schemas.millis import HOUR, MINUTE
from streams.history.catalogue import read_catalogue
from streams.history.question import Question
from streams.history.reports.snapshots import states_as_cut
from streams.sinks.clickhouse.database import Reader


def last_minutes(reader: Reader, now: int) -> Iterator[MinuteOfQueue]:
    """Minutes of which no source told are left out; one that was told of, and had no calls, has zeros."""
    end = now // MINUTE * MINUTE
    question = Question(
        end - HOUR + MINUTE, end, every_ms=MINUTE, window_ms=GOAL_WINDOW_MINUTES * MINUTE
    )
    for queue, at, state in states_as_cut(reader, read_catalogue(reader, now), question):
        if state is None:
            continue
        rule: FormulaName | None = state.formula or None  # type: ignore[assignment]  # a text of the archive, written by us
        good, n = good_and_all(rule)(state.counts) if rule else (0, 0)
        # A row as of 10:01 is of the minute that began at 10:00.
        yield MinuteOfQueue(queue, at - MINUTE, state.waiting, good, n)
