"""Facts that the archive has and the stream has not counted yet: from the first of them on every figure is too low.

`archive` reads what sources tell beside `stream`, and may be hours ahead of one that lags or has stopped: live events are there, their
legs are not. The books of what is there balance all the same, so a figure without this rule looks whole.

Rule 1: the stream has passed a fact if a version of a leg of its queue was caused by it or by a record behind it in the log. Versions that
new targets make (their last bits, schemas.topics) are caused by no record.
Rule 2: of the facts behind that, those are not counted that must be seen in a leg and are not: an arrival, or a finished leg, without a leg;
an answer or an end of a leg that is still open; a correction of a finished leg. The others change no count, or repeat one.
Rule 3: what was refused (quarantine) is not waited for, and neither is what is older than legs that were deleted.
Minute rows are no measure: a queue without a call in an hour has none, and the archive may read them before legs.
"""

from collections.abc import Collection
from zoneinfo import ZoneInfo

from msgspec import Struct

from schemas.counted import counted
from schemas.millis import DAY, MINUTE, SECOND, iso
from schemas.newest_legs import KEY_SLACK_DAYS, LEGS_DELETED
from schemas.topics import DECISION_BITS, OFFSET_BITS
from streams.history.months import Range
from streams.history.question import Question
from streams.history.rolled_up import read_marks
from streams.sinks.clickhouse.database import Reader, quoted

WAIT = "start `stream`, or wait until it has caught up (`queuewatch doctor`)"
# Facts that were appended longer ago, before the newest one, are waited for no more: Kafka has deleted them, too.
_WAITED_FOR_MS = 40 * DAY
AHEAD_MS = MINUTE  # an event lies at most seconds ahead of the broker's clock
_BEGINS = ("queued", "rejected", "leg")
_ENDS = (
    "answered", "ended", "abandoned", "exited", "transferred", "dropped", "callback_requested",
)  # fmt: skip
_LAST_SECOND = 2**32 - 1
_OF_FACTS = (
    "topic_partition, `offset`, queue, leg_id, type, at_ms,"
    " if(type = 'leg', visitParamExtractInt(body, 'arrived_at'), at_ms) AS began,"
    " type = 'leg' AND visitParamExtractBool(body, 'corrects') AS corrects"
)


class Uncounted(Struct, frozen=True):
    """How many `facts` of how many `queues`; `since`: the time (ms) of the first of them."""

    facts: int
    queues: int
    since: int

    def said(self, zone: str) -> str:
        queues = counted(self.queues, "queues")
        return (
            f"calls are counted until {iso(self.since, ZoneInfo(zone))}: facts of {queues} from then on ({self.facts:,}) are in the"
            f" archive and not counted yet, because `stream` lags or has stopped; {WAIT}"
        )


def uncounted(
    reader: Reader,
    of: Range | None = None,
    queues: Collection[str] | None = None,
    *,
    appended_by: int | None = None,
) -> Uncounted | None:
    """Of the calls that arrived in a range, of `queues` (ids, former ones, too; None: of all); None: all are counted.

    Without a range of live sources alone, at the end of the archive: a file of old calls that is being sent says nothing about it.
    `appended_by`: of facts that came by then (ms); who shows the present leaves out what comes at this moment.
    """
    facts = _facts(reader, of, queues, appended_by)
    if facts is None:
        return None
    found = reader.execute(f"SELECT count(), uniqExact(queue), min(at) FROM ({facts})").rows
    n, n_queues, since = map(int, found[0]) if found else (0, 0, 0)
    return Uncounted(n, n_queues, since) if n else None


def overdue(reader: Reader, question: Question, queues: Collection[str] | None) -> Uncounted | None:
    """Of what a question asks for; in the last minute before it was asked facts come to the archive before their legs on any day."""
    at = [each for each in (question.as_of, question.now and question.now - MINUTE) if each]
    appended_by = min(at, default=None)
    return uncounted(reader, Range(question.start, question.end), queues, appended_by=appended_by)


