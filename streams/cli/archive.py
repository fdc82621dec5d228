"""`queuewatch archive`: write the archive, and answer questions about it when it is embedded."""

import logging
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from streams.cli import connections, options
from streams.cli.archive_mask import mask
from streams.cli.archive_purge import purge
from streams.cli.archive_reread import reread
from streams.cli.options import in_one_line
from streams.cli.subcommands import is_for_a_subcommand
from streams.cli.tables import address_of

if TYPE_CHECKING:
    from schemas.privacy import TokenKey


def _keeping(_: click.Context, __: click.Parameter, texts: tuple[str, ...]) -> dict[str, int]:
    if not texts:
        return {}
    from streams.sinks.clickhouse.retention import read_keeping

    try:
        return read_keeping(texts)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.group(name="archive", invoke_without_command=True)
@options.kafka
@options.namespace
@options.data
@options.clickhouse
@options.metrics_port("QUEUEWATCH_ARCHIVE_METRICS_PORT", 9102)
@click.option(
    "--query-port",
    envvar="QUEUEWATCH_QUERY_PORT",
    default=8124,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port of the embedded database's query endpoint.",
)
@connections.door_of_ours
@click.option(
    "--keep",
    "keeping",
    envvar="QUEUEWATCH_KEEP",
    multiple=True,
    callback=_keeping,
    metavar="TABLE=DAYS",
    help="Delete rows of TABLE that are older, once a day: events=90d. May be repeated.  [default: kept for ever]",
)
@options.bind()
@click.option(
    "--instance",
    envvar="QUEUEWATCH_INSTANCE",
    default="archive-1",
    show_default=True,
    metavar="NAME",
    help="Name of this archive in its group; another one needs another.",
)
def command(  # noqa: PLR0913, PLR0917 - the options of a process
    bootstrap: str,
    namespace: str,
    data: Path,
    clickhouse_url: str | None,
    metrics_port: int,
    query_port: int,
    keeping: dict[str, int],
    bind: str,
    instance: str,
) -> None:
    """Carry events, legs, spells, minutes, alerts, quarantine and targets into ClickHouse.

    Without --clickhouse the database is embedded in this process, under --data, and answers
    `queuewatch history` on --query-port.

    \b
    Example:
      queuewatch archive --clickhouse clickhouse://default@127.0.0.1:9000/queuewatch
    """
    if is_for_a_subcommand(click.get_current_context()):
        return
    from schemas.groups import archive_group
    from streams.admin.nightly import NightlyReconciliation
    from streams.admin.nightly_forgetting import NightlyForgetting
    from streams.admin.nightly_profiles import NightlyProfiles
    from streams.admin.nightly_retention import NightlyRetention
    from streams.admin.rolling_up import RollingUp
    from streams.plumbing.log_lines import handler
    from streams.plumbing.ports import PortTakenError
    from streams.sinks.clickhouse.database import RefusedError
    from streams.sinks.clickhouse.embedded import FilesTakenError
    from streams.sinks.clickhouse.opening import ArchiveError
    from streams.sinks.clickhouse.process import ArchiveOptions, run

    # kafka-python logs an outage in so many lines that ours would not be seen.
    logging.getLogger("kafka").setLevel(logging.CRITICAL + 1)
    logging.basicConfig(level=logging.INFO, handlers=[handler()])
    chosen = ArchiveOptions(
        bootstrap=bootstrap,
        namespace=namespace,
        group=archive_group(namespace),
        instance=instance,
        data=data,
        server=None if clickhouse_url is None else address_of(clickhouse_url),
        mask_key=_mask_key(data),
        metrics_port=metrics_port,
        query_port=query_port,
        bind=bind,
        door=connections.door(),
    )
    with in_one_line(ArchiveError, FilesTakenError, PortTakenError, RefusedError):
        profiles = NightlyProfiles(bootstrap, namespace, _say)
        retention = NightlyRetention(keeping, _say)
        also = (profiles.turn, NightlyForgetting(_say).turn, RollingUp(_say).turn, retention.turn)
        run(chosen, NightlyReconciliation(bootstrap, namespace, _say, also), _say)


def _mask_key(data: Path) -> "TokenKey":
    """The key of the callers' tokens if this machine has one, else a random key that is not stored."""
    from producers.caller_key import FILE_NAME, CallerKeyError, caller_key
    from schemas.privacy import key_from_secret

    file = data / FILE_NAME
    if file.exists():
        with suppress(CallerKeyError):
            return caller_key(data, file)
    return key_from_secret(os.urandom(32))


def _say(line: str) -> None:
    click.echo(line, err=True)


command.add_command(mask)
command.add_command(purge)
command.add_command(reread)
