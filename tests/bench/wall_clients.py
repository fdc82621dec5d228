"""Televisions that follow their pages: `python -m tests.bench.wall_clients PORT WALLS PAGE…`.

Says `ready` when each has its first page, and one line of JSON when its input ends: by wall, when it had each number for the
first time (ms since 1970), the size of a page, and how many came in all. A process of its own, so that the one that measures does nothing else.
"""

import asyncio
import json
import re
import resource
import sys
import time
from urllib.parse import quote

_NUMBER = re.compile(rb'data-queue=\\"q000[0-4]\\".*?class=\\"figure\\">(\d+)<')
_END = b"\n\n"
_AT_ONCE = 50  # connections that are being opened


class Wall(asyncio.Protocol):
    """One page that is followed."""

    def __init__(self, page: str) -> None:
        self._page = page
        self._rest = b""
        self.seen: dict[int, int] = {}
        self.bytes, self.events = 0, 0
        self.has_begun = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        path, _, query = self._page.partition("?")
        to = f"/events?page={quote(path, safe='')}&{query}"
        transport.write(f"GET {to} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        now = time.time_ns() // 1_000_000
        self._rest += data
        while (end := self._rest.find(_END)) >= 0:
            event, self._rest = self._rest[: end + 2], self._rest[end + 2 :]
            if b"event: page" not in event:
                continue
            self.events += 1
            self.bytes = max(self.bytes, len(event))
            if found := _NUMBER.search(event):
                self.seen.setdefault(int(found[1]), now)
            if not self.has_begun.done():
                self.has_begun.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.has_begun.done():
            self.has_begun.set_exception(ConnectionError(str(exc)))


async def main(port: int, walls: int, pages: list[str]) -> None:
    loop, door = asyncio.get_running_loop(), asyncio.Semaphore(_AT_ONCE)

    async def opened(number: int) -> Wall:
        async with door:
            wall = Wall(pages[number % len(pages)])
            await loop.create_connection(lambda: wall, "127.0.0.1", port)
            await wall.has_begun
            return wall

    found = await asyncio.gather(*(opened(each) for each in range(walls)))
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    said = {"seen": [wall.seen for wall in found], "bytes": max(wall.bytes for wall in found)}
    said["events"] = sum(wall.events for wall in found)
    print(json.dumps(said), flush=True)


if __name__ == "__main__":
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
