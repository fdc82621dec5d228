"""A record of topic `scheduled_reports` as a row: what was made, failed and sent. Claims are no history. Pure."""

from schemas.millis import SECOND
from schemas.scheduled_reports import Claim, Failed, Made, ScheduledReport, Watched
from streams.sinks.clickhouse.database import Row


def scheduled_report_rows(of: ScheduledReport, known_at: int) -> list[Row]:
    """`known_at`: when the broker had it."""
    if isinstance(of, Watched | Claim):
        return []
    if isinstance(of, Made):
        kind, state, at = "made", "made", of.made_at
        rest: Row = (of.due_at, of.as_of, "", 1, of.remark)
    elif isinstance(of, Failed):
        kind, state, at = "failed", "failed", of.failed_at
        rest = (of.due_at, None, "", of.attempts, of.reason)
    else:
        kind, state, at = "mail", of.state, of.at
        rest = (None, None, of.masked, of.attempts, of.reason)
    files = of.files if isinstance(of, Made) else ()
    names, digests = [each.name for each in files], [each.sha256 for each in files]
    return [(of.report, of.period, kind, state, at // SECOND, at, known_at, *rest, names, digests)]
