"""The record of an incident's alert: of no queue, owned by that of the queue with most calls, named by its place."""

from typing import Any

import pytest

from schemas.identity import leg_key
from streams.core.alerting import Change, Progress
from streams.core.incident_alert import incident_alert
from streams.core.incident_cell import Cell, CellCall
from streams.core.rule import Measured
from streams.core.unit import Cause
from tests.support.reporting import NO_WATER, PIPES, asked

ONSET, FIRED, HERE = 1_000, 6_000, 60_000
FOUND = Measured(2.0, 2.0, 2, raised=True, calm=False, cause=" in 1m")


def cell(*replayed: bool) -> Cell:
    """A call of before the alert, and one in each of these two queues: the second has come again."""
    calls = [CellCall(0, PIPES, leg_key("before", "node", 0), "zoe", replay=True)]
    for number, replay in enumerate(replayed):
        queue = PIPES if number == 0 else NO_WATER
        key = leg_key(f"leg-{number}", "node", 0)
        calls.append(CellCall(ONSET + number, queue, key, f"caller-{number}", replay))
    return Cell("leak", "ward-1", calls, since=ONSET)


def record(of: Cell, change: Change = "firing", **more: Any) -> Any:
    progress = Progress(stage="firing", onset_at=ONSET, fired_at=FIRED, severity="warn")
    targets = more.get("targets", asked(NO_WATER, "No water", "supply"))
    return incident_alert(of, targets, progress, FOUND, change, HERE, Cause(7, 99))


def test_it_is_of_a_place_and_of_the_owner_that_was_given() -> None:
    found = record(cell(False, False, False))
    assert found.alert_id == f"incident/leak/ward-1/{ONSET}"
    assert (found.queue, found.queue_name, found.topic, found.area) == (
        "", "leak, ward-1", "leak", "ward-1",
    )  # fmt: skip
    assert found.queues == (NO_WATER, PIPES)
    assert (found.owner, found.department, found.severity) == ("supply", "of-no-water", "warn")
    assert (found.version, found.known_at, found.held_at) == (7, 99, HERE)
    assert found.reason == "leak, ward-1: 2 callers in 1m"


def test_it_fires_since_it_fired_and_is_over_since_now() -> None:
    firing, over = record(cell(False)), record(cell(False), "resolved")
    assert (firing.changed_at, firing.fired_at, firing.resolved_at) == (FIRED, FIRED, None)
    assert (over.changed_at, over.fired_at, over.resolved_at) == (HERE, FIRED, HERE)


@pytest.mark.parametrize(("replayed", "is_replay"), [((False, False), False), ((False, True), True)])  # fmt: skip
def test_one_replayed_call_of_it_makes_it_a_replay(
    replayed: tuple[bool, ...], is_replay: bool
) -> None:
    assert record(cell(*replayed)).replay is is_replay


def test_without_targets_it_has_no_owner() -> None:
    found = record(cell(False), targets=None)
    assert (found.owner, found.department) == ("", "")
