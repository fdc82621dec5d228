"""A record of topic `audit` as a row, from which the chain can be checked when Kafka no longer has it."""

from schemas.audit import AuditRecord, value_digest
from schemas.codec import UndecodableError, decode_as
from schemas.millis import SECOND
from streams.sinks.clickhouse.database import Row

FOREIGN = (
    "undecodable"  # `action` of a record that is none of ours: only its place and digest are kept
)


def audit_row(offset: int, appended_at: int, value: bytes) -> Row:
    """Every record makes one, whatever it holds: a place without a row is one that was deleted."""
    place = (appended_at // SECOND, appended_at, offset)
    try:
        record = decode_as(AuditRecord, value)
    except UndecodableError:
        return (*place, 0, "", "", "", FOREIGN, "", "", "", value_digest(value), "")
    return (
        *place,
        record.at,
        record.who,
        record.role,
        record.from_address,
        record.action,
        record.object,
        record.outcome,
        record.detail,
        value_digest(value),
        value.decode(),
    )
