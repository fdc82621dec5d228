"""How rules did, as typed: formats, groups, and what is wrong in one line."""

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from schemas.millis import HOUR, MINUTE, from_iso
from streams.cli import history
from streams.cli.alerts import command
from tests.support.fake_archive import FakeArchive

RANGE = ("--from", "2026-05-01", "--to", "2026-05-02")
AT = from_iso("2026-05-01T10:00:00Z")
ALERT: dict[str, Any] = {
    "alert_id": "oldest_wait/billing/1", "rule": "oldest_wait", "queue": "billing", "severity": "page",
    "owner": "ann", "replay": 0, "onset_at_ms": AT, "fired_at_ms": AT, "resolved_at_ms": AT + HOUR,
}  # fmt: skip
HAD: dict[str, Any] = {
    "at_ms": AT + MINUTE, "type": "acknowledged", "alert_id": "oldest_wait/billing/1", "mute_id": "",
    "rule": "", "queue": "", "until_ms": 0,
}  # fmt: skip


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str, **tables: Any) -> Result:
    monkeypatch.setattr(history, "archive_reader", lambda *_: FakeArchive(**tables))
    return CliRunner().invoke(command, ["quality", *arguments])


def test_a_row_for_each_rule_and_then_those_that_led_to_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done = run(monkeypatch, *RANGE, "--format", "json", alerts=[ALERT], commands=[HAD])
    assert done.exit_code == 0
    said = json.loads(done.stdout)
    (row,) = said["alerts"]
    assert (row["rule"], row["queue"], row["acknowledged"]) == ("oldest_wait", None, 1)
    assert row["time_to_acknowledge_p50_s"] == 60
    assert said["idle"] == []
    by_queue = run(monkeypatch, *RANGE, "--by", "queue", "--format", "csv", alerts=[ALERT])
    assert by_queue.stdout.splitlines()[1].startswith("alerts,oldest_wait,billing,ann,1,1,")
    assert by_queue.stdout.splitlines()[2].startswith("idle,oldest_wait,")
    table = run(monkeypatch, *RANGE, alerts=[ALERT]).stdout
    assert "rules that fired and never led to an action" in table


def test_wrong_use_and_an_unknown_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, "--from", "2026-05-02", "--to", "2026-05-01").exit_code == 2
    assert run(monkeypatch, *RANGE, "--by", "caller").exit_code == 2
    tables = {"legs": [{"count": 0}]}
    unknown = run(monkeypatch, *RANGE, "--queue", "biling", **tables)
    assert unknown.exit_code == 1
    assert 'no queue "biling"' in unknown.output
