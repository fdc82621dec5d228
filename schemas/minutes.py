"""Topic `minutes`: what the wall showed of a queue at the end of one event-time minute."""

from collections.abc import Mapping

from msgspec import Struct

from schemas.counters import Counts
from schemas.formulas import FormulaName


class MinuteRow(Struct, frozen=True, gc=False, omit_defaults=True):
    """As of `at` (the end of the minute): the callers who arrived before `at` and had not left before
    it, and the windows `[at - w, at)`. The highest version of (queue, at) holds. Late facts cause a
    row to be cut again until the watermark is a minute past `at`.
    """

    queue: str
    at: int
    version: int
    known_at: int
    waiting: int = 0
    oldest_wait_ms: int | None = None
    doubtful: int = 0
    in_service: int = 0
    windows: dict[int, Counts] = {}  # by length in minutes
    agents: dict[str, int] = {}  # by shown state; empty: not measured
    answer_within_ms: int | None = None
    short_abandon_ms: int | None = None
    goal: float | None = None
    formula: FormulaName | None = None
    replay: bool = False
    # Of the rules that were switched on, those that could not be asked as of `at`, and what they lacked: who was not told
    # may know why. Of rules across queues, what the queue lacks. None: a former release, which did not say. Text: another
    # release may have other reasons.
    not_evaluated: Mapping[str, str] | None = None
