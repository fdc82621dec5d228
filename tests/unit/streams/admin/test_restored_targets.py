from collections.abc import Mapping
from typing import Any

import pytest

from schemas.metrics import Metric
from schemas.queues_toml import parse_queues
from schemas.tables import TABLES
from schemas.targets import TargetsVersion
from streams.admin import restored_targets
from streams.admin.broker import AdminError
from streams.admin.restored_targets import restore, versions_of
from streams.core.rule_catalogue import RULE_TABLES
from streams.sinks.clickhouse.database import Answer
from streams.sinks.clickhouse.target_rows import target_rows

FILE = parse_queues(
    '[defaults]\ntime_zone = "UTC"\nanswer_within = "20s"\ngoal = 0.8\n'
    '[queues.billing]\nopening = "Mon-Fri 09:00-17:00"\n[queues.apples]\n',
    RULE_TABLES,
)
BY_ID = tuple(sorted(FILE.queues, key=lambda each: each.queue))
FIRST = TargetsVersion(1, 0, 1_780_000_000_000, "UTC", BY_ID)
METRICS = (Metric("lost", "abandoned / offered", "share"),)
NONE = TargetsVersion(2, 1_780_000_060_000, 1_780_000_000_001, "Europe/Berlin", ())
LAST = TargetsVersion(3, 1_780_000_120_000, 1_780_000_000_002, "UTC", BY_ID[:1], METRICS)
VERSIONS = [FIRST, NONE, LAST]


def rows(*versions: TargetsVersion) -> list[Mapping[str, Any]]:
    columns = TABLES["targets"]
    return [dict(zip(columns, row, strict=True)) for each in versions for row in target_rows(each)]


def test_the_rows_of_a_version_make_the_same_version() -> None:
    assert versions_of(rows(*VERSIONS)) == VERSIONS
    assert versions_of(reversed(rows(FIRST, LAST)))[0].queues == BY_ID[::-1]
    assert versions_of([]) == []


class Archive:
    def __init__(self, *versions: TargetsVersion) -> None:
        self._rows = rows(*versions)

    def execute(self, sql: str) -> Answer:
        names = list(TABLES["targets"])
        return Answer(names, [tuple(row.values()) for row in self._rows])

    def close(self) -> None:
        pass


@pytest.fixture
def topic(monkeypatch: pytest.MonkeyPatch) -> list[TargetsVersion]:
    held: list[TargetsVersion] = []
    monkeypatch.setattr(restored_targets, "read_versions", lambda *_: list(held))
    monkeypatch.setattr(
        restored_targets, "write_version", lambda _, __, version: held.append(version)
    )
    return held


def test_an_empty_topic_gets_all_and_the_second_time_nothing(topic: list[TargetsVersion]) -> None:
    archive = Archive(*VERSIONS)
    assert restore("a:1", "", archive) == VERSIONS
    assert topic == VERSIONS
    assert restore("a:1", "", archive) == []


def test_one_that_was_killed_half_way_goes_on(topic: list[TargetsVersion]) -> None:
    topic.append(FIRST)
    assert restore("a:1", "", Archive(*VERSIONS)) == [NONE, LAST]


def test_a_topic_with_other_versions_is_left_alone(topic: list[TargetsVersion]) -> None:
    topic.append(TargetsVersion(1, 0, 1_790_000_000_000, "UTC", BY_ID))
    with pytest.raises(AdminError, match="only an empty topic is restored"):
        restore("a:1", "", Archive(*VERSIONS))
    assert len(topic) == 1
    with pytest.raises(AdminError, match="holds no targets"):
        restore("a:1", "", Archive())
