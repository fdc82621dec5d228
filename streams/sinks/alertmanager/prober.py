"""The shell around `probing`: sends probes to Kafka, posts them to Alertmanager, and calls the heartbeat outside."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from schemas.calls import Probe
from schemas.codec import encode
from schemas.topics import topic_name
from streams.plumbing.http_place import HttpPlace
from streams.plumbing.kafka_problems import missing_topic, one_line
from streams.plumbing.kafka_security import in_use
from streams.plumbing.topic_reading import MissingTopicError, partitions_of
from streams.sinks.alertmanager.decide import Links
from streams.sinks.alertmanager.probing import Probing, body

_log = logging.getLogger(__name__)
_LOOK_EVERY_S = 1.0
_TIMEOUT = aiohttp.ClientTimeout(total=10)
_SENT_WITHIN_MS = 10_000
_HEARTBEAT_AGAIN_MS = 10_000  # one that is refused is not asked of a stranger every second
_SOURCE = "queuewatch"  # no source of calls: the stream keeps nothing of it
_POST_PATH = "/api/v2/alerts"


class Prober:
    """`place` is Alertmanager, without a path; the address of `heartbeat` is secret, None for none."""

    def __init__(
        self,
        bootstrap: str,
        namespace: str,
        place: HttpPlace,
        heartbeat: HttpPlace | None,
        links: Links,
        probing: Probing,
        now: Callable[[], int],
    ) -> None:
        self._bootstrap = bootstrap
        self._topic = topic_name("calls", namespace)
        self._place = place
        self._post_url = place.url.rstrip("/") + _POST_PATH
        self._heartbeat = heartbeat
        self._links = links
        self._probing = probing
        self._now = now
        self._beat_at = 0
        self._problems: dict[str, str] = {}  # by step, what was logged last

    async def run(self) -> None:
        """Run until cancelled. What fails is tried with the next probe, a minute later at the latest."""
        async with self.sessions() as sessions:
            while True:
                await self.look(*sessions)
                await asyncio.sleep(_LOOK_EVERY_S)

    @asynccontextmanager
    async def sessions(self) -> AsyncIterator[tuple[aiohttp.ClientSession, aiohttp.ClientSession]]:
        """For Alertmanager, and for the heartbeat: neither must see the password of the other one."""
        async with (
            self._place.session(_TIMEOUT) as session,
            (self._heartbeat or self._place).session(_TIMEOUT) as outside,
        ):
            yield session, outside

    async def look(self, session: aiohttp.ClientSession, outside: aiohttp.ClientSession) -> None:
        """One look: each step that is due."""
        now = self._now()
        if self._probing.is_due(now):
            self._probing.begin(now)
            try:
                partitions = await self._send(now)
            except (KafkaError, OSError, MissingTopicError) as error:
                named = isinstance(error, MissingTopicError)
                self._failed("Kafka", missing_topic(str(error)) if named else one_line(error))
            else:
                self._probing.sent(partitions, self._now())
                self._succeeded("Kafka")
        if (probe := self._probing.to_tell()) is not None:
            alerts = [body(probe, now, self._links)]
            if await self._asked("Alertmanager", session.post(self._post_url, json=alerts)):
                self._probing.accepted(probe, self._now())
        now = self._now()
        if self._heartbeat is None or now - self._beat_at < _HEARTBEAT_AGAIN_MS:
            return
        probe = self._probing.heartbeat(now)
        if probe is not None:
            self._beat_at = now
            if await self._asked("the heartbeat outside", outside.get(self._heartbeat.url)):
                self._probing.beaten(probe, self._now())

    async def _send(self, probe: int) -> frozenset[int]:
        """Into every partition of `calls`; returns them when the broker has all."""
        event = encode(Probe(event_id=f"probe:{probe}", at=probe, source=_SOURCE))
        places = [each.partition for each in await partitions_of(self._bootstrap, [self._topic])]
        # One connection a probe: there is none to be mended after an outage.
        producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            acks="all",
            request_timeout_ms=_SENT_WITHIN_MS,
            **in_use().for_aiokafka(),
        )
        try:
            await producer.start()
            for place in places:
                await producer.send_and_wait(self._topic, event, partition=place)
        finally:
            await producer.stop()
        return frozenset(places)

    async def _asked(self, whom: str, request: "aiohttp.client._RequestContextManager") -> bool:
        """Whether it took the request. The log never names an address: the heartbeat's is secret."""
        try:
            async with request as answer:
                if answer.ok:
                    self._succeeded(whom)
                    return True
                self._failed(whom, f"answers {answer.status}")
        except (aiohttp.ClientError, TimeoutError) as error:
            self._failed(whom, type(error).__name__)
        return False

    def _failed(self, whom: str, problem: str) -> None:
        if self._problems.get(whom) != problem:
            _log.warning("the probe does not pass %s: %s", whom, problem)
        self._problems[whom] = problem

    def _succeeded(self, whom: str) -> None:
        if self._problems.pop(whom, None) is not None:
            _log.info("the probe passes %s again", whom)
