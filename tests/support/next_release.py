"""The release after this one, made up: a copy of the program that counts and keeps more than we do.

Its new counter and its new fact of a leg stand before those that we know, so that whatever still went
by position would take one for another.
"""

import shutil
from pathlib import Path

from streams.admin.broker import read_whole
from tests.support.sources import ROOT

# (file, a line that it has, what stands before that line in the next release)
_NEW = (
    (
        "schemas/counters.py",
        '    offered: Annotated[int, Counter("arrival", "legs that arrived")] = 0\n',
        '    of_next_release: Annotated[int, Counter("arrival", "legs, once more")] = 0\n',
    ),
    (
        "streams/core/leg.py",
        "    key_at: int = 0  #",
        "    of_next_release: int = 7\n",
    ),
    (
        "streams/core/plain_facts.py",  # it makes a leg by place
        "        event.visit_at or at, version, known_at, at,",
        "        7,\n",
    ),
    (
        "streams/core/calls_pieces.py",
        "\n\nclass _BucketsPiece(",
        "\n    of_next_release: int = 7",
    ),
)


def program(folder: Path) -> str:
    """Python text that runs the commands of that release."""
    unwanted = shutil.ignore_patterns("__pycache__", "json")
    for package in ("schemas", "streams", "producers", "dashboards"):
        shutil.copytree(ROOT / package, folder / package, ignore=unwanted)
    for name, line, new in _NEW:
        path = folder / name
        text = path.read_text()
        assert text.count(line) == 1, f"{name} has no such line any more: {line}"
        path.write_text(text.replace(line, new + line))
    return (
        f"import sys; sys.path.insert(0, {str(folder)!r});"
        " from schemas.counters import COUNTERS; assert COUNTERS[0] == 'of_next_release';"
        " from streams.cli.main import main; main()"
    )


def names_of_next_release(bootstrap: str, namespace: str) -> set[bool]:
    """Of each list of the names of counters in the state topic: whether the next release wrote it."""
    pieces = read_whole(bootstrap, f"{namespace}state")
    lists = [each.value or b"" for each in pieces if (each.key or b"").startswith(b"calls|names|")]
    return {b"of_next_release" in names for names in lists if b"offered" in names}
