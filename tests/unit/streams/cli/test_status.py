import pytest
from click.testing import CliRunner

from schemas.health import Health
from streams.admin import status
from streams.cli.status import command

NOW = 1_780_000_000_000


def test_a_followed_log_is_shown_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    follower = Health(
        process="queue-log", instance="pbx", at=NOW, started_at=NOW - 60_000, ready=True,
        state="running", ages_s={"last_line": 12.4}, totals={"read_to": 3_661, "unread_bytes": 7},
    )  # fmt: skip
    monkeypatch.setattr(status, "read_status", lambda *_: status.assess([follower], NOW, {}, 1))
    result = CliRunner().invoke(command, [])
    assert "queue-log pbx has read 3,661 bytes, 7 to go, newest line 12 s old" in result.stdout
    assert "queue-log" not in result.stderr
