"""The yardstick: Faust as its manual shows it. `python -m tests.bench.stock_faust HOSTS NAMESPACE COUNT`.

It decodes the same events with the same codec and counts them in a dict; no table, no changelog, no
output. Prints one line of JSON when it has seen COUNT records, timed from the first, and ends.
"""

import asyncio
import json
import os
import sys
import time
from collections import Counter
from typing import Any

import faust

from schemas.codec import decode_agent, decode_call


class Seen:
    """Counts by type, and a stopwatch that runs from the first record to the last."""

    def __init__(self, wanted: int) -> None:
        self.counts: Counter[str] = Counter()
        self.records = 0
        self.done = asyncio.Event()
        self._wanted = wanted
        self._began = self._cpu = 0.0

    def note(self, kind: str) -> None:
        if not self.records:
            self._began, self._cpu = time.perf_counter(), time.process_time()
        self.counts[kind] += 1
        self.records += 1
        if self.records == self._wanted:
            took_s = time.perf_counter() - self._began
            figures = {"records": self.records, "s": took_s}
            print(json.dumps(figures | {"cpu_s": time.process_time() - self._cpu}), flush=True)
            self.done.set()


async def count(bootstrap: str, namespace: str, wanted: int) -> None:
    app = faust.App(
        f"{namespace}stock-faust", broker=f"kafka://{bootstrap}", store="memory://",
        autodiscover=False, web_enabled=False, topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
    )  # fmt: skip
    seen = Seen(wanted)
    for name, decode in (("calls", decode_call), ("agents", decode_agent)):
        topic = app.topic(f"{namespace}{name}", value_type=bytes, value_serializer="raw")

        async def process(stream: Any, decode: Any = decode) -> None:
            async for value in stream:
                seen.note(type(decode(value)).__name__)

        app.agent(topic, name=f"count-{name}")(process)
    app.finalize()
    await app.start()
    await seen.done.wait()
    # Its tasks swallow the cancellation with which `asyncio.run` ends; nobody needs them any more.
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(count(sys.argv[1], sys.argv[2], int(sys.argv[3])))
