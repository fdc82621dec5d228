"""The pieces of which boards ask ClickHouse about legs, in SQL that runs on 18.16 and on 26.x.

All figures come from the newest version of each leg that holds (schemas.newest_legs). Sums are divided once, in the last
step; no ratio or percentile is averaged. A leg is judged by the formula, target and goal that it
carries, so that a change of targets does not change the past. Names and zones are those that are valid
now, or for a removed queue the last ones. Days and half hours are local; because ClickHouse's time
functions accept only a constant zone, the board has a variable `zone` and shows the queues of that zone.
"""

from dashboards.grafana import look
from schemas.counters import COUNTER, sql_condition
from schemas.formulas import (
    ABANDONMENTS,
    ASA,
    Formula,
    formula,
    sql,
    sql_population,
)
from schemas.goal import ELIGIBLE_CALLS, ENOUGH_CALLS
from schemas.newest_legs import KEY_SLACK_DAYS, LEGS_DELETED, holds_sql, newest_legs_sql
from schemas.periods import SAME_WEEKDAYS
from schemas.promised import due_sql, good_sql
from schemas.targets_book import last_named_sql, present_queue_sql

ZONE = "${zone:singlequote}"
NOW_MS = "toInt64(toUnixTimestamp(now())) * 1000"
YEAR_DAYS = SAME_WEEKDAYS.days
_QUEUES_ZONES = last_named_sql(NOW_MS, "time_zone", "queue_zone")
ZONES = f"SELECT DISTINCT queue_zone FROM (\n{_QUEUES_ZONES}\n) ORDER BY queue_zone"

_COUNTED = {"offered", "answered", "abandoned", "short_abandoned", "rejected"}.union(
    *(
        (*rule.numerator, *rule.numerator_excluded, *rule.denominator, *rule.excluded)
        for rule in ABANDONMENTS
    )
)
CONDITIONS = {name: sql_condition(each) for name, each in COUNTER.items() if name in _COUNTED}
# Ghosts are left out: their wait is a cap of ours.
LEFT = sql_population(formula("abandonment_ab1"))
WAITED = sql_population(ASA)  # the legs whose wait is in the mean and in the percentiles
_LOCAL = f"toTimeZone(arrived_at, {ZONE})"
DAY = f"toDate({_LOCAL})"
WEEK = f"toMonday({DAY})"
MONTH = f"toStartOfMonth({DAY})"
# By its UTC start: when clocks go back at night, two half hours have the same local name.
HALF_HOUR = f"toUnixTimestamp(arrived_at) - toMinute({_LOCAL}) % 30 * 60 - toSecond({_LOCAL})"
SLOT = f"concat(substring(toString({_LOCAL}), 12, 3), if(toMinute({_LOCAL}) < 30, '00', '30'))"
WEEKDAY = f"toDayOfWeek({_LOCAL})"
YEAR_LATER = f"{DAY} + {YEAR_DAYS}"
# The moment at which clocks show the same a year later, so that half a day is compared with half a day.
_YEAR_LATER_AT = (
    f"toDateTime(concat(toString({YEAR_LATER}), substring(toString({_LOCAL}), 11)), {ZONE})"
)

_COLUMNS = (
    "arrived_at", "direction", "outcome", "channel", "wait_ms", "in_target", "short", "out_of_hours", "formula",
    "goal", "targets_version",
)  # fmt: skip


def _inbound(arrival: str, days_before: int) -> str:
    """Inbound legs whose `arrival` is in the board's range, and whose own was about `days_before` days earlier."""
    keys = (
        f"key_at >= $__fromTime - INTERVAL {days_before + KEY_SLACK_DAYS} DAY",
        f"key_at <= $__toTime - INTERVAL {days_before - KEY_SLACK_DAYS} DAY",
    )
    # A renamed queue: what came under its former ids counts under the present one.
    return (
        f"FROM (\n  SELECT {present_queue_sql(NOW_MS)} AS queue, {', '.join(_COLUMNS)}\n"
        f"  FROM (\n  {newest_legs_sql('legs', _COLUMNS, keys)}\n  )\n)\n"
        f"  WHERE {arrival} >= $__fromTime AND {arrival} < $__toTime\n"
        f"    AND direction = 'inbound'\n    AND {_none_deleted(days_before)}"
    )


def _none_deleted(days_before: int) -> str:
    """An error, which the panel shows, where calls of the range were deleted: what is left of them would be a smaller number that looks
    whole. No row would not do: where nothing is left there is none, and a count is 0.
    """
    kinds = ", ".join(f"'{kind}'" for kind in LEGS_DELETED)
    first = f"$__fromTime - INTERVAL {days_before + 1} DAY" if days_before else "$__fromTime"
    # 18.16 has no throwIf with a text; the text of a number that is none stands in the error.
    return (
        "(SELECT toUInt8(if(count() = 0, '0', concat('no value, calls of before ',"
        " toString(toDateTime(intDiv(max(number), 1000)), 'UTC'), ' UTC were deleted')))"
        f" FROM queue_days WHERE queue = '' AND kind IN ({kinds})"
        f" AND number > toInt64(toUnixTimestamp({first})) * 1000) = 0"
    )


