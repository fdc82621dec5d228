"""`queuewatch profiles`: how many calls are usual, by weekday and time of day, for the rules that need it."""

from typing import TYPE_CHECKING, Any

import click

from streams.cli import options
from streams.cli.audited import audited
from streams.cli.history import archive_of
from streams.cli.options import Failure, in_one_line

if TYPE_CHECKING:
    from schemas.profiles import Profile
    from streams.history.profile_making import Made
    from streams.history.render import Format

_weeks = click.option(
    "--weeks",
    type=click.IntRange(4, 52),
    default=8,
    show_default=True,
    metavar="N",
    help="Of the calls of the last N weeks.",
)
_queue = click.option("--queue", default=None, metavar="Q", help="Only this queue.")
_format = click.option(
    "--format",
    "output",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="table: a line a queue. csv and json: the calls of each quarter of an hour.",
)


@click.group(name="profiles")
def command() -> None:
    """Make, show or publish how many calls are usual on each weekday and time of day.

    The archive makes and publishes them by itself each night. They are for the alert rules surge and no_calls.

    \b
    Example:
      queuewatch profiles show
    """


@command.command()
@_weeks
@_queue
@_format
@options.query_port
@options.clickhouse
@options.data
def make(*, weeks: int, queue: str | None, output: "Format", **place: Any) -> None:
    """Say what would be published now; nothing is written.

    \b
    Example:
      queuewatch profiles make --queue billing --format csv
    """
    from streams.history.profile_text import of_made

    made = _made(weeks, queue, place)
    if output == "table":
        _print_table([of_made(each) for each in made])
    else:
        _print_slots([each.profile for each in made if each.profile is not None], output)


@command.command()
@_queue
@_format
@options.kafka
@options.namespace
def show(*, queue: str | None, output: "Format", bootstrap: str, namespace: str) -> None:
    """Say which profiles are published: the newest of each queue.

    \b
    Example:
      queuewatch profiles show --queue billing
    """
    from streams.admin.broker import AdminError
    from streams.admin.profiles import read_profiles
    from streams.history.profile_text import of_profile

    with in_one_line(AdminError):
        versions = read_profiles(bootstrap, namespace)
    newest = [each[-1] for name, each in versions.items() if queue in (None, name)]
    if queue is not None and not newest:
        raise Failure(f"no profile of {queue} is published: `queuewatch profiles make` says why")
    if output == "table":
        _print_table([of_profile(each) for each in newest])
    else:
        _print_slots(newest, output)


@command.command()
@_weeks
@_queue
@options.query_port
@options.clickhouse
@options.data
@options.kafka
@options.namespace
@audited("profiles_publish", "queue")
def publish(*, weeks: int, queue: str | None, **place: Any) -> None:
    """Make profiles and publish those that changed; they are valid from the next minute but one.

    A queue whose calls are too few keeps the profile that it has.

    \b
    Example:
      queuewatch profiles publish
    """
    from streams.admin.broker import AdminError
    from streams.admin.profiles import publish_profiles
    from streams.history.profile_text import of_made
    from streams.plumbing.wall_clock import now_ms

    made = _made(weeks, queue, place)
    enough = [each.profile for each in made if each.profile is not None]
    with in_one_line(AdminError):
        new = publish_profiles(place["bootstrap"], place["namespace"], enough, now_ms())
    _print_table([of_made(each) for each in made])
    click.echo(f"{len(new)} published, {len(enough) - len(new)} unchanged")


def _made(weeks: int, queue: str | None, place: dict[str, Any]) -> "list[Made]":
    from streams.history.profiling import made_profiles, published_book
    from streams.plumbing.wall_clock import now_ms

    with archive_of(place["data"], place["query_port"], place["clickhouse_url"]) as reader:
        now = now_ms()
        made = made_profiles(reader, published_book(reader, now), now, weeks, queue)
    if queue is not None and not made:
        raise Failure(f"queue {queue} is not configured: `queuewatch queues publish` configures it")
    return made


def _print_table(rows: list[dict[str, Any]]) -> None:
    from streams.history.profile_text import COLUMNS
    from streams.history.render import rendered

    click.echo(rendered(rows, COLUMNS, "table"), nl=False)


def _print_slots(profiles: "list[Profile]", output: "Format") -> None:
    from streams.history.profile_text import SLOT_COLUMNS, slots
    from streams.history.render import rendered

    click.echo(rendered(slots(profiles), SLOT_COLUMNS, output), nl=False)
