"""`queuewatch deliver`: messages to people, by SMS, e-mail, Teams, ntfy, Telegram and others."""

import logging
from pathlib import Path
from typing import Any

import click

from streams.cli import connections, options
from streams.cli.options import Failure, in_one_line
from streams.cli.queues_file import queues_option

_log = logging.getLogger(__name__)


@click.command(name="deliver")
@options.kafka
@options.namespace
@queues_option("Whose [owners] have deliver_file; read again when it or such a file changes.")
@click.option(
    "--port",
    envvar="QUEUEWATCH_DELIVER_PORT",
    default=9096,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port of Alertmanager's webhook, and of notify where no Alertmanager runs; 0 takes a free one.",
)
@options.metrics_port("QUEUEWATCH_DELIVER_METRICS_PORT", 9104)
@options.board_url
@options.link_key
@connections.door_of_ours
@options.bind("Address that both ports listen on.")
@options.notify_url
@connections.login_at("notify", "notify")
def command(
    file: Path, board_url: str, link_key: bytes | None, notify_url: str, **others: Any
) -> None:
    """Hand alerts to people by the addresses in each owner's deliver_file (apprise), through an outbox.

    Alertmanager posts to /webhook/OWNER (`alerts routes` writes that). Without one, start notify with the
    address of this port as --alertmanager: groups, hours and who mutes whom are the same then.

    \b
    Example:
      queuewatch deliver --queues queues.toml
    """
    from streams.admin.owners_file import OwnersFile
    from streams.admin.queues_file import QueuesFileError
    from streams.plumbing.log_lines import handler
    from streams.plumbing.ports import PortTakenError
    from streams.sinks.deliver.apprise_sender import MissingError
    from streams.sinks.deliver.links import MessageLinks
    from streams.sinks.deliver.process import DeliverOptions, run
    from streams.sinks.deliver.recipients import DeliverFileError

    logging.basicConfig(level=logging.INFO, handlers=[handler()])
    with in_one_line(QueuesFileError, PortTakenError, DeliverFileError, MissingError):
        owners = OwnersFile(file, _log.warning)
        if not any(owner.table.deliver_file for owner in owners().values()):
            raise Failure(f"{file}: no [owners] with deliver_file: nobody would be told")
        links = MessageLinks(board_url, link_key)
        notify = connections.place("notify", notify_url)
        chosen = DeliverOptions(links=links, notify=notify, door=connections.door(), **others)
        run(chosen, owners, lambda line: click.echo(line, err=True))
