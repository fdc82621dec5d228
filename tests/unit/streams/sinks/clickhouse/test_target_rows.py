from typing import Any

from msgspec.structs import replace

from schemas.metrics import Metric
from schemas.metrics_book import metrics_of_body
from schemas.tables import TABLES
from schemas.targets import TargetsVersion
from streams.sinks.clickhouse.target_rows import target_rows
from tests.support.legs import targets_of

METRIC = Metric("lost", "abandoned", "legs")


def named(version: TargetsVersion) -> list[dict[str, Any]]:
    return [dict(zip(TABLES["targets"], row, strict=True)) for row in target_rows(version)]


def test_a_row_for_each_queue() -> None:
    (target,) = named(targets_of(["billing"], "Asia/Muscat"))
    assert target["default_zone"] == "Asia/Muscat"
    assert '"opening"' in target["body"]


def test_a_version_without_queues_has_a_row_that_says_so() -> None:
    (empty,) = named(targets_of([], "Asia/Muscat", version=7))
    assert [empty[name] for name in ("version", "queue", "default_zone", "body")] == [
        7, "", "Asia/Muscat", "",
    ]  # fmt: skip


def test_metrics_stand_in_a_row_of_no_queue() -> None:
    rows = named(replace(targets_of(["billing"], "UTC"), metrics=(METRIC,)))
    assert [row["queue"] for row in rows] == ["", "billing"]
    assert metrics_of_body(rows[0]["body"]) == (METRIC,)
