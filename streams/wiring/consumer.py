"""The port between the engine and the consumer that fetches the inputs, with our own partition type.

The engine decides what is applied and when it is durable; the consumer is a member of the group and
fetches. Each knows the other only by the two protocols of this module.
"""

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, order=True)
class Partition:
    """One partition of one topic; `topic` with its namespace."""

    topic: str
    number: int

    def __str__(self) -> str:
        return f"{self.topic}-{self.number}"


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Consecutive records of one partition, and how many seeks of it came before the fetch.

    A record has the attributes of streams.core.unit.Record.
    """

    records: list[Any]
    seeks: int


class Consumer(Protocol):
    """What the engine and the runner ask of a consumer."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def wait_until_ended(self) -> BaseException:
        """Return when it has crashed or stopped: the reason why it can no longer be used."""
        ...

    def assignment(self) -> list[Partition]:
        """The partitions of the newest assignment."""
        ...

    def generation(self) -> int:
        """The generation of the group; it changes with every assignment."""
        ...

    def highwater(self, partition: Partition) -> int | None:
        """The end of the log as of the newest fetch; None while unknown or not assigned."""
        ...

    def seeks(self, partition: Partition) -> int:
        """How often `seek` was called for it; a chunk with a lower number was fetched before the newest."""
        ...

    async def seek(self, partition: Partition, offset: int) -> None:
        """Fetch from `offset` on; nothing happens where the partition is not assigned just now."""
        ...

    async def commit(self) -> None:
        """Report the durable offsets to the group, after any commit that is under way."""
        ...


class ConsumerListener(Protocol):
    """What a consumer asks of the engine and tells it. The order of the calls matters.

    Revocation: `on_revoked` ends before the group is told that the partitions are free. Assignment:
    `on_assigned` ends before the consumer seeks to `resume_at` and fetches, while heartbeats go on.
    """

    def owned(self) -> list[Partition]: ...

    def durable(self, partition: Partition) -> int | None:
        """Next offset as of the last committed checkpoint; this is what the group is told."""
        ...

    def resume_at(self) -> dict[Partition, int]:
        """Next offset of every unit; empty until recovery is done."""
        ...

    async def on_assigned(self, consumer: Consumer) -> None: ...

    async def on_revoked(self) -> None: ...

    async def on_chunk(self, partition: Partition, chunk: Chunk) -> None: ...
