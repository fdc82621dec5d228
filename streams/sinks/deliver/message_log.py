"""Topic `messages`: read whole once, then written by this process alone."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import aclosing
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaError

from schemas.codec import encode
from schemas.messages import OutgoingMessage
from schemas.topics import topic_name
from streams.plumbing.backoff import Backoff
from streams.plumbing.kafka_problems import no_answer, refusal
from streams.plumbing.kafka_security import in_use
from streams.plumbing.record_reading import RecordReading
from streams.plumbing.topic_reading import follow
from streams.sinks.deliver.status import DeliverStatus

_log = logging.getLogger(__name__)
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 5.0
_TIMEOUT_MS = 10_000
_WITHIN_S, _CLOSED_WITHIN_S = 10.0, 2.0
_LARGEST = 4 << 20


class NotWrittenError(Exception):
    """Kafka did not take it; one line."""


class MessageLog:
    def __init__(self, bootstrap: str, namespace: str, status: DeliverStatus) -> None:
        self._bootstrap = bootstrap
        self._topic = topic_name("messages", namespace)
        self._status = status
        self._reading = RecordReading("deliver", status, _log)
        self._producer: Any = None

    async def read(self) -> list[OutgoingMessage]:
        """The newest record of each message; waits for Kafka and the topic."""
        newest: dict[bytes, OutgoingMessage] = {}
        async with aclosing(follow(self._bootstrap, [self._topic])) as batches:
            async for batch in batches:
                if batch.problem:
                    self._reading.waiting(batch.problem)
                    newest.clear()
                    continue
                for record in batch.records:
                    if record.value is None:
                        continue
                    message = self._reading.decoded(OutgoingMessage, record)
                    if message is not None:
                        newest[record.key] = message
                if batch.whole:
                    return list(newest.values())
        raise AssertionError("`follow` ended, although it reads for ever")

    async def write(self, messages: Sequence[OutgoingMessage]) -> None:
        """Return once Kafka has all of them; NotWrittenError where it has not."""
        if not messages:
            return
        try:
            # aiokafka itself waits for as long as the broker is away: whoever posts here would hang.
            async with asyncio.timeout(_WITHIN_S):
                if self._producer is None:
                    self._producer = await self._started()
                await asyncio.gather(
                    *[
                        self._producer.send_and_wait(
                            self._topic, encode(each), each.message_id.encode()
                        )
                        for each in messages
                    ]
                )
        except (KafkaError, OSError) as error:  # a TimeoutError is an OSError
            await self.close()
            raise NotWrittenError(self._why(error)) from None

    async def write_in_the_end(self, messages: Sequence[OutgoingMessage]) -> None:
        """Write what has happened already: tried again until Kafka takes it."""
        pauses = Backoff(_FIRST_PAUSE_S, _LONGEST_PAUSE_S)
        while True:
            try:
                await self.write(messages)
            except NotWrittenError as error:
                if self._status.state != "blocked":
                    _log.warning("deliver cannot note what was sent: %s", error)
                self._status.state, self._status.detail = "blocked", str(error)
                await asyncio.sleep(pauses.pause_s())
            else:
                if self._status.state == "blocked":
                    self._status.state, self._status.detail = "running", ""
                return

    def _why(self, error: Exception) -> str:
        is_away = isinstance(error, KafkaConnectionError | OSError) or not str(error)
        return no_answer(self._bootstrap) if is_away else refusal(self._bootstrap, error)

    async def close(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            try:
                async with asyncio.timeout(
                    _CLOSED_WITHIN_S
                ):  # it would wait for what it could not send
                    await producer.stop()
            except (KafkaError, OSError) as error:
                _log.debug("at the end: %s", error)

    async def _started(self) -> Any:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            **in_use().for_aiokafka(),
            acks="all",
            enable_idempotence=True,
            request_timeout_ms=_TIMEOUT_MS,
            max_request_size=_LARGEST,
        )
        try:
            await producer.start()
        except BaseException:
            await producer.stop()
            raise
        return producer
