"""A message of `deliver` as a row."""

from schemas.messages import OutgoingMessage
from schemas.tables import TABLES
from streams.sinks.clickhouse.message_rows import message_row
from tests.support.delivery import NOON, telling


def test_a_change_of_a_message_is_a_row_with_its_counts() -> None:
    message = OutgoingMessage(
        message_id="m", owner="water", target="ntfy, line 2", group="g", severity="page", state="sent",
        alerts=telling("a", over=("b",)).told(), title="t", body="b", short="s", taken_at=NOON,
        changed_at=NOON + 5, attempts=2,
    )  # fmt: skip
    row = dict(zip(TABLES["messages"], message_row(message), strict=True))
    assert (row["taken_at"], row["taken_at_ms"]) == (NOON // 1000, NOON)
    assert row["changed_at_ms"] == NOON + 5
    assert (row["alerts"], row["firing"], row["attempts"], row["is_test"]) == (2, 1, 2, 0)
