"""`queuewatch stream`: one worker that counts, judges and alerts."""

import asyncio
import sys
from typing import TYPE_CHECKING, Any

import click

from schemas.millis import MINUTE, SECOND, parse_duration
from streams.cli import options

if TYPE_CHECKING:
    from streams.wiring.runner import Parts
    from streams.wiring.units import CallsUnit
    from streams.wiring.view import StreamView, Told


def _duration_s(_: click.Context, __: click.Parameter, text: str) -> float:
    try:
        duration = parse_duration(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    if not SECOND // 20 <= duration <= MINUTE:
        raise click.BadParameter(f'expected 0.05s to 1m, got "{text}"')
    return duration / SECOND


@click.command(name="stream")
@options.kafka
@options.namespace
@click.option(
    "--metrics-port", envvar="QUEUEWATCH_METRICS_PORT", default=9101, show_default=True,
    type=click.IntRange(0, 65535), help="Port of /metrics and /healthz.",
)  # fmt: skip
@click.option(
    "--instance", envvar="QUEUEWATCH_INSTANCE", default="stream-1", show_default=True,
    metavar="NAME", help="Name of this worker: it keeps its partitions over a restart.",
)  # fmt: skip
@click.option(
    "--bind", envvar="QUEUEWATCH_BIND", default="127.0.0.1", show_default=True, metavar="ADDRESS",
    help="Address that /metrics and /healthz listen on.",
)  # fmt: skip
@click.option(
    "--checkpoint-every", "checkpoint_every_s", envvar="QUEUEWATCH_CHECKPOINT_EVERY",
    default="0.25s", show_default=True, metavar="DURATION", callback=_duration_s,
    help="Time between two checkpoints: what readers of the outputs wait at most.",
)  # fmt: skip
@click.option(
    "--rebuild-state", is_flag=True,
    help="Make the state anew from `calls` first, once: after damage, or a fault of counting.",
)  # fmt: skip
@click.option(
    "--unconfigured-queues", envvar="QUEUEWATCH_UNCONFIGURED_QUEUES", default=250, show_default=True,
    type=click.IntRange(min=0), metavar="N",
    help="Queues a partition that are counted though no queues.toml names them; the events of others"
    " go to quarantine.",
)  # fmt: skip
@click.option(
    "--checkpoint-within", "transaction_s", envvar="QUEUEWATCH_CHECKPOINT_WITHIN",
    default="30s", show_default=True, metavar="DURATION", callback=_duration_s,
    help="A checkpoint that Kafka has not taken by then ends the worker, to be started again.",
)  # fmt: skip
@click.option(
    "--session", "session_s", envvar="QUEUEWATCH_SESSION", default="10s", show_default=True,
    metavar="DURATION", callback=_duration_s,
    help="Silence after which the others take over the partitions of this worker.",
)  # fmt: skip
@click.option(
    "--static-member/--dynamic-member", "static_member", envvar="QUEUEWATCH_STATIC_MEMBER",
    default=True, show_default=True,
    help="static: a restart within the session moves nothing. dynamic: a worker that ends, or that"
    " has a new name each time, hands over at once.",
)  # fmt: skip
@click.option(
    "--stuck-after", "stuck_after_s", envvar="QUEUEWATCH_STUCK_AFTER", default="30s",
    show_default=True, metavar="DURATION", callback=_duration_s,
    help="A worker whose loop stands still for so long prints its stacks and ends.",
)  # fmt: skip
def command(
    bootstrap: str, namespace: str, instance: str, unconfigured_queues: int, **chosen: Any
) -> None:
    """Count, judge and alert: one worker of the stream.

    Several workers share the partitions of the topics; each needs an --instance of its own.

    \b
    Example:
      queuewatch stream --kafka kafka-1:9092,kafka-2:9092 --instance stream-2 --metrics-port 9111
    """
    from streams.wiring.logs import configure
    from streams.wiring.options import StreamOptions
    from streams.wiring.runner import run

    configure(instance)
    # Every other option is named as its field.
    settings = StreamOptions(bootstrap, namespace, instance, **chosen)
    sys.exit(asyncio.run(run(settings, _parts(bootstrap, namespace, unconfigured_queues))))


def _parts(bootstrap: str, namespace: str, unconfigured_queues: int) -> "Parts":
    from streams.admin.health import HealthReporter
    from streams.admin.namesakes import read_reason_to_yield
    from streams.core.agents_unit import AgentsUnit
    from streams.core.calls_unit import CallsUnit
    from streams.core.limits import Limits
    from streams.core.rebuild import Rebuild
    from streams.core.roster import Roster
    from streams.wiring.clock import now_ms
    from streams.wiring.runner import Parts
    from streams.wiring.units import UnitFactories

    roster = Roster()
    limits = Limits(unconfigured_queues=unconfigured_queues)
    return Parts(
        now=now_ms,
        factories=UnitFactories(
            calls=lambda partition, epoch: CallsUnit(partition, epoch, roster, limits),
            agents=AgentsUnit,
            rebuild=lambda partition, epoch: Rebuild(CallsUnit(partition, epoch, roster, limits)),
        ),
        roster=roster,
        check=lambda: _check(bootstrap, namespace),
        tell=_tell,
        render=_render,
        companion=lambda read: HealthReporter(bootstrap, namespace, read),
        namesake=lambda mine: read_reason_to_yield(bootstrap, namespace, mine),
    )


def _check(bootstrap: str, namespace: str) -> None:
    """Kafka answers and its topics are as the table says; else the worker waits and says for what."""
    from streams.admin.broker import AdminError
    from streams.admin.topics import check_topics
    from streams.wiring.runner import NotYetError

    try:
        mistakes = check_topics(bootstrap, namespace)
    except AdminError as error:
        raise NotYetError(str(error)) from None
    if mistakes:
        raise NotYetError(mistakes[0])


def _tell(unit: "CallsUnit") -> "Told":
    from streams.core import calls_unit
    from streams.wiring.view import Told

    if not isinstance(unit, calls_unit.CallsUnit):
        raise TypeError(f"no unit of ours: {unit!r}")
    return Told(
        source_times=unit.source_times(),
        firing=unit.firing(),
        unconfigured=unit.unconfigured,
    )


def _render(view: "StreamView") -> bytes:
    from schemas.targets_book import TargetsBook
    from streams.exporters.families import exposition
    from streams.exporters.queue_series import queue_families
    from streams.exporters.stream_series import StreamFigures, stream_families

    figures = StreamFigures(
        view.results, view.quarantined, view.source_times, view.checkpoints, view.checkpoint_s,
        view.unconfigured,
    )  # fmt: skip
    queues = queue_families(
        view.snapshots, view.totals, TargetsBook(view.versions), view.firing, view.now
    )
    return exposition([*queues, *stream_families(view.health, figures)])
