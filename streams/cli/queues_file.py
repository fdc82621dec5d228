"""The argument FILE of `queuewatch queues …`, and its content."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from streams.cli.options import in_one_line

if TYPE_CHECKING:
    from schemas.queues_toml import QueuesFile

queues_file = click.argument(
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("queues.toml"),
    required=False,
)


def read_file(path: Path) -> "QueuesFile":
    """FILE; its first mistake ends the command with one line."""
    from streams.admin.queues_file import QueuesFileError, read_queues_file

    with in_one_line(QueuesFileError):
        return read_queues_file(path)
