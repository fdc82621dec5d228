"""`queuewatch up`: everything on this machine."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from streams.cli import options
from streams.cli.options import Failure, in_one_line
from streams.local.plan import DEFAULT_PORTS

_ITS_OWN, _LOCKS = ("ALERTMANAGER", "NOTIFY"), ("CONFIG", "SSL_", "BASIC_", "BEARER_")
_PORTS = (
    ("--board-port", "The wallboard."),
    ("--metrics-port", "/metrics of the stream."),
    ("--archive-metrics-port", "/metrics of the archive."),
    ("--query-port", "Queries of the embedded archive."),
    ("--notify-metrics-port", "/metrics of notify."),
    ("--kafka-port", "The local Kafka."),
    ("--prometheus-port", "Prometheus, where it is installed."),
    ("--alertmanager-port", "Alertmanager, where it is installed."),
    ("--deliver-port", "deliver, where owners have deliver_file."),
    ("--deliver-metrics-port", "/metrics of deliver."),
    ("--reports-metrics-port", "/metrics of reports, where there are [[reports]]."),
)


def _port_options(function: Callable[..., Any]) -> Callable[..., Any]:
    for name, text in reversed(_PORTS):
        default = DEFAULT_PORTS[name[2:].replace("-", "_")]
        function = click.option(
            name,
            type=click.IntRange(1, 65535),
            default=default,
            show_default=True,
            metavar="PORT",
            envvar=f"QUEUEWATCH_{name[2:].upper().replace('-', '_')}",
            help=text,
        )(function)
    return function


def _known_scenario(_context: click.Context, _option: click.Parameter, name: str) -> str:
    from producers.simulate.scenarios import NAMES

    if name not in NAMES:
        raise click.BadParameter(f'there is no "{name}"; known: {", ".join(NAMES)}')
    return name


@click.command(name="up")
@options.data
@click.option("--no-traffic", is_flag=True, help="Nothing is simulated: send calls of your own.")
@click.option(
    "--scenario",
    default="ordinary",
    show_default=True,
    metavar="NAME",
    callback=_known_scenario,
    help="What is simulated: docs/scenarios.md.",
)
@click.option(
    "--from",
    "since",
    default="-6h",
    show_default=True,
    metavar="AGO",
    help="When the simulated day begins, the first time.",
)
@click.option(
    "--queues",
    "queues_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    envvar="QUEUEWATCH_QUEUES",
    help="queues.toml; published again when it changes.",
)
@click.option(
    "--kafka",
    "kafka",
    envvar="QUEUEWATCH_KAFKA",
    metavar="HOSTS",
    help="A Kafka that runs already, instead of one of our own.",
)
@options.kafka_config
@click.option(
    "--kafka-libs",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    envvar="QUEUEWATCH_KAFKA_LIBS",
    help="Jars of Kafka, where `make setup` did not fetch them.",
)
@click.option(
    "--board-url",
    "public_url",
    envvar="QUEUEWATCH_BOARD_URL",
    default=None,
    callback=options.url,
    metavar="URL",
    help="Where people open the board from elsewhere, by a proxy of yours: the base of the links in messages.",
)
@options.clickhouse
@options.namespace
@_port_options
def command(
    *,
    data: Path,
    no_traffic: bool,
    since: str,
    queues_file: Path | None,
    kafka: str | None,
    kafka_libs: Path | None,
    clickhouse_url: str | None,
    **others: Any,
) -> None:
    """Start everything on this machine, keep it running, and print the address of the board.

    Kafka, the archive's database and everything else lie under --data; a second `up` goes on where
    the first stopped. Ctrl-C stops all of it in order.

    \b
    Example:
      queuewatch up --no-traffic --queues queues.toml
    """
    from streams.admin.problem import AdminError
    from streams.admin.queues_file import QueuesFileError
    from streams.local.kafka import LocalKafkaError
    from streams.local.plan import UpOptions
    from streams.local.problem import LocalError
    from streams.local.shipped import kafka_libs as default_libs
    from streams.local.shipped import shipped
    from streams.local.up import run
    from streams.plumbing.key_file import KeyFileError

    _check_use(since, clickhouse_url)
    _refuse_locks()
    kafka_config = options.config_noted("kafka")
    if kafka is not None:
        options.secured(kafka, kafka_config)
    elif not options.kafka_config_of(kafka_config).is_open:
        raise click.UsageError(
            "--kafka-config (or a QUEUEWATCH_KAFKA_… of the environment) is for a Kafka of yours:"
            " name it with --kafka"
        )
    chosen = UpOptions(
        data=data,
        queues=queues_file or shipped("queues.toml"),
        traffic=not no_traffic,
        since=since,
        kafka=kafka,
        kafka_config=kafka_config,
        kafka_libs=kafka_libs or default_libs(),
        clickhouse=clickhouse_url,
        clickhouse_config=options.config_noted("clickhouse"),
        **others,
    )
    try:
        with in_one_line(LocalKafkaError, AdminError, KeyFileError, QueuesFileError):
            run(chosen, _say)
    except LocalError as problem:
        failure = Failure(str(problem))
        failure.exit_code = problem.exit_code
        raise failure from None


def _check_use(since: str, clickhouse_url: str | None) -> None:
    """Report wrong use now; the simulator or the archive would do so after everything was started."""
    from producers.simulate.options import when
    from streams.cli.tables import address_of

    when("--from", since, 0, ZoneInfo("UTC"))
    if clickhouse_url is not None:
        address_of(clickhouse_url)


def _refuse_locks() -> None:
    """`up` asks its own servers without TLS or a password, on this machine; its processes would read these."""
    kinds = ("TLS_", "CREDENTIALS_", *(f"{of}_{what}" for of in _ITS_OWN for what in _LOCKS))
    for variable in os.environ:
        if variable.startswith(tuple(f"QUEUEWATCH_{kind}" for kind in kinds)):
            raise click.UsageError(
                f"{variable} is not for `up`, whose servers answer this machine only: unset it"
            )


def _say(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {line}", flush=True)
