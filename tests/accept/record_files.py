"""The rows of one CSV of call records as other files: in a random order, or cut as a rotation cuts a log."""

import gzip
from pathlib import Path
from random import Random

_SEED = 20


def shuffled(records: Path, folder: Path) -> Path:
    """One file with the rows in a random order."""
    head, *rows = _lines(records)
    Random(_SEED).shuffle(rows)
    path = folder / "records-shuffled.csv"
    path.write_text("".join((head, *rows)), encoding="utf-8")
    return path


def cut(records: Path, folder: Path, files: int) -> list[Path]:
    """As many files, each with the header, in a random order; every second one is gzipped.

    The places of the cuts are random too. Rows must have no line breaks in their cells.
    """
    head, *rows = _lines(records)
    chance = Random(_SEED)
    places = sorted(chance.sample(range(1, len(rows)), files - 1))
    paths = []
    for number, (first, end) in enumerate(zip((0, *places), (*places, len(rows)), strict=True)):
        text = "".join((head, *rows[first:end])).encode()
        is_packed = number % 2 == 1
        path = folder / f"records.csv.{files - 1 - number}{'.gz' if is_packed else ''}"
        path.write_bytes(gzip.compress(text) if is_packed else text)
        paths.append(path)
    chance.shuffle(paths)
    return paths


def _lines(records: Path) -> list[str]:
    lines = records.read_text(encoding="utf-8").splitlines()
    return [f"{line}\n" for line in lines if line.strip()]
