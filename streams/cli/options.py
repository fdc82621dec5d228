"""Options that several commands share; the command line overrides the environment."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import click
from click.core import ParameterSource

from schemas.addresses import BOARD_URL, NOTIFY_URL

if TYPE_CHECKING:
    from streams.local.owner import Owner
    from streams.plumbing.kafka_config import KafkaConfig

FC = TypeVar("FC", bound=Callable[..., Any] | click.Command)  # what an option decorates

_DATA, _OWNER = "queuewatch.data", "queuewatch.owner"  # in the context of a command
_KAFKA_CONFIG, _CLICKHOUSE_CONFIG = "queuewatch.kafka_config", "queuewatch.clickhouse_config"
NO_KAFKA = "queuewatch.no_kafka"
_KAFKA = "127.0.0.1:9092"
_QUERY_PORT = 8124


def _note_data(ctx: click.Context, _: click.Parameter, value: Path) -> Path:
    ctx.meta[_DATA] = value
    return value


def running_up(ctx: click.Context) -> "Owner | None":
    """The `up` that runs on --data; looked for once a folder: a subcommand may name another than the process beside it."""
    from streams.local.owner import running_owner

    data = ctx.meta.get(_DATA, Path(os.environ.get("QUEUEWATCH_DATA", ".queuewatch")))
    known: dict[Path, Owner | None] = ctx.meta.setdefault(_OWNER, {})
    if data not in known:
        known[data] = running_owner(data)
    return known[data]


def _bootstrap(ctx: click.Context, param: click.Parameter | None, value: str | None) -> str:
    try:
        address, file = place_of_kafka(ctx, value)
    except Failure as failure:
        if param is None or not isinstance(ctx.command, click.Group):
            raise
        ctx.meta[NO_KAFKA] = failure  # `archive purge` works while no `up` runs
        return _KAFKA
    secured(address, file)
    return address


def place_of_kafka(ctx: click.Context, value: str | None) -> tuple[str, Path | None]:
    """As given; else of the `up` on --data. A folder whose `up` does not run never means another system.

    With the file that says how it is reached; nothing is asked of it.
    """
    owner = None if value is not None else running_up(ctx)
    address = owner.bootstrap if owner is not None else value or _usual(ctx)
    file = ctx.meta.get(_KAFKA_CONFIG)
    if file is None and owner is not None and owner.kafka_config:
        file = Path(owner.kafka_config)
    return address, file


def _usual(ctx: click.Context) -> str:
    from streams.local.owner import is_of_an_up

    data = ctx.meta.get(_DATA)
    if data is not None and is_of_an_up(data):
        raise Failure(f"no `queuewatch up` runs on --data {data}: start it, or name a --kafka")
    return _KAFKA


def _namespace(ctx: click.Context, _: click.Parameter | None, value: str | None) -> str:
    if value is not None:
        return value
    owner = running_up(ctx)
    return "" if owner is None else owner.namespace


def kafka_of(ctx: click.Context, bootstrap: str | None, prefix: str | None) -> tuple[str, str]:
    """Address and prefix where --kafka and --namespace are options of no command; Failure if there is none."""
    return _bootstrap(ctx, None, bootstrap), _namespace(ctx, None, prefix)


def _query(ctx: click.Context, _: click.Parameter, value: int | None) -> int:
    if value is not None:
        return value
    owner = running_up(ctx)
    return _QUERY_PORT if owner is None else owner.query_port


def _clickhouse(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        typed = ctx.get_parameter_source(str(param.name)) is ParameterSource.COMMANDLINE
        if typed and urlsplit(value).password:
            raise click.BadParameter(
                "others can see a password on the command line: password.file in --clickhouse-config FILE,"
                " or QUEUEWATCH_CLICKHOUSE_PASSWORD"
            )
        return value
    owner = running_up(ctx)
    if owner is None:
        return None
    if owner.clickhouse_config and ctx.meta.get(_CLICKHOUSE_CONFIG) is None:
        ctx.meta[_CLICKHOUSE_CONFIG] = Path(owner.clickhouse_config)
    return owner.clickhouse_url


def kafka_config_of(file: Path | None) -> "KafkaConfig":
    """What `file` and the environment say of the way to Kafka; a mistake in it ends the command."""
    from streams.plumbing.config_file import ConfigError
    from streams.plumbing.kafka_config import read_config

    with in_one_line(ConfigError):
        return read_config(file, os.environ)


def secured(address: str, file: Path | None) -> None:
    """All clients of Kafka in this process are made as `file` and the environment say.

    A refusal ends the command at once: the clients would try again without a word. A Kafka that is not there is
    no refusal, for every process waits for it.
    """
    config = kafka_config_of(file)
    if config.is_open:
        return
    # These load the client libraries, for which `--help` and an open Kafka need not wait.
    from streams.plumbing.config_file import ConfigError
    from streams.plumbing.kafka_refusals import why_refused
    from streams.plumbing.kafka_security import KafkaSecurity, use, watch_certificates

    with in_one_line(ConfigError):
        use(KafkaSecurity(config))
    watch_certificates(address)
    if refusal := why_refused(address):
        raise Failure(refusal)


def _note_config(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:
    ctx.meta[f"queuewatch.{param.name}"] = value
    return value


def config_of(target: str, what: str) -> Callable[[FC], FC]:
    """The option `--TARGET-config`; it is found in the context (`config_noted`), not handed to the command."""
    return click.option(
        f"--{target}-config",
        envvar=f"QUEUEWATCH_{target.upper()}_CONFIG",
        default=None,
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False),
        is_eager=True,  # it must be known where the address is made out
        callback=_note_config,
        expose_value=False,
        help=f"{what} (name=value): docs/operator.md.",
    )


def config_noted(target: str) -> Path | None:
    """What `--TARGET-config` names in the present command."""
    file: Path | None = click.get_current_context().meta.get(f"queuewatch.{target}_config")
    return file


kafka_config = config_of("kafka", "TLS, user and certificates of that Kafka")
_kafka = click.option(
    "--kafka",
    "bootstrap",
    envvar="QUEUEWATCH_KAFKA",
    default=None,
    callback=_bootstrap,
    metavar="HOSTS",
    help="Kafka bootstrap servers, comma-separated."
    f"  [default: that of the `up` which runs on --data, else {_KAFKA}]",
)


def kafka(command: FC) -> FC:
    """--kafka and --kafka-config; the command gets `bootstrap`, and every client what the file says."""
    return _kafka(kafka_config(command))


namespace = click.option(
    "--namespace",
    envvar="QUEUEWATCH_NAMESPACE",
    default=None,
    callback=_namespace,
    metavar="PREFIX",
    help="Prefix of topics and groups: keeps several systems apart on one cluster.",
)


def _data(*, exposed: bool) -> Callable[[FC], FC]:
    return click.option(
        "--data",
        envvar="QUEUEWATCH_DATA",
        default=".queuewatch",
        show_default=True,
        metavar="DIR",
        type=click.Path(path_type=Path, file_okay=False),
        is_eager=True,  # the defaults of other options depend on it
        callback=_note_data,
        expose_value=exposed,
        help="Folder of keys, embedded database and local Kafka.",
    )


data = _data(exposed=True)
data_of_up = _data(exposed=False)  # for commands that only look for the `up` that runs on it
caller_key_file = click.option(
    "--caller-key-file",
    envvar="QUEUEWATCH_CALLER_KEY_FILE",
    default=None,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Secret behind the callers' tokens.  [default: caller.key under --data, made once]",
)


def _link_key(_: click.Context, __: click.Parameter, value: Path | None) -> bytes | None:
    from streams.plumbing.key_file import KeyFileError, read_key

    if value is None:
        return None
    with in_one_line(KeyFileError):
        return read_key(value, "the key of the links in messages")


link_key = click.option(
    "--link-key-file",
    "link_key",
    envvar="QUEUEWATCH_LINK_KEY_FILE",
    default=None,
    callback=_link_key,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Secret behind the links by which alerts are acknowledged, the same for `notify`, `deliver` and `board`;"
    " without it there are no links.",
)
_clickhouse_url = click.option(
    "--clickhouse",
    "clickhouse_url",
    envvar="QUEUEWATCH_CLICKHOUSE",
    default=None,
    callback=_clickhouse,
    metavar="URL",
    help="clickhouse://user@host:9000/database, with TLS clickhouses://…:9440/…; without it the embedded database"
    " under --data.",
)


def clickhouse(command: FC) -> FC:
    """--clickhouse and --clickhouse-config; the command gets `clickhouse_url`, for `tables.address_of`."""
    return _clickhouse_url(
        config_of("clickhouse", "Password and certificates of that ClickHouse")(command)
    )


query_port = click.option(
    "--query-port",
    envvar="QUEUEWATCH_QUERY_PORT",
    default=None,
    callback=_query,
    type=click.IntRange(1, 65535),
    help="Port of the embedded archive."
    f"  [default: that of the `up` which runs on --data, else {_QUERY_PORT}]",
)


def url(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    """Of an option that is the address of a server; without a slash at its end."""
    if value is None:
        return None
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise click.BadParameter(f'expected http://HOST:PORT, got "{value}"')
    if parts.username or parts.password:
        raise click.BadParameter("no user or password in an address: others could see it")
    return value.rstrip("/")


def url_of_up(
    field: str, usual: str
) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
    """Of an option that is the address of a server: as given, else that which the running `up` notes in `field`, else `usual`."""

    def found(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
        owner = None if value is not None else running_up(ctx)
        noted = value if owner is None else getattr(owner, field)
        return url(ctx, parameter, noted or usual)

    return found


def moment(text: str, zone: str, hint: str, example: str) -> int:
    """A time that was typed, in ms. `zone` holds for a text without an offset; `hint` names the option."""
    from schemas.millis import EARLIEST, LATEST, from_iso

    try:
        at = from_iso(text, ZoneInfo(zone))
    except (ValueError, OverflowError):
        at = 0
    if not EARLIEST <= at < LATEST:
        raise click.BadParameter(
            f'expected a time of this century such as {example}, got "{text}"', param_hint=hint
        )
    return at


class Failure(click.ClickException):
    """Ends a command with exit code 1 and one line: what is wrong, where, what to do."""

    exit_code = 1

    def show(self, file: Any = None) -> None:
        click.echo(f"queuewatch: {self.format_message()}", err=True, file=file)


@contextmanager
def in_one_line(*kinds: type[Exception]) -> Iterator[None]:
    """Errors of these kinds end the command with exit code 1; their message must be one line."""
    try:
        yield
    except kinds as error:
        raise Failure(str(error)) from None


def ask(question: str, undone: str) -> None:
    """Go on only if a person says yes; else the command ends with exit code 1 and says what is `undone`."""
    if not sys.stdin.isatty():
        raise Failure(f"{undone}: say --yes where nobody can be asked")
    if not click.confirm(question):
        raise Failure(undone)


def access_file(*, required: bool) -> Callable[[FC], FC]:
    """The option `--access`."""
    return click.option(
        "--access",
        "access_file",
        envvar="QUEUEWATCH_ACCESS",
        default=None,
        required=required,
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False),
        help="access.toml: who may see the board, and how people log in (docs/operator.md).",
    )


board_url = click.option(
    "--board-url",
    envvar="QUEUEWATCH_BOARD_URL",
    default=BOARD_URL,
    show_default=True,
    callback=url,
    metavar="URL",
    help="Where people open the board, also on a phone: the base of the links in every message.",
)
notify_url = click.option(
    "--notify",
    "notify_url",
    envvar="QUEUEWATCH_NOTIFY_URL",
    default=NOTIFY_URL,
    show_default=True,
    callback=url,
    metavar="URL",
    help="Where notify answers: its probes are given back to it there.",
)


def metrics_port(envvar: str, default: int) -> Callable[[Any], Any]:
    """The option `--metrics-port` of a process."""
    return click.option(
        "--metrics-port",
        envvar=envvar,
        default=default,
        show_default=True,
        type=click.IntRange(0, 65535),
        help="Port of /metrics and /healthz; 0 takes a free one.",
    )


def bind(what: str = "Address that /metrics and /healthz listen on.") -> Callable[[Any], Any]:
    """The option `--bind`: loopback unless somebody says otherwise."""
    return click.option(
        "--bind",
        envvar="QUEUEWATCH_BIND",
        default="127.0.0.1",
        show_default=True,
        metavar="ADDRESS",
        help=what,
    )
