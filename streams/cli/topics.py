"""`queuewatch topics`: create or check the topics."""

import click

from streams.cli import options
from streams.cli.options import Failure, in_one_line
from streams.plumbing.wall_clock import now_ms


@click.group(name="topics")
def command() -> None:
    """Create the topics on the broker, or check them.

    \b
    Example:
      queuewatch topics create --kafka 127.0.0.1:9092
    """


@command.command()
@options.data_of_up
@options.kafka
@options.namespace
@click.option(
    "--partitions",
    type=click.IntRange(1, 1024),
    default=None,
    metavar="N",
    help="Of calls, agents and all that is written from them.  [default: 8]",
)
@click.option(
    "--replication",
    type=click.IntRange(1, 10),
    default=1,
    show_default=True,
    metavar="N",
    help="Copies of each record on the cluster.",
)
def create(bootstrap: str, namespace: str, partitions: int | None, replication: int) -> None:
    """Create what is missing, then check everything. May be repeated.

    \b
    Example:
      queuewatch topics create --partitions 8
    """
    from streams.admin.broker import AdminError
    from streams.admin.topics import create_topics

    with in_one_line(AdminError):
        created = create_topics(bootstrap, namespace, now_ms(), partitions, replication)
    for name in created.topics:
        print(f"created {name}")
    print(f"topics ready, {len(created.topics)} of them new (epoch {created.epoch})")


@command.command()
@options.data_of_up
@options.kafka
@options.namespace
def check(bootstrap: str, namespace: str) -> None:
    """Compare the topics with what they must be; exit 1 with one line a mistake.

    \b
    Example:
      queuewatch topics check
    """
    from streams.admin.broker import AdminError
    from streams.admin.topics import check_topics

    with in_one_line(AdminError):
        found = check_topics(bootstrap, namespace)
    for line in found[:-1]:
        click.echo(f"queuewatch: {line}", err=True)
    if found:
        raise Failure(found[-1])
    print("topics are as they must be")
