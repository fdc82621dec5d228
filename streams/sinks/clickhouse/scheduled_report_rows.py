"""A record of topic `scheduled_reports` as a row: what was made, failed and sent. Claims are no history. Pure."""

from schemas.millis import SECOND
from schemas.scheduled_reports import Failed, Made, Mail, ScheduledReport
from streams.sinks.clickhouse.database import Row


def scheduled_report_rows(of: ScheduledReport, known_at: int) -> list[Row]:
    """`known_at`: when the broker had it."""
    if isinstance(of, Made):
        names, digests = [each.name for each in of.files], [each.sha256 for each in of.files]
        told = (of.made_at, of.due_at, of.as_of, "", 1, of.remark, names, digests)
        return [_row(of.report, of.period, "made", "made", known_at, *told)]
    if isinstance(of, Failed):
        told = (of.failed_at, of.due_at, None, "", of.attempts, of.reason, [], [])
        return [_row(of.report, of.period, "failed", "failed", known_at, *told)]
    if isinstance(of, Mail):
        told = (of.at, None, None, of.masked, of.attempts, of.reason, [], [])
        return [_row(of.report, of.period, "mail", of.state, known_at, *told)]
    return []


def _row(report: str, period: str, kind: str, state: str, known_at: int, at: int, *rest: object) -> Row:
    return (report, period, kind, state, at // SECOND, at, known_at, *rest)
