"""Checkpoints kept in memory, and records as a consumer would hand them over."""

import asyncio
from dataclasses import dataclass
from typing import Any

from streams.core.unit import Checkpoint
from streams.wiring.transactions import CheckpointWriter


@dataclass
class Fetched:
    """As much of a consumer record as the engine reads."""

    offset: int
    timestamp: int = 1
    key: bytes | None = b"q1"
    value: bytes | None = b"7"
    partition: int = 0


class FakeWriter(CheckpointWriter):
    """Keeps what is written; `error` is raised instead, `gate` is awaited before."""

    def __init__(self) -> None:
        self.written: list[Checkpoint] = []
        self.error: Exception | None = None
        self.gate: asyncio.Event | None = None
        self.closed = False

    async def write(self, checkpoint: Checkpoint, read_to: int | None = None) -> int:
        if self.gate is not None:
            await self.gate.wait()
        if self.error is not None:
            raise self.error
        self.written.append(checkpoint)
        return len(checkpoint.pieces)

    async def close(self) -> None:
        self.closed = True


def fetched(first: int, last: int) -> list[Any]:
    return [Fetched(offset) for offset in range(first, last + 1)]
