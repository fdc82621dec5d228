"""The legs that hold, in SQL: the newest version of each leg among those of no withdrawn delivery.

Everything that counts legs reads them through this: reports, boards and checks. A query of its own would
count a leg once for each delivery that told it, and what was taken back.
"""

from collections.abc import Sequence

from schemas.tables import LEG_IDENTITY

# `key_at` is the arrival as it was told first. Who asks for a range of arrivals looks that much further on both sides:
# a leg whose arrival was corrected by more is not found, in no report and on no board.
KEY_SLACK_DAYS = 7
# Kinds of rows of `queue_days` without a queue: which days are closed, and, with table and moment behind it, up to when rows were
# deleted (streams.sinks.clickhouse.deletions).
CLOSED, DELETED = "closed", "deleted "
# Those that say before which arrival legs were deleted; closed days are all that former releases noted.
LEGS_DELETED = (f"{DELETED}legs arrival", CLOSED)
_IDENTITY = ", ".join(LEG_IDENTITY)
_KEY_ORDER = (
    "queue",
    "key_at",
    *(name for name in LEG_IDENTITY if name not in {"queue", "key_at"}),
)


def newest_legs_sql(
    table: str,
    columns: Sequence[str],
    conditions: Sequence[str],
    as_of: int | None = None,
    *,
    of_each_delivery: bool = False,
    in_key_order: bool = False,
) -> str:
    """`SELECT …` with one row for each leg; the columns of its identity and its version are always there.

    `of_each_delivery`: one for each leg and delivery that told it, those of one leg together, the one that
    holds first. The others hold once the deliveries before them are withdrawn.

    `in_key_order`: read in the order of the table, by newer ClickHouse in memory that does not grow with the legs; it takes
    longer than to sort some million.

    `table` is `legs`, or `leg_versions` for what was known at `as_of` (ms). The conditions select versions
    before the newest is taken: one about anything else than a leg's identity would bring back a version
    that was corrected since.
    """
    wanted = ", ".join(dict.fromkeys((*LEG_IDENTITY, "version", *columns)))
    known = [] if as_of is None else [f"known_at_ms <= {as_of}"]
    where = " AND ".join([*conditions, *known, holds_sql(as_of)])
    one = f"{_IDENTITY}, delivery" if of_each_delivery else _IDENTITY
    order = ", ".join(_KEY_ORDER) if in_key_order else _IDENTITY
    return (
        f"SELECT {wanted} FROM {table} WHERE {where}"  # noqa: S608 - our own names
        f" ORDER BY {order}, version DESC LIMIT 1 BY {one}"
    )


def holds_sql(as_of: int | None = None) -> str:
    """The condition that the delivery of a row is not withdrawn, or was not at `as_of`."""
    known = "" if as_of is None else f" WHERE known_at_ms <= {as_of}"
    return f"delivery NOT IN (SELECT delivery FROM withdrawals{known})"  # noqa: S608 - our own names
