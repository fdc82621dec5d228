"""The ClickHouse queries of the Executive board; what they are made of, and why so, says leg_sql."""

from dashboards.grafana import look
from dashboards.grafana.leg_sql import (
    CONDITIONS,
    DAY,
    ELIGIBLE,
    HALF_HOUR,
    IN_RANGE,
    IS_KNOWN,
    LEGS,
    MET,
    MONTH,
    SERVED,
    SHARE_MET,
    SLOT,
    TO_GOAL,
    WAITED,
    WEEK,
    WEEKDAY,
    YEAR_BEFORE,
    YEAR_LATER,
    ZONE,
    buckets,
    midnight,
    names,
    nearest_rank,
    share,
)
from schemas.goal import ENOUGH_CALLS

WORST = 10
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
HALF_HOURS_MET_NAME = "Half hours that met the goal"

SERVICE_LEVEL = f"SELECT {SERVED} AS served\nFROM (\n{buckets(queue='queue')}\n)"

HALF_HOURS_MET = f"""SELECT {SHARE_MET} AS half_hours_met
FROM (
{buckets(queue="queue", half_hour=HALF_HOUR)}
)"""

_VOLUMES = ("offered", "answered", "abandoned", "rejected")
VOLUMES = f"""SELECT {", ".join(f"if(is_known, n_{name}, NULL) AS {name.capitalize()}" for name in _VOLUMES)}
FROM (
  SELECT {IS_KNOWN} AS is_known,
    {", ".join(f"countIf({CONDITIONS[name]}) AS n_{name}" for name in _VOLUMES)}
  {LEGS}
)"""

P90_WAIT = f"""SELECT if(answered > 0, wait_s, NULL) AS p90_wait_s
FROM (
  SELECT count() AS answered, {nearest_rank(90)} AS wait_s
  {LEGS}
    AND {WAITED}
)"""

NEWEST_CALL = f"""SELECT if(calls > 0, newest * 1000, NULL) AS newest_call
FROM (
  SELECT count() AS calls, toInt64(toUnixTimestamp(max(arrived_at))) AS newest
  {IN_RANGE}
)"""

NOT_CONFIGURED = f"""SELECT if(is_known, calls, NULL) AS calls_not_configured
FROM (
  SELECT {IS_KNOWN} AS is_known, count() AS calls
  {IN_RANGE} AND targets_version = 0
)"""


def _trend(period: str) -> str:
    """Both answers to "how was it" for each period: weighted by calls, and by the half hours of each queue."""
    return f"""SELECT {midnight("period")} AS time, {SERVED} AS `{look.SERVED_AS_PROMISED}`,
  {SHARE_MET} AS `{HALF_HOURS_MET_NAME}`
FROM (
{buckets(queue="queue", half_hour=HALF_HOUR, period=period)}
)
GROUP BY period
ORDER BY time"""


WEEKS = _trend(WEEK)
MONTHS = _trend(MONTH)

MONTHS_BY_QUEUE = f"""SELECT substring(toString(month), 1, 7) AS Month, queue_name AS Queue, offered AS Offered,
  answered AS Answered, abandoned AS Abandoned, due AS n, {share("good", "due")} AS SL, queue_goal AS Goal,
  {TO_GOAL} AS `To goal`
FROM (
{buckets(queue="queue", month=MONTH)}
) AS figures
{names()}
ORDER BY month DESC, queue_name"""

CENTRES = f"""SELECT if(centre_title = '', 'no centre', centre_title) AS Centre, sum(offered) AS Offered,
  sum(due) AS n, {SERVED} AS Served, {SHARE_MET} AS `Half hours met`,
  {share("sum(gave_up)", "sum(could_give_up)")} AS `Gave up`, {share("sum(unanswered)", "sum(asked)")} AS Unanswered
FROM (
{buckets(queue="queue", half_hour=HALF_HOUR)}
) AS figures
{names("centre_name", "centre_title")}
GROUP BY Centre
ORDER BY Served, Centre"""

WAITS = f"""SELECT queue_name AS Queue, answered AS n, mean_s AS Mean, p50 AS P50, p90 AS P90, p95 AS P95,
  longest_s AS Longest
FROM (
  SELECT queue, count() AS answered, sum(wait_ms) / count() / 1000 AS mean_s, {nearest_rank(50)} AS p50,
    {nearest_rank(90)} AS p90, {nearest_rank(95)} AS p95, max(wait_ms) / 1000 AS longest_s
  {LEGS}
    AND {WAITED}
  GROUP BY queue
) AS figures
{names()}
ORDER BY P90 DESC, Queue"""

