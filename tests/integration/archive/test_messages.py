"""Each attempt to tell somebody is a row, and the same record inserted twice is one."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from schemas.codec import encode
from schemas.messages import OutgoingMessage
from streams.sinks.clickhouse.records import Source, rows_of
from tests.integration.archive.databases import KINDS, keep, opened
from tests.support.delivery import NOON, telling
from tests.support.services import ClickHouse


@pytest.mark.parametrize("kind", KINDS)
def test_attempts_are_rows(kind: str, clickhouse_server: ClickHouse, tmp_path: Path) -> None:
    queued = OutgoingMessage(
        message_id="m", owner="water", target="ntfy, line 2", group="g", severity="page",
        state="queued", alerts=telling("a").told(), title="t", body="b", short="s", taken_at=NOON,
        changed_at=NOON,
    )  # fmt: skip
    failed = replace(queued, changed_at=NOON + 1, attempts=1, reason="no connection")
    sent = replace(queued, changed_at=NOON + 2, attempts=2, state="sent")
    with opened(kind, tmp_path, clickhouse_server) as archive:
        for record in (queued, failed, sent, sent):
            for table, row in rows_of(Source("messages", 0, 0, NOON, b"m", encode(record))):
                keep(archive, table, [row])
        answer = archive.execute(
            "SELECT state, attempts, reason FROM messages FINAL ORDER BY changed_at_ms"
        )
    assert [(state, int(attempts), reason) for state, attempts, reason in answer.rows] == [
        ("queued", 0, ""), ("queued", 1, "no connection"), ("sent", 2, ""),
    ]  # fmt: skip
