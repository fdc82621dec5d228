"""What may be missing from the figures of a period though no figure shows it: one reading for papers, bulletins and publications.

Rule 1: a line was silent if people were told so (alert `no_calls`); a source was away if its adapter had lost its platform for
`SILENT_MS` or more.
Rule 2: a refused record counts in the period in which it came. One that was sent again and then counted is not missing; one that
somebody dropped will never be counted, and somebody said that nothing is to be done.
Rule 3: of a record that was sent again and refused again the archive keeps the newest refusal alone. Nobody knows any more when it
came, so it may be a call of each period before that.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterator

from msgspec import Struct
from msgspec.structs import replace

from schemas.millis import DAY, MINUTE, SECOND
from streams.history.kept import ALERTS, REACH, Reads
from streams.history.months import Range
from streams.history.reach import told_of_sql
from streams.history.uncounted import AHEAD_MS
from streams.sinks.clickhouse.database import Reader, quoted

# A source that was away for less missed few calls, and tells them when it is back.
SILENT_MS = 5 * MINUTE
REFUSED = Reads("quarantine", "known", by_itself=True)
_ALERT_MS = 7 * DAY  # no alert of a silent queue lasts longer than that before its period
SILENCE = (
    REACH,
    replace(ALERTS, earlier_ms=_ALERT_MS),
)  # what says that a line or a source was silent
# The stream may refuse a replay before its sender has noted that it was sent; the archive does not know which refusal is whose.
_NOTED_WITHIN_MS = MINUTE
_MOST = 1_000
_AT_ONCE = 50  # losses of one source, between which its events are told apart


class Refused(Struct, frozen=True):
    """How many records were refused for `reason`. `dropped`: those of them of which somebody said that nothing is to be done.

    `calls_at_most`: those that may be calls of the period: not what was dropped or tells of agents, but also by rule 3.
    """

    reason: str
    source: str
    records: int
    dropped: int
    calls_at_most: int


def silent_queues(reader: Reader, range_: Range) -> list[tuple[str, int]]:
    """Each with the time from which it was silent, when calls were to be expected."""
    answer = reader.execute(
        "SELECT queue, onset_at_ms, max(ifNull(fired_at_ms, 0)) AS fired, max(ifNull(resolved_at_ms, 0)) AS over"
        " FROM alerts WHERE rule = 'no_calls'"
        f" AND onset_at_ms >= {range_.start - _ALERT_MS} AND onset_at_ms < {range_.end}"
        f" GROUP BY queue, onset_at_ms HAVING fired > 0 AND (over = 0 OR over > {range_.start})"
        f" ORDER BY onset_at_ms LIMIT {_MOST}"
    )
    return [(str(queue), int(onset)) for queue, onset, *_ in answer.rows]


def sources_away(
    reader: Reader, range_: Range, queues: Collection[str] | None = None
) -> list[tuple[str, int]]:
    """Each with the time from which it told nothing, by time. Of the sources that ever told of `queues` (ids, former ones, too; None: of all)."""
    since = _appended_since(range_.start)
    of = "" if queues is None else f" AND {told_of_sql(sorted(queues))}"
    answer = reader.execute(
        f"SELECT source, at_ms FROM events WHERE {since} AND type = 'disconnected' AND feed = 'live'"
        f" AND at_ms >= {range_.start} AND at_ms < {range_.end}{of} ORDER BY at_ms LIMIT {_MOST}"
    )
    lost: dict[str, list[int]] = {}
    for source, at in answer.rows:
        lost.setdefault(str(source), []).append(int(at))
    found = [
        (source, at)
        for source, times in lost.items()
        for at in _away(reader, source, times, range_.end)
    ]
    return sorted(found, key=lambda each: each[1])


def _away(reader: Reader, source: str, times: list[int], end: int) -> Iterator[int]:
    """Of the `times` at which a source was lost, those from which it told nothing for `SILENT_MS`."""
    # What it told later than that, and behind the range, changes nothing: it was away for so long.
    until = max(end, times[-1] + SILENT_MS)
    parts = [times[first : first + _AT_ONCE] for first in range(0, len(times), _AT_ONCE)]
    told: list[int] = []
    for part, after in zip(parts, [*(each[0] for each in parts[1:]), until], strict=True):
        places = f"arrayCount(x -> x < at_ms, [{', '.join(map(str, part))}])"
        answer = reader.execute(
            f"SELECT {places} AS place, min(at_ms) FROM events WHERE {_appended_since(part[0])} AND source = {quoted(source)}"
            f" AND at_ms > {part[0]} AND at_ms <= {after} AND type NOT IN ('disconnected', 'restarted') GROUP BY place"
        )
        told += [int(at) for _, at in answer.rows]
    told.sort()
    back = 0
    for at in times:
        if at < back:
            continue  # it was lost again before it told anything
        place = bisect_right(told, at)
        again = told[place] if place < len(told) else 0
        back = again or end
        if not again or again - at >= SILENT_MS:
            yield at


def _appended_since(at: int) -> str:
    """A condition: no event is appended before it happened, but for clocks that run ahead; so what is older need not be read."""
    return f"appended_at >= toDateTime({max(0, at - AHEAD_MS) // SECOND})"


def refused_records(reader: Reader, range_: Range, known_at: int) -> list[Refused]:
    """Those that came in the range and are not counted as far as is known at `known_at`; the most frequent reason first."""
    entries = (
        "SELECT origin, position, argMax(reason, known_at_ms) AS why, argMax(source, known_at_ms) AS whose,"
        f" max(known_at_ms) AS last FROM quarantine WHERE known_at_ms >= {range_.start}"
        f" AND known_at_ms <= {known_at} GROUP BY origin, position"
    )
    handled = (
        "SELECT origin, position, argMax(what, at_ms) AS done, max(at_ms) AS done_at FROM quarantine_handled"
        f" WHERE at_ms <= {known_at} GROUP BY origin, position"
    )
    within, dropped = f"last < {range_.end}", "done = 'dropped' AND done_at >= last"
    answer = reader.execute(
        f"SELECT why, whose, countIf({within}) AS n, countIf({within} AND {dropped}) AS gone,"
        f" countIf(({within} OR done = 'replayed') AND NOT ({dropped})"
        " AND NOT match(origin, '^agents-[0-9]+$')) AS calls"
        f" FROM ({entries}) AS entries LEFT JOIN ({handled}) AS handled USING (origin, position)"
        f" WHERE NOT (done = 'replayed' AND done_at >= last + {_NOTED_WITHIN_MS})"
        " GROUP BY why, whose HAVING n + calls > 0 ORDER BY n DESC, why, whose"
    )
    return [Refused(str(why), str(whose), *map(int, counts)) for why, whose, *counts in answer.rows]
