"""The ClickHouse queries of the Executive board, in SQL that runs on 18.16 and on 26.x.

All figures come from the newest version of each leg that holds (schemas.newest_legs). Sums are divided once, in the last
step; no ratio or percentile is averaged. A leg is judged by the formula, target and goal that it
carries, so that a change of targets does not change the past. Names and zones are those that are valid
now, or for a removed queue the last ones. Days and half hours are local; because ClickHouse's time
functions accept only a constant zone, the board has a variable `zone` and shows the queues of that zone.
"""

from dashboards.grafana import look
from schemas.counters import COUNTER, sql_condition
from schemas.formulas import ASA, SERVICE_LEVELS, formula, sql, sql_population
from schemas.goal import ENOUGH_CALLS
from schemas.newest_legs import newest_legs_sql
from schemas.targets_book import last_named_sql, present_queue_sql

ZONE = "${zone:singlequote}"
NOW_MS = "toInt64(toUnixTimestamp(now())) * 1000"
_QUEUES_ZONES = last_named_sql(NOW_MS, "time_zone", "queue_zone")
ZONES = f"SELECT DISTINCT queue_zone FROM (\n{_QUEUES_ZONES}\n) ORDER BY queue_zone"
WORST = 10
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_COUNTED = {"offered", "abandoned"}.union(
    *(
        (*rule.numerator, *rule.numerator_excluded, *rule.denominator, *rule.excluded)
        for rule in SERVICE_LEVELS
    )
)
_CONDITIONS = {name: sql_condition(each) for name, each in COUNTER.items() if name in _COUNTED}
_LEFT = sql_population(
    formula("abandonment_ab1")
)  # ghosts are left out: their wait is a cap of ours
_WAITED = sql_population(ASA)  # the legs whose wait is in the mean and in the percentiles
_LOCAL = f"toTimeZone(arrived_at, {ZONE})"
_DAY = f"toDate({_LOCAL})"
_MONTH = f"substring(toString({_DAY}), 1, 7)"
# By its UTC start: when clocks go back at night, two half hours have the same local name.
_HALF_HOUR = f"toUnixTimestamp(arrived_at) - toMinute({_LOCAL}) % 30 * 60 - toSecond({_LOCAL})"
_SLOT = f"concat(substring(toString({_LOCAL}), 12, 3), if(toMinute({_LOCAL}) < 30, '00', '30'))"
_WEEKDAY = f"toDayOfWeek({_LOCAL})"

# Bounds on key_at select the partitions, with one day more because it may differ from arrived_at.
_KEYS = (
    "key_at >= $__fromTime - INTERVAL 1 DAY",
    "key_at < $__toTime + INTERVAL 1 DAY",
)
_COLUMNS = (
    "arrived_at", "direction", "outcome", "channel", "wait_ms", "in_target", "short", "out_of_hours", "formula",
    "goal", "targets_version",
)  # fmt: skip
# A renamed queue: what came under its former ids counts under the present one.
_IN_RANGE = (
    f"FROM (\n  SELECT {present_queue_sql(NOW_MS)} AS queue, {', '.join(_COLUMNS)}\n"
    f"  FROM (\n  {newest_legs_sql('legs', _COLUMNS, _KEYS)}\n  )\n)\n"
    "  WHERE arrived_at >= $__fromTime AND arrived_at < $__toTime\n"
    "    AND direction = 'inbound'"
)
_OF_ZONE = f"queue IN (\n      SELECT queue FROM (\n{_QUEUES_ZONES}\n      ) WHERE queue_zone = {ZONE}\n    )"
_LEGS = f"{_IN_RANGE}\n    AND out_of_hours = 0\n    AND {_OF_ZONE}"
_NAMES = f"ANY LEFT JOIN (\n{last_named_sql(NOW_MS, 'name', 'queue_name')}\n) AS names USING queue"


def _by_formula(part: int) -> str:
    """Numerator (0) or denominator (1) of a leg's own formula; a leg without targets has none."""
    cases = ", ".join(
        f"formula = '{rule.name.removeprefix('sl_')}', {sql(rule, 'n_{}'.format)[part]}"
        for rule in SERVICE_LEVELS
    )
    return f"sum(multiIf({cases}, 0))"


def _buckets(**keys: str) -> str:
    """One row for each bucket: counts, calls `due`, the `good` ones among them, and the goal."""
    counters = ",\n    ".join(
        f"toInt64(countIf({condition})) AS n_{name}" for name, condition in _CONDITIONS.items()
    )
    named = ", ".join(
        f"{expression} AS {key}" for key, expression in keys.items() if key != "queue"
    )
    picked = ", ".join((["queue"] if "queue" in keys else []) + ([named] if named else []))
    groups = ", ".join(keys)
    return f"""SELECT {groups}, sum(n_offered) AS offered, sum(n_answered) AS answered,
  sum(n_abandoned) AS abandoned, {_by_formula(0)} AS good,
  {_by_formula(1)} AS due, max(leg_goal) AS queue_goal, max(longest_ms) AS longest_wait_ms
FROM (
  SELECT {picked}, formula, max(goal) AS leg_goal,
    maxIf(wait_ms, {_LEFT}) AS longest_ms,
    {counters}
  {_LEGS}
  GROUP BY {groups}, formula
)
GROUP BY {groups}"""