_OF_ZONE = f"queue IN (\n      SELECT queue FROM (\n{_QUEUES_ZONES}\n      ) WHERE queue_zone = {ZONE}\n    )"
IN_RANGE = _inbound("arrived_at", 0)
LEGS = f"{IN_RANGE}\n    AND out_of_hours = 0\n    AND {_OF_ZONE}"
YEAR_BEFORE = f"{_inbound(_YEAR_LATER_AT, YEAR_DAYS)}\n    AND out_of_hours = 0\n    AND {_OF_ZONE}"


def _is_there(leg: str, event: str) -> str:
    """1 if any version of a leg or live event is so, else 0; the first row that is found ends the search. Versions: whether `legs` still has
    a former one is a matter of merges, and one database said 0 where the other said nothing.
    """
    return (
        "(SELECT count() FROM (\n"
        f"    SELECT 1 FROM leg_versions WHERE {leg} AND {holds_sql()} LIMIT 1\n"
        f"    UNION ALL SELECT 1 FROM events WHERE feed = 'live' AND {event} LIMIT 1\n  ))"
    )


_SLACK = f"INTERVAL {KEY_SLACK_DAYS} DAY"
# Whether the archive knows anything of the board's range, nearly as `history` asks (streams.history.known_range): something that it
# knows began before its end, and something came after its start. Outside of that a count of 0 would say that nobody called. Not asked:
# up to which minute a source reaches, and what the stream has not counted (streams.history.uncounted). Of an event only the arrival at
# the broker is in the key of the table, which is not before it happened.
IS_KNOWN = "\n  AND ".join((
    _is_there(
        f"key_at <= $__toTime + {_SLACK} AND arrived_at < $__toTime",
        "at_ms > 0 AND at_ms < toInt64(toUnixTimestamp($__toTime)) * 1000",
    ) + " > 0",
    _is_there(
        f"key_at >= $__fromTime - {_SLACK} AND arrived_at >= $__fromTime",
        "appended_at >= $__fromTime AND at_ms >= toInt64(toUnixTimestamp($__fromTime)) * 1000",
    ) + " > 0",
))  # fmt: skip


def names(column: str = "name", alias: str = "queue_name") -> str:
    """The join that gives each queue a name, or another of its columns in `targets`."""
    return f"ANY LEFT JOIN (\n{last_named_sql(NOW_MS, column, alias)}\n) AS names USING queue"


def parts(rule: Formula) -> tuple[str, str]:
    """Numerator and denominator of a formula, from the counts `n_…` of `buckets`."""
    return sql(rule, "n_{}".format)


def buckets(legs: str = LEGS, **keys: str) -> str:
    """One row for each bucket: counts, calls `due`, the `good` ones among them, and the goal.

    `gave_up` of `could_give_up` is abandonment ab2, `unanswered` of `asked` is ab7.
    """
    counters = ",\n    ".join(
        f"toInt64(countIf({condition})) AS n_{name}" for name, condition in CONDITIONS.items()
    )
    named = ", ".join(
        f"{expression} AS {key}" for key, expression in keys.items() if key != "queue"
    )
    picked = ", ".join((["queue"] if "queue" in keys else []) + ([named] if named else []))
    groups = ", ".join(keys)
    ab2, ab7 = parts(formula("abandonment_ab2")), parts(formula("unanswered_ab7"))
    return f"""SELECT {groups}, n_offered AS offered, n_answered AS answered, n_abandoned AS abandoned,
  n_short_abandoned AS short, n_rejected AS rejected, {ab2[0]} AS gave_up, {ab2[1]} AS could_give_up,
  {ab7[0]} AS unanswered, {ab7[1]} AS asked, good, due, queue_goal, longest_wait_ms
FROM (
  SELECT {picked}, max(goal) AS queue_goal, maxIf(wait_ms, {LEFT}) AS longest_wait_ms,
    toInt64(countIf({good_sql()})) AS good,
    toInt64(countIf({due_sql()})) AS due,
    {counters}
  {legs}
  GROUP BY {groups}
)"""


def nearest_rank(percent: int) -> str:
    """The percentile of the waits, in s, by nearest rank (quantileExact would take the next higher wait)."""
    rank = f"intDiv({percent} * count() + 99, 100)"
    return f"arrayElement(arraySort(groupArray(wait_ms)), {rank}) / 1000"


def share(above: str, below: str) -> str:
    """No value where the denominator is 0."""
    return f"if({below} > 0, {above} / {below}, NULL)"


def midnight(day: str) -> str:
    return f"toDateTime(concat(toString({day}), ' 00:00:00'), {ZONE})"


MET = "good / due >= queue_goal"
ELIGIBLE = f"due >= {ELIGIBLE_CALLS}"  # as in `history consistency`
SHARE_MET = share(f"countIf({ELIGIBLE} AND {MET})", f"countIf({ELIGIBLE})")
SERVED = share("sum(good)", "sum(due)")
TO_GOAL = (
    f"multiIf(due <= 0, NULL, good / due < queue_goal AND due < {ENOUGH_CALLS}, {look.FEW_CODE},"
    " good / due - queue_goal)"
)
