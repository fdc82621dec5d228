"""Wrong use of a rehearsal is one line, before the archive is asked; what was known is said on standard error."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from streams.cli import history
from streams.cli.alerts import command
from streams.core.rule_catalogue import RULES
from tests.support.fake_archive import FakeArchive

RANGE = ("--from", "2026-05-01", "--to", "2026-05-02")


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(command, ["rehearse", *arguments])
    return done.exit_code, done.output.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--from", "then", "--to", "2026-05-02"), 'got "then"'),
        (("--from", "2026-05-02", "--to", "2026-05-02"), "--from: must be before --to"),
        (("--from", "2026-05-02"), "Missing option '--to'"),
        ((*RANGE, "--format", "xml"), "--format"),
        ((*RANGE, "--pages-a-week", "-1"), "--pages-a-week"),
    ],
)
def test_wrong_use(arguments: tuple[str, ...], words: str) -> None:
    code, line = run(*arguments)
    assert code == 2
    assert words in line


def test_a_mistake_in_the_file_and_an_archive_that_does_not_run(tmp_path: Path) -> None:
    (path := tmp_path / "queues.toml").write_text('[queues.billing]\nanswer_within = "20s"\n')
    code, line = run(*RANGE, "--rules", str(path), "--data", str(tmp_path))
    assert (code, line) == (
        1, f"queuewatch: {path}: queues.billing.goal: missing here and in every level above"
    )  # fmt: skip
    code, line = run(*RANGE, "--data", str(tmp_path))
    assert code == 1
    assert line.startswith("queuewatch: no archive answers at")


def test_an_archive_without_events_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[dict[str, Any]] = [{"count": 0, "first": 0, "last": 0}]
    monkeypatch.setattr(history, "archive_reader", lambda *_: FakeArchive(events=events))
    done = CliRunner().invoke(
        command, ["rehearse", *RANGE, "--queue", "billing", "--format", "csv"]
    )
    assert done.exit_code == 0
    assert done.stderr.splitlines()[:2] == [
        "times without an offset are in UTC, the zone of billing",
        "the archive has no live event in this range",
    ]
    assert "Not the same as live" in done.stderr
    header, *lines = done.stdout.splitlines()
    assert header.startswith("kind,rule,queue,")
    assert [line.split(",")[1:5] for line in lines] == [
        [rule.name, "billing", rule.severity, "not evaluated: no targets"]
        for rule in RULES
    ]  # fmt: skip


def test_limits_are_a_part_of_the_answer_only_if_they_were_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    events: list[dict[str, Any]] = [{"count": 0, "first": 0, "last": 0}]
    monkeypatch.setattr(history, "archive_reader", lambda *_: FakeArchive(events=events))
    plain = CliRunner().invoke(command, ["rehearse", *RANGE])
    assert (plain.exit_code, "limits" in plain.stdout) == (0, False)
    asked = CliRunner().invoke(command, ["rehearse", *RANGE, "--pages-a-week", "1"])
    assert asked.exit_code == 0
    assert "limits, for at most 1 alerts a week of each rule and queue" in asked.stdout
