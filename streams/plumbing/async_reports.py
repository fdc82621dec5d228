"""Health reports by aiokafka, for processes that use it anyway."""

import asyncio
from typing import Any

from aiokafka import AIOKafkaProducer

from streams.plumbing.kafka_security import in_use

_WITHIN_S = 4.0  # two periods: see `Writer`
_CLOSED_WITHIN_S = 1.0
_SETTINGS: dict[str, Any] = {"acks": 1, "request_timeout_ms": 3_000}


class AsyncReports:
    """Satisfies `health_reports.Writer`. Its own event loop runs while a report is written: the one of the process may hang."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap
        self._runner = asyncio.Runner()
        self._producer: Any = None

    def write(self, topic: str, key: bytes, value: bytes) -> None:
        self._runner.run(self._write(topic, key, value))

    def close(self) -> None:
        with self._runner:
            self._runner.run(self._drop())

    async def _write(self, topic: str, key: bytes, value: bytes) -> None:
        try:
            async with asyncio.timeout(_WITHIN_S):
                if self._producer is None:
                    self._producer = AIOKafkaProducer(
                        bootstrap_servers=self._bootstrap, **in_use().for_aiokafka(), **_SETTINGS
                    )
                    await self._producer.start()
                await self._producer.send_and_wait(topic, value, key)
        except BaseException:
            await self._drop()  # what was not sent by now must not be sent later
            raise

    async def _drop(self) -> None:
        producer, self._producer = self._producer, None
        if producer is None:
            return
        try:
            async with asyncio.timeout(_CLOSED_WITHIN_S):
                await producer.stop()
        except (
            TimeoutError
        ):  # it would go on to send with each later report, and keep its connections
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()
            await producer.client.close()
