"""The files of a command line: names, patterns, and `-` for standard input."""

import glob
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from producers.input_file import InputFileError


@contextmanager
def named_files(names: Sequence[str], standard_input: BinaryIO) -> Iterator[tuple[Path, ...]]:
    """Every file once, in the order given; InputFileError for a pattern that no file has.

    Standard input is copied to a temporary file, as every file is checked to its end before it is sent.
    """
    with tempfile.TemporaryDirectory(prefix="queuewatch-") as folder:
        found: dict[Path, None] = {}
        for name in names:
            if name == "-":
                path = Path(folder) / "standard-input"
                with path.open("wb") as file:
                    shutil.copyfileobj(standard_input, file)
                found[path] = None
            else:
                found |= dict.fromkeys(_matching(name))
        yield tuple(found)


def _matching(name: str) -> list[Path]:
    """The file of that name, or else those that match it as a pattern, sorted."""
    path = Path(name)
    if path.exists() or not glob.has_magic(name):
        return [path]
    found = sorted(each for each in map(Path, glob.glob(name)) if each.is_file())  # noqa: PTH207  of any folder
    if not found:
        raise InputFileError(f"{name}: no file has such a name")
    return found
