"""What commands tell of themselves goes into a list: no test of a command waits for a Kafka for that."""

import pytest

from schemas.audit import AuditRecord
from streams.admin import audit_unsent


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> list[AuditRecord]:
    """The audit records of the commands that a test runs in this process."""
    found: list[AuditRecord] = []

    async def write(_: str, __: str, record: AuditRecord) -> str:
        found.append(record)
        return ""

    monkeypatch.setattr(audit_unsent, "write_audit", write)
    return found
