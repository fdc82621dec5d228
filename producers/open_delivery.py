"""A delivery while it is sent: its record in topic `deliveries`, from its begin to its end.

Rule 1: its begin is in Kafka before its first event, so that whatever a sender that is killed has sent can be
taken back.
Rule 2: its end is told with what was counted, also if it was stopped or failed. Only where Kafka does not
answer the end stays untold.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec.structs import replace

from producers.input_file import InputFileError
from producers.publisher import Publisher, PublishError
from schemas.deliveries import DeliveredFile, Delivery, DeliveryCounts, State
from schemas.millis import MINUTE

_TOLD_EVERY_MS = (
    10 * MINUTE
)  # a feed that is followed: so much of its counts is lost if it is killed


@contextmanager
def delivering(begun: Delivery, publisher: Publisher, now: Callable[[], int]) -> Iterator[None]:
    """Tell the begin and the end; `begun.counts` must be what is counted meanwhile."""
    publisher.send_delivery(begun)
    publisher.flush()

    def end(state: State) -> None:
        publisher.send_delivery(replace(begun, revision=begun.revision + 1, state=state, at=now()))
        publisher.flush()

    try:
        yield
    except BaseException as error:
        with suppress(PublishError):
            end("stopped" if isinstance(error, KeyboardInterrupt) else "failed")
        raise
    end("sent")


class FollowedDelivery:
    """The delivery of a live feed: one for each run of its sender, told now and then while it goes on."""

    def __init__(self, begun: Delivery) -> None:
        self._told = begun
        self._told_at: int | None = None

    def tell(self, publisher: Publisher, counts: DeliveryCounts, now: int) -> None:
        """Tell the begin at the first call, and what was counted when it is due."""
        if self._told_at is None or now - self._told_at >= _TOLD_EVERY_MS:
            self._tell(publisher, counts, now, "sending")

    def end(self, publisher: Publisher, counts: DeliveryCounts, now: int) -> None:
        self._tell(publisher, counts, now, "sent")
        publisher.flush()

    def _tell(self, publisher: Publisher, counts: DeliveryCounts, now: int, state: State) -> None:
        if self._told_at is not None:
            revision = self._told.revision + 1
            self._told = replace(self._told, revision=revision, at=now)
        self._told = replace(self._told, state=state, counts=counts)
        publisher.send_delivery(self._told)
        self._told_at = now


def delivered_files(paths: Sequence[Path], fetched_from: str = "") -> tuple[DeliveredFile, ...]:
    """InputFileError for a file that cannot be read; a fetched one is named by where it is from."""
    return tuple(_delivered(path, fetched_from or path.name) for path in paths)


def _delivered(path: Path, name: str) -> DeliveredFile:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return DeliveredFile(name, path.stat().st_size, digest)
    except OSError as error:
        raise InputFileError(f"{path}: {error.strerror or error}") from None
