"""`queuewatch doctor`: what is wrong here, and what to do."""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from streams.admin.access import USERS
from streams.cli import options
from streams.cli.connections import login_at
from streams.cli.options import Failure
from streams.cli.variables import slips

if TYPE_CHECKING:
    from streams.doctor.system import System
    from streams.local.owner import Owner
    from streams.plumbing.http_config import HttpConfig


def _server(flag: str, envvar: str, what: str) -> Callable[[options.FC], options.FC]:
    return click.option(
        flag, envvar=envvar, default=None, callback=options.url, metavar="URL",
        help=f"Where {what} answers.  [default: that of the `up` which runs on --data]",
    )  # fmt: skip


@click.command(name="doctor")
@options.data
@click.option(
    "--kafka", "kafka_hosts", envvar="QUEUEWATCH_KAFKA", default=None, metavar="HOSTS",
    help="Kafka bootstrap servers, comma-separated.  [default: as of every command]",
)  # fmt: skip
@options.kafka_config
@options.namespace
@options.clickhouse
@options.query_port
@_server("--alertmanager", "QUEUEWATCH_ALERTMANAGER", "Alertmanager")
@login_at("alertmanager", "Alertmanager")
@_server("--prometheus", "QUEUEWATCH_PROMETHEUS", "Prometheus")
@login_at("prometheus", "Prometheus")
@_server("--board-url", "QUEUEWATCH_BOARD_URL", "the board, as messages name it,")
@click.option(
    "--runbooks", envvar="QUEUEWATCH_RUNBOOKS", default=None, callback=options.url, metavar="URL",
    help="Where the runbooks are, if not on the board.",
)  # fmt: skip
@click.option(
    "--queues", "queues_file", envvar="QUEUEWATCH_QUEUES", metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False), help="queues.toml: looked through for mistakes.",
)  # fmt: skip
@options.access_file(required=False)
@options.caller_key_file
@click.option(
    "--link-key-file", envvar="QUEUEWATCH_LINK_KEY_FILE", default=None, metavar="FILE",
    type=click.Path(path_type=Path), help="Whether others can read it is looked at.",
)  # fmt: skip
@click.option(
    "--as", "user", type=click.Choice(USERS), default=None,
    help="Whose rights on Kafka must be enough.  [default: say whose they are enough for]",
)  # fmt: skip
@click.option(
    "--within", "within_s", type=click.IntRange(1, 600), default=20, show_default=True,
    metavar="SECONDS", help="How long one check may take.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(*, within_s: int, as_json: bool, **given: Any) -> None:
    """Say what is wrong with the system that is named here, a line each, with the remedy.

    Nothing is changed or written, and no secret is shown: the lines may be sent to whoever helps. Exit code 1
    when one of them begins with `fail`.

    \b
    Example:
      queuewatch doctor
      queuewatch doctor --kafka kafka-1:9093 --kafka-config stream.properties --as stream
    """
    from streams.doctor.examination import examine
    from streams.doctor.finding import as_text, summary
    from streams.doctor.registry import all_checks

    found = list(examine(all_checks(), _system(click.get_current_context(), given), within_s))
    failed = any(line.level == "fail" for line in found)
    if as_json:
        print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
        raise SystemExit(1 if failed else 0)
    for text in as_text(found):
        print(text)
    if failed:
        raise Failure(summary(found))
    print(summary(found))


def _system(ctx: click.Context, given: dict[str, Any]) -> "System":
    from importlib.metadata import version

    from schemas.addresses import BOARD_URL
    from streams.doctor.system import System
    from streams.plumbing.config_file import ConfigError
    from streams.sinks.clickhouse.address import server_address

    mistakes: list[str] = []
    kafka, config = _kafka(ctx, given["kafka_hosts"], mistakes)
    address = None
    if url := given["clickhouse_url"]:
        try:
            address = server_address(url, options.config_noted("clickhouse"), os.environ)
        except (
            ValueError,
            ConfigError,
        ) as error:  # the URL may hold a password: it is not repeated
            mistakes.append(
                f"--clickhouse: {error}; the embedded archive is looked at in its place"
            )
    owner = options.running_up(ctx)
    known = {"alertmanager": _alertmanager_of(owner), "prometheus": owner and owner.prometheus_url}
    addresses = {name: given[name] or url or "" for name, url in known.items()}
    data: Path = given["data"]
    secrets = (
        config, given["caller_key_file"] or data / "caller.key",
        given["link_key_file"] or data / "link.key",
    )  # fmt: skip
    return System(
        mistakes=tuple(mistakes),
        variables={slip.name: slip.near for slip in slips(os.environ)},
        secret_files=tuple(file for file in secrets if file is not None),
        data=data,
        kafka=kafka,
        namespace=given["namespace"],
        user=given["user"] or "",
        clickhouse=address,
        query_port=given["query_port"],
        queues_file=given["queues_file"],
        access_file=given["access_file"],
        http=dict(_let_in(addresses, mistakes)),
        alertmanager=addresses["alertmanager"],
        prometheus=addresses["prometheus"],
        board=given["board_url"] or (owner and owner.board_url) or BOARD_URL,
        runbooks=given["runbooks"] or "",
        version=version("queuewatch"),
    )


def _alertmanager_of(owner: "Owner | None") -> str | None:
    """That of the `up` on --data; None where `deliver` stands in its place."""
    if owner is None or owner.alertmanager_url == owner.deliver_url:
        return None
    return owner.alertmanager_url


def _let_in(
    addresses: Mapping[str, str], mistakes: list[str]
) -> Iterator[tuple[str, "HttpConfig"]]:
    """How each server lets us in, by its name."""
    from streams.plumbing.config_file import ConfigError
    from streams.plumbing.http_config import read_http_config

    for name, url in addresses.items():
        try:
            yield name, read_http_config(name, url, options.config_noted(name), os.environ)
        except ConfigError as error:
            mistakes.append(str(error))


def _kafka(ctx: click.Context, hosts: str | None, mistakes: list[str]) -> tuple[str, Path | None]:
    """Where it is and the file that says how it is reached; "" where a mistake leaves that open."""
    from streams.plumbing.config_file import ConfigError
    from streams.plumbing.kafka_config import read_config
    from streams.plumbing.kafka_security import KafkaSecurity, use

    try:
        address, file = options.place_of_kafka(ctx, hosts)
    except Failure as failure:
        mistakes.append(failure.message)
        return "", None
    try:
        use(KafkaSecurity(read_config(file, os.environ)))
    except ConfigError as error:
        mistakes.append(str(error))
        return "", file
    return address, file
