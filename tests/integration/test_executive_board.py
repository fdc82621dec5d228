"""Every SQL of the Executive board, on an embedded ClickHouse and on Debian's server, by hand counted.

Zone Europe/London (UTC+1 in July). Queue billing: T 20 s, goal 0.8, short abandons ignored.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from clickhouse_driver import Client
from clickhouse_driver.errors import ServerException

from dashboards.grafana import look
from schemas.millis import from_datetime, from_iso, iso
from schemas.newest_legs import LEGS_DELETED
from streams.sinks.clickhouse.migrate import migrations
from tests.support.boards import asked, expanded, on_chdb
from tests.support.names import unique
from tests.support.services import ClickHouse

ZONE = "Europe/London"
FROM_S = from_iso("2026-06-30T00:00:00Z") // 1000
TO_S = from_iso("2026-11-01T00:00:00Z") // 1000
PANELS = [f"{query.panel}/{query.ref}" for query in asked("executive")]

Rows = list[dict[str, Any]]


class Day:
    """Legs as SQL; each gets an id of its own unless it is named."""

    def __init__(self) -> None:
        self.rows: list[str] = []

    def leg(self, queue: str, at: str, outcome: str, wait_s: float | None, **more: Any) -> None:
        arrived_ms = from_iso(at)
        values = {
            "queue": queue,
            "key_at": at.removesuffix("Z").replace("T", " "),
            "leg_id": f"leg-{len(self.rows)}",
            "version": 1,
            "feed": "live",
            "source": "node-1",
            "outcome": outcome,
            "arrived_at": at.removesuffix("Z").replace("T", " "),
            "arrived_at_ms": arrived_ms,
            "direction": "inbound",
            "wait_ms": None if wait_s is None else round(wait_s * 1000),
            "in_target": int(wait_s is not None and wait_s <= 20),
            "short": int(wait_s is not None and wait_s < 5),
            "goal": 0.8,
            "formula": "short_abandons_ignored",
            "targets_version": 1,
        } | more
        texts = ["NULL" if value is None else repr(value) for value in values.values()]
        self.rows.append(
            f"INSERT INTO leg_versions ({', '.join(values)}) VALUES ({', '.join(texts)})"
        )


def setup() -> list[str]:
    day = Day()
    for wait_s in (1, 2, 3, 4, 5, 6, 7, 20, 30, 40):  # 10:00 local: 8 of 10, the goal is met
        day.leg("billing", "2026-07-01T09:00:10Z", "answered", wait_s)
    day.leg("billing", "2026-07-01T09:29:59Z", "abandoned", 3)  # short: ignored by the formula
    day.leg("billing", "2026-07-01T09:30:00Z", "answered", 10)  # 10:30 local: 1 of 5
    for at in ("2026-07-01T09:40:00Z", "2026-07-01T09:45:00Z"):
        day.leg("billing", at, "answered", 61)
    day.leg("bills", "2026-07-01T09:42:00Z", "abandoned", 95)  # the former id of billing
    # 00:10 of 1 July; its newest version holds: it was open, then answered after 12 s.
    for version, outcome, wait in ((5, "open", None), (6, "answered", 12)):
        day.leg(
            "repairs", "2026-06-30T23:10:00Z", outcome, wait,
            leg_id="late", version=version, formula="offered",
        )  # fmt: skip
    # The night of 25 October has two half hours called 01:00.
    day.leg("repairs", "2026-10-25T00:05:00Z", "answered", 50, formula="offered")
    day.leg("repairs", "2026-10-25T01:05:00Z", "answered", 5, formula="offered")
    # Rung back: counted, but in no service level and in no wait.
    day.leg("billing", "2026-07-01T09:10:00Z", "answered", 1, channel="callback")
    # Given up after the cap, which is nobody's wait; and an abandon of which nobody told when.
    day.leg("billing", "2026-07-01T09:43:00Z", "ghost", 7_200)
    day.leg("repairs", "2026-10-26T02:00:00Z", "abandoned", None, formula="offered")
    # Wednesday 2 July 2025 is Wednesday 1 July 2026 of the year before, Monday 27 October 2025 is 26 October 2026.
    day.leg("billing", "2025-07-01T23:00:00Z", "answered", 5)  # 00:00 local
    day.leg("billing", "2025-07-02T09:00:00Z", "answered", 50)
    day.leg("repairs", "2025-07-02T22:59:59Z", "answered", 5, formula="offered")  # 23:59:59 local
    day.leg("repairs", "2025-10-27T09:00:00Z", "answered", 5, formula="offered")
    day.leg(
        "billing", "2025-06-30T23:59:59Z", "answered", 5
    )  # a second before the range, by the clock
    day.leg("billing", "2025-11-02T00:00:00Z", "answered", 5)  # at its end, which is not part of it
    # Told again with its arrival moved by two hours (a corrected time zone): the newest version holds.
    for version, at in ((1, "2026-07-01T11:41:00Z"), (2, "2026-07-01T09:41:30Z")):
        day.leg("billing", at, "abandoned", 90, leg_id="moved", version=version,
                key_at="2026-07-01 11:41:00")  # fmt: skip
    # What no figure may count.
    day.leg("billing", "2026-07-01T09:05:00Z", "answered", 1, out_of_hours=1)
    day.leg("billing", "2026-07-01T09:05:00Z", "answered", 1, direction="outbound")
    day.leg("billing", "2026-07-01T09:05:00Z", "rejected", 0)
    day.leg("billing", "2026-06-29T23:59:59Z", "answered", 1)
    day.leg("fleet", "2026-07-01T09:05:00Z", "answered", 1)
    day.leg("mystery", "2026-10-30T09:00:00Z", "answered", 1, targets_version=0, formula="")
    targets = [
        ("billing", 1, "Old name", "Old", "Africa/Johannesburg", '{"queue":"billing"}'),
        (
            "billing",
            2,
            "Billing",
            "Revenue",
            ZONE,
            '{"queue":"billing","formerly":["b 0","bills"]}',
        ),
        ("repairs", 1, "Repairs", "Works", ZONE, '{"queue":"repairs","formerly":[]}'),
        ("fleet", 1, "Fleet", "Works", "Africa/Johannesburg", '{"queue":"fleet"}'),
    ]
    columns = "queue, version, name, centre_name, time_zone, body"
    return day.rows + [f"INSERT INTO targets ({columns}) VALUES {target!r}" for target in targets]


SERVED, MET = "Served as each queue promised", "Half hours that met the goal"
KNOWN: dict[str, Rows] = {
    SERVED: [{"served": 11 / 19}],
    # Of five promised calls or more are two half hours of billing; none of repairs.
    MET: [{"half_hours_met": 1 / 2}],
    "Volumes": [{"Offered": 22, "Answered": 17, "Abandoned": 4, "Rejected": 1}],
    "By week": [
        {"time": "2026-06-28T23:00:00Z", SERVED: 10 / 16, MET: 1 / 2},
        {"time": "2026-10-18T23:00:00Z", SERVED: 1 / 2, MET: None},
        {"time": "2026-10-26T00:00:00Z", SERVED: 0.0, MET: None},
    ],
    "By month": [
        {"time": "2026-06-30T23:00:00Z", SERVED: 10 / 16, MET: 1 / 2},
        {"time": "2026-09-30T23:00:00Z", SERVED: 1 / 3, MET: None},
    ],
    # All that left: billing 17, of them 14 answered (one rung back), 3 abandoned (1 short); repairs 4, of them 1 abandoned.
    "Centres": [
        {"Centre": "Works", "Offered": 4, "n": 4, "Served": 0.5, "Half hours met": None, "Gave up": 1 / 4,
         "Unanswered": 1 / 4},
        {"Centre": "Revenue", "Offered": 18, "n": 15, "Served": 9 / 15, "Half hours met": 0.5, "Gave up": 2 / 16,
         "Unanswered": 4 / 18},
    ],
    # billing: 1 2 3 4 5 6 7 10 20 30 40 61 61; ranks 7, 12, 13. repairs: 5 12 50; ranks 2, 3, 3.
    "Waits of the answered, by queue": [
        {"Queue": "Billing", "n": 13, "Mean": 250 / 13, "P50": 7.0, "P90": 61.0, "P95": 61.0, "Longest": 61.0},
        {"Queue": "Repairs", "n": 3, "Mean": 67 / 3, "P50": 12.0, "P90": 50.0, "P95": 50.0, "Longest": 50.0},
    ],
    "Abandoned, rejected and unanswered, by queue": [
        {"Queue": "Repairs", "Offered": 4, "Abandoned": 1, "Of them short": 0, "Abandoned of all": 1 / 4,
         "Without short ones": 1 / 4, "Rejected": 0, "Not answered": 1, "Unanswered": 1 / 4},
        {"Queue": "Billing", "Offered": 18, "Abandoned": 3, "Of them short": 1, "Abandoned of all": 3 / 17,
         "Without short ones": 2 / 16, "Rejected": 1, "Not answered": 4, "Unanswered": 4 / 18},
    ],
    "Calls and a year before": [
        {"time": "2026-06-30T23:00:00Z", "Offered": 19},
        {"time": "2026-10-24T23:00:00Z", "Offered": 2},
        {"time": "2026-10-26T00:00:00Z", "Offered": 1},
    ],
    "Calls and a year before/B": [
        {"time": "2026-06-30T23:00:00Z", "Offered a year before": 3},
        {"time": "2026-10-26T00:00:00Z", "Offered a year before": 1},
    ],
    "Served and a year before": [
        {"time": "2026-06-30T23:00:00Z", SERVED: 10 / 16},
        {"time": "2026-10-24T23:00:00Z", SERVED: 0.5},
        {"time": "2026-10-26T00:00:00Z", SERVED: 0.0},
    ],
    "Served and a year before/B": [
        {"time": "2026-06-30T23:00:00Z", "A year before": 2 / 3},
        {"time": "2026-10-26T00:00:00Z", "A year before": 1.0},
    ],
    # 16 waits: 1 2 3 4 5 5 6 7 10 12 20 30 40 50 61 61; rank ceil(14.4) = 15
    "P90 wait": [{"p90_wait_s": 61.0}],
    "Newest call": [{"newest_call": from_iso("2026-10-30T09:00:00Z")}],
    "Calls not configured": [{"calls_not_configured": 1}],
    "Service level by month and queue": [
        {"Month": "2026-10", "Queue": "Repairs", "Offered": 3, "Answered": 2, "Abandoned": 1,
         "n": 3, "SL": 1 / 3, "Goal": 0.8, "To goal": look.FEW_CODE},
        {"Month": "2026-07", "Queue": "Billing", "Offered": 18, "Answered": 14, "Abandoned": 3,
         "n": 15, "SL": 9 / 15, "Goal": 0.8, "To goal": 9 / 15 - 0.8},
        {"Month": "2026-07", "Queue": "Repairs", "Offered": 1, "Answered": 1, "Abandoned": 0,
         "n": 1, "SL": 1.0, "Goal": 0.8, "To goal": 0.2},
    ],
    "Half hours that met the goal, by queue": [
        {"Queue": "Billing", "Half hours": 2, "Met the goal": 1, "Share": 0.5, "SL": 9 / 15,
         "Goal": 0.8},
        {"Queue": "Repairs", "Half hours": 0, "Met the goal": 0, "Share": None, "SL": 0.5,
         "Goal": 0.8},
    ],
    "Service level by day": [
        {"time": "2026-06-30T23:00:00Z", "name": "Billing", "SL": 9 / 15},
        {"time": "2026-06-30T23:00:00Z", "name": "Repairs", "SL": 1.0},
        {"time": "2026-10-24T23:00:00Z", "name": "Repairs", "SL": 0.5},
        {"time": "2026-10-26T00:00:00Z", "name": "Repairs", "SL": 0.0},
    ],
    "Calls by day": [
        {"time": "2026-06-30T23:00:00Z", "Offered": 19, "Answered": 15, "Abandoned": 3},
        {"time": "2026-10-24T23:00:00Z", "Offered": 2, "Answered": 2, "Abandoned": 0},
        {"time": "2026-10-26T00:00:00Z", "Offered": 1, "Answered": 0, "Abandoned": 1},
    ],
    "P90 wait by day": [  # billing: 13 waits, rank ceil(11.7) = 12
        {"time": "2026-06-30T23:00:00Z", "name": "Billing", "p90": 61.0},
        {"time": "2026-06-30T23:00:00Z", "name": "Repairs", "p90": 12.0},
        {"time": "2026-10-24T23:00:00Z", "name": "Repairs", "p90": 50.0},
    ],
    "Worst half hours": [
        {"Start": "2026-07-01 10:30:00", "Queue": "Billing", "Missed": 4, "n": 5, "SL": 0.2,
         "Goal": 0.8, "Abandoned": 2, "Longest wait": 95.0},
    ],
}  # fmt: skip
_WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
for _panel, _none, _cells in (
    # All others have too few calls for a colour.
    (
        "Service level by weekday and half hour",
        None,
        {"10:00": ("Wed", 0.8), "10:30": ("Wed", 0.2)},
    ),
    (
        "Calls offered by weekday and half hour",
        0,
        {
            "00:00": ("Wed", 1),
            "01:00": ("Sun", 2),
            "02:00": ("Mon", 1),
            "10:00": ("Wed", 12),
            "10:30": ("Wed", 6),
        },
    ),
):
    KNOWN[_panel] = [
        {"Half hour": slot}
        | dict.fromkeys(_WEEK, _none)
        | dict([_cells[slot]] if slot in _cells else [])
        for slot in ("00:00", "01:00", "02:00", "10:00", "10:30")
    ]


KNOWN = {panel if "/" in panel else f"{panel}/A": rows for panel, rows in KNOWN.items()}


def queries() -> list[str]:
    return [expanded(query.text, FROM_S, TO_S, ZONE) for query in asked("executive")]


@pytest.fixture(scope="module")
def embedded() -> dict[str, Rows]:
    tables = [sql for migration in migrations() for sql in migration.statements]
    return dict(zip(PANELS, on_chdb([*tables, *setup()], queries()), strict=True))


@pytest.fixture(scope="module")
def client(clickhouse_server: ClickHouse) -> Iterator[Client]:
    database = unique("boards")
    client = Client(clickhouse_server.host, clickhouse_server.tcp_port)
    client.execute(f"CREATE DATABASE {database}")
    client.disconnect()
    client = Client(clickhouse_server.host, clickhouse_server.tcp_port, database=database)
    for migration in migrations():
        for statement in migration.statements:
            client.execute(statement)
    for statement in setup():
        columns, values = statement.split(" VALUES ")
        client.execute(f"{columns} SELECT {values.strip('()')}")
    yield client
    client.execute(f"DROP DATABASE {database}")
    client.disconnect()


@pytest.fixture(scope="module")
def server(client: Client) -> dict[str, Rows]:
    answers = {}
    for panel, sql in zip(PANELS, queries(), strict=True):
        rows, columns = client.execute(sql, with_column_types=True)
        names = [name for name, _ in columns]
        answers[panel] = [dict(zip(names, row, strict=True)) for row in rows]
    return answers


def deleted(until: int) -> str:
    """The note that calls of before `until` (ms) were deleted."""
    return (
        "INSERT INTO queue_days (queue, day, kind, number, covers, shape, far)"
        f" SELECT '', toDateTime(0), '{LEGS_DELETED[0]}', toUInt64({until}), toUInt64(0), '', toInt64(0)"
    )


def comparable(rows: Rows) -> Rows:
    """Times as ISO 8601 in UTC, floats to nine places."""

    def value(of: Any) -> Any:
        if isinstance(of, datetime):
            return iso(from_datetime(of))
        return round(of, 9) if isinstance(of, float) else of

    return [{key: value(of) for key, of in row.items()} for row in rows]


def test_every_panel_has_known_numbers() -> None:
    assert sorted(PANELS) == sorted(KNOWN)


@pytest.mark.parametrize("panel", PANELS)
def test_numbers_on_chdb(embedded: dict[str, Rows], panel: str) -> None:
    assert comparable(embedded[panel]) == comparable(KNOWN[panel])


@pytest.mark.parametrize("panel", PANELS)
def test_numbers_on_debians_server(server: dict[str, Rows], panel: str) -> None:
    assert comparable(server[panel]) == comparable(KNOWN[panel])


NOT_KNOWN = [
    [{"Offered": None, "Answered": None, "Abandoned": None, "Rejected": None}],
    [{"calls_not_configured": None}],
]
QUIET = [
    [{"Offered": 0, "Answered": 0, "Abandoned": 0, "Rejected": 0}],
    [{"calls_not_configured": 0}],
]
_HOUR_S = 3_600
LAST_S = from_iso("2026-10-30T09:00:00Z") // 1000  # the newest call
# Before the first call, after the last one, and a night between two of them; the same after a live event of later.
RANGES = (
    (FROM_S - 3_000 * 24 * _HOUR_S, FROM_S - 2_999 * 24 * _HOUR_S, NOT_KNOWN),
    (LAST_S + _HOUR_S, LAST_S + 2 * _HOUR_S, NOT_KNOWN),
    (FROM_S + 10 * 24 * _HOUR_S, FROM_S + 11 * 24 * _HOUR_S, QUIET),
)
LATER = (
    "INSERT INTO events (topic_partition, offset, appended_at, appended_at_ms, type, at_ms, source, feed) SELECT"
    f" 'calls-0', 1, toDateTime({LAST_S + 9 * _HOUR_S}), {(LAST_S + 9 * _HOUR_S) * 1000}, 'tick',"
    f" {(LAST_S + 9 * _HOUR_S) * 1000}, 'node-1', 'live'"
)


def counts_of(start: int, end: int) -> list[str]:
    """The SQL of the panels that count."""
    return [
        expanded(query.text, start, end, ZONE)
        for query in asked("executive")
        if query.panel in ("Volumes", "Calls not configured")
    ]


def test_of_a_time_that_the_archive_does_not_know_nothing_is_0_on_chdb() -> None:
    tables = [sql for migration in migrations() for sql in migration.statements]
    asked_for = [sql for start, end, _ in RANGES for sql in counts_of(start, end)]
    found = on_chdb([*tables, *setup()], asked_for)
    assert found == [rows for *_, told in RANGES for rows in told]
    start, end, _ = RANGES[1]
    assert on_chdb([*tables, *setup(), LATER], counts_of(start, end)) == QUIET  # nobody called


def test_of_a_time_that_the_archive_does_not_know_nothing_is_0_on_debians_server(
    client: Client,
) -> None:
    def rows(sql: str) -> Rows:
        found, columns = client.execute(sql, with_column_types=True)
        return [dict(zip((name for name, _ in columns), row, strict=True)) for row in found]

    for start, end, told in RANGES:
        assert [rows(sql) for sql in counts_of(start, end)] == told
    start, end, _ = RANGES[1]
    client.execute(LATER)
    assert [rows(sql) for sql in counts_of(start, end)] == QUIET


def test_no_panel_shows_what_is_left_of_deleted_calls(
    client: Client, server: dict[str, Rows]
) -> None:
    """They showed a smaller number, and 0 where all were deleted."""
    assert server  # the numbers of before
    client.execute(deleted(FROM_S * 1000))
    for panel, sql in zip(PANELS, queries(), strict=True):
        if panel.endswith("/B"):  # of a year before
            with pytest.raises(ServerException, match=r"no value, calls of before .* were deleted"):
                client.execute(sql)
        else:
            client.execute(sql)
    client.execute(deleted(FROM_S * 1000 + 1))
    for sql in queries():
        with pytest.raises(ServerException, match=r"no value, calls of before .* were deleted"):
            client.execute(sql)


def test_the_embedded_database_says_so_too() -> None:
    tables = [sql for migration in migrations() for sql in migration.statements]
    with pytest.raises(AssertionError, match=r"no value, calls of before .* were deleted"):
        on_chdb([*tables, deleted(TO_S * 1000)], queries()[:1])
