"""`queues.toml`: what is inherited, and every mistake by its path."""

import pytest

from schemas.maintenance import MaintenanceWindow
from schemas.millis import HOUR, MINUTE, SECOND
from schemas.queues_toml import parse_queues
from schemas.toml_reading import ConfigurationError
from streams.core.rule_catalogue import RULE_TABLES

FILE = """
[defaults]
time_zone = "Africa/Johannesburg"
short_abandon = "5s"
holidays = ["2026-12-25"]
[departments.water]
name = "Water"
owner = "water-duty"
[centres.faults]
department = "water"
opening = ["Mon-Fri 07:00-19:00", "Sat 08:00-13:00"]
exceptions = ["2026-12-24 08:00-12:00"]
answer_within = "30s"
day_start = "06:00"
[queues.burst]
centre = "faults"
name = "Burst pipes"
answer_within = "20s"
goal = 0.8
[queues.burst.alerts.oldest_wait]
raise_above = "5m"
clear_below = "4m"
[queues.burst.alerts.abandonment]
raise_above = 0.2
clear_below = 0.1
[queues.meters]
centre = "faults"
goal = 0.9
opening = "always"
waiting_cap = "1h"
"""


def test_the_nearest_level_holds() -> None:
    file = parse_queues(FILE, RULE_TABLES)
    burst, meters = file.queues
    assert file.default_zone == burst.time_zone == "Africa/Johannesburg"
    assert (burst.answer_within_ms, meters.answer_within_ms) == (20 * SECOND, 30 * SECOND)
    assert (burst.owner, burst.department_name, burst.centre_name) == (
        "water-duty",
        "Water",
        "faults",
    )
    assert (burst.name, meters.name) == ("Burst pipes", "meters")
    assert (burst.day_start_minute, burst.short_abandon_ms) == (360, 5 * SECOND)
    assert (burst.waiting_cap_ms, meters.waiting_cap_ms) == (2 * HOUR, HOUR)
    assert len(burst.opening.weekly or ()) == 6
    assert (meters.opening.weekly, meters.opening.holidays) == (None, ("2026-12-25",))
    assert burst.formula == "short_abandons_ignored"
    assert burst.alerts == {
        "oldest_wait": {
            "raise_above_ms": 5 * MINUTE, "clear_below_ms": 4 * MINUTE, "hold_ms": 0,
            "clear_hold_ms": MINUTE, "doubtful_extra_ms": 5 * MINUTE, "weeks": 8.0,
        },
        "abandonment": {
            "raise_above": 0.2, "clear_below": 0.1, "hold_ms": 0, "clear_hold_ms": 5 * MINUTE,
            "minimum": 20,
        },
    }  # fmt: skip
    assert meters.alerts == {}


def test_the_severity_of_a_rule_stands_in_its_table_and_is_inherited_with_it() -> None:
    text = """
[defaults]
answer_within = "20s"
goal = 0.8
alerts.nobody_signed_in = { severity = "warn" }
[centres.c.alerts]
nobody_signed_in = { severity = "rehearse" }
abandonment = { raise_above = 0.2, clear_below = 0.1, severity = "note" }
[queues.inherits]
[queues.of_centre]
centre = "c"
[queues.own]
centre = "c"
alerts.nobody_signed_in = {}
[queues.none]
centre = "c"
alerts = {}
"""
    found = {each.queue: each for each in parse_queues(text, RULE_TABLES).queues}
    assert {queue: each.severities for queue, each in found.items()} == {
        "inherits": {"nobody_signed_in": "warn"},
        "of_centre": {"nobody_signed_in": "rehearse", "abandonment": "note"},
        "own": {},  # the rule's own
        "none": {},
    }
    assert (list(found["own"].alerts), found["none"].alerts) == (["nobody_signed_in"], {})


def test_without_a_zone_it_is_utc_and_a_queue_needs_no_centre() -> None:
    file = parse_queues('[queues.q]\nanswer_within = "20s"\ngoal = 1', RULE_TABLES)
    assert (file.default_zone, file.queues[0].time_zone, file.queues[0].centre) == (
        "UTC",
        "UTC",
        "",
    )
    assert parse_queues("", RULE_TABLES).queues == ()


