"""The Python files of this repository, parsed once, for the tests of its architecture."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHIPPED = ("schemas", "streams", "producers", "dashboards")


@cache
def parsed(*folders: str) -> tuple[tuple[str, ast.Module], ...]:
    """(path from the root, syntax tree) of every Python file under these folders."""
    paths = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return tuple((str(path.relative_to(ROOT)), ast.parse(path.read_text())) for path in paths)
