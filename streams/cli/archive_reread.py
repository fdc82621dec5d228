"""`queuewatch archive reread`: after a copy of the archive was restored."""

import click

from streams.cli import options
from streams.cli.audited import audited
from streams.cli.options import in_one_line


@click.command()
@options.data_of_up
@options.kafka
@options.namespace
@audited("archive_reread")
def reread(bootstrap: str, namespace: str) -> None:
    """Let the archive begin again at the first record that Kafka holds; it must not be running.

    A copy that was restored lacks what was written after it. What is in the archive already is no second row.

    \b
    Example:
      queuewatch archive reread
    """
    from streams.admin.broker import AdminError
    from streams.admin.reread import read_again

    with in_one_line(AdminError):
        partitions = read_again(bootstrap, namespace)
    if not partitions:
        print("the archive has no place in Kafka: it begins at the first record anyway")
        return
    print(f"the archive begins again in {partitions} partitions when it is started")
