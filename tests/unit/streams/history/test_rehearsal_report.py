"""What a rehearsal tells: quiet is said only where a rule could speak."""

from typing import Any

import msgspec
import pytest

from schemas.alerts import Alert
from schemas.millis import DAY, HOUR, MINUTE, SECOND
from streams.core.rule_catalogue import RULE_TABLES
from streams.history.archived_events import Reach
from streams.history.rehearsal import Rehearsed
from streams.history.rehearsal_report import NOT_LIVE, PARTS, Ground, told
from streams.history.render import rendered_parts
from tests.support.builders import BILLING, clock, published, targets
from tests.support.ruled import abandonment, nobody_signed_in, oldest_wait, ruled

START = clock("00:00")
WEEK = 7 * DAY
WAITS = oldest_wait(2 * MINUTE, MINUTE)
RULES = ruled(WAITS, nobody_signed_in())


def ground(**more: Any) -> Ground:
    fields: dict[str, Any] = {
        "start": START, "end": START + WEEK, "reach": Reach(START, START + WEEK, START, START + WEEK),
        "versions": [published(targets(alerts=RULES))], "called": {BILLING},
        "agents_since": {BILLING: START},
    } | more  # fmt: skip
    return Ground(**fields)


def alert(fired: int, ended: int | None = None, rule: str = "oldest_wait", **more: Any) -> Alert:
    return Alert(
        f"{rule}/{BILLING}/{fired}", 1, rule, BILLING, "firing" if ended is None else "resolved",
        "page", fired, fired, fired, 1.0, 1.0, 1, "", fired_at=fired, resolved_at=ended, **more,
    )  # fmt: skip


def rules(of: Ground, found: Rehearsed | None = None, queue: str | None = None) -> list[Any]:
    rows, _ = told(found or Rehearsed(), of, queue).rows
    return [(row["rule"], row["result"], row.get("note")) for row in rows]


def test_a_rule_that_is_on_and_did_not_fire_was_quiet() -> None:
    assert rules(ground()) == [("nobody_signed_in", "quiet", None), ("oldest_wait", "quiet", None)]


@pytest.mark.parametrize(
    ("known", "result"),
    [
        ({"versions": []}, "no targets"),
        ({"called": set()}, "no events"),
        ({"agents_since": {}}, "no agents"),
        (
            {"versions": [published(targets(alerts={"nobody_signed_in": {"hold_ms": 0.5}}))]},
            "settings of another release",
        ),
    ],
)
def test_what_cannot_be_evaluated_is_not_quiet(known: dict[str, Any], result: str) -> None:
    found = {rule: said for rule, said, _ in rules(ground(**known))}
    assert found["nobody_signed_in"] == f"not evaluated: {result}"


def test_without_agents_rules_that_need_none_are_evaluated() -> None:
    assert ("oldest_wait", "quiet", None) in rules(ground(agents_since={}))


def test_a_queue_without_targets_has_a_line_for_each_rule_and_another_queue_none() -> None:
    of = ground(versions=[], called={"desk", BILLING})
    assert len(rules(of, queue="desk")) == len(RULE_TABLES)
    assert len(rules(of)) == 2 * len(RULE_TABLES)
    assert rules(ground(versions=[published(targets(alerts={}))])) == []  # all rules are off


def test_what_was_not_known_for_a_part_of_the_range_is_a_note() -> None:
    since = START + DAY
    late = [
        published(targets(alerts={}), published_at=since),
        published(targets(alerts=ruled(nobody_signed_in())), version=2, valid_from=since),
    ]
    ((_, result, note),) = rules(ground(versions=late, agents_since={BILLING: since + HOUR}))
    assert result == "quiet"
    assert note == (
        "its targets were published at 2026-03-03T00:00:00Z, nothing is decided before;"
        " switched on in a part of the range; agents known from 2026-03-03T01:00:00Z"
    )


