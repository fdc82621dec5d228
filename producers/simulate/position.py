"""Where a run stopped, so that the next one goes on there: seed, start and position in a small file.

A run that goes on is made anew from its start with the same lots and skips what was delivered: exact,
and some 150,000 events a second fast. After a pause of more than six hours (or with another scenario,
seed or model) a new run begins at most six hours ago, under new ids, and says `restarted` first, so
that what was open is closed as dropped. It never begins before the point that was reached: that time
would be counted twice.
"""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from producers.position import Position as FollowerPosition
from producers.position import PositionError
from schemas.millis import HOUR

MODEL = 1  # raise it when the same lots no longer give the same events
LONGEST_PAUSE_MS = 6 * HOUR


class Position(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything of the run with these lots up to and including `at` has been delivered."""

    scenario: str
    seed: int
    start: int
    at: int
    model: int = MODEL


class Beginning(Struct, frozen=True):
    """What a run does first: `goes_on_from` what was delivered, or say `restarted`, or neither."""

    start: int
    seed: int
    goes_on_from: int | None = None
    restarted: bool = False


def begin(
    position: Position | None, *, scenario: str, seed: int | None, wanted: int, now: int
) -> Beginning:
    """Go on, or begin at `wanted`; `seed` None is that of the run before, or 1."""
    if position is None:
        return Beginning(wanted, 1 if seed is None else seed)
    lots = position.seed if seed is None else seed
    same = (position.scenario, position.seed, position.model) == (scenario, lots, MODEL)
    if same and position.at <= now <= position.at + LONGEST_PAUSE_MS:
        return Beginning(position.start, lots, goes_on_from=position.at)
    return Beginning(max(wanted, min(position.at, now)), lots, restarted=True)


def position_file(data: Path, namespace: str) -> Path:
    return data / f"simulate{'-' if namespace else ''}{namespace}.json"


def read_position(path: Path) -> Position | None:
    """None where there is none; PositionError for a file that says nothing."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Position)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PositionError(f"cannot read {path}: {error.strerror}") from None
    except msgspec.DecodeError as error:
        raise PositionError(f"{path}: {error}; remove it to begin anew") from None


class PositionOfRun:
    """What the follower notes; a run without a file notes nothing."""

    def __init__(self, path: Path | None, source: str) -> None:
        self._path, self._source = path, source

    @property
    def name(self) -> str:
        return str(self._path)

    def read(self) -> FollowerPosition:
        """A run begins where its feed stands: `begin` has read the file."""
        return FollowerPosition(self._source)

    def write(self, position: FollowerPosition, snapshot: Mapping[str, object]) -> None:  # noqa: ARG002 - its feed knows the time
        if self._path is not None:
            write_position(self._path, snapshot)


def write_position(path: Path, snapshot: Mapping[str, object]) -> None:
    """Whole or not at all: a process killed in between leaves the position before."""
    draft = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".simulate-")
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.encode(snapshot))
        Path(draft).replace(path)
    except OSError as error:
        if draft is not None:
            Path(draft).unlink(missing_ok=True)
        raise PositionError(f"cannot write {path}: {error.strerror}") from None
