"""`queuewatch up`: everything on this machine."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from schemas.queues_toml import QueuesFile
from streams.cli import options
from streams.cli.options import Failure
from streams.cli.queues import publication, read_queues_file

if TYPE_CHECKING:
    from streams.local.plan import UpOptions

_PORTS = (
    ("--board-port", 8080, "The wallboard."),
    ("--metrics-port", 9101, "/metrics of the stream."),
    ("--archive-metrics-port", 9102, "/metrics of the archive."),
    ("--query-port", 8124, "Queries of the embedded archive."),
    ("--notify-metrics-port", 9103, "/metrics of notify."),
    ("--kafka-port", 9092, "The local Kafka."),
    ("--prometheus-port", 9090, "Prometheus, where it is installed."),
    ("--alertmanager-port", 9093, "Alertmanager, where it is installed."),
)


def _port_options(function: Callable[..., Any]) -> Callable[..., Any]:
    for name, default, text in reversed(_PORTS):
        function = click.option(
            name, type=click.IntRange(1, 65535), default=default, show_default=True, metavar="PORT",
            envvar=f"QUEUEWATCH_{name[2:].upper().replace('-', '_')}", help=text,
        )(function)  # fmt: skip
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
@click.option(
    "--kafka-libs",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    envvar="QUEUEWATCH_KAFKA_LIBS",
    help="Jars of Kafka, where `make setup` did not fetch them.",
)
@options.clickhouse
@options.namespace
@_port_options  # fmt: skip
def command(
    *, data: Path, no_traffic: bool, since: str, queues_file: Path | None, kafka: str | None,
    kafka_libs: Path | None, clickhouse_url: str | None, **others: Any,
) -> None:  # fmt: skip
    """Start everything on this machine, keep it running, and print the address of the board.

    Kafka, the archive's database and everything else lie under --data; a second `up` goes on where
    the first stopped. Ctrl-C stops all of it in order.

    \b
    Example:
      queuewatch up --no-traffic --queues queues.toml
    """
    from streams.admin.broker import AdminError
    from streams.local.kafka import LocalKafkaError
    from streams.local.plan import UpOptions
    from streams.local.problem import LocalError
    from streams.local.shipped import kafka_libs as default_libs
    from streams.local.shipped import shipped

    _check_use(since, clickhouse_url)
    chosen = UpOptions(
        data=data, queues=queues_file or shipped("queues.toml"), traffic=not no_traffic, since=since,
        kafka=kafka, kafka_libs=kafka_libs or default_libs(), clickhouse=clickhouse_url, **others,
    )  # fmt: skip
    try:
        _run(chosen)
    except (LocalKafkaError, AdminError) as error:
        raise Failure(str(error)) from None
    except LocalError as problem:
        failure = Failure(str(problem))
        failure.exit_code = problem.exit_code
        raise failure from None


def _check_use(since: str, clickhouse_url: str | None) -> None:
    """What the simulator or the archive would refuse, after everything else was started."""
    from producers.simulate.options import when
    from streams.cli.tables import address_of

    when("--from", since, 0, ZoneInfo("UTC"))
    if clickhouse_url is not None:
        address_of(clickhouse_url)


def _run(chosen: "UpOptions") -> None:
    from streams.admin.watch import QueuesFileWatch
    from streams.local import monitoring, plan
    from streams.local.data_folder import DataFolder
    from streams.local.leftovers import end_leftovers
    from streams.local.ports import check_ports
    from streams.local.supervisor import Stopping, StopRequestedError, Supervisor

    file = read_queues_file(chosen.queues)
    watch = QueuesFileWatch(chosen.queues, lambda changed: _publish(chosen, changed))
    prometheus = monitoring.find_prometheus()
    alertmanager = monitoring.find_alertmanager()
    stopping = Stopping()
    stopping.install()
    try:
        with DataFolder(chosen.data) as folder:
            if ended := end_leftovers(folder.run):
                _say(f"ended what an `up` that was killed had left: {', '.join(ended)}")
            check_ports(
                plan.ports(chosen, prometheus=bool(prometheus), alertmanager=bool(alertmanager))
            )
            Supervisor(folder, _broker(chosen, folder), stopping, _say).run(
                list(_monitoring(chosen, folder, prometheus, alertmanager)),
                plan.processes(chosen),
                plan.traffic(chosen),
                lambda: _prepare(chosen, file),
                watch.look,
                chosen.board_url,
            )
    except StopRequestedError:
        _say("stopped")


def _broker(chosen: "UpOptions", folder: Any) -> Any:
    from streams.local.broker import OthersBroker, OwnBroker
    from streams.local.kafka import free_port
    from streams.local.kafka_place import KafkaPlace

    if chosen.kafka:
        return OthersBroker(chosen.kafka)
    place = KafkaPlace(folder.kafka, chosen.kafka_libs, chosen.kafka_port, free_port())
    return OwnBroker(place, folder.run, _say)


def _monitoring(
    chosen: "UpOptions", folder: Any, prometheus: str | None, alertmanager: str | None
) -> Iterable[Any]:
    from streams.local.monitoring import alertmanager_command, prometheus_command

    if prometheus:
        moved = {
            default: getattr(chosen, name[2:].replace("-", "_")) for name, default, _ in _PORTS
        }
        yield prometheus_command(prometheus, folder, chosen.prometheus_port, moved)
    else:
        _say("prometheus is not on the PATH: no rules about the pipeline, no Grafana source")
    if alertmanager:
        yield alertmanager_command(alertmanager, folder, chosen.alertmanager_port)
    else:
        _say("alertmanager is not on the PATH: alerts are shown on the board only")


def _prepare(chosen: "UpOptions", file: QueuesFile) -> Iterable[str]:
    from streams.admin.topics import create_topics

    began_s = time.monotonic()
    created = create_topics(chosen.bootstrap, chosen.namespace, _now())
    took_s = time.monotonic() - began_s
    yield f"topics ready after {took_s:.1f} s ({len(created.topics)} of them new)"
    yield (
        _publish(chosen, file) or f"targets unchanged: {len(file.queues)} queues of {chosen.queues}"
    )


def _publish(chosen: "UpOptions", file: QueuesFile) -> str | None:
    from streams.admin.targets import publish

    done = publish(chosen.bootstrap, chosen.namespace, file, _now())
    return None if done.difference is None else f"{chosen.queues.name}: {publication(done)}"


def _now() -> int:
    return time.time_ns() // 1_000_000


def _say(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {line}", flush=True)
