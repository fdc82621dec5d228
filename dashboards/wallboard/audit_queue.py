"""Hands records of the audit to Kafka one after the other; what people do does not wait for it."""

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Awaitable, Callable

from msgspec.structs import replace

from schemas.audit import AuditRecord

MOST_WAITING = 1_000
AGAIN_S = 5.0

log = logging.getLogger(__name__)


class AuditQueue:
    """`write` returns "" when a record is kept, else one line that says why not; then it is tried again.

    A write whose answer was lost, or that the end of the process cut off, may stand in the topic all the same: each record
    has an id, by which readers know it again.

    While Kafka is away up to MOST_WAITING records wait; of more the newest are lost, which is counted and said.
    """

    def __init__(
        self, write: Callable[[AuditRecord], Awaitable[str]], again_s: float = AGAIN_S
    ) -> None:
        self._write = write
        self._again_s = again_s
        self._waiting: deque[AuditRecord] = deque()
        self._more = asyncio.Event()
        self.lost = 0

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def keep(self, record: AuditRecord) -> None:
        if len(self._waiting) >= MOST_WAITING:
            self.lost += 1
            if self.lost == 1:
                log.error("records of the audit are lost: %d wait for Kafka already", MOST_WAITING)
            return
        self._waiting.append(replace(record, record_id=secrets.token_hex(8)))
        self._more.set()

    async def run(self) -> None:
        """Write for ever."""
        said = ""
        while True:
            await self._more.wait()
            while self._waiting:
                problem = await self._write(self._waiting[0])
                if not problem:
                    self._waiting.popleft()
                    said = ""
                    continue
                if problem != said:
                    log.warning("the audit waits: %s; trying again", problem)
                    said = problem
                await asyncio.sleep(self._again_s)
            self._more.clear()

    async def drain(self, within_s: float) -> None:
        """At the end: write what waits, if that goes quickly, and say what could not be written."""
        try:
            async with asyncio.timeout(within_s):
                while self._waiting and not await self._write(self._waiting[0]):
                    self._waiting.popleft()
        except TimeoutError:
            pass
        if self._waiting:
            log.error("%d records of the audit could not be written", len(self._waiting))