def _facts(
    reader: Reader, of: Range | None, queues: Collection[str] | None, appended_by: int | None
) -> str | None:
    """SELECT of those that are not counted; None where none can be."""
    asked = _asked_sql(reader, of, queues, appended_by)
    if asked is None:
        return None
    answer = reader.execute(f"SELECT count(), min(at_ms), max(at_ms) FROM events WHERE {asked}")
    n, first, last = map(int, answer.rows[0]) if answer.rows else (0, 0, 0)
    if not n:
        return None
    slack = (KEY_SLACK_DAYS + 1) * DAY
    early, late = max(0, first - slack) // SECOND, min((last + slack) // SECOND, _LAST_SECOND)
    keys = f"key_at >= toDateTime({early}) AND key_at <= toDateTime({late})"
    # Nearly always the stream has passed all; and the bodies of all events are far more than what says so.
    behind = _behind_sql(asked, keys, "appended_at_ms")
    answer = reader.execute(
        f"SELECT count(), toUInt32(intDiv(min(appended_at_ms), {SECOND})) FROM ({behind})"
    )
    n, first_s = map(int, answer.rows[0]) if answer.rows else (0, 0)
    if not n:
        return None
    asked = f"{asked} AND appended_at >= toDateTime({first_s})"
    behind = _behind_sql(asked, keys, _OF_FACTS)
    in_range = "" if of is None else f" AND arrived >= {of.start} AND arrived < {of.end}"
    at = "at_ms" if of is None else f"least(at_ms, {of.end} - 1)"
    told = (
        f"SELECT *, abs(leg_arrived - began) < {DAY} AS is_near FROM ({behind}) AS behind LEFT JOIN ("
        f"SELECT queue, leg_id, arrived_at_ms AS leg_arrived, outcome, ended_at_ms FROM legs WHERE {keys}"
        f" AND (queue, leg_id) IN (SELECT queue, leg_id FROM ({behind}))"
        ") AS told USING (queue, leg_id)"
    )
    return (
        f"SELECT queue, if(type = 'leg', began, {at}) AS at,"
        f" if(type IN ({_quoted(_BEGINS)}), began, minIf(leg_arrived, is_near)) AS arrived, countIf(is_near) AS legs,"
        " countIf(is_near AND outcome != 'open' AND NOT (type = 'ended' AND outcome = 'answered' AND isNull(ended_at_ms))) AS over"
        f" FROM ({told}) GROUP BY topic_partition, `offset`, queue, type, at_ms, began, corrects"
        f" HAVING if(type IN ({_quoted(_BEGINS)}), legs = 0 OR corrects, legs > 0 AND over = 0){in_range}"
    )


def _asked_sql(
    reader: Reader, of: Range | None, queues: Collection[str] | None, appended_by: int | None
) -> str | None:
    """Which events may be meant (rules 2 and 3); None: there is no event."""
    answer = reader.execute("SELECT count(), toUInt32(max(appended_at)) FROM events")
    n, newest = map(int, answer.rows[0]) if answer.rows else (0, 0)
    if not n:
        return None
    marks = read_marks(reader)
    kept_from = max((int(marks[kind]) for kind in LEGS_DELETED if kind in marks), default=1)
    start = kept_from if of is None else max(of.start, kept_from)
    since = max(newest - _WAITED_FOR_MS // SECOND, (start - AHEAD_MS) // SECOND, 0)
    asked = [
        f"type IN ({_quoted((*_BEGINS, *_ENDS))}) AND queue != ''",
        f"appended_at >= toDateTime({since})",
        f"at_ms >= {start}",
        # A leg ends within a day of its arrival.
        "feed = 'live'" if of is None else f"at_ms < {of.end + DAY}",
        f"(topic_partition, `offset`) NOT IN (SELECT origin, position FROM quarantine WHERE known_at >= toDateTime({since}))",
    ]
    if queues is not None:
        asked.append(f"queue IN ({_quoted(sorted(queues)) or quoted('')})")
    if appended_by is not None:
        asked.append(f"appended_at_ms <= {appended_by}")
    return " AND ".join(asked)


def _behind_sql(asked: str, keys: str, columns: str) -> str:
    """Those columns of the events that the stream has not passed (rule 1)."""
    offset = f"toInt64(intDiv(version, {1 << DECISION_BITS}) % {1 << OFFSET_BITS})"
    return (
        f"SELECT {columns} FROM events LEFT JOIN ("
        f"SELECT queue, max((known_at_ms, {offset})) AS passed FROM leg_versions"
        f" WHERE {keys} AND version % {1 << DECISION_BITS} = 0 GROUP BY queue"
        ") AS progress USING (queue)"
        f" WHERE {asked} AND (appended_at_ms, `offset`) > passed"
    )


def _quoted(words: Collection[str]) -> str:
    return ", ".join(map(quoted, words))
