"""The simulated weeks of the benchmark of alerts, a piece at a time: what was made is kept and not made again.

A piece is a desk's week as planned, or one day with a trouble. Nothing of one depends on another, so that each processor
makes them, and a run that is stopped goes on where it was. A piece counts only for the sources that made it.
"""

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

import msgspec
from msgspec import Struct

from tests.bench import troubles
from tests.bench.decided import Decided, decide, rules_toml
from tests.bench.desk import simulate
from tests.bench.troubles import ALWAYS, LARGE, SMALL, TROUBLES, Trouble
from tests.bench.usual import usual
from tests.support.services import ROOT

INCIDENTS_A_WEEK = 4  # of each trouble and desk, for each week as planned
NOBODY = "nobody"
DESKS = {desk.name: desk for desk in (LARGE, SMALL, ALWAYS)}
_PLANNED = "planned"
_SOURCES = (
    "streams/core", "schemas", "deploy/queues.toml",
    *(f"tests/bench/{name}.py" for name in ("decided", "desk", "troubles", "usual", "weeks")),
)  # fmt: skip


class Piece(Struct):
    """`trouble` is "planned" where nothing happens. `called`: when somebody called for the trouble."""

    made_from: str
    seed: str
    trouble: str
    desk: str
    number: int
    decided: Decided
    cause: int | None = None
    called: tuple[int, ...] = ()

    @property
    def key(self) -> tuple[str, str, int]:
        return self.trouble, self.desk, self.number

    @property
    def is_planned(self) -> bool:
        return self.trouble == _PLANNED


def keys_of(week: int) -> list[tuple[str, str, int]]:
    """What belongs to a week: the desks as planned, and its share of each trouble."""
    numbers = range(week * INCIDENTS_A_WEEK, (week + 1) * INCIDENTS_A_WEEK)
    return [
        *((_PLANNED, desk, week) for desk in DESKS),
        *((name, d.name, n) for name in TROUBLES for d in (LARGE, SMALL) for n in numbers),
        *((NOBODY, ALWAYS.name, n) for n in numbers),
    ]


def weeks(seed: str, path: Path, count: int, say: Any = print) -> Iterator[list[Piece]]:
    """The pieces of each week, in order. `path` holds those that are made; of other sources or half written: made anew."""
    made_from = fingerprint()
    kept = _kept(path, made_from, seed)
    wanted = [key for week in range(count) for key in keys_of(week)]
    missing = [key for key in wanted if key not in kept]
    say(f"  {len(wanted) - len(missing)} of {len(wanted)} pieces are there", flush=True)
    path.parent.mkdir(exist_ok=True)
    with path.open("ab") as file, ProcessPoolExecutor(os.cpu_count()) as pool:
        fresh = pool.map(partial(made, made_from, seed), missing)
        for week in range(count):
            for key in keys_of(week):
                if key not in kept:
                    kept[key] = next(fresh)
                    file.write(msgspec.json.encode(kept[key]) + b"\n")
                    file.flush()
            yield [kept[key] for key in keys_of(week)]


def _kept(path: Path, made_from: str, seed: str) -> dict[tuple[str, str, int], Piece]:
    """Lines of other sources leave the file: nobody would ask for them again."""
    if not path.exists():
        return {}
    found: dict[tuple[str, str, int], Piece] = {}
    lines = []
    for line in path.read_bytes().splitlines():
        try:
            piece = msgspec.json.decode(line, type=Piece)
        except msgspec.DecodeError:  # it was stopped while it wrote, or a field is new
            continue
        if piece.made_from == made_from:
            lines.append(line)
            if piece.seed == seed:
                found[piece.key] = piece
    whole = path.with_suffix(".new")
    whole.write_bytes(b"".join(line + b"\n" for line in lines))
    whole.replace(path)
    return found


def fingerprint(root: Path = ROOT, sources: tuple[str, ...] = _SOURCES) -> str:
    """Of all files that decide what a piece holds."""
    digest = hashlib.sha256()
    for path in sorted(
        chain.from_iterable(
            [root / name] if (root / name).is_file() else (root / name).rglob("*.py")
            for name in sources
        )
    ):
        digest.update(f"{path.relative_to(root)} {path.stat().st_size}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def made(made_from: str, seed: str, key: tuple[str, str, int]) -> Piece:
    """Desks are known by name here: `troubles` compares them by identity, which another process does not keep."""
    trouble, desk_name, number = key
    desk = DESKS[desk_name]
    if trouble == _PLANNED:
        draw = Random(f"{seed}/{desk_name}/{number}")
        what = troubles.week(desk)
    elif trouble == NOBODY:
        draw = Random(f"{seed}/{NOBODY}/{number}")
        what = troubles.nobody(draw)
    else:
        draw = Random(f"{seed}/{trouble}/{desk_name}/{number}")
        what = troubles.trouble(trouble, desk, draw)
    called = tuple(each.at for each in what.extra)
    return Piece(
        made_from, seed, trouble, desk_name, number, _decided(what, draw), what.cause, called
    )


def _decided(what: Trouble, draw: Random) -> Decided:
    opening = "" if what.desk is ALWAYS else troubles.OPENING
    happened = simulate(what.desk, what.phases, what.end, draw, what.extra)
    toml = rules_toml(what.desk.name, opening)
    return decide(what.desk.name, toml, happened, what.start, what.end, usual(what.desk))
