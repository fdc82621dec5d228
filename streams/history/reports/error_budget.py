"""The error budget of a month: calls that may be missed by the promise, spent, left, and the days that spent most.

MONTH is like 2026-10. A call is missed if its own queue's formula takes it and does not count it as served. By arrival.
"""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from schemas.millis import to_datetime
from streams.history.catalogue import Catalogue
from streams.history.counted_groups import Counted
from streams.history.days import days_by_group
from streams.history.error_budget import DaysSpending, error_budget
from streams.history.kept import COUNTED
from streams.history.months import Range
from streams.history.options import AS_OF, BY_GROUP, CHANNEL, MONTH, QUEUE
from streams.history.promises_kept import Kept, kept_of, rounded, shares
from streams.history.question import Question
from streams.history.report import Column, ForPeople, Part, Report, Row
from streams.history.worst_first import without_calls
from streams.sinks.clickhouse.database import Reader

_NO_SHARE = "no such calls, or one of them had no target"
COLUMNS: tuple[Column, ...] = (
    Column("queue", "text", "id of the queue, or name of the group"),
    Column("promised_calls", "legs", "legs in the denominator of their own queue's formula"),
    Column("sl_promised", "share", "served as each queue promised", _NO_SHARE),
    Column("goal", "share", "the promised service level of those legs", _NO_SHARE),
    Column("against_goal", "text", "`met`, `missed` or `few calls`", _NO_SHARE),
    Column("misses_allowed", "number", "promised_calls less those that the goal asks to be served", _NO_SHARE),
    Column("misses_spent", "legs", "promised calls that were not served as promised", _NO_SHARE),
    Column("misses_left", "number", "misses_allowed - misses_spent; below 0: missed beyond the promise", _NO_SHARE),
    Column("budget_spent", "share", "misses_spent / misses_allowed", "nothing may be missed, or a leg had no target"),
    Column("days_that_spent_most", "text", "date, misses and promised calls of the three days with most misses", "no call"
           " was missed, or a leg had no target"),
    Column("without_target", "legs", "legs that left the queue and had no target"),
)  # fmt: skip


def budget_rows(reader: Reader, catalogue: Catalogue, question: Question) -> list[Row]:
    month = Range(question.start, question.end)
    found = days_by_group(reader, catalogue, question, month)
    return [budget_row(group, days) for group, days in sorted(found.items())]


def budget_row(group: str, days: list[Counted]) -> Row:
    kept = [(each.start, kept_of(each.record)) for each in days]
    whole = sum((each for _, each in kept), Kept())
    without = sum(int(each.record.get("n_untargeted", 0)) for each in days)
    row: Row = {"queue": group, "promised_calls": whole.due, "without_target": without}
    if without or not whole.due:
        return row
    budget = error_budget(kept)
    dearest = ", ".join(_day(day, days[0].zone) for day in budget.worst_days)
    return row | shares(whole) | {
        "misses_allowed": round(budget.allowed, 1),
        "misses_spent": budget.spent,
        "misses_left": round(budget.left, 1),
        "budget_spent": rounded(budget.share_spent),
        "days_that_spent_most": dearest or None,
    }  # fmt: skip


def _day(day: DaysSpending, zone: str) -> str:
    date = to_datetime(day.start, ZoneInfo(zone)).date()
    return f"{date} {day.missed:,} of {day.promised:,}"


def _most_spent_first(rows: Sequence[Row]) -> ForPeople:
    called = [row for row in rows if row["promised_calls"]]
    empty = [str(row["queue"]) for row in rows if not row["promised_calls"]]
    return ForPeople(
        sorted(called, key=lambda row: float(row.get("misses_left") or 0)), without_calls(empty)
    )


REPORT = Report(
    options=(MONTH, QUEUE, CHANNEL, BY_GROUP, AS_OF),
    parts=(Part(COLUMNS, arrange=_most_spent_first),),
    ask=budget_rows,
    only_where_known=True,
    reads=COUNTED,
    examples=("2026-10 --by centre",),
)
