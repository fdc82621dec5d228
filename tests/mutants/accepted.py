"""Mutants that may live: `accepted.txt`, each with the reason why no test can or should kill it.

An entry is a path and a place, then lines as they stand (`-`) and with the fault (`+`), as `make mutants`
prints them, then the reason. Entries are parted by an empty line; what begins with `#` is a heading.
"""

from pathlib import Path
from typing import NamedTuple

from tests.mutants.mutations import without_comment

LIST = Path(__file__).with_name("accepted.txt")

Key = tuple[str, str, str, str]


class Accepted(NamedTuple):
    """Mutants of one place that live for one reason."""

    keys: tuple[Key, ...]
    reason: str


def read(text: str) -> list[Accepted]:
    """ValueError for an entry without a mutant or without a reason."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    blocks = "\n".join(lines).split("\n\n")
    return [_entry(block.strip().splitlines()) for block in blocks if block.strip()]


def keys(entries: list[Accepted]) -> set[Key]:
    return {key for entry in entries for key in entry.keys}


def _entry(lines: list[str]) -> Accepted:
    path, _, where = lines[0].partition(" ")
    before = [line.removeprefix("- ") for line in lines[1:] if line.startswith("- ")]
    after = [line.removeprefix("+ ") for line in lines[1:] if line.startswith("+ ")]
    reason = " ".join(line for line in lines[1:] if not line.startswith(("- ", "+ ")))
    if not before or len(before) != len(after) or not reason:
        raise ValueError(f"{lines[0]}: expected pairs of `- ` and `+ ` and a reason")
    pairs = zip(before, after, strict=True)
    found = ((path, where, without_comment(old), without_comment(new)) for old, new in pairs)
    return Accepted(tuple(found), reason)
