"""`queuewatch board`: the wallboard, and `/healthz` of the whole system."""

import click

from streams.cli import connections, options
from streams.cli.options import in_one_line


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
    help="Address to listen on. The board has no login: trusted networks only.",
)
@click.option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="A name under which browsers may call the board, besides this machine's; repeatable.",
)
@options.link_key
@connections.tls_of_ours
@click.option(
    "--metrics-port",
    envvar="QUEUEWATCH_BOARD_METRICS_PORT",
    default=None,
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Port of its own /metrics and /healthz, on the same --host.  [default: none]",
)
def command(
    bootstrap: str,
    namespace: str,
    port: int,
    host: str,
    hosts: tuple[str, ...],
    link_key: bytes | None,
    metrics_port: int | None,
) -> None:
    """Serve the wallboard.

    \b
    Example:
      queuewatch board --port 8080
      queuewatch board --host 0.0.0.0 --allow-host wall.example.org --link-key-file /etc/queuewatch/link.key
    """
    from dashboards.wallboard.process import BoardOptions, run
    from streams.plumbing.ports import PortTakenError

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
    )
    with in_one_line(PortTakenError):
        run(chosen)
