"""`queuewatch queues merge`: the queues of another platform into a queues.toml that stands already."""

from pathlib import Path
from typing import Any

import click

from schemas.counted import counted
from streams.cli.inputs import shell
from streams.cli.options import in_one_line
from streams.cli.queues_file import queues_file, read_file
from streams.cli.queues_seen import seen, seen_options

_NAMED = 10  # ids in a line


@click.command()
@queues_file
@seen_options
def merge(*, file: Path, **given: Any) -> None:
    """Add to FILE the queues seen in call records, in a queue_log or in the topics that it lacks.

    What stands in FILE stays, to the byte. An id that stands there already is said and not added: it is one
    queue, whichever platform its calls come from.

    \b
    Example:
      queuewatch queues merge queues.toml --from-records second.csv --time-zone Europe/Berlin
    """
    from streams.admin.broker import AdminError
    from streams.admin.merged_queues import merge_into
    from streams.admin.seen_queues import PLACEHOLDER

    if file.exists():
        read_file(file)  # its own mistake is told before a large file is read
    with in_one_line(AdminError):
        found = seen(given)
        done = merge_into(file, found.queues, found.zone)
    if done.present:
        print(
            f"{file}: {len(done.present)} of these queues stand there already, unchanged:"
            f" {_named(done.present)}; calls of both platforms count as of one queue"
        )
    if not done.added:
        print(f"{file}: nothing to add")
        return
    print(
        f"{file}: {counted(len(done.added), 'queues')} added, time zone {found.zone}: {_named(done.added)}"
    )
    print(f"their promises ({PLACEHOLDER}, always open) are placeholders: set your own")
    print(f"then:\n  {shell('queues', 'check', file)}\n  {shell('queues', 'publish', file)}")


def _named(queues: tuple[str, ...]) -> str:
    more = f" and {len(queues) - _NAMED} more" if len(queues) > _NAMED else ""
    return ", ".join(queues[:_NAMED]) + more
