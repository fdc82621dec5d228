"""`queuewatch board`: the wallboard, and `/healthz` of the whole system."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from streams.cli import connections, options
from streams.cli.options import Failure, in_one_line

if TYPE_CHECKING:
    from streams.processes.board_archive import BoardArchive

_WITHIN_S = 20  # a question of a page; the next one waits for it


@click.command(name="board")
@options.kafka
@options.namespace
@click.option(
    "--port",
    envvar="QUEUEWATCH_BOARD_PORT",
    default=8080,
    show_default=True,
    type=click.IntRange(1, 65535),
    help="Where browsers find the board.",
)
@click.option(
    "--host",
    envvar="QUEUEWATCH_BOARD_HOST",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="Address to listen on. One that others reach needs --access, or --open-to-everyone.",
)
@click.option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="A name under which browsers may call the board, besides this machine's; repeatable.",
)
@options.access_file(required=False)
@click.option(
    "--open-to-everyone",
    envvar="QUEUEWATCH_OPEN_TO_EVERYONE",
    is_flag=True,
    help="Without --access: also let in who comes from other machines, each with every right.",
)
@options.link_key
@options.data
@options.clickhouse
@options.query_port
@connections.tls_of_ours
@click.option(
    "--metrics-port",
    envvar="QUEUEWATCH_BOARD_METRICS_PORT",
    default=None,
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Port of its own /metrics and /healthz, on the same --host.  [default: none]",
)
def command(  # noqa: PLR0913 - one parameter an option
    *,
    bootstrap: str,
    namespace: str,
    port: int,
    host: str,
    hosts: tuple[str, ...],
    access_file: Path | None,
    open_to_everyone: bool,
    link_key: bytes | None,
    data: Path,
    clickhouse_url: str | None,
    query_port: int,
    metrics_port: int | None,
) -> None:
    """Serve the wallboard. Without --access on this machine only, and whoever is on it may do everything. Pages of days past ask the
    archive; where none answers they say so, and the others go on.

    \b
    Example:
      queuewatch board --port 8080
      queuewatch board --host 0.0.0.0 --access /etc/queuewatch/access.toml --link-key-file /etc/queuewatch/link.key
    """
    from dashboards.access.config import AccessError, read_access
    from dashboards.wallboard.process import BoardOptions, run
    from streams.plumbing.ports import PortTakenError

    with in_one_line(AccessError):
        access = None if access_file is None else read_access(access_file)
    if access is not None and open_to_everyone:
        raise Failure(
            "--open-to-everyone means nobody is asked, --access means all are: take one away"
        )
    if access is None:
        _say_who_may(host, hosts, open_to_everyone=open_to_everyone)
    if link_key is None:
        click.echo("queuewatch: board takes no links to acknowledge: no --link-key-file", err=True)
    chosen = BoardOptions(
        bootstrap=bootstrap,
        namespace=namespace,
        host=host,
        port=port,
        hosts=hosts,
        link_key=link_key,
        metrics_port=metrics_port,
        door=connections.door(),
        access=access,
    )
    with in_one_line(PortTakenError):
        run(chosen, _archive(data, query_port, clickhouse_url))


def _archive(data: Path, query_port: int, url: str | None) -> "BoardArchive":
    """Opened anew for each question; the address is read now, so that a wrong one is said at the start."""
    from streams.cli.tables import address_of
    from streams.processes.board_archive import BoardArchive
    from streams.sinks.clickhouse.query_client import QueryClient

    if url is None:
        return BoardArchive(lambda: QueryClient(data, query_port, within_s=_WITHIN_S))
    from streams.sinks.clickhouse.driver import (
        ServerDatabase,
    )  # 5 MB that the embedded one does not need

    address = address_of(url)
    return BoardArchive(lambda: ServerDatabase(address, send_receive_timeout_s=_WITHIN_S))


def _say_who_may(host: str, hosts: tuple[str, ...], *, open_to_everyone: bool) -> None:
    """Without --access nobody is asked who he is: that must be known, and elsewhere be wanted."""
    from streams.plumbing.ports import is_loopback

    if is_loopback(host):
        line = "board lets in everybody on this machine, with every right: no --access"
        if hosts:
            line += f"; so does whatever passes on {', '.join(hosts)} to it"
    elif open_to_everyone:
        line = f"board lets in everybody who reaches {host}, with every right: --open-to-everyone"
    else:
        raise Failure(
            f"--host {host} is reached from other machines and nobody would have to log in:"
            " name an --access FILE (docs/operator.md), or say --open-to-everyone"
        )
    click.echo(f"queuewatch: {line}", err=True)
