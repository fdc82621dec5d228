"""What a process that follows topics says of records and outages, in one line each, and keeps in its status."""

import logging
from typing import Any, Protocol

from schemas.codec import UndecodableError, decode_as


class ReaderStatus(Protocol):
    """The part of a status that is written here: `detail` is one line, `undecodable` counts records."""

    state: str
    detail: str
    undecodable: int


class RecordReading:
    """`process` is its name in the lines that go to `log`."""

    def __init__(self, process: str, status: ReaderStatus, log: logging.Logger) -> None:
        self._process, self._status, self._log = process, status, log

    def decoded(self, kind: Any, record: Any) -> Any:
        """The value of the record; None for one that cannot be read: it must not keep all later ones from being read."""
        try:
            return decode_as(kind, record.value)
        except UndecodableError as error:
            place = f"{record.topic}-{record.partition}@{record.offset}"
            self._log.warning("%s: %s", place, error)
            self._status.undecodable += 1
            return None

    def waiting(self, detail: str) -> None:
        """Kafka cannot be read now: said once for as long as it is for the same reason."""
        if self._status.detail != detail:
            self._log.warning("%s waits: %s", self._process, detail)
        self._status.state, self._status.detail = "waiting_for_kafka", detail
