"""The truth about some calls, and what the archive has of them once their files were sent, without Kafka.

Everything between a file and the archive is real but the transport: `send_history` with what history is asked,
the codec, `history_leg_row`, and "the newest version of a leg wins" as in streams/history/legs_sql.py.
"""

import io
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from producers.contract import FinishedFile
from producers.handing_over import WallClock
from producers.sending import send_history
from schemas.calls import FinishedLeg
from schemas.codec import decode_call, encode
from schemas.deliveries import DeliveryCounts
from schemas.identity import LegKey, leg_key, node_of
from schemas.legs import LegRow
from schemas.millis import SECOND, from_iso
from schemas.privacy import caller_token, key_from_secret
from schemas.quarantine import Quarantined
from schemas.tables import TABLES
from schemas.targets_book import TargetsBook
from schemas.topics import version_of
from streams.core.history_leg import history_leg_row
from streams.core.unit import Cause
from streams.history.legs_of_events import VISIT
from streams.processes.asking import AskArchive
from streams.sinks.clickhouse.database import Answer
from streams.sinks.clickhouse.rows import leg_row
from tests.support.publishing import KeptPublisher

KEY = key_from_secret(b"a secret of the tests")
NOW = from_iso("2026-12-01T00:00:00Z")
CLOCK = WallClock(lambda: NOW, lambda _: None)
_EPOCH = 1_000  # later than the versions of legs that went on at the end of their file


class Call(Struct, frozen=True):
    """One stay of one caller in one queue; `left_at` of an answered one is the answer.

    An abandon without `left_at` is one of which nobody knows when. `node`: the platform's, as in `--source`.
    """

    queue: str
    leg_id: str
    caller: str
    contact: str
    arrived_at: int
    outcome: str = "open"
    left_at: int | None = None
    ended_at: int | None = None
    node: str = "records"

    def as_of(self, at: int) -> "Call | None":
        """What could be told of it then; None before its arrival."""
        if at < self.arrived_at:
            return None
        if self.left_at is not None and at < self.left_at:
            return replace(self, outcome="open", left_at=None, ended_at=None)
        if self.ended_at is not None and at < self.ended_at:
            return replace(self, ended_at=None)
        return self

    @property
    def identity(self) -> tuple[str, ...]:
        """Calls that agree in this cannot be told apart by their id (docs/definitions.md)."""
        return self.node, self.queue, self.leg_id, str(self.arrived_at // SECOND)

    @property
    def facts(self) -> "Facts":
        left_at = self.arrived_at if self.outcome == "rejected" else self.left_at  # before queueing
        return (
            node_of(self.node), self.queue, caller_token(KEY, self.caller), self.contact, self.arrived_at,
            self.outcome, left_at, self.ended_at, None if self.outcome == "rejected" else self.wait_ms,
        )  # fmt: skip

    @property
    def wait_ms(self) -> int | None:
        return None if self.left_at is None else self.left_at - self.arrived_at


Facts = tuple[str, str, str, str, int, str, int | None, int | None, int | None]


class Sent(Struct):
    """What one command did: its counts, and what stands in quarantine because of it."""

    counts: DeliveryCounts
    refused: list[Quarantined]


class Archive:
    """The newest version of each leg; it answers what `known_legs` asks, with more rows than it asks for."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, LegKey], LegRow] = {}
        self._offset = 0

    def send(self, file: FinishedFile) -> Sent:
        """As `queuewatch send` of one command does it."""
        publisher = KeptPublisher()
        done = send_history(file, publisher, CLOCK, io.StringIO(), AskArchive(self))
        assert done.counts.is_compared or not publisher.calls
        for leg in publisher.calls:
            self._take(encode(leg))
        return Sent(done.counts, publisher.refused)

    def _take(self, told: bytes) -> None:
        leg = decode_call(told)
        assert isinstance(leg, FinishedLeg)
        self._offset += 1
        row = history_leg_row(leg, Cause(version_of(_EPOCH, self._offset), NOW), TargetsBook())
        assert row is not None
        key = (row.queue, leg_key(row.leg_id, row.source, row.key_at))
        known = self.rows.get(key)
        if known is None or known.version < row.version:
            self.rows[key] = row

    def execute(self, _: str) -> Answer:
        names = list(TABLES["legs"])
        place = names.index("key_at")
        names[place] = VISIT
        return Answer(names, [leg_row(row) for row in self.rows.values()])

    def close(self) -> None: ...

    @property
    def facts(self) -> list[Facts]:
        """A wait that a flag says to differ from the times is left to the flag: the times are told here."""
        return [
            (
                node_of(row.source), row.queue, row.caller, row.contact_id, row.arrived_at,
                row.outcome, row.left_at, row.ended_at,
                (row.left_at or 0) - row.arrived_at if "wait_differs" in row.flags else row.wait_ms,
            )
            for row in self.rows.values()
        ]  # fmt: skip


def twins_of(call: Call, ledger: Sequence[Call], *, by_id: bool) -> list[Call]:
    """Other calls that no reader can tell from it, by the platform's id or by what an id is made of."""

    def key(each: Call) -> tuple[object, ...]:
        if by_id:
            return each.identity
        return (each.node, each.queue, each.arrived_at, each.caller, each.contact)

    return [each for each in ledger if each is not call and key(each) == key(call)]
