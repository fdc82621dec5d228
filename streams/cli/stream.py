"""`queuewatch stream`: one worker that counts, judges and alerts."""

import asyncio
import gc
import sys
from typing import Any

import click

from schemas.millis import MINUTE, SECOND, format_duration, parse_duration
from streams.cli import connections, options
from streams.core.limits import Limits
from streams.wiring.options import StreamOptions

_DEFAULTS = StreamOptions("")


def _duration_s(_: click.Context, __: click.Parameter, text: str) -> float:
    try:
        duration = parse_duration(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    if not SECOND // 20 <= duration <= MINUTE:
        raise click.BadParameter(f'expected 0.05s to 1m, got "{text}"')
    return duration / SECOND


def _text(duration_s: float) -> str:
    return format_duration(round(duration_s * SECOND))


@click.command(name="stream")
@options.kafka
@options.namespace
@options.metrics_port("QUEUEWATCH_METRICS_PORT", _DEFAULTS.metrics_port)
@click.option(
    "--instance",
    envvar="QUEUEWATCH_INSTANCE",
    default=_DEFAULTS.instance,
    show_default=True,
    metavar="NAME",
    help="Name of this worker: it keeps its partitions over a restart.",
)
@connections.door_of_ours
@options.bind()
@click.option(
    "--checkpoint-every",
    "checkpoint_every_s",
    envvar="QUEUEWATCH_CHECKPOINT_EVERY",
    default=_text(_DEFAULTS.checkpoint_every_s),
    show_default=True,
    metavar="DURATION",
    callback=_duration_s,
    help="Time between two checkpoints: what readers of the outputs wait at most.",
)
@click.option(
    "--rebuild-state",
    is_flag=True,
    help="Make the state anew from `calls` and `reports` first, once: after damage, or a fault of counting.",
)
@click.option(
    "--unconfigured-queues",
    envvar="QUEUEWATCH_UNCONFIGURED_QUEUES",
    default=Limits().unconfigured_queues,
    show_default=True,
    type=click.IntRange(min=0),
    metavar="N",
    help="Queues a partition that are counted though no queues.toml names them; the events of others"
    " go to quarantine.",
)
@click.option(
    "--checkpoint-within",
    "transaction_s",
    envvar="QUEUEWATCH_CHECKPOINT_WITHIN",
    default=_text(_DEFAULTS.transaction_s),
    show_default=True,
    metavar="DURATION",
    callback=_duration_s,
    help="A checkpoint that Kafka has not taken by then ends the worker, to be started again.",
)
@click.option(
    "--session",
    "session_s",
    envvar="QUEUEWATCH_SESSION",
    default=_text(_DEFAULTS.session_s),
    show_default=True,
    metavar="DURATION",
    callback=_duration_s,
    help="Silence after which the others take over the partitions of this worker.",
)
@click.option(
    "--static-member/--dynamic-member",
    "static_member",
    envvar="QUEUEWATCH_STATIC_MEMBER",
    default=_DEFAULTS.static_member,
    show_default=True,
    help="static: a restart within the session moves nothing. dynamic: a worker that ends, or that"
    " has a new name each time, hands over at once.",
)
@click.option(
    "--stuck-after",
    "stuck_after_s",
    envvar="QUEUEWATCH_STUCK_AFTER",
    default=_text(_DEFAULTS.stuck_after_s),
    show_default=True,
    metavar="DURATION",
    callback=_duration_s,
    help="A worker whose loop stands still for so long prints its stacks and ends.",
)
def command(
    bootstrap: str, namespace: str, instance: str, unconfigured_queues: int, **chosen: Any
) -> None:
    """Count, judge and alert: one worker of the stream.

    Several workers share the partitions of the topics; each needs an --instance of its own.

    \b
    Example:
      queuewatch stream --kafka kafka-1:9092,kafka-2:9092 --instance stream-2 --metrics-port 9111
    """
    # What is loaded stays: to look for garbage in it again and again was a seventh of the time that loading takes.
    gc.disable()
    from streams.processes.stream import run

    gc.freeze()
    gc.enable()
    # Every other option has the name of its field.
    settings = StreamOptions(bootstrap, namespace, instance, door=connections.door(), **chosen)
    sys.exit(asyncio.run(run(settings, Limits(unconfigured_queues=unconfigured_queues))))
