"""The newest version of each leg, now or as it was known at an earlier time, as a subquery."""

from collections.abc import Mapping, Sequence

from schemas.legs import JUDGED_AGAIN
from schemas.millis import DAY, SECOND
from schemas.newest_legs import KEY_SLACK_DAYS, holds_sql, newest_legs_sql
from schemas.tables import LEG_IDENTITY
from streams.sinks.clickhouse.database import Reader, quoted

KEY_SLACK_MS = KEY_SLACK_DAYS * DAY
_LATEST = 100
_LAST_SECOND = 2**32 - 1


def newest_legs(
    columns: Sequence[str],
    start: int,
    end: int,
    queue: str | None,
    as_of: int | None,
    live_below: int | None = None,
    *,
    as_counted_live: bool = False,
    former: Mapping[str, str] | None = None,
) -> str:
    """`(SELECT …)` with one row for each leg whose arrival may be in `[start, end)`.

    One leg is what agrees in `LEG_IDENTITY`. `as_counted_live` passes over the versions that judge a leg
    again in history alone. With `former` legs of a former id of a queue have the present id, and are among
    those of `queue`.
    """
    conditions = keyed_about(start, end)
    if queue is not None:
        conditions.append(of_queue(queue, former or {}))
    if live_below is not None:
        conditions.append(f"feed = 'live' AND version < {live_below}")
    if as_counted_live:
        conditions.append(f"NOT has(flags, {quoted(JUDGED_AGAIN)})")
    table = "legs" if as_of is None and live_below is None else "leg_versions"
    newest = f"({newest_legs_sql(table, columns, conditions, as_of)})"
    return _as_named_now(newest, columns, former) if former else newest


def newest_legs_in_order(
    columns: Sequence[str], start: int, end: int, as_of: int | None, former: Mapping[str, str]
) -> str:
    """As `newest_legs` of every queue, for more legs than are sorted in memory."""
    table = "legs" if as_of is None else "leg_versions"
    found = newest_legs_sql(table, columns, keyed_about(start, end), as_of, in_key_order=True)
    return _as_named_now(f"({found})", columns, former) if former else f"({found})"


def newest_legs_among(
    columns: Sequence[str],
    start: int,
    end: int,
    queue: str | None,
    former: Mapping[str, str],
    among: Sequence[str],
    as_of: int | None = None,
) -> str:
    """As `newest_legs`, of those legs alone that meet the conditions `among` about what identifies a leg."""
    conditions = [*keyed_about(start, end), *among]
    if queue is not None:
        conditions.append(of_queue(queue, former))
    table = "legs" if as_of is None else "leg_versions"
    newest = f"({newest_legs_sql(table, columns, conditions, as_of)})"
    return _as_named_now(newest, columns, former) if former else newest


def callers_sql(start: int, end: int, as_of: int | None, condition: str) -> str:
    """The callers whom any version names that meets the condition, of legs whose arrival may be in `[start, end)`."""
    table = "legs" if as_of is None else "leg_versions"
    known = [] if as_of is None else [f"known_at_ms <= {as_of}"]
    return f"SELECT caller FROM {table} WHERE {' AND '.join([*keyed_about(start, end), *known, condition])}"


def legs_about(reader: Reader, start: int, end: int) -> int:
    """About how many rows have an arrival that may be in `[start, end)`: to know how much is read at once."""
    about = " AND ".join(keyed_about(start, end))
    found = reader.execute(f"SELECT count() FROM legs WHERE {about}").rows
    return int(found[0][0]) if found else 0


def latest_arrival(reader: Reader, start: int, end: int, as_of: int | None) -> int:
    """Of the newest versions of the legs whose arrival may be in `[start, end)`, of every queue; 0 without a leg.

    Few legs are sorted: those of which any version says one of the latest arrivals. All others say earlier ones.
    """
    table = "legs" if as_of is None else "leg_versions"
    known = [] if as_of is None else [f"known_at_ms <= {as_of}"]
    about = keyed_about(start, end)
    told = " AND ".join([*about, *known, holds_sql(as_of)])
    identity = ", ".join(LEG_IDENTITY)
    answer = reader.execute(
        f"SELECT {identity}, arrived_at_ms FROM {table} WHERE {told}"
        f" ORDER BY arrived_at_ms DESC LIMIT {_LATEST}"
    )
    if not answer.rows:
        return 0
    named = ", ".join(
        f"({quoted(str(row['queue']))}, {quoted(str(row['leg_id']))}, {quoted(str(row['node']))})"
        for row in answer.named()
    )
    some = [*about, f"(queue, leg_id, node) IN ({named})"]
    all_others = int(answer.rows[-1][-1]) if len(answer.rows) == _LATEST else 0
    found = _latest(reader, newest_legs_sql(table, ("arrived_at_ms",), some, as_of))
    if found >= all_others:
        return found
    return _latest(reader, newest_legs_sql(table, ("arrived_at_ms",), about, as_of))


def _latest(reader: Reader, legs: str) -> int:
    return int(reader.execute(f"SELECT max(arrived_at_ms) FROM ({legs})").rows[0][0] or 0)


def keyed_about(start: int, end: int) -> list[str]:
    """Conditions on rows of `legs` and `leg_versions` whose arrival may be in `[start, end)`."""
    return [
        f"key_at >= toDateTime({_second(start - KEY_SLACK_MS)})",
        f"key_at <= toDateTime({_second(end + KEY_SLACK_MS)})",
    ]


def of_queue(queue: str, former: Mapping[str, str]) -> str:
    """A condition: rows of the queue, also under its former ids."""
    ids = [queue, *(old for old, present in former.items() if present == queue)]
    if len(ids) == 1:
        return f"queue = {quoted(queue)}"
    return f"queue IN ({', '.join(map(quoted, ids))})"


def present_queue(former: Mapping[str, str]) -> str:
    """The present id of the queue in column `queue`."""
    if not former:
        return "queue"
    old, new = (", ".join(map(quoted, each)) for each in (former, former.values()))
    return f"transform(queue, [{old}], [{new}], queue)"


def _as_named_now(newest: str, columns: Sequence[str], former: Mapping[str, str]) -> str:
    """Around the whole: what makes two legs two is decided by the ids under which they came."""
    names = dict.fromkeys((*LEG_IDENTITY, "version", *columns))
    others = ", ".join(name for name in names if name != "queue")
    return f"(SELECT {present_queue(former)} AS queue, {others} FROM {newest})"


def legs_keyed(columns: Sequence[str], start: int, end: int) -> str:
    """What each delivery says of exactly the legs whose sort key lies in `[start, end)`, whole seconds in ms.

    Of one leg the row that holds is the first. Every leg is in one such range, whatever became of its arrival.
    """
    first, last = _second(start), _second(end)
    conditions = [f"key_at >= toDateTime({first})", f"key_at < toDateTime({last})"]
    return newest_legs_sql("legs", columns, conditions, of_each_delivery=True)


def _second(at: int) -> int:
    return min(max(at // SECOND, 0), _LAST_SECOND)
