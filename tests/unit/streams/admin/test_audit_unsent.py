"""Audit records that could not be sent wait in a file; what is broken in it stops nothing."""

from pathlib import Path

import pytest

from schemas.audit import AuditRecord, audit_record
from streams.admin import audit_unsent
from streams.admin.audit_unsent import FILE_NAME, send_or_keep


def record(who: str) -> AuditRecord:
    return audit_record(
        at=1_790_000_000_000, who=who, role="", from_address="", action="export", outcome="done"
    )


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Who stands in the records that were sent; Kafka "up" takes them, any other is away."""
    found: list[str] = []

    async def write(bootstrap: str, _: str, record: AuditRecord) -> str:
        if bootstrap != "up":
            return "Kafka is away"
        found.append(record.who)
        return ""

    monkeypatch.setattr(audit_unsent, "write_audit", write)
    return found


def test_what_waits_is_sent_before_the_next_record(tmp_path: Path, sent: list[str]) -> None:
    folder = tmp_path / "new"
    assert str(folder / FILE_NAME) in send_or_keep(record("first"), "away", "", folder)
    assert "no Kafka is named" in send_or_keep(record("second"), None, "", folder)
    assert sent == []
    assert send_or_keep(record("third"), "up", "", folder) == ""
    assert sent == ["first", "second", "third"]
    assert (folder / FILE_NAME).read_bytes() == b""
    assert send_or_keep(record("fourth"), "up", "", folder) == ""
    assert sent[3:] == ["fourth"]


def test_half_a_line_stops_nothing(tmp_path: Path, sent: list[str]) -> None:
    send_or_keep(record("first"), "away", "", tmp_path)
    path = tmp_path / FILE_NAME
    path.write_bytes(b'{"at":1,"wh\n' + path.read_bytes())
    assert send_or_keep(record("second"), "up", "", tmp_path) == ""
    assert sent == ["first", "second"]


def test_a_record_that_can_be_kept_nowhere_is_told_as_lost(tmp_path: Path, sent: list[str]) -> None:
    (tmp_path / "file").write_text("")
    assert "LOST" in send_or_keep(record("first"), "away", "", tmp_path / "file")
    assert sent == []
