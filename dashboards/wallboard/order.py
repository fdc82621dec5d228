"""The order of a wall, held for ten seconds so that rows do not dance. Pure: time is an argument."""

from collections.abc import Sequence

from msgspec import Struct

from dashboards.wallboard.page import Row
from schemas.alerts import SEVERITIES
from schemas.millis import SECOND

HELD_MS = 10 * SECOND
_NONE = len(SEVERITIES)
_OTHERS = 5
_RANKS = {
    "ACT": 0, "WATCH": 1, "NO DATA": 2, "STALE": 2, "OLD": 2, "NONE": 3, "OK": 3, "QUIET": 4,
}  # fmt: skip
_SEEN_LATELY = {"STALE", "OLD"}  # their figures are still shown


class Held(Struct, frozen=True):
    """The queues in the order that was shown since `since` (ms)."""

    since: int
    queues: tuple[str, ...]


def urgency(row: Row) -> tuple[int, int, int, int, str, str, str]:
    """Sort key: the word, the worst alert that fires, how many callers wait longer than T, how many wait.

    Rows that need nobody are in the order of centre and name, so that they do not move; before them those whose callers hang
    up at once, which no word tells. Figures that are old are judged by nobody, but they stand still: the worst when they were
    new stays at the top.
    """
    level = _RANKS.get(row.sign.word, _OTHERS)
    place = (row.centre, row.name, row.queue)
    late, waiting = row.waiting_late or 0, row.waiting or 0
    if row.sign.word in _SEEN_LATELY:
        return (level, 0, -late, -waiting, *place)
    if level > _RANKS["WATCH"]:
        strange = any(each.kind == "hung_up_at_once" for each in row.remarks)
        return (level, -strange, 0, 0, *place)
    fires = min((SEVERITIES.index(line.severity) for line in row.alerts), default=_NONE)
    return (level, fires, -late, -waiting, *place)


def held(rows: Sequence[Row], before: Held | None, now: int) -> tuple[tuple[Row, ...], Held]:
    """The rows in their order. Another order than the one before takes its place once that stood for ten seconds.

    A queue that is new, or is to be acted on since now, does not wait.
    """
    wanted = tuple(sorted(rows, key=urgency))
    names = tuple(row.queue for row in wanted)
    if before is None or now - before.since >= HELD_MS or set(names) != set(before.queues):
        since = before.since if before is not None and before.queues == names else now
        return wanted, Held(since, names)
    place = {queue: index for index, queue in enumerate(before.queues)}
    shown = tuple(sorted(wanted, key=lambda row: (row.sign.level != "act", place[row.queue])))
    order = tuple(row.queue for row in shown)
    return shown, Held(before.since, order)
