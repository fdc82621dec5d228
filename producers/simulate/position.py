"""Where a run stopped, so that the next one continues there: seed, start and position in a file.

To continue, the run is simulated again from its start with the same seed, and events that were
delivered are skipped: exact, at about 150,000 events a second. After a pause of more than six hours
(or with another scenario, seed or model) a new run with new ids begins instead, and sends `restarted`
first, so that open calls are closed as dropped. It never begins before the position that was reached:
that time would be counted twice.
"""

from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from producers.position import Position as FollowerPosition
from producers.position import PositionError
from schemas.millis import HOUR
from streams.plumbing.whole_file import write_whole

MODEL = 3  # raise it if the same seed no longer gives the same events
LONGEST_PAUSE_MS = 6 * HOUR


class Position(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything of the run with this scenario, seed and start up to and including `at` is delivered."""

    scenario: str
    seed: int
    start: int
    at: int
    model: int = MODEL


class Beginning(Struct, frozen=True):
    """How a run begins: it continues at `goes_on_from`, or sends `restarted` first, or neither."""

    start: int
    seed: int
    goes_on_from: int | None = None
    restarted: bool = False


def begin(
    position: Position | None, *, scenario: str, seed: int | None, wanted: int, now: int
) -> Beginning:
    """Continue the run of `position`, or begin at `wanted`; `seed` None: that of the run before, or 1."""
    if position is None:
        return Beginning(wanted, 1 if seed is None else seed)
    used_seed = position.seed if seed is None else seed
    same = (position.scenario, position.seed, position.model) == (scenario, used_seed, MODEL)
    if same and position.at <= now <= position.at + LONGEST_PAUSE_MS:
        return Beginning(position.start, used_seed, goes_on_from=position.at)
    return Beginning(max(wanted, min(position.at, now)), used_seed, restarted=True)


def position_file(data: Path, namespace: str) -> Path:
    return data / f"simulate{'-' if namespace else ''}{namespace}.json"


def read_position(path: Path) -> Position | None:
    """None without a file; PositionError if the file cannot be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Position)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PositionError(f"cannot read {path}: {error.strerror}") from None
    except msgspec.DecodeError as error:
        raise PositionError(f"{path}: {error}; remove it to begin anew") from None


class PositionOfRun:
    """The position for the follower; without a file nothing is written."""

    def __init__(self, path: Path | None, source: str) -> None:
        self._path, self._source = path, source

    @property
    def name(self) -> str:
        return str(self._path)

    def read(self) -> FollowerPosition:
        """An empty position: the feed begins at the right place already, because `begin` has read the file."""
        return FollowerPosition(self._source)

    def write(self, position: FollowerPosition, snapshot: Mapping[str, object]) -> None:  # noqa: ARG002 - the snapshot has it all
        if self._path is not None:
            write_position(self._path, snapshot)


def write_position(path: Path, snapshot: Mapping[str, object]) -> None:
    """Written whole or not at all: if the process is killed meanwhile, the former position stays."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, msgspec.json.encode(snapshot))
    except OSError as error:
        raise PositionError(f"cannot write {path}: {error.strerror}") from None
