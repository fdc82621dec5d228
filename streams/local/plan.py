"""What `up` starts, in order, with every port and option. A pure function of the options."""

import sys
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import fields

from streams.local.child import Command
from streams.local.kafka_place import HOST
from streams.local.ports import Port

_PROGRAM = Path(sys.executable).with_name("queuewatch")
# -P: a folder `schemas` in the working directory must not be imported instead of ours.
_OURSELVES: tuple[str, ...] = (
    (str(_PROGRAM),)
    if _PROGRAM.exists()
    else (sys.executable, "-P", "-c", "from streams.cli.main import main; main()")
)


class UpOptions(Struct, frozen=True, kw_only=True):
    """The options of `up`. `kafka` None means a broker of our own on `kafka_port`.

    `public_url`: where people open the board from elsewhere, without a slash at its end; None: nowhere.
    """

    data: Path
    queues: Path
    traffic: bool = True
    scenario: str = "ordinary"
    since: str = "-6h"
    kafka: str | None = None
    kafka_config: Path | None = None  # of that `kafka`
    kafka_libs: Path
    clickhouse: str | None = None
    clickhouse_config: Path | None = None  # of that `clickhouse`
    namespace: str = ""
    public_url: str | None = None
    board_port: int = 8080
    metrics_port: int = 9101
    archive_metrics_port: int = 9102
    notify_metrics_port: int = 9103
    query_port: int = 8124
    kafka_port: int = 9092
    prometheus_port: int = 9090
    alertmanager_port: int = 9093
    deliver_port: int = 9096
    deliver_metrics_port: int = 9104
    reports_metrics_port: int = 9105

    @property
    def bootstrap(self) -> str:
        return self.kafka or f"{HOST}:{self.kafka_port}"

    @property
    def board_url(self) -> str:
        return f"http://{HOST}:{self.board_port}/"

    @property
    def messages_url(self) -> str:
        """The base of the links in messages."""
        return self.public_url or self.board_url.rstrip("/")

    @property
    def link_key(self) -> Path:
        """The secret behind the links by which alerts are acknowledged."""
        return self.data.absolute() / "link.key"

    @property
    def alertmanager_url(self) -> str:
        return f"http://{HOST}:{self.alertmanager_port}"

    @property
    def prometheus_url(self) -> str:
        return f"http://{HOST}:{self.prometheus_port}"

    @property
    def deliver_url(self) -> str:
        return f"http://{HOST}:{self.deliver_port}"

    @property
    def notify_url(self) -> str:
        """Where it answers; its `/probe` is there."""
        return f"http://{HOST}:{self.notify_metrics_port}"


class Telling(Struct, frozen=True):
    """Which programs tell people: Alertmanager if it is installed, `deliver` if owners have `deliver_file`, `reports` if there are
    [[reports]].
    """

    alertmanager: bool
    deliver: bool
    reports: bool = False

    @property
    def straight(self) -> bool:
        """Whether `deliver` stands in the place of Alertmanager."""
        return self.deliver and not self.alertmanager


DEFAULT_PORTS: dict[str, int] = {
    field.name: field.default for field in fields(UpOptions) if field.name.endswith("_port")
}


def told_by(options: UpOptions, telling: Telling) -> str:
    """Where `notify` posts to."""
    return options.deliver_url if telling.straight else options.alertmanager_url


def moved_ports(options: UpOptions, telling: Telling) -> dict[int, int]:
    """The chosen port for each default port, which the shipped configurations name."""
    moved = {default: getattr(options, name) for name, default in DEFAULT_PORTS.items()}
    if telling.straight:
        moved[DEFAULT_PORTS["alertmanager_port"]] = options.deliver_port
    return moved


def ports(options: UpOptions, telling: Telling, *, prometheus: bool) -> list[Port]:
    """Every port that will be listened on; Kafka's only if `up` starts Kafka."""
    held = [
        Port(options.board_port, "--board-port"),
        Port(options.metrics_port, "--metrics-port"),
        Port(options.archive_metrics_port, "--archive-metrics-port"),
        Port(options.notify_metrics_port, "--notify-metrics-port"),
        Port(options.query_port, "--query-port"),
    ]
    if options.kafka is None:
        held.append(Port(options.kafka_port, "--kafka-port"))
    if prometheus:
        held.append(Port(options.prometheus_port, "--prometheus-port"))
    if telling.alertmanager:
        held.append(Port(options.alertmanager_port, "--alertmanager-port"))
    if telling.deliver:
        held.append(Port(options.deliver_port, "--deliver-port"))
        held.append(Port(options.deliver_metrics_port, "--deliver-metrics-port"))
    if telling.reports:
        held.append(Port(options.reports_metrics_port, "--reports-metrics-port"))
    return held


def processes(options: UpOptions, telling: Telling) -> list[Command]:
    """Archive, stream, deliver and reports where they are needed, notify and board, in the order of their start."""
    tables = ["--data", str(options.data.absolute()), "--query-port", str(options.query_port)]
    # One with a password came by the environment, which the process has, too: others could see it here.
    if options.clickhouse and not urlsplit(options.clickhouse).password:
        tables += ["--clickhouse", options.clickhouse]
    if options.clickhouse_config:
        tables += ["--clickhouse-config", str(options.clickhouse_config.absolute())]
    archive = [*tables, "--metrics-port", str(options.archive_metrics_port)]
    stream = ["--metrics-port", str(options.metrics_port), "--instance", "stream-1"]
    deliver = ["--queues", str(options.queues.absolute()), "--port", str(options.deliver_port)]
    deliver += ["--metrics-port", str(options.deliver_metrics_port)]
    deliver += ["--notify", options.notify_url]
    deliver += ["--board-url", options.messages_url]
    notify = ["--alertmanager", told_by(options, telling)]
    notify += ["--metrics-port", str(options.notify_metrics_port)]
    notify += ["--board-url", options.messages_url]
    notify += ["--queues", str(options.queues.absolute())]
    board = [*tables, "--port", str(options.board_port)]
    if options.public_url and (name := urlsplit(options.public_url).hostname):
        board += ["--allow-host", name]
    reports = [*tables, "--queues", str(options.queues.absolute())]
    reports += ["--metrics-port", str(options.reports_metrics_port)]
    links = ["--link-key-file", str(options.link_key)]
    return [
        _ours(options, "archive", archive),
        _ours(options, "stream", stream),
        *([_ours(options, "deliver", deliver + links)] if telling.deliver else []),
        _ours(options, "notify", notify + links),
        _ours(options, "board", board + links),
        *([_ours(options, "reports", reports)] if telling.reports else []),
    ]


def traffic(options: UpOptions) -> list[Command]:
    """The simulator, unless there is to be no traffic."""
    if not options.traffic:
        return []
    arguments = ["--data", str(options.data.absolute()), "--scenario", options.scenario]
    command = _ours(options, "send", ["simulate", *arguments, "--from", options.since])
    return [Command("simulate", command.argv, finishes=True)]


def _ours(options: UpOptions, name: str, arguments: list[str]) -> Command:
    # `simulate` stands before the shared options: they are options of it, not of `send`.
    shared = ["--kafka", options.bootstrap]
    if options.kafka_config:
        shared += ["--kafka-config", str(options.kafka_config.absolute())]
    if options.namespace:
        shared += ["--namespace", options.namespace]
    sub = arguments[:1] if name == "send" else []
    return Command(name, (*_OURSELVES, name, *sub, *shared, *arguments[len(sub) :]))
