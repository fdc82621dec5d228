"""What the average hides: half hours that met the goal, the worst, the longest bad run, the masking gap.

By arrival, half hours on the clock of the queue or group.
"""

from zoneinfo import ZoneInfo

from schemas.millis import iso
from streams.history.catalogue import Catalogue
from streams.history.consistency import Consistency, consistency
from streams.history.half_hours import GroupsHalfHours, groups_half_hours
from streams.history.hidden_in_averages import average_hides
from streams.history.kept import COUNTED
from streams.history.options import AS_OF, BY_GROUP, CHANNEL, QUEUE, RANGE
from streams.history.promises_kept import rounded, shares
from streams.history.question import Question
from streams.history.report import Column, Part, Report, Row
from streams.history.worst_half_hours import most_missed_first
from streams.sinks.clickhouse.database import Reader

_NONE = "no half hour was eligible, or a leg had no target"
_NO_MISS = "no half hour missed the goal, or a leg had no target"
_UNJUDGED = "a leg had no target"
_NO_SHARE = "no such calls, or one of them had no target"
COLUMNS: tuple[Column, ...] = (
    Column("queue", "text", "id of the queue, or name of the group"),
    Column("promised_calls", "legs", "legs in the denominator of their own queue's formula"),
    Column("sl_promised", "share", "served as each queue promised, of the whole range", _NO_SHARE),
    Column("goal", "share", "the promised service level of those legs", _NO_SHARE),
    Column("against_goal", "text", "`met`, `missed` or `few calls`, of the whole range", _NO_SHARE),
    Column("half_hours", "number", "eligible half hours: those with five promised calls or more", _UNJUDGED),
    Column("half_hours_met", "number", "eligible half hours that met the goal", _UNJUDGED),
    Column("half_hours_missed", "number", "eligible half hours that did not", _UNJUDGED),
    Column("share_met", "share", "half_hours_met / half_hours", _NONE),
    Column("low_volume", "number", "half hours with fewer calls: in no share of half hours", _UNJUDGED),
    Column("calls_in_missed", "legs", "promised calls that arrived in half hours that missed the goal", _UNJUDGED),
    Column("share_in_missed", "share", "calls_in_missed / promised calls of all eligible half hours", _NONE),
    Column("masking_gap", "points", "service level of the range less the share of calls in half hours that met"
           " the goal", _NONE),
    Column("worst_start", "time", "start of the half hour with the lowest service level", _NONE),
    Column("worst_sl", "share", "its service level", _NONE),
    Column("worst_calls", "legs", "its promised calls", _NONE),
    Column("longest_run", "number", "the most missed half hours that follow each other; one of low volume between"
           " them does not end the run", _NONE),
    Column("longest_run_start", "time", "start of that run", _NO_MISS),
    Column("longest_run_end", "time", "end of that run", _NO_MISS),
    Column("says", "text", "that the average hides bad half hours, in a sentence", "it does not"),
    Column("without_target", "legs", "legs that left the queue and had no target"),
)  # fmt: skip


def consistency_rows(reader: Reader, catalogue: Catalogue, question: Question) -> list[Row]:
    return [consistency_row(each) for each in groups_half_hours(reader, catalogue, question)]


def consistency_row(of: GroupsHalfHours) -> Row:
    found = consistency(of.half_hours)
    row: Row = {
        "queue": of.group,
        "promised_calls": found.whole.due,
        "without_target": of.without_target,
    }
    return row | _judged(found, of) if of.judged else row


def _judged(found: Consistency, of: GroupsHalfHours) -> Row:
    row: Row = shares(found.whole) | {
        "half_hours": found.eligible,
        "half_hours_met": found.met,
        "half_hours_missed": found.missed,
        "share_met": rounded(found.share_met),
        "low_volume": found.low_volume,
        "calls_in_missed": found.calls_in_missed,
        "share_in_missed": rounded(found.share_of_calls_in_missed),
        "masking_gap": None if found.masking_gap is None else round(found.masking_gap * 100, 4),
    }
    zone = ZoneInfo(of.zone)
    if found.worst is not None:
        row |= {
            "worst_start": iso(found.worst.start, zone),
            "worst_sl": rounded(found.worst.kept.share),
            "worst_calls": found.worst.kept.due,
            "longest_run": 0,
        }
    if found.longest is not None:
        row |= {
            "longest_run": found.longest.half_hours,
            "longest_run_start": iso(found.longest.start, zone),
            "longest_run_end": iso(found.longest.end, zone),
        }
    hides = average_hides(of.group, found, of.zone)
    return row | {"says": None if hides is None else hides.text}


REPORT = Report(
    options=(*RANGE, QUEUE, CHANNEL, BY_GROUP, AS_OF),
    parts=(
        Part(
            COLUMNS,
            in_table=(
                "queue", "promised_calls", "sl_promised", "goal", "against_goal", "half_hours",
                "half_hours_missed", "share_met", "calls_in_missed", "masking_gap", "worst_start", "worst_sl",
                "longest_run",
            ),
            arrange=most_missed_first,
        ),
    ),
    ask=consistency_rows,
    only_where_known=True,
    reads=COUNTED,
    examples=("--from 2026-11-01 --to 2026-12-01 --by centre",),
)  # fmt: skip
