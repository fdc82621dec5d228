"""The Faust app of a worker: two processors, their settings, and the engine behind them."""

from collections.abc import Callable
from typing import Any

from streams.wiring.engine import Engine
from streams.wiring.options import INPUTS, StreamOptions
from streams.wiring.roster_feed import RosterSink
from streams.wiring.transport import BatchApp, BatchSchema
from streams.wiring.units import UnitFactories

# Failures of I/O end the worker: a restarted processor would commit past the event that failed.
_CRASHING = "mode.CrashingSupervisor"


class StreamApp(BatchApp):
    """A Faust app with its engine."""

    engine: Engine


def create_app(
    options: StreamOptions,
    *,
    now: Callable[[], int],
    factories: UnitFactories,
    roster: RosterSink,
) -> StreamApp:
    """An app that is not yet started; call it in the running event loop.

    The calls units must be made with the same roster object as is given here.
    """
    app = StreamApp(options.group, **settings(options))
    engine = app.engine = Engine(options, factories, roster, now)
    app.positions = engine
    for name in INPUTS:
        _add_processor(app, engine, options.topic(name))

    async def on_rebalance_complete(*_: Any, **__: Any) -> None:
        await engine.recover(app)

    app.on_rebalance_complete.connect(on_rebalance_complete)
    return app


def settings(options: StreamOptions) -> dict[str, Any]:
    """Faust's settings, each measured or learnt under faults."""
    return {
        "broker": [f"kafka://{host.strip()}" for host in options.bootstrap.split(",")],
        "store": "memory://",
        "autodiscover": False,
        "processing_guarantee": "at_least_once",  # Faust's exactly_once loses its offsets
        "agent_supervisor": _CRASHING,
        "consumer_auto_offset_reset": "earliest",
        # Static membership: a restart within the session moves no partition of anybody else.
        "consumer_group_instance_id": (
            f"{options.namespace}{options.instance}" if options.static_member else None
        ),
        "consumer_max_fetch_size": 1 << 20,
        "broker_session_timeout": options.session_s,
        "broker_heartbeat_interval": options.session_s / 10,
        "broker_rebalance_timeout": 60,
        "broker_max_poll_interval": max(300, options.recovered_within_s),
        "broker_max_poll_records": 5_000,
        "broker_commit_interval": 1.0,  # reports lag, nothing more
        "broker_commit_every": 1_000_000,
        "broker_commit_livelock_soft_timeout": 60,
        "stream_buffer_maxsize": 64,  # of chunks
        "stream_wait_empty": False,  # it would wait for acknowledgements that never come
        "stream_recovery_delay": 0,
        "stream_processing_timeout": 60,
        "producer_acks": -1,
        "producer_request_timeout": 30,
        "table_standby_replicas": 0,
        "topic_disable_leader": True,
        "topic_allow_declare": False,
        "web_enabled": False,
        "web_in_thread": False,
        "web_tables_enabled": False,
        "web_router_enabled": False,
        "web_metrics_enabled": False,
    }


def _add_processor(app: StreamApp, engine: Engine, topic: str) -> None:
    """The processor of one input: concurrency 1, and no acknowledgement of anything."""

    async def process(stream: Any) -> None:
        async for event in stream.noack().events():
            await engine.on_chunk(event.message.tp, event.value)

    channel = app.topic(topic, schema=BatchSchema(), internal=False)
    app.agent(channel, name=f"processor-{topic}", concurrency=1)(process)