QUEUE = '[queues.q]\nanswer_within = "20s"\ngoal = 0.8\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[queues.q]\nanswer_within = "fast"\ngoal = 0.8', "queues.q.answer_within: expected a duration such as"),
        ("[queues.q]\nanswer_within = 20\ngoal = 0.8", "queues.q.answer_within: expected a duration"),
        ('[queues.q]\nanswer_within = "20s"\ngoal = 80', r"queues.q.goal: expected a share .* got 80 \(write 0.8 for 80 %\)"),
        ('[queues.q]\nanswer_within = "20s"\ngoal = 0', "queues.q.goal: expected a share above 0 and at most 1, got 0$"),
        ('[queues.q]\nanswer_within = "20s"\ngoal = true', "queues.q.goal: expected a share"),
        ("[queues.q]\ngoal = 0.8", "queues.q.answer_within: missing here and in every level above"),
        (QUEUE + "colour = 1", "queues.q.colour: unknown key; known: .*answer_within"),
        (QUEUE + "[queues.q.alerts]\nlate = 1", "queues.q.alerts.late: unknown key; known: abandonment, .*oldest_wait"),
        (QUEUE + "alerts = 5", "queues.q.alerts: expected a table, got a whole number"),
        (QUEUE + "alerts.abandonment = 5", "queues.q.alerts.abandonment: expected a table, got a whole number"),
        (QUEUE + '[queues.q.alerts.oldest_wait]\nraise_above = "1m"', "queues.q.alerts.oldest_wait.clear_below: missing: it has no default"),
        (QUEUE + "[queues.q.alerts.abandonment]\nraise_above = 20", r"queues.q.alerts.abandonment.raise_above: expected a share .* got 20 \(write 0.2 for 20 %\)"),
        (QUEUE + "[queues.q.alerts.abandonment]\nraise_above = 0.2\nclear_below = 0.1\nminimum = 0", "queues.q.alerts.abandonment.minimum: expected a whole number of at least 1$"),
        (QUEUE + "[queues.q.alerts.abandonment]\nraise_above = 0.2\nclear_below = 0.1\nminimum = 2.5", "queues.q.alerts.abandonment.minimum: expected a whole number, got a number$"),
        (QUEUE + 'alerts.nobody_signed_in = { severity = "loud" }', "queues.q.alerts.nobody_signed_in.severity: unknown value 'loud'; known: page, warn, note, rehearse$"),
        (QUEUE + "alerts.nobody_signed_in = { severity = 1 }", "queues.q.alerts.nobody_signed_in.severity: expected a text"),
        (QUEUE + "name = 5", "queues.q.name: expected a text, got a whole number$"),
        (QUEUE + "opening = 5", "queues.q.opening: expected a text or a list, got a whole number$"),
        (QUEUE + "holidays = [5]", r"queues.q.holidays number 1: expected a text, got a whole number$"),
        (QUEUE + "[queues.q.alerts.oldest_wait]\nraise_above_ms = 5", "queues.q.alerts.oldest_wait.raise_above_ms: unknown key; known: .*raise_above"),
        ('[defaults.alerts.oldest_wait]\nraise_above = "1m"\nclear_below = "2m"\n' + QUEUE, "defaults.alerts.oldest_wait.clear_below: must not exceed raise_above"),
        (QUEUE + 'centre = "none"', 'queues.q.centre: there is no "none"; known: none'),
        (QUEUE + 'centre = "c"\n[centres.c]\ndepartment = "d"\n[departments.x]', 'centres.c.department: there is no "d"; known: x'),
        (QUEUE + 'time_zone = "Mars/Olympus"', 'queues.q.time_zone: unknown time zone "Mars/Olympus"'),
        ('[defaults]\ntime_zone = "../etc"\n' + QUEUE, "defaults.time_zone: unknown time zone"),
        (QUEUE + 'day_start = "25:00"', 'queues.q.day_start: expected a clock such as "06:00", got "25:00"'),
        (QUEUE + 'opening = "Mon"', 'queues.q.opening: expected "Mon-Fri'),
        (QUEUE + 'holidays = ["2026-13-01"]', "queues.q.holidays: expected a date"),
        (QUEUE + 'exceptions = ["2026-12-01"]', "queues.q.exceptions: expected hours"),
        (QUEUE + 'maintenance = ["2026-12-05 22:00-02:00", "2026-12-05"]', r"queues.q.maintenance number 2: expected hours such as"),
        ('[defaults]\nmaintenance = ["2026-02-30 22:00-02:00"]\n' + QUEUE, r"defaults.maintenance number 1: expected a date such as"),
        (QUEUE + 'maintenance = ["2026-12-05 closed"]', r"queues.q.maintenance number 1: expected hours such as"),
        (QUEUE + 'maintenance = "2026-12-05 22:00-02:00"', "queues.q.maintenance: expected a list, got a text"),
        (QUEUE + 'formula = "best"', ("queues.q.formula: unknown value 'best'; known: answered_only,"
         " offered, abandons_in_target_ignored, abandons_in_target_good, short_abandons_ignored$")),
        (QUEUE + '[queues.q.alerts.oldest_wait]\nraise_above = "1m"\nclear_below = "2m"', "queues.q.alerts.oldest_wait.clear_below: must not exceed raise_above"),
        ("[teams.a]\n", r"teams: unknown table \(defaults, departments, centres, queues, owners, mail, reports, metrics\)"),
        ("queues = 5", r"queues: expected tables such as \[queues.id\]"),
        ("[queues.q", "not TOML: "),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_its_path(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"^{message}"):
        parse_queues(text, RULE_TABLES)


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 5_000,
        "a = " + "9" * 5_000,
        '[queues."a\\nb"]\ncentre = "x"',
        f"x{'y' * 9_000} = 1",
    ],
)
def test_whatever_the_file_holds_a_mistake_is_one_short_line(text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_queues(text, RULE_TABLES)
    assert len(str(caught.value).splitlines()) == 1
    assert len(str(caught.value)) < 1_100


def renamed(*tables: str) -> str:
    head = '[defaults]\nanswer_within = "20s"\ngoal = 0.8\n'
    return head + "".join(f"[queues.{table}\n" for table in tables)


def test_former_ids_belong_to_the_queue_alone() -> None:
    text = renamed('a]\nformerly = ["old a", "x.1"]', "b]")
    a, b = parse_queues(text, RULE_TABLES).queues
    assert (a.formerly, b.formerly) == (("old a", "x.1"), ())


@pytest.mark.parametrize(
    ("tables", "mistake"),
    [
        (('a]\nformerly = ["b"]', "b]"), 'queues.a.formerly: "b" is a queue of this file'),
        (('a]\nformerly = ["a"]',), 'queues.a.formerly: "a" is a queue of this file'),
        (
            ('a]\nformerly = ["x"]', 'b]\nformerly = ["x"]'),
            'queues.b.formerly: "x" stands in queues.a.formerly already',
        ),
        (('a]\nformerly = ["x", "x"]',), 'queues.a.formerly: "x" stands in'),
        (('a]\nformerly = [""]',), "queues.a.formerly: an id must not be empty"),
        (('a]\nformerly = "x"',), "queues.a.formerly: expected a list"),
    ],
)
def test_a_former_id_of_two_queues_is_one_clear_line(tables: tuple[str, ...], mistake: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_queues(renamed(*tables), RULE_TABLES)
    assert str(caught.value).startswith(mistake)


def test_maintenance_is_inherited_like_opening_hours_and_the_nearest_list_holds() -> None:
    text = (
        '[defaults]\nanswer_within = "20s"\ngoal = 0.8\nmaintenance = ["2026-12-05 22:00-02:00 PBX"]\n'
        "[queues.a]\n[queues.b]\nmaintenance = []\n"
    )
    first, other = parse_queues(text, RULE_TABLES).queues
    assert first.maintenance == (MaintenanceWindow("2026-12-05", 22 * 60, 26 * 60, "PBX"),)
    assert other.maintenance == ()


def test_callers_are_listed_to_nobody_unless_a_level_says_to_whom() -> None:
    text = """
[queues.a]
callers_listed_to = ["supervisor", "on-call"]
[queues.b]
[defaults]
answer_within = "20s"
goal = 0.8
"""
    listed = {each.queue: each.callers_listed_to for each in parse_queues(text, {}).queues}
    assert listed == {"a": ("supervisor", "on-call"), "b": ()}
    with pytest.raises(ConfigurationError, match=r"a\.callers_listed_to.*viewer"):
        parse_queues(text.replace('"on-call"', '"boss"'), {})


def test_agents_are_named_to_nobody_unless_a_level_says_to_whom() -> None:
    text = """
[departments.water]
agents_named_to = ["supervisor"]
[centres.faults]
department = "water"
[queues.a]
centre = "faults"
[queues.b]
centre = "faults"
agents_named_to = []
[queues.c]
[defaults]
answer_within = "20s"
goal = 0.8
"""
    named = {each.queue: each.agents_named_to for each in parse_queues(text, {}).queues}
    assert named == {"a": ("supervisor",), "b": (), "c": ()}
    with pytest.raises(ConfigurationError, match=r"water\.agents_named_to.*viewer"):
        parse_queues(text.replace('"supervisor"', '"boss"'), {})
