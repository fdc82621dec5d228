"""A record of topic `scheduled_reports` as a row."""

from schemas.scheduled_reports import Claim, Failed, Made, MadeFile, Mail, Watched
from schemas.tables import TABLES
from streams.sinks.clickhouse.scheduled_report_rows import scheduled_report_rows


def row(of: object) -> dict[str, object]:
    (found,) = scheduled_report_rows(of, 9_000)  # type: ignore[arg-type]
    return dict(zip(TABLES["scheduled_reports"], found, strict=True))


def test_what_was_made_failed_and_sent_is_a_row_each() -> None:
    files = (MadeFile("r-2026-10.pdf", 3, "abc"),)
    made = row(
        Made(
            report="r",
            period="2026-10",
            due_at=1,
            made_at=2_000,
            as_of=3,
            files=files,
            remark="so",
            program_version="1",
        )
    )
    assert made == {
        "report": "r", "period": "2026-10", "type": "made", "state": "made", "at": 2, "at_ms": 2_000, "known_at_ms": 9_000,
        "due_at_ms": 1, "as_of_ms": 3, "mail": "", "attempts": 1, "reason": "so", "files": ["r-2026-10.pdf"], "digests": ["abc"],
    }  # fmt: skip
    failed = row(
        Failed(report="r", period="2026-10", due_at=1, failed_at=5, attempts=4, reason="away")
    )
    assert (failed["type"], failed["attempts"], failed["reason"], failed["as_of_ms"]) == (
        "failed",
        4,
        "away",
        None,
    )
    mail = row(
        Mail(report="r", period="2026-10", to="0f", masked="a…@x", state="sent", at=5, attempts=2)
    )
    assert (mail["type"], mail["state"], mail["mail"], mail["due_at_ms"]) == (
        "mail",
        "sent",
        "a…@x",
        None,
    )


def test_claims_are_no_history() -> None:
    assert scheduled_report_rows(Watched(report="r", since=1), 9) == []
    assert scheduled_report_rows(Claim(report="r", period="2026-10", holder="a"), 9) == []