def test_figures_of_a_rule_and_lines_of_its_alerts() -> None:
    nine = clock("09:00")
    found = Rehearsed()
    for each in (
        alert(nine, nine + 4 * MINUTE),
        alert(nine + HOUR, nine + HOUR + 2 * MINUTE, replay=True),
        alert(nine + 3 * HOUR),
        alert(START - HOUR, START),  # before the range
    ):
        found.alerts[each.alert_id] = each
    found.below_goal[BILLING] = {nine + 10 * MINUTE, nine + HOUR - MINUTE, nine + 6 * HOUR}
    found.below_goal[BILLING] |= {
        START - SECOND,
        START + MINUTE,
        START - HOUR,
    }  # the first one began before
    half = Reach(START, START + WEEK // 2, START, START + WEEK)
    rows, alerts = told(found, ground(reach=half, agents_since={}), None).rows
    (row,) = [each for each in rows if each["rule"] == "oldest_wait"]
    assert (row["alerts"], row["alerts_a_week"], row["pages_a_week"]) == (3, 6.0, 4.0)
    assert (row["median_fires_s"], row["below_goal"], row["below_goal_alerted"]) == (180.0, 4, 1)
    assert [(a["fired_at"], a["fires_s"], a["below_goal_at"], a["early_s"]) for a in alerts] == [
        ("2026-03-02T09:00:00Z", 240, "2026-03-02T09:10:00Z", 600),
        ("2026-03-02T10:00:00Z", 120, None, None),
        ("2026-03-02T12:00:00Z", None, None, None),
    ]


def test_every_column_is_filled_by_a_name_that_exists_and_says_what_differs_from_live() -> None:
    found = Rehearsed(alerts={"1": alert(clock("09:00"))})
    report = told(found, ground(), None)
    for part, rows in zip(PARTS, report.rows, strict=True):
        assert {name for row in rows for name in row} == set(part.names())
        assert set(part.in_table) <= set(part.names())
    assert report.facts["not_as_live"] == NOT_LIVE
    assert "alerts that would have fired" in rendered_parts(PARTS, report, "table")
    document = msgspec.json.decode(rendered_parts(PARTS, report, "json"))
    assert (document["from"], len(document["rules"]), len(document["alerts"])) == (
        "2026-03-02T00:00:00Z", 2, 1,
    )  # fmt: skip
    assert rendered_parts(PARTS, report, "csv").startswith("kind,rule,queue,severity,result,")


def test_without_events_nothing_is_said_of_a_week() -> None:
    report = told(Rehearsed(), ground(reach=None, called=set()), None)
    assert "events_from" not in report.facts
    assert ruled(abandonment(0.2, 0.1)).keys() & {row["rule"] for row in report.rows[0]} == set()


def test_an_incident_stands_with_each_queue_whose_calls_are_in_it() -> None:
    on: dict[str, Any] = {"incident": {}}
    of = ground(
        versions=[published(targets("pipes", alerts=on), targets("water", alerts=on), targets("desk", alerts=on))],
        called={"pipes", "water", "desk"},
    )  # fmt: skip
    fired = START + DAY
    incident = msgspec.structs.replace(
        alert(fired, fired + HOUR, "incident"),
        queue="", topic="burst pipe", area="ward-12", queues=("pipes", "water"),
    )  # fmt: skip
    found = Rehearsed(
        {incident.alert_id: incident},
        below_goal={"water": {fired + MINUTE}, "desk": {fired}},
        lacking={"desk": {"incident": "no topics reported"}},
    )
    assert rules(of, found) == [
        ("incident", "not evaluated: no topics reported", None),
        ("incident", "fired", None),
        ("incident", "fired", None),
    ]
    row = told(found, of, None).rows[1][0]
    assert (row["queue"], row["early_s"]) == ("burst pipe/ward-12", 60)
    assert [len(told(found, of, queue).rows[1]) for queue in ("pipes", "desk")] == [1, 0]
