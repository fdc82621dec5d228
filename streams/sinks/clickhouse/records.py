"""Makes rows from the records of each topic; ticks and tombstones make none."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from schemas.agents import Spell
from schemas.alerts import Alert, is_probe
from schemas.calls import Probe, Tick
from schemas.codec import UndecodableError, decode_call
from schemas.commands import AlertCommand
from schemas.deliveries import Delivery, Withdrawal
from schemas.legs import LegRow
from schemas.messages import OutgoingMessage
from schemas.minutes import MinuteRow
from schemas.notes import AnyNoteRecord
from schemas.publications import PublicationRecord, PublishedFile
from schemas.quarantine import Quarantined
from schemas.scheduled_reports import ScheduledReport
from schemas.targets import TargetsVersion
from schemas.topics import EPOCH_KEY
from streams.sinks.clickhouse import rows
from streams.sinks.clickhouse.audit_rows import audit_row
from streams.sinks.clickhouse.database import Row
from streams.sinks.clickhouse.message_rows import message_row
from streams.sinks.clickhouse.note_rows import note_row
from streams.sinks.clickhouse.publication_rows import figure_rows, file_rows, publication_row
from streams.sinks.clickhouse.scheduled_report_rows import scheduled_report_rows
from streams.sinks.clickhouse.target_rows import target_rows

UNDECODABLE = "undecodable"  # `type` of an event of which only partition and offset are kept


class Source(NamedTuple):
    """One record, with its partition and offset; `topic` without the namespace."""

    topic: str
    partition: int
    offset: int
    appended_at: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()

    @property
    def topic_partition(self) -> str:
        return f"{self.topic}-{self.partition}"


Origin = tuple[
    str, int, Any
]  # topic without the namespace, partition, and the record as the consumer gave it
TableRow = tuple[str, Row]  # (table, row)


def source_of(origin: Origin) -> Source:
    topic, partition, record = origin
    return Source(
        topic,
        partition,
        record.offset,
        record.timestamp,
        record.key,
        record.value,
        record.headers,
    )


_legs = msgspec.json.Decoder(LegRow)
_spells = msgspec.json.Decoder(Spell)
_minutes = msgspec.json.Decoder(MinuteRow)
_alerts = msgspec.json.Decoder(Alert)
_quarantine = msgspec.json.Decoder(Quarantined)
_targets = msgspec.json.Decoder(TargetsVersion)
_commands: msgspec.json.Decoder[AlertCommand] = msgspec.json.Decoder(AlertCommand)
_notes: msgspec.json.Decoder[AnyNoteRecord] = msgspec.json.Decoder(AnyNoteRecord)
_publications: msgspec.json.Decoder[PublicationRecord] = msgspec.json.Decoder(PublicationRecord)
_scheduled_reports: msgspec.json.Decoder[ScheduledReport] = msgspec.json.Decoder(ScheduledReport)
_messages = msgspec.json.Decoder(OutgoingMessage)
_deliveries: msgspec.json.Decoder[Delivery | Withdrawal] = msgspec.json.Decoder(
    Delivery | Withdrawal
)


def rows_of(source: Source) -> list[TableRow]:
    """The rows of one record; UndecodableError when it is not of the type that its topic holds."""
    if source.value is None:  # a tombstone of a compacted topic
        return []
    try:
        return _ROWS_OF[source.topic](source, source.value)
    except msgspec.DecodeError as error:
        raise UndecodableError("wrong_type", str(error)) from None
    except UnicodeDecodeError as error:
        raise UndecodableError("not_json", str(error)) from None
    except RecursionError:
        raise UndecodableError("not_json", "nested too deeply") from None


def refused_live(source: Source) -> tuple[str, str] | None:
    """(source, reason) of a line that a follower refused; None for any other record.

    The record must have made rows before: it can be decoded.
    """
    if source.topic != "quarantine" or source.value is None:
        return None
    record = _quarantine.decode(source.value)
    if not record.live or record.handled is not None:
        return None
    return record.source, record.reason


def ended_delivery(source: Source) -> Delivery | None:
    """A delivery of files that was told to be over; None for any other record.

    The record must have made rows before: it can be decoded.
    """
    if source.topic != "deliveries" or source.value is None:
        return None
    record = _deliveries.decode(source.value)
    if not isinstance(record, Delivery) or record.state == "sending":
        return None
    return record if record.counts.records is None else None


def _events(source: Source, value: bytes) -> list[TableRow]:
    """Every event except ticks: each source sends one a second to each partition, with only a time. And no probe."""
    origin, appended_at = source.topic_partition, source.appended_at
    try:
        event = decode_call(value)
    except UndecodableError:
        # The stream puts it into quarantine with its reason. Its bytes may contain phone numbers in
        # clear, so they are not kept.
        seconds = appended_at // 1000
        empty = ("", "", "", 0, "", "", "")
        return [("events", (origin, source.offset, seconds, appended_at, UNDECODABLE, *empty))]
    if isinstance(event, Tick | Probe):
        return []
    return [("events", rows.event_row(event, origin, source.offset, appended_at))]


def _of_legs(_: Source, value: bytes) -> list[TableRow]:
    # The database itself copies them into `legs` (migration 0002).
    return [("leg_versions", rows.leg_row(_legs.decode(value)))]


def _of_targets(source: Source, value: bytes) -> list[TableRow]:
    if source.key == EPOCH_KEY:
        return []
    return [("targets", row) for row in target_rows(_targets.decode(value))]


def _of_quarantine(_: Source, value: bytes) -> list[TableRow]:
    record = _quarantine.decode(value)
    if record.handled is not None:  # the entry itself came with an earlier record
        return [("quarantine_handled", rows.handled_row(record, record.handled))]
    return [("quarantine", rows.quarantine_row(record))]


def _of_deliveries(source: Source, value: bytes) -> list[TableRow]:
    record = _deliveries.decode(value)
    if isinstance(record, Withdrawal):
        return [("withdrawals", rows.withdrawal_row(record, source.appended_at))]
    return [("deliveries", rows.delivery_row(record))]


def _of_alerts(_: Source, value: bytes) -> list[TableRow]:
    alert = _alerts.decode(value)
    return [] if is_probe(alert) else [("alerts", rows.alert_row(alert))]


def _of_minutes(_: Source, value: bytes) -> list[TableRow]:
    return [("minutes", row) for row in rows.minute_rows(_minutes.decode(value))]


def _of_audit(source: Source, value: bytes) -> list[TableRow]:
    return [("audit", audit_row(source.offset, source.appended_at, value))]


def _of_publications(source: Source, value: bytes) -> list[TableRow]:
    record = _publications.decode(value)
    if isinstance(record, PublishedFile):
        return [("published_files", row) for row in file_rows(record)]
    told: list[TableRow] = [("publications", publication_row(record, source.appended_at))]
    return told + [("published_figures", row) for row in figure_rows(record)]


def _of_scheduled_reports(source: Source, value: bytes) -> list[TableRow]:
    record = _scheduled_reports.decode(value)
    told = scheduled_report_rows(record, source.appended_at)
    return [("scheduled_reports", row) for row in told]


_ROWS_OF: dict[str, Callable[[Source, bytes], list[Any]]] = {
    "calls": _events,
    "legs": _of_legs,
    "spells": lambda _, value: [("spells", rows.spell_row(_spells.decode(value)))],
    "minutes": _of_minutes,
    "alerts": _of_alerts,
    "quarantine": _of_quarantine,
    "targets": _of_targets,
    "deliveries": _of_deliveries,
    "commands": lambda _, value: [("commands", rows.command_row(_commands.decode(value)))],
    "publications": _of_publications,
    "scheduled_reports": _of_scheduled_reports,
    "audit": _of_audit,
    "notes": lambda source, value: [("notes", note_row(_notes.decode(value), source.appended_at))],
    "messages": lambda _, value: [("messages", message_row(_messages.decode(value)))],
}
TOPICS: tuple[str, ...] = tuple(_ROWS_OF)
