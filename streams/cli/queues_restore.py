"""`queuewatch queues restore`: topic `targets` from the archive, after Kafka lost it."""

from pathlib import Path

import click

from streams.cli import options
from streams.cli.audited import audited
from streams.cli.options import in_one_line


@click.command()
@options.kafka
@options.namespace
@options.data
@options.clickhouse
@options.query_port
@audited("queues_restore")
def restore(
    bootstrap: str, namespace: str, data: Path, clickhouse_url: str | None, query_port: int
) -> None:
    """Write all versions of the targets that the archive holds into an empty topic `targets`.

    For a Kafka that lost its data: history is then judged as before, and the next version goes on counting. May be
    repeated. Later changes: `queues publish`.

    \b
    Example:
      queuewatch queues restore --clickhouse clickhouse://queuewatch@db:9000/queuewatch
    """
    from streams.admin.broker import AdminError
    from streams.admin.restored_targets import restore as restored
    from streams.cli.history import archive_of

    with archive_of(data, query_port, clickhouse_url) as reader, in_one_line(AdminError):
        written = restored(bootstrap, namespace, reader)
    if not written:
        print("targets are there already: nothing written")
        return
    print(f"{len(written)} versions of the targets restored, the newest is {written[-1].version}")
