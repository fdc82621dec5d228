"""The words of `queuewatch reports`. What it does with real servers: tests/integration/operations/test_scheduled_reports.py."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from schemas.audit import AuditRecord
from schemas.millis import DAY
from schemas.scheduled_reports import Failed, Watched
from streams.cli.reports import command
from streams.local import owner
from streams.local.owner import Owner
from streams.plumbing.wall_clock import now_ms
from streams.scheduled.ledger import Written
from streams.scheduled.record_log import RecordLog

AWAY = ("--kafka", "127.0.0.1:1")
FILE = """
[[reports]]
name = "daily"
what = "day"
when = "00:00"
formats = ["csv"]
to = { folder = "/srv/reports" }
"""


@pytest.fixture
def queues(tmp_path: Path) -> Path:
    file = tmp_path / "queues.toml"
    file.write_text(FILE)
    return file


def ran(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(command, arguments)
    return done.exit_code, done.output


@pytest.mark.parametrize(
    ("file", "told"), [(FILE, "none was due yet\n"), ("", "has no [[reports]]\n")]
)
def test_an_empty_list_says_why(
    queues: Path, monkeypatch: pytest.MonkeyPatch, file: str, told: str
) -> None:
    queues.write_text(file)
    monkeypatch.setattr(RecordLog, "read", lambda _: [])
    code, output = ran("list", "--queues", str(queues), *AWAY)
    assert code == 0
    assert output.endswith(told)


def test_the_list_says_of_each_period_how_it_stands(
    queues: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = now_ms()
    watched = Written(b"", Watched(report="daily", since=now - 2 * DAY), now)
    monkeypatch.setattr(RecordLog, "read", lambda _: [watched])
    code, output = ran("list", "--queues", str(queues), "--format", "json", *AWAY)
    assert code == 0
    lines = json.loads(output)
    assert [each["state"] for each in lines] == ["due", "due"]
    failed = Failed(
        report="daily",
        period=lines[0]["period"],
        due_at=0,
        failed_at=now,
        attempts=2,
        reason="the archive is away",
    )
    monkeypatch.setattr(RecordLog, "read", lambda _: [watched, Written(b"", failed, now)])
    _, output = ran("list", "--queues", str(queues), *AWAY)
    assert "the archive is away" in output


def test_a_mistake_in_the_file_and_a_kafka_that_is_away_are_one_line(queues: Path) -> None:
    code, output = ran("list", "--queues", str(queues), *AWAY)
    assert (code, output.count("\n")) == (1, 1)
    assert "127.0.0.1:1" in output
    queues.write_text(FILE.replace("00:00", "noon"))
    for arguments in (("list",), ("run", "daily", "--period", "2026-10-05"), ()):
        code, output = ran(*arguments, "--queues", str(queues), *AWAY)
        assert code == 1
        assert output.startswith(f"queuewatch: {queues}: reports number 1.when: expected ")


def test_without_a_file_the_option_that_names_it_is_said(tmp_path: Path) -> None:
    code, said = ran("list", "--queues", str(tmp_path / "queues.toml"), *AWAY)
    assert code == 1
    assert "no such file; --queues FILE names" in said


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("daily", "--period", "2026-10"), 2, 'expected a day such as "2026-10-05"'),
        (("daily", "--period", "2105-01-01"), 2, "2105-01-01 is not over"),
        (("weekly", "--period", "2026-10-05"), 1, 'has no report "weekly"; there are: daily'),
        (("daily",), 2, "--period"),
    ],
)
def test_what_cannot_be_run_is_said_before_anything_is_asked(
    queues: Path, told: list[AuditRecord], arguments: tuple[str, ...], code: int, said: str
) -> None:
    found, output = ran("run", *arguments, "--queues", str(queues), *AWAY)
    assert found == code
    assert said in output
    assert len(told) == (code == 1)  # wrong use begins nothing


def test_a_trial_without_an_archive_says_so(
    queues: Path, tmp_path: Path, told: list[AuditRecord]
) -> None:
    code, output = ran(
        "run",
        "daily",
        "--period",
        "2026-10-05",
        "--dry-run",
        "--queues",
        str(queues),
        "--data",
        str(tmp_path),
        "--query-port",
        "1",
        *AWAY,
    )
    assert code == 1
    assert "the archive does not answer" in output
    assert told == []


def test_options_of_a_subcommand_stand_behind_it(queues: Path) -> None:
    code, output = ran("--queues", str(queues), "list")
    assert code == 2
    assert "options of `list` stand behind it" in output


def test_a_subcommand_finds_the_up_of_its_own_data(
    queues: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process beside it has a --data, too, which is looked at first."""
    asked: list[str] = []

    def noted(self: RecordLog) -> list[Written]:
        asked.append(self._bootstrap)
        return []

    running = {tmp_path / "ours": Owner("127.0.0.1:7", "", 1)}
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(owner, "running_owner", running.get)
    monkeypatch.setattr(RecordLog, "read", noted)
    code, output = ran("list", "--data", str(tmp_path / "ours"), "--queues", str(queues))
    assert (code, output) == (0, "none was due yet\n")
    assert asked == ["127.0.0.1:7"]
