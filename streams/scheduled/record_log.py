"""Topic `scheduled_reports`: read whole, and written one record at a time."""

from contextlib import suppress

from schemas.codec import UndecodableError, decode_as, encode
from schemas.scheduled_reports import ScheduledReport, scheduled_report_key
from schemas.topics import topic_name
from streams.admin import broker
from streams.scheduled.ledger import Written, key_of_since

_WITHIN_S = 20.0


class RecordLog:
    """AdminError of each method where Kafka does not answer or refuses."""

    def __init__(self, bootstrap: str, namespace: str) -> None:
        self._bootstrap = bootstrap
        self._topic = topic_name("scheduled_reports", namespace)

    def read(self) -> list[Written]:
        """Every record up to the present end. What a newer program wrote and this one cannot read is left out."""
        found = []
        with broker.consumer(self._bootstrap) as client:
            partitions = broker.partitions_of(client, self._topic)
            for _, each in broker.walk(client, partitions):
                if each.value is None:
                    found.append(Written(each.key or b"", None, each.timestamp))
                    continue
                with suppress(UndecodableError):
                    record: ScheduledReport = decode_as(ScheduledReport, each.value)  # type: ignore[arg-type]  # a union of structs
                    found.append(Written(each.key or b"", record, each.timestamp))
        return found

    def append(self, record: ScheduledReport) -> None:
        """Return once every replica has it."""
        self._send(scheduled_report_key(record), encode(record))

    def forget(self, report: str) -> None:
        """The report stands in queues.toml no more."""
        self._send(key_of_since(report), None)

    def _send(self, key: bytes, value: bytes | None) -> None:
        with broker.producer(self._bootstrap) as client:
            client.send(self._topic, value, key).get(timeout=_WITHIN_S)