LOST = f"""SELECT queue_name AS Queue, offered AS Offered, abandoned AS Abandoned, short AS `Of them short`,
  {share("abandoned", "left_queue")} AS `Abandoned of all`, {share("gave_up", "could_give_up")} AS `Without short ones`,
  rejected AS Rejected, unanswered AS `Not answered`, {share("unanswered", "asked")} AS Unanswered
FROM (
  SELECT *, asked - rejected AS left_queue
  FROM (
{buckets(queue="queue")}
  )
) AS figures
{names()}
ORDER BY Unanswered DESC, Queue"""

DAILY_SERVICE_LEVEL = f"""SELECT {midnight("day")} AS time, queue_name AS name, good / due AS SL
FROM (
{buckets(queue="queue", day=DAY)}
) AS figures
{names()}
WHERE due > 0
ORDER BY time, name"""

DAILY_VOLUMES = f"""SELECT {midnight("day")} AS time, offered AS Offered, answered AS Answered,
  abandoned AS Abandoned
FROM (
{buckets(day=DAY)}
)
ORDER BY time"""


def _of_days(legs: str, day: str, figure: str, name: str) -> str:
    return f"""SELECT {midnight("day")} AS time, {figure} AS `{name}`
FROM (
{buckets(legs, day=day)}
)
ORDER BY time"""


_SERVED_OF_DAY = share("good", "due")
OFFERED_BY_DAY = _of_days(LEGS, DAY, "offered", "Offered")
OFFERED_YEAR_BEFORE = _of_days(YEAR_BEFORE, YEAR_LATER, "offered", "Offered a year before")
SERVED_BY_DAY = _of_days(LEGS, DAY, _SERVED_OF_DAY, look.SERVED_AS_PROMISED)
SERVED_YEAR_BEFORE = _of_days(YEAR_BEFORE, YEAR_LATER, _SERVED_OF_DAY, "A year before")

DAILY_P90_WAIT = f"""SELECT {midnight("day")} AS time, queue_name AS name, wait_s AS p90
FROM (
  SELECT queue, {DAY} AS day, {nearest_rank(90)} AS wait_s
  {LEGS}
    AND {WAITED}
  GROUP BY queue, day
) AS figures
{names()}
ORDER BY time, name"""

QUEUES_HALF_HOURS = f"""SELECT queue_name AS Queue, half_hours AS `Half hours`, met AS `Met the goal`,
  {share("met", "half_hours")} AS Share, SL, highest_goal AS Goal
FROM (
  SELECT queue, countIf({ELIGIBLE}) AS half_hours, countIf({ELIGIBLE} AND {MET}) AS met, sum(good) / sum(due) AS SL,
    max(queue_goal) AS highest_goal
  FROM (
{buckets(queue="queue", half_hour=HALF_HOUR)}
  )
  WHERE due > 0
  GROUP BY queue
) AS figures
{names()}
ORDER BY Share, Queue"""

WORST_HALF_HOURS = f"""SELECT toString(toDateTime(half_hour), {ZONE}) AS Start, queue_name AS Queue,
  due - good AS Missed, due AS n, good / due AS SL, queue_goal AS Goal, abandoned AS Abandoned,
  longest_wait_ms / 1000 AS `Longest wait`
FROM (
{buckets(queue="queue", half_hour=HALF_HOUR)}
) AS figures
{names()}
WHERE {ELIGIBLE} AND good / due < queue_goal
ORDER BY Missed DESC, Start, Queue
LIMIT {WORST}"""


def _week(cell: str) -> str:
    """One row for each half hour, one column for each weekday; `cell` is formatted with its number."""
    cells = ",\n  ".join(
        f"{cell.format(day=number)} AS {name}" for number, name in enumerate(WEEKDAYS, start=1)
    )
    return f"""SELECT slot AS `Half hour`, {cells}
FROM (
{buckets(weekday=WEEKDAY, slot=SLOT)}
)
GROUP BY slot
ORDER BY slot"""


WEEK_SERVICE_LEVEL = _week(
    f"if(sumIf(due, weekday = {{day}}) >= {ENOUGH_CALLS},"
    " sumIf(good, weekday = {day}) / sumIf(due, weekday = {day}), NULL)"
)
WEEK_OFFERED = _week("sumIf(offered, weekday = {day})")
