"""The file of an option `--out`: written whole or not at all, since nobody should read half a report."""

from pathlib import Path

import click

from streams.cli.options import Failure
from streams.plumbing import whole_file

out_or_terminal = click.option(
    "--out", default=None, metavar="FILE", type=click.Path(path_type=Path, dir_okay=False),
    help="Into this file; written whole or not at all.  [default: the terminal]",
)  # fmt: skip


def write_whole(file: Path, body: bytes) -> None:
    """Failure if it cannot be written; what was there stays then, and no draft is left."""
    try:
        whole_file.write_whole(file, body, rights=0o644)
    except OSError as error:
        raise Failure(f"{file} cannot be written: {error.strerror}") from None
