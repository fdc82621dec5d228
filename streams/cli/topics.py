"""`queuewatch topics`: create or check the topics, and who may use them."""

from collections.abc import Sequence

import click

from streams.cli import options
from streams.cli.audited import audited
from streams.cli.options import Failure, in_one_line
from streams.plumbing.wall_clock import now_ms

_ALL = "all"  # as for `up`, whose processes are one user


@click.group(name="topics")
def command() -> None:
    """Create the topics on the broker, check them, or say who may use them.

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
    default=None,
    metavar="N",
    help="Copies of each record on the cluster.  [default: one on each broker, at most 3]",
)
@audited("topics_create")
def create(bootstrap: str, namespace: str, partitions: int | None, replication: int | None) -> None:
    """Create what is missing, then check everything. May be repeated.

    \b
    Example:
      queuewatch topics create --partitions 8
    """
    from streams.admin.broker import AdminError
    from streams.admin.topics import create_topics
    from streams.admin.unclean import check_cluster

    with in_one_line(AdminError):
        created = create_topics(bootstrap, namespace, now_ms(), partitions, replication)
        found = check_cluster(bootstrap, namespace)
    for name in created.topics:
        print(f"created {name}")
    for each in found:
        click.echo(f"queuewatch: warning: {each.line}", err=True)
    print(f"topics ready, {len(created.topics)} of them new (epoch {created.epoch})")


@command.command()
@options.data_of_up
@options.kafka
@options.namespace
def check(bootstrap: str, namespace: str) -> None:
    """Compare the topics with what they must be, and find settings with which Kafka loses records or stops.

    One line each with its remedy. Exit 1 for a mistake; a warning alone leaves 0.

    \b
    Example:
      queuewatch topics check
    """
    from streams.admin.broker import AdminError
    from streams.admin.topics_seen import check_topics
    from streams.admin.unclean import check_cluster

    with in_one_line(AdminError):
        mistakes = check_topics(bootstrap, namespace)
        found = check_cluster(bootstrap, namespace)
    for each in found:
        if not each.refused:
            click.echo(f"queuewatch: warning: {each.line}", err=True)
    mistakes += [each.line for each in found if each.refused]
    for line in mistakes[:-1]:
        click.echo(f"queuewatch: {line}", err=True)
    if mistakes:
        raise Failure(mistakes[-1])
    print("topics are as they must be")


@command.command()
@options.kafka
@options.namespace
@click.option(
    "--partitions",
    type=click.IntRange(2, 1024),
    required=True,
    metavar="N",
    help="How many there are to be; fewer than now cannot be had.",
)
@audited("topics_grow")
def grow(bootstrap: str, namespace: str, partitions: int) -> None:
    """Move everything to more partitions: each queue with its state, so that no figure changes.

    All senders, workers, `notify`, `deliver` and boards must be stopped (docs/operations/more-partitions.md). It takes about
    a minute. May be repeated, and must be, if it is interrupted.

    \b
    Example:
      queuewatch topics grow --partitions 16
    """
    from streams.admin.broker import AdminError
    from streams.admin.growing import grow as move

    with in_one_line(AdminError):
        done = move(
            bootstrap, namespace, partitions, now_ms, lambda what: click.echo(what, err=True)
        )
    if done.former == done.partitions:
        print(f"there are {done.partitions} partitions already")
        return
    if done.sent_again:
        print(f"{done.sent_again} records that came meanwhile were sent again to their new places")
    print(
        f"{done.partitions} partitions in place of {done.former}: {done.moved} queues and agents moved"
        f" (epoch {done.epoch})"
    )


@command.command()
@options.data_of_up
@options.kafka
@options.namespace
@click.option(
    "--principal",
    "given",
    multiple=True,
    metavar="PROCESS=PRINCIPAL",
    help="Who a process is for Kafka, if not User:queuewatch-PROCESS. May be repeated; `all`: every one.",
)
@click.option("--set", "is_set", is_flag=True, help="Set the rights instead of printing them.")
@audited("topics_acl", "given", only_if="is_set")
def acl(bootstrap: str, namespace: str, given: Sequence[str], *, is_set: bool) -> None:
    """Print or set the least rights with which each process works, one user a process.

    `operator` is whoever calls the other commands: `topics create`, `queues publish`, `drain`, `status` …

    \b
    Example:
      queuewatch topics acl --principal "stream=User:CN=stream-1" --principal operator=User:anna
    """
    from streams.admin.access import USERS, as_commands, grant, rights
    from streams.admin.broker import AdminError

    principals = {user: f"User:queuewatch-{user}" for user in USERS}
    for text in given:
        user, _, principal = text.partition("=")
        if user not in {*USERS, _ALL} or ":" not in principal:
            raise click.BadParameter(
                f'expected one of {", ".join((*USERS, _ALL))}, "=" and User:NAME, got "{text}"',
                param_hint="--principal",
            )
        principals |= dict.fromkeys(USERS if user == _ALL else [user], principal)
    wanted = rights(namespace)
    if not is_set:
        for line in as_commands(wanted, principals, bootstrap):
            print(line)
        return
    with in_one_line(AdminError):
        grant(wanted, principals, bootstrap)
    granted = {(principals[each.user], each.kind, each.name, operation) for each in wanted for operation in each.operations}  # fmt: skip
    print(f"{len(granted)} rights set for {len(set(principals.values()))} users")
