"""Topics, series, tables and reasons: one list each, and nothing on them that nobody uses."""

import ast
import re
from typing import get_args

import pytest

from schemas.counters import COUNTERS, Counts
from schemas.millis import DAY, Millis
from schemas.quarantine import REASONS
from schemas.series import SERIES, WINDOW_LABELS, series
from schemas.tables import TABLES
from schemas.topics import (
    DECISION_BITS,
    OFFSET_BITS,
    TOPICS,
    is_decision,
    offset_of,
    topic,
    topic_name,
    version_of,
)
from tests.support.sources import parsed


def test_every_topic_has_writers_readers_and_a_key() -> None:
    assert [each.name for each in TOPICS if not (each.writers and each.readers and each.key)] == []
    assert len({each.name for each in TOPICS}) == len(TOPICS)


def test_what_is_kept_for_ever_is_compacted_or_the_targets() -> None:
    for_ever = {each.name for each in TOPICS if each.retention_ms is None}
    assert for_ever == {
        "roster",
        "targets",
        "profiles",
        "state",
        "health",
        "deliveries",
        "notes",
        "publications",
        "scheduled_reports",
    }
    assert {
        each.name for each in TOPICS if each.retention_ms is None and each.cleanup == "delete"
    } == {"targets"}
    assert all(each.retention_ms >= DAY for each in TOPICS if each.retention_ms is not None)


def test_inputs_are_stamped_by_the_broker_and_outputs_are_transactional() -> None:
    assert {each.name for each in TOPICS if each.log_append_time} == {
        "calls",
        "agents",
        "deliveries",
        "notes",
        "publications",
        "scheduled_reports",
        "reports",
        "audit",
    }
    outputs = {
        "roster",
        "state",
        "minutes",
        "legs",
        "spells",
        "alerts",
        "quarantine",
        "reports",
        "across",
    }
    assert {each.name for each in TOPICS if each.transactional} == outputs


def test_a_topic_is_found_by_its_name_and_a_namespace_goes_in_front() -> None:
    assert topic("legs").name == "legs"
    assert topic_name("legs", "test7.") == "test7.legs"
    with pytest.raises(KeyError):
        topic("leg")


def test_versions_rise_with_the_log_and_across_new_topics() -> None:
    assert version_of(1, 5) < version_of(1, 6) < version_of(2, 0)
    assert version_of(1, 2**OFFSET_BITS - 1) < version_of(2, 0)
    assert version_of(1, 2**OFFSET_BITS) < version_of(
        1, 2**OFFSET_BITS + 1
    )  # outgrown, still rising
    assert version_of(2**20, 0) < 2**63  # the archive's UInt64 and JSON readers hold it


def test_a_version_tells_its_record_and_decisions_lie_between_two_records() -> None:
    version = version_of(7, 12_345)
    assert (offset_of(version), is_decision(version)) == (12_345, False)
    for decision in range(version + 1, version + 2**DECISION_BITS):
        assert version < decision < version_of(7, 12_346)
        assert (offset_of(decision), is_decision(decision)) == (12_345, True)


def test_series_are_named_as_prometheus_wants_them() -> None:
    assert len({each.name for each in SERIES}) == len(SERIES)
    for each in SERIES:
        assert re.fullmatch(r"(callcentre|queuewatch)(_[a-z0-9]+)+", each.name), each.name
        assert each.name.endswith("_total") == (each.kind == "counter"), each.name
        assert each.help.endswith("."), each.name
        assert series(each.name) is each


def test_series_speak_in_base_units() -> None:
    strange = re.compile(r"_(ms|millis|milliseconds|minutes|hours|percent|pct)(_|$)")
    assert [each.name for each in SERIES if strange.search(each.name)] == []


def test_no_label_holds_a_person_or_a_call() -> None:
    labels = {label for each in SERIES for label in each.labels}
    assert (
        labels & {"agent", "caller", "leg", "leg_id", "contact", "contact_id", "source_ip"} == set()
    )
    assert WINDOW_LABELS == ("1m", "5m", "15m", "30m", "60m", "today")


@pytest.mark.parametrize("table", TABLES)
def test_columns_are_named_once(table: str) -> None:
    assert len(set(TABLES[table])) == len(TABLES[table])


def test_a_version_of_a_leg_has_the_columns_of_a_leg() -> None:
    assert TABLES["leg_versions"] == TABLES["legs"]
    assert set(COUNTERS) <= set(TABLES["minutes"])
    assert Counts.__struct_fields__ == COUNTERS


def test_every_reason_to_set_a_record_aside_is_given_somewhere() -> None:
    told = {
        node.value
        for path, tree in parsed("schemas", "streams", "producers")
        if path != "schemas/quarantine.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(REASONS) - told == set()
    assert len(set(REASONS)) == len(REASONS)


def test_times_are_milliseconds_and_nothing_else() -> None:
    (bounds,) = get_args(Millis)[1:]
    assert bounds.ge > 2_000_000_000  # seconds of this century fall below
    assert bounds.lt < 10**15  # microseconds lie above
