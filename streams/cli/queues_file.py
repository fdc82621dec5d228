"""The argument FILE of `queuewatch queues …` and the option `--queues FILE` of processes, and its content."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

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


def queues_option(text: str) -> Callable[[Any], Any]:
    """Passed on as `file`; `text` says what is read of it."""
    return click.option(
        "--queues",
        "file",
        envvar="QUEUEWATCH_QUEUES",
        default="queues.toml",
        show_default=True,
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help=text,
    )


def read_file(path: Path) -> "QueuesFile":
    """FILE; its first mistake ends the command with one line."""
    from streams.admin.queues_file import QueuesFileError, read_queues_file

    with in_one_line(QueuesFileError):
        return read_queues_file(path)
