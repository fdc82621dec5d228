"""Publishes targets as valid from a moment of the past, and judges history since then again.

Order: the version is published; the stream judges the legs that it holds; when the archive has those, the
others are judged from their rows, and written as new versions to topic `legs`. Each step finds what a run
that was killed has left to do, so that it may be repeated.
"""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from schemas.codec import encode
from schemas.legs import LegRow
from schemas.queues_toml import QueuesFile
from schemas.targets import TargetsVersion
from schemas.targets_book import TargetsBook
from schemas.topics import topic_name
from streams.admin.broker import ANSWER_WITHIN_MS, producer
from streams.admin.targets import says_the_same, version_of
from streams.history.judging_again import LEGS_AT_ONCE, Piece, is_of_today, judged, pieces
from streams.sinks.clickhouse.database import Reader

_WRITTEN_WITHIN_S = 12 * ANSWER_WITHIN_MS / 1000


def version_from(
    newest: TargetsVersion | None, file: QueuesFile, since: int, now: int
) -> TargetsVersion | None:
    """The version to write so that the file holds from `since` on; None if the newest one says so already.

    The first version of all is valid from the beginning of time.
    """
    if newest is None:
        return version_of(file, 1, 0, now)
    if says_the_same(newest, file) and newest.valid_from <= since:
        return None
    return version_of(file, newest.version + 1, since, now)


class Corrected(Struct):
    """What was written, in legs whose row holds. `still_on_the_wall`: calls whose former judgement is in live totals of today."""

    legs: int = 0
    still_on_the_wall: int = 0


class Correction:
    """Judges history since a moment by `book`; `known_at` is when it becomes known."""

    def __init__(
        self, bootstrap: str, namespace: str, since: int, book: TargetsBook, known_at: int
    ) -> None:
        self._bootstrap = bootstrap
        self._topic = topic_name("legs", namespace)
        self._since = since
        self._book = book
        self._known_at = known_at
        self.done = Corrected()

    def run(
        self,
        reader: Reader,
        progress: Callable[[int, int], None],
        legs_at_once: int = LEGS_AT_ONCE,
    ) -> Corrected:
        """Correct one piece after the other; `progress` gets how many legs were read, and of how many."""
        todo = pieces(reader, self._since, legs_at_once)
        read, of = 0, sum(piece.legs for piece in todo)
        with producer(self._bootstrap) as client:
            for piece in todo:
                self.correct(reader, piece, client)
                read += piece.legs
                progress(read, of)
        return self.done

    def correct(self, reader: Reader, piece: Piece, client: Any) -> None:
        """Write what is judged otherwise of one piece, and return when Kafka has it."""
        written = []
        for each in judged(reader, piece, self._since, self._book, self._known_at):
            again = each.again
            if again is None or not again.has_version:
                continue
            written.append(self._send(again.row, client))
            if each.holds:
                self.done.legs += 1
                self.done.still_on_the_wall += is_of_today(again.row, self._book, self._known_at)
        for sent in written:
            sent.get(timeout=_WRITTEN_WITHIN_S)

    def _send(self, row: LegRow, client: Any) -> Any:
        return client.send(self._topic, encode(row), row.queue.encode())
