"""Local times of the night when clocks are put back: each of them was read twice on the clock. Pure.

A row is placed by what it says itself, never by the rows around it: these come in any order.

Rule 1: readings in which a time lies before the one that came before it fall away.
Rule 2: readings that contradict a duration of the row fall away.
Rule 3: if several are left, a wait or a conversation is taken to be shorter than what the clock was put
back by (an hour nearly everywhere): the others are longer by exactly that.
Rule 4: if then not one reading is left, the row is refused. Otherwise a call would move by an hour,
or a wait grow by one, and nobody would know.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise, product

from producers.records.mapping import TIMES
from producers.records.times import Moments
from schemas.millis import SECOND


class TwiceError(Exception):
    """Nothing in the row tells which of the two hours is meant; the text is a column of such a time."""


def placed(
    read: Mapping[str, Moments], outcome: str, durations: Mapping[str, int]
) -> dict[str, int | None]:
    """One moment for each of `TIMES` that was read; TwiceError if the row does not tell which.

    `durations`: wait and conversation in milliseconds, where the row has them.
    """
    if all(len(moments) == 1 for moments in read.values()):
        return {name: read[name][0] if name in read else None for name in TIMES}
    readings = [dict(zip(read, chosen, strict=True)) for chosen in product(*read.values())]
    possible = [each for each in readings if _is_in_order(each, outcome)]
    if not possible:  # whatever hour is meant, the row contradicts itself: say that
        return _whole(readings[0])
    possible = [each for each in possible if _agrees(each, outcome, durations)] or possible
    if len(possible) > 1:
        back_by = max(moments[-1] - moments[0] for moments in read.values())
        possible = [each for each in possible if _longest(each) < back_by]
    if len(possible) != 1:
        raise TwiceError(next(name for name, moments in read.items() if len(moments) > 1))
    return _whole(possible[0])


def _whole(reading: Mapping[str, int]) -> dict[str, int | None]:
    return {name: reading.get(name) for name in TIMES}


def _steps(reading: Mapping[str, int]) -> Sequence[int]:
    return [reading[name] for name in TIMES if name in reading]


def _is_in_order(reading: Mapping[str, int], outcome: str) -> bool:
    """An answer is the moment of leaving, too; platforms round the two on their own."""
    steps = dict(reading)
    left_at, answered_at = steps.get("left_at"), steps.get("answered_at")
    if outcome == "answered" and left_at is not None and answered_at is not None:
        if abs(left_at - answered_at) > SECOND:
            return False
        del steps["left_at"]
    return all(before <= after for before, after in pairwise(_steps(steps)))


def _agrees(reading: Mapping[str, int], outcome: str, durations: Mapping[str, int]) -> bool:
    arrived_at, ended_at = reading.get("arrived_at"), reading.get("ended_at")
    answered_at = reading.get("answered_at")
    left_at = answered_at if outcome == "answered" else reading.get("left_at", ended_at)
    wait_ms, talk_ms = durations.get("wait_ms"), durations.get("talk_ms")
    spans: list[tuple[int | None, int | None, int | None]] = [
        (arrived_at, left_at, wait_ms),
        (answered_at, ended_at, talk_ms),
    ]
    if outcome == "answered" and answered_at is None and None not in (wait_ms, talk_ms):
        spans = [(arrived_at, ended_at, (wait_ms or 0) + (talk_ms or 0))]
    return all(
        abs(until - since - lasted) <= SECOND
        for since, until, lasted in spans
        if since is not None and until is not None and lasted is not None
    )


def _longest(reading: Mapping[str, int]) -> int:
    steps = _steps(reading)
    return max((after - before for before, after in pairwise(steps)), default=0)
