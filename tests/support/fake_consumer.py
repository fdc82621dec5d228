"""A consumer without a broker: a test hands the engine its assignments and chunks."""

import asyncio
from collections import defaultdict

from streams.wiring.consumer import Partition


class FakeConsumer:
    """Notes every call in `calls`, in order; `ended` is what `wait_until_ended` waits for."""

    def __init__(self, assigned: list[Partition] | None = None) -> None:
        self.assigned = assigned or []
        self.calls: list[str] = []
        self.ends: dict[Partition, int] = {}
        self.sought: list[tuple[Partition, int]] = []
        self.ended: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()
        self.commit_error: Exception | None = None
        self.number = 1
        self._seeks: dict[Partition, int] = defaultdict(int)

    async def start(self) -> None:
        self.calls.append("start")

    async def stop(self) -> None:
        self.calls.append("stop")

    async def wait_until_ended(self) -> BaseException:
        return await self.ended

    def assignment(self) -> list[Partition]:
        return self.assigned

    def generation(self) -> int:
        return self.number

    def highwater(self, partition: Partition) -> int | None:
        return self.ends.get(partition)

    def seeks(self, partition: Partition) -> int:
        return self._seeks[partition]

    async def seek(self, partition: Partition, offset: int) -> None:
        self._seeks[partition] += 1
        self.sought.append((partition, offset))

    async def commit(self) -> None:
        self.calls.append("commit")
        if self.commit_error is not None:
            raise self.commit_error
