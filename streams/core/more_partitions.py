"""The state of all units, given to the partitions that their keys have once there are more of them.

Rule 1: pieces of a queue or an agent move as they are, to the partition of its key; no count is made anew.
Rule 2: what a partition knew of its sources is what all partitions knew: the newest of each. A source sends its marks
into every partition, so that they differ by less than the time between two of its ticks.
Rule 3: a former partition goes on at its place with its totals, a new one at its first record with none.
Rule 4: the unit of `reports` has no queues, and stays.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from msgspec import DecodeError
from msgspec.structs import replace

from schemas.timing import DISORDER_MS, LATE_WITHIN_MS
from streams.core import agents_unit, calls_pieces
from streams.core.calls_pieces import Piece
from streams.core.closing import with_restart
from streams.core.state_format import FORMAT, encode_piece
from streams.core.watermark import Clocks, SourceClock
from streams.core.windows import floor_step

Pieces = Mapping[bytes, bytes]
T = TypeVar("T")
HomeOf = Callable[[bytes], int]  # the partition of a key

_NO_RESULTS = {"applied": 0, "duplicate": 0, "quarantined": 0}
_CURSORS = (calls_pieces.CURSOR, agents_unit.CURSOR)


class MisplacedError(Exception):
    """The state cannot be given to other partitions; the text is one line that says why."""


def regrouped(
    held: Sequence[Pieces], formerly: HomeOf, home: HomeOf, partitions: int, epoch: int
) -> list[list[Piece]]:
    """What is to be written to each partition of `state`: what is gone there as None, cursors last.

    `held`: the pieces of each former partition. MisplacedError if a queue or an agent is in a partition that is not
    the one of its key, or a cursor cannot be read.
    """
    found: list[list[Piece]] = [[] for _ in range(partitions)]
    for number, pieces in enumerate(held):
        for key, value in pieces.items():
            if key.startswith(calls_pieces.NAMES):
                for written in found:
                    written.append((key, value))
                continue
            owner = _owner(key)
            if owner is None:
                continue
            if formerly(owner) != number:
                raise MisplacedError(
                    f"{key.decode('utf-8', 'backslashreplace')} is in partition {number}, but by its key it belongs in"
                    f" {formerly(owner)}: its producer chooses partitions in its own way, so nobody knows where its"
                    " next event comes"
                )
            if (new := home(owner)) != number:
                found[new].append((key, value))
                found[number].append((key, None))
    for name, cursors in (
        (calls_pieces.CURSOR, _calls_cursors(held, partitions, epoch)),
        (agents_unit.CURSOR, _agents_cursors(held, partitions, epoch)),
    ):
        for written, cursor in zip(found, cursors, strict=False):
            written.append((name, cursor))
    return found


def next_offsets(held: Sequence[Pieces]) -> dict[str, list[int]]:
    """By input topic, the next offset of each former partition; 0 where nothing was ever written."""
    calls, agents = _calls(held), _agents(held)
    return {
        "calls": [0 if each is None else each.next_offset for each in calls],
        "agents": [0 if each is None else each.next_offset for each in agents],
    }


def moved_on(written: Sequence[list[Piece]], read_to: Mapping[str, Sequence[int]]) -> None:
    """Let the cursors of former partitions pass what was sent again to its new place; in place."""
    for pieces, calls, agents in zip(written, read_to["calls"], read_to["agents"], strict=False):
        for place, (key, value) in enumerate(pieces):
            if key == calls_pieces.CURSOR and value is not None:
                of_calls = calls_pieces.read_cursor(value)
                pieces[place] = key, encode_piece(replace(of_calls, next_offset=calls))
            elif key == agents_unit.CURSOR and value is not None:
                of_agents = agents_unit.read_cursor(value)
                pieces[place] = key, encode_piece(replace(of_agents, next_offset=agents))


def _owner(key: bytes) -> bytes | None:
    """The queue or agent that the piece is of; None for one of a partition."""
    if key in _CURSORS:
        return None
    if key.startswith(calls_pieces.QUEUE):
        return key.removeprefix(calls_pieces.QUEUE)
    for prefix in (calls_pieces.BUCKETS, calls_pieces.LEGS):
        if key.startswith(prefix):
            return key.removeprefix(prefix).rpartition(b"|")[0]
    if key.startswith(agents_unit.AGENT):
        return key.removeprefix(agents_unit.AGENT)
    return None


def _calls(held: Sequence[Pieces]) -> list[calls_pieces.Cursor | None]:
    return [_read(each, calls_pieces.CURSOR, calls_pieces.read_cursor) for each in held]


def _agents(held: Sequence[Pieces]) -> list[agents_unit.Cursor | None]:
    return [_read(each, agents_unit.CURSOR, agents_unit.read_cursor) for each in held]


def _read(pieces: Pieces, key: bytes, decode: Callable[[bytes], T]) -> T | None:
    if key not in pieces:
        return None
    try:
        return decode(pieces[key])
    except (DecodeError, ValueError) as error:
        raise MisplacedError(f"piece {key.decode()} cannot be read: {error}") from None


def _calls_cursors(held: Sequence[Pieces], partitions: int, epoch: int) -> list[bytes]:
    former = _calls(held)
    known = [each for each in former if each is not None]
    if not known:
        return []
    common = calls_pieces.Cursor(
        format=FORMAT,
        next_offset=0,
        epoch=epoch,
        appended_at=max(each.appended_at for each in known),
        sources=_newest_clocks([each.sources for each in known]),
        platform_snapshots=_open_snapshots([each.platform_snapshots for each in known]),
        results=_NO_RESULTS,
        reasons={},
        targets_version=min(each.targets_version for each in known),
        restarts=_all_restarts([each.restarts for each in known]),
        passed={queue: at for each in known for queue, at in each.passed.items()},
        boundaries={
            queue: at
            for pieces, each in zip(held, former, strict=True)
            if each is not None
            for queue, at in _boundaries(pieces, each).items()
        },
    )
    own = [
        common
        if each is None
        else replace(
            common, next_offset=each.next_offset, results=each.results, reasons=each.reasons
        )
        for each in former
    ]
    own += [common] * (partitions - len(own))
    return [encode_piece(each) for each in own]


def _boundaries(pieces: Pieces, cursor: calls_pieces.Cursor) -> dict[str, int]:
    """By queue, where it stands if it is idle: a newer clock of its source must not pass a minute that nobody cut."""
    names, clocks = calls_pieces.known_names(pieces), Clocks(cursor.sources, cursor.appended_at)
    found: dict[str, int] = {}
    for key, value in pieces.items():
        if key.startswith(calls_pieces.QUEUE):
            sources = set(calls_pieces.read_queue(value, names).sources)
            clock = clocks.clock(sources & clocks.sources.keys())
            if clock is not None:
                found[key.removeprefix(calls_pieces.QUEUE).decode()] = floor_step(
                    clock - DISORDER_MS
                )
    return {**found, **cursor.boundaries}


def _agents_cursors(held: Sequence[Pieces], partitions: int, epoch: int) -> list[bytes]:
    former = _agents(held)
    if not any(former):
        return []
    new = agents_unit.Cursor(FORMAT, 0, epoch, _NO_RESULTS, {})
    own = [new if each is None else replace(each, epoch=epoch) for each in former]
    return [encode_piece(each) for each in own + [new] * (partitions - len(own))]


def _newest_clocks(told: Sequence[Mapping[str, SourceClock]]) -> dict[str, SourceClock]:
    found: dict[str, SourceClock] = {}
    for name in {name: None for clocks in told for name in clocks}:
        of_it = [clocks[name] for clocks in told if name in clocks]
        last = max(of_it, key=lambda each: each.appended_at)
        found[name] = replace(last, clock=max(each.clock for each in of_it))
    return found


def _open_snapshots(
    told: Sequence[Mapping[str, tuple[int, list[str]]]],
) -> dict[str, tuple[int, list[str]]]:
    """A platform snapshot that is under way named the callers of each queue in the partition of that queue."""
    found: dict[str, tuple[int, list[str]]] = {}
    for name in {name: None for each in told for name in each}:
        of_it = [each[name] for each in told if name in each]
        began_at = max(at for at, _ in of_it)
        found[name] = began_at, [leg for at, legs in of_it if at == began_at for leg in legs]
    return found


def _all_restarts(told: Sequence[Mapping[str, list[int]]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for each in told:
        for source, times in each.items():
            for at in times:
                found[source] = with_restart(found.get(source, []), at, LATE_WITHIN_MS)
    return found
