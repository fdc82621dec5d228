"""A message of `deliver` as a row of the archive: without its texts, but for the title."""

from schemas.messages import OutgoingMessage
from schemas.millis import SECOND
from streams.sinks.clickhouse.database import Row


def message_row(message: OutgoingMessage) -> Row:
    return (
        message.taken_at // SECOND,
        message.taken_at,
        message.message_id,
        message.state,
        message.changed_at,
        message.attempts,
        message.owner,
        message.target,
        message.group,
        message.severity,
        message.title,
        message.reason,
        message.into,
        message.others,
        len(message.alerts),
        sum(alert.is_firing for alert in message.alerts),
        int(message.is_test),
    )
