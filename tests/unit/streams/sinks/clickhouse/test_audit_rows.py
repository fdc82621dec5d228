from schemas.audit import audit_record, value_digest
from schemas.codec import encode
from schemas.tables import TABLES
from streams.sinks.clickhouse.audit_rows import FOREIGN, audit_row
from streams.sinks.clickhouse.records import Source, rows_of
from streams.sinks.clickhouse.rows import check_ranges


def named(value: bytes) -> dict[str, object]:
    ((table, row),) = rows_of(Source("audit", 0, 7, 5_000, b"anna", value))
    assert table == "audit"
    assert row == audit_row(7, 5_000, value)
    check_ranges("audit", [row])
    return dict(zip(TABLES["audit"], row, strict=True))


def test_a_record_keeps_its_text_beside_its_columns() -> None:
    value = encode(
        audit_record(
            at=1_790_000_000_000, who="anna", role="viewer", from_address="10.0.0.1", action="export",
            object_="history legs", outcome="done",
        )
    )  # fmt: skip
    row = named(value)
    assert (row["appended_at"], row["appended_at_ms"], row["offset"]) == (5, 5_000, 7)
    assert (row["who"], row["action"], row["object"]) == ("anna", "export", "history legs")
    assert row["body"] == value.decode()
    assert row["value_digest"] == value_digest(value)


def test_what_is_none_of_ours_makes_a_row_without_its_text() -> None:
    row = named(b"\xff<script>")
    assert (row["action"], row["body"], row["who"]) == (FOREIGN, "", "")
    assert row["value_digest"] == value_digest(b"\xff<script>")
