"""The file of an option `--out`."""

from pathlib import Path

from streams.cli.options import Failure
from streams.plumbing import whole_file


def write_whole(file: Path, body: bytes) -> None:
    """Failure if it cannot be written; what was there stays then."""
    try:
        whole_file.write_whole(file, body)
    except OSError as error:
        raise Failure(f"{file} cannot be written: {error.strerror}") from None