def _nearest_rank(share_in_tenths: int) -> str:
    """The percentile of the waits, in s, by nearest rank (quantileExact would take the next higher wait)."""
    rank = f"intDiv({share_in_tenths} * count() + 9, 10)"
    return f"arrayElement(arraySort(groupArray(wait_ms)), {rank}) / 1000"


_RATIO = "if(sum(due) > 0, sum(good) / sum(due), NULL)"
_MET = "good / due >= queue_goal"
_SHARE_MET = f"if(count() > 0, countIf({_MET}) / count(), NULL)"
_TO_GOAL = (
    f"multiIf(due <= 0, NULL, good / due < queue_goal AND due < {ENOUGH_CALLS}, {look.FEW_CODE},"
    " good / due - queue_goal)"
)
_MIDNIGHT = f"toDateTime(concat(toString(day), ' 00:00:00'), {ZONE})"

SERVICE_LEVEL = f"SELECT {_RATIO} AS service_level\nFROM (\n{_buckets(queue='queue')}\n)"

HALF_HOURS_MET = f"""SELECT {_SHARE_MET} AS half_hours_met
FROM (
{_buckets(queue="queue", half_hour=_HALF_HOUR)}
)
WHERE due > 0"""

VOLUMES = f"""SELECT countIf({_CONDITIONS["offered"]}) AS Offered,
  countIf({_CONDITIONS["answered"]}) AS Answered, countIf({_CONDITIONS["abandoned"]}) AS Abandoned
{_LEGS}"""

P90_WAIT = f"""SELECT if(answered > 0, wait_s, NULL) AS p90_wait_s
FROM (
  SELECT count() AS answered, {_nearest_rank(9)} AS wait_s
  {_LEGS}
    AND {_WAITED}
)"""

NEWEST_CALL = f"""SELECT if(calls > 0, newest * 1000, NULL) AS newest_call
FROM (
  SELECT count() AS calls, toInt64(toUnixTimestamp(max(arrived_at))) AS newest
  {_IN_RANGE}
)"""

NOT_CONFIGURED = f"""SELECT count() AS calls_not_configured
{_IN_RANGE} AND targets_version = 0"""

MONTHS = f"""SELECT month AS Month, queue_name AS Queue, offered AS Offered, answered AS Answered,
  abandoned AS Abandoned, due AS n, if(due > 0, good / due, NULL) AS SL, queue_goal AS Goal,
  {_TO_GOAL} AS `To goal`
FROM (
{_buckets(queue="queue", month=_MONTH)}
) AS figures
{_NAMES}
ORDER BY month DESC, queue_name"""

DAILY_SERVICE_LEVEL = f"""SELECT {_MIDNIGHT} AS time, queue_name AS name, good / due AS SL
FROM (
{_buckets(queue="queue", day=_DAY)}
) AS figures
{_NAMES}
WHERE due > 0
ORDER BY time, name"""

DAILY_VOLUMES = f"""SELECT {_MIDNIGHT} AS time, offered AS Offered, answered AS Answered,
  abandoned AS Abandoned
FROM (
{_buckets(day=_DAY)}
)
ORDER BY time"""

DAILY_P90_WAIT = f"""SELECT {_MIDNIGHT} AS time, queue_name AS name, wait_s AS p90
FROM (
  SELECT queue, {_DAY} AS day, {_nearest_rank(9)} AS wait_s
  {_LEGS}
    AND {_WAITED}
  GROUP BY queue, day
) AS figures
{_NAMES}
ORDER BY time, name"""

QUEUES_HALF_HOURS = f"""SELECT queue_name AS Queue, half_hours AS `Half hours`, met AS `Met the goal`,
  met / half_hours AS Share, SL, highest_goal AS Goal
FROM (
  SELECT queue, count() AS half_hours, countIf({_MET}) AS met, sum(good) / sum(due) AS SL,
    max(queue_goal) AS highest_goal
  FROM (
{_buckets(queue="queue", half_hour=_HALF_HOUR)}
  )
  WHERE due > 0
  GROUP BY queue
) AS figures
{_NAMES}
ORDER BY Share, Queue"""

WORST_HALF_HOURS = f"""SELECT toString(toDateTime(half_hour), {ZONE}) AS Start, queue_name AS Queue,
  due - good AS Missed, due AS n, good / due AS SL, queue_goal AS Goal, abandoned AS Abandoned,
  longest_wait_ms / 1000 AS `Longest wait`
FROM (
{_buckets(queue="queue", half_hour=_HALF_HOUR)}
) AS figures
{_NAMES}
WHERE due > 0 AND good / due < queue_goal
ORDER BY Missed DESC, Start, Queue
LIMIT {WORST}"""


def _week(cell: str) -> str:
    """One row for each half hour, one column for each weekday; `cell` is formatted with its number."""
    cells = ",\n  ".join(
        f"{cell.format(day=number)} AS {name}" for number, name in enumerate(WEEKDAYS, start=1)
    )
    return f"""SELECT slot AS `Half hour`, {cells}
FROM (
{_buckets(weekday=_WEEKDAY, slot=_SLOT)}
)
GROUP BY slot
ORDER BY slot"""


WEEK_SERVICE_LEVEL = _week(
    f"if(sumIf(due, weekday = {{day}}) >= {ENOUGH_CALLS},"
    " sumIf(good, weekday = {day}) / sumIf(due, weekday = {day}), NULL)"
)
WEEK_OFFERED = _week("sumIf(offered, weekday = {day})")
