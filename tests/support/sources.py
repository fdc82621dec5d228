"""The Python files of this repository, each read and parsed once a run, for the tests of its architecture."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHIPPED = ("schemas", "streams", "producers", "dashboards")


@cache
def paths(*folders: str) -> tuple[str, ...]:
    """From the root, of every Python file under these folders."""
    found = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return tuple(str(path.relative_to(ROOT)) for path in found)


def parsed(*folders: str, pattern: str = "") -> Iterator[tuple[str, ast.Module]]:
    """(path from the root, syntax tree) of the files under these folders in whose text the regular expression is found: to
    parse all tests takes seconds.
    """
    for path in paths(*folders):
        if re.search(pattern, _text(path)):
            yield path, _tree(path)


@cache
def _text(path: str) -> str:
    return (ROOT / path).read_text()


@cache
def _tree(path: str) -> ast.Module:
    return ast.parse(_text(path))
