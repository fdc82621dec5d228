"""Which limit gives how many alerts, and which of them is proposed."""

from typing import Any

import pytest

from schemas.alerts import Alert
from schemas.millis import DAY, MINUTE, SECOND
from streams.core.rule import HoldingTimes
from streams.core.rule_catalogue import RULES
from streams.core.rules.understaffed import UnderstaffedTable
from streams.history.archived_events import Reach
from streams.history.rehearsal import Rehearsed
from streams.history.rehearsal_limits import (
    FACTORS,
    NOW,
    PART,
    limit_of,
    scaled_table,
    scaled_versions,
    with_limits,
)
from streams.history.rehearsal_report import Ground, told
from streams.history.report import Row
from tests.support.builders import BILLING, clock, published, targets
from tests.support.ruled import abandonment, nobody_signed_in, oldest_wait, ruled

START = clock("00:00")
OF = {rule.name: rule for rule in RULES}
TABLES = (oldest_wait(2 * MINUTE, MINUTE), abandonment(0.4, 0.3), nobody_signed_in())


def ground(*tables: HoldingTimes) -> Ground:
    end = START + 7 * DAY
    reach = Reach(START, end, START, end)
    versions = [published(targets(alerts=ruled(*tables)))]
    return Ground(START, end, reach, versions, {BILLING}, {BILLING: START})


def fired(number: int, rule: str = "oldest_wait", **more: Any) -> Alert:
    at = START + number * MINUTE
    return Alert(
        f"{rule}/{BILLING}/{at}", 1, rule, BILLING, "firing", "warn", at, at, at, 1.0, 1.0, 1, "",
        fired_at=at, **more,
    )  # fmt: skip


def steps(*counts: int, below: set[int] | None = None) -> list[Rehearsed]:
    """So many alerts of `oldest_wait` at each step."""
    made = []
    for count in counts:
        alerts = [fired(number) for number in range(1, count + 1)]
        made.append(Rehearsed({a.alert_id: a for a in alerts}, {BILLING: below or set()}))
    return made


def limits(tried: list[Rehearsed], wanted: float, *tables: HoldingTimes) -> tuple[list[Row], list[str]]:  # fmt: skip
    of = ground(*tables)
    found, without = with_limits(told(tried[NOW], of, None), tried, of, wanted)
    return list(found.rows[2]), without


@pytest.mark.parametrize(
    ("rule", "table", "factor", "expected"),
    [
        ("oldest_wait", TABLES[0], 1.5, {"raise_above_ms": 180_000, "clear_below_ms": 90_000}),
        ("oldest_wait", oldest_wait(45 * SECOND, SECOND), 0.5, {"raise_above_ms": 22_000}),
        ("abandonment", TABLES[1], 2.0, {"raise_above": 0.8, "clear_below": 0.6}),
        ("understaffed", UnderstaffedTable(), 3.0, {"points": 0.3, "clear_points": 0.15}),
    ],
)
def test_both_limits_are_scaled(
    rule: str, table: HoldingTimes, factor: float, expected: dict[str, float]
) -> None:
    scaled = scaled_table(OF[rule], table, factor)
    assert scaled is not None
    assert {key: scaled[key] for key in expected} == expected


def test_a_limit_that_cannot_be_is_not_tried() -> None:
    assert scaled_table(OF["abandonment"], TABLES[1], 3.0) is None
    (version,) = scaled_versions(ground(*TABLES).versions, 3.0)
    assert set(version.queues[0].alerts) == {"oldest_wait", "nobody_signed_in"}
    assert limit_of(TABLES[2]) is None


def test_the_lowest_limit_with_few_enough_alerts_is_proposed() -> None:
    rows, without = limits(steps(9, 8, 7, 5, 2, 1, 0), 2, *TABLES)
    of_waits = [row for row in rows if row["rule"] == "oldest_wait"]
    assert [set(row) for row in rows] == [set(PART.names())] * len(rows)
    assert [(row["limit"], row["now"], row["alerts_a_week"], row["proposed"]) for row in of_waits] == [
        ("1m", 0, 9, 0), ("1m30s", 0, 8, 0), ("2m", 1, 7, 0), ("3m", 0, 5, 0),
        ("4m", 0, 2, 1), ("6m", 0, 1, 0), ("8m", 0, 0, 0),
    ]  # fmt: skip
    shares = [row for row in rows if row["rule"] == "abandonment"]
    assert [row["limit"] for row in shares] == ["0.2", "0.3", "0.4", "0.6", "0.8"]
    assert [row["proposed"] for row in shares] == [1, 0, 0, 0, 0]
    assert without == []
    assert {row["rule"] for row in rows} == {"oldest_wait", "abandonment"}


def test_where_none_is_high_enough_it_says_so() -> None:
    rows, without = limits(steps(*[9] * len(FACTORS)), 2, TABLES[0])
    assert without == ["oldest_wait/billing"]
    assert not any(row["proposed"] for row in rows)


def test_each_limit_says_how_early_it_was() -> None:
    below = {START + 11 * MINUTE, START + 12 * MINUTE}
    rows, _ = limits(steps(3, 1, 1, 1, 1, 1, 0, below=below), 2, TABLES[0])
    said = [(row["below_goal"], row["below_goal_alerted"], row["median_early_s"]) for row in rows]
    assert said[0] == (1, 1, 9 * 60)
    assert said[-1] == (1, 0, None)


def test_replays_are_left_out() -> None:
    tried = steps(*[0] * len(FACTORS))
    replayed = fired(1, replay=True)
    tried[0].alerts[replayed.alert_id] = replayed
    rows, _ = limits(tried, 2, TABLES[0])
    assert rows[0]["alerts_a_week"] == 0
