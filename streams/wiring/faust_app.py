"""The consumer as a Faust app: two processors, the settings, and Faust's signals passed on to the port."""

from typing import TYPE_CHECKING, Any, cast

from streams.plumbing.async_tokens import AsyncTokens
from streams.plumbing.kafka_security import in_use
from streams.wiring.consumer import Consumer, ConsumerListener, Partition
from streams.wiring.faust_transport import (
    BatchApp,
    BatchConsumer,
    BatchSchema,
    NoTables,
    partition_of,
)
from streams.wiring.options import INPUTS, StreamOptions

if TYPE_CHECKING:
    from faust.auth import Credentials

# An error in a processor ends the worker: a restarted one would commit past the event that failed.
_CRASHING = "mode.CrashingSupervisor"


class EndedError(Exception):
    """The consumer ended and gave no reason."""


def create_consumer(options: StreamOptions, listener: ConsumerListener) -> Consumer:
    """A consumer that is not started yet; call this while the event loop runs."""
    app = BatchApp(options.group, **settings(options))
    app.listener = listener
    for name in INPUTS:
        _add_processor(app, listener, options.topic(name))
    consumer = FaustConsumer(app)

    async def on_rebalance_complete(*_: Any, **__: Any) -> None:
        # Faust awaits this before it resumes and seeks.
        await listener.on_assigned(consumer)

    app.on_rebalance_complete.connect(on_rebalance_complete)
    return consumer


class FaustConsumer:
    """Satisfies streams.wiring.consumer.Consumer."""

    def __init__(self, app: BatchApp) -> None:
        self._app = app

    async def start(self) -> None:
        await self._app.start()

    async def stop(self) -> None:
        await self._app.stop()

    async def wait_until_ended(self) -> BaseException:
        await self._app.wait_until_stopped()
        return self._app.crash_reason or EndedError("the consumer ended by itself")

    def assignment(self) -> list[Partition]:
        return sorted(map(partition_of, self._consumer.assignment()))

    def generation(self) -> int:
        return int(self._app.consumer_generation_id)

    def highwater(self, partition: Partition) -> int | None:
        return self._consumer.end_of_log(partition)

    def seeks(self, partition: Partition) -> int:
        return self._consumer.seeks[partition]

    async def seek(self, partition: Partition, offset: int) -> None:
        await self._consumer.seek_again(partition, offset)

    async def commit(self) -> None:
        await self._consumer.commit_now()

    @property
    def _consumer(self) -> BatchConsumer:
        return cast(BatchConsumer, self._app.consumer)


def settings(options: StreamOptions) -> dict[str, Any]:
    """Faust's settings; each was measured, or found necessary in a test with faults."""
    return {
        "broker": [f"kafka://{host.strip()}" for host in options.bootstrap.split(",")],
        "broker_credentials": _credentials(),
        "store": "memory://",
        "autodiscover": False,
        "processing_guarantee": "at_least_once",  # Faust's exactly_once loses its offsets
        "agent_supervisor": _CRASHING,
        "consumer_auto_offset_reset": "earliest",
        # Static membership: a restart within the session moves no partition of other workers.
        "consumer_group_instance_id": (
            f"{options.namespace}{options.instance}" if options.static_member else None
        ),
        # Of each partition, and an answer has up to sixteen (`calls` and `agents`). A record of 120 bytes is an object of 600, and what
        # lies among the objects of the state is never given back: with 1 MiB a day that was caught up with left 50 MB.
        "consumer_max_fetch_size": 1 << 18,
        "broker_session_timeout": options.session_s,
        "broker_heartbeat_interval": options.session_s / 10,
        "broker_rebalance_timeout": 60,
        "broker_max_poll_interval": max(300, options.recovered_within_s),
        "broker_max_poll_records": 5_000,
        "broker_commit_interval": 1.0,  # the group's offsets are used for lag only
        "broker_commit_every": 1_000_000,
        "broker_commit_livelock_soft_timeout": 60,
        "stream_buffer_maxsize": 64,  # of chunks
        "stream_wait_empty": False,  # True would wait for acknowledgements that never come
        "stream_recovery_delay": 0,
        "stream_processing_timeout": 60,
        "producer_acks": -1,
        "producer_request_timeout": 30,
        "TableManager": NoTables,
        "table_standby_replicas": 0,
        "topic_disable_leader": True,
        "topic_allow_declare": False,
        "HttpClient": object,  # the default loads aiohttp, for requests that no part of ours makes
        "web_enabled": False,
        "web_in_thread": False,
        "web_tables_enabled": False,
        "web_router_enabled": False,
        "web_metrics_enabled": False,
    }


def _credentials() -> "Credentials | None":
    """The same as every other client gets, in Faust's words."""
    # Below `faust_transport`, which leaves out what Faust loads and nobody uses.
    from faust.auth import OAuthCredentials, SASLCredentials, SSLCredentials

    security = in_use()
    config = security.config
    if security.tokens is not None:
        return OAuthCredentials(oauth_cb=AsyncTokens(security.tokens), ssl_context=security.tls)
    if config.password is not None:
        return SASLCredentials(
            username=config.username,
            password=config.password.text,
            ssl_context=security.tls,
            mechanism=config.mechanism,
        )
    return None if security.tls is None else SSLCredentials(context=security.tls)


def _add_processor(app: BatchApp, listener: ConsumerListener, topic: str) -> None:
    """The processor of one input: concurrency 1, and no acknowledgement of anything."""

    async def process(stream: Any) -> None:
        async for event in stream.noack().events():
            await listener.on_chunk(partition_of(event.message.tp), event.value)

    channel = app.topic(topic, schema=BatchSchema(), internal=False)
    app.agent(channel, name=f"processor-{topic}", concurrency=1)(process)
