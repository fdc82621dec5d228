"""A unit of this release starts on the state that a former one wrote, and goes on to the same figures."""

import json
from collections import defaultdict
from typing import Any

import pytest

from schemas.codec import decode_as
from schemas.targets import TargetsVersion, TopicsEpoch
from schemas.topics import EPOCH_KEY
from streams.core.agents_unit import AgentsUnit
from streams.core.calls_unit import CallsUnit
from streams.core.roster import Roster
from streams.core.unit import Unit
from tests.support.golden import RELEASES, GoldenRecord, lasting, state_pieces, topic_records

# Which agents a worker saw at a moment depends on when topic `roster` told it: not in the input.
_NOT_OF_THE_INPUT = {"agents", "free_agents"}
_KEYS = {
    "legs": ("queue", "leg_id"),
    "minutes": ("queue", "at"),
    "alerts": ("alert_id",),
    "quarantine": ("origin", "position", "reason"),
    "spells": ("agent", "started_at"),
    "roster": ("agent",),
}
Newest = dict[tuple[str, ...], dict[str, Any]]


def test_there_is_a_former_release() -> None:
    assert RELEASES


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("topic", ["calls", "agents"])
def test_the_state_of_a_former_release_goes_on_to_the_same_figures(
    release: str, topic: str
) -> None:
    versions, epoch = _targets(release)
    written: Newest = {}
    applied = 0
    for partition, records in _by_partition(topic_records(release, topic)).items():
        unit: Unit = (
            CallsUnit(partition, epoch, Roster())
            if topic == "calls"
            else AgentsUnit(partition, epoch)
        )
        unit.set_targets(versions[:1])
        for piece in state_pieces(release):
            if piece.partition == partition:
                unit.load(piece.key or b"", piece.value)
        unit.start(0)
        cut = unit.next_offset or 0
        assert 0 < cut < len(records)
        known = 1
        for record in records[cut:]:
            due = sum(each.published_at <= record.timestamp for each in versions)
            if due > known:  # targets are known to the worker from their publication on
                unit.set_targets(versions[:due])
                known = due
            unit.apply([record])  # type: ignore[list-item]  # has a record's attributes
            applied += 1
        _take(unit, written)
    assert applied > 1_000
    expected: Newest = {}
    for name in _KEYS:
        for record in topic_records(release, name):
            _keep(expected, name, record.value)
    assert {key[0] for key in written} >= ({"legs", "minutes"} if topic == "calls" else {"spells"})
    # Up to 0.1.0 doubtful callers had no alerts. Those of others must not have moved by them.
    told = {
        key: row for key, row in written.items() if not row.get("doubtful") or key[0] != "alerts"
    }
    # A later release may add fields to a row; those that there were must be as they were.
    different = {
        key: (row, former)
        for key, row in told.items()
        if (former := expected.get(key)) is None
        or any(not _goes_on(row.get(name), each) for name, each in lasting(key[0], former).items())
    }
    assert different == {}


def _goes_on(now: object, former: object) -> bool:
    """As it was; what is new may stand in the windows of a minute, too."""
    if isinstance(now, dict) and isinstance(former, dict):
        return all(_goes_on(now.get(name), each) for name, each in former.items())
    return now == former


def _targets(release: str) -> tuple[list[TargetsVersion], int]:
    records = topic_records(release, "targets")
    epoch = next(
        decode_as(TopicsEpoch, r.value or b"").epoch for r in records if r.key == EPOCH_KEY
    )
    told = [decode_as(TargetsVersion, r.value or b"") for r in records if r.key != EPOCH_KEY]
    return told, epoch


def _take(unit: Unit, written: Newest) -> None:
    checkpoint = unit.checkpoint()
    assert checkpoint is not None
    for output in checkpoint.outputs:
        _keep(written, output.topic, output.value)


def _keep(rows: Newest, topic: str, value: bytes | None) -> None:
    row = json.loads(value or b"{}")
    key = (topic, *(str(row.get(name)) for name in _KEYS[topic]))
    known = rows.get(key)
    if known is None or known.get("version", 0) <= row.get("version", 0):
        rows[key] = {name: each for name, each in row.items() if name not in _NOT_OF_THE_INPUT}


def _by_partition(records: list[GoldenRecord]) -> dict[int, list[GoldenRecord]]:
    found: dict[int, list[GoldenRecord]] = defaultdict(list)
    for record in records:
        found[record.partition].append(record)
    return found
