"""What the newest finished files of a source left for the next ones, kept in a file under --data.

So a log that is sent piece by piece gives what the whole log gives, also if a piece is sent again. It is
written after Kafka has everything that was read before it.
"""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

import msgspec
from msgspec import Struct

from producers.contract import FinishedFile, LeftBehind
from producers.input_file import InputFileError
from producers.joined_files import MOST_FILES, go_on_after
from streams.plumbing.whole_file import write_whole

_VERSION = 1
_SENDINGS = 2  # of one file, the newest first: one of them may be withdrawn


class _Kept(Struct, frozen=True):
    version: int
    source: str
    left: tuple[LeftBehind, ...]


def loose_ends_file(data: Path, namespace: str, platform: str, source: str) -> Path:
    prefix = f"{namespace}-" if namespace else ""
    return data / "sent" / f"{platform}-{quote(prefix + source, safe='')}.json"


def read_loose_ends(path: Path, source: str) -> tuple[LeftBehind, ...]:
    """By the times at which the files ended; InputFileError, one line, if it cannot be read."""
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=_Kept)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise InputFileError(f"cannot read {path}: {error.strerror}") from None
    except msgspec.DecodeError as error:
        raise InputFileError(_unreadable(path, error)) from None
    if (kept.version, kept.source) != (_VERSION, source):
        raise InputFileError(f"{path}: of another source or version; remove it")
    return kept.left


def remove_loose_ends(data: Path, delivery: str) -> int:
    """Remove what a withdrawn delivery left, of whichever source; returns of how many sources."""
    removed = 0
    for path in sorted((data / "sent").glob("*.json")):
        try:
            kept = msgspec.json.decode(path.read_bytes(), type=_Kept)
        except (OSError, msgspec.DecodeError):
            continue  # the next file of that source says what is wrong with it
        left = tuple(each for each in kept.left if each.delivery != delivery)
        if left != kept.left:
            _write(path, _Kept(_VERSION, kept.source, left))
            removed += 1
    return removed


def go_on_with_loose_ends(file: FinishedFile, path: Path) -> None:
    """Let the file go on where an earlier one of its source ended; InputFileError, one line, if that cannot be read."""
    try:
        go_on_after(file, *read_loose_ends(path, file.source))
    except ValueError as error:  # msgspec's errors are ValueErrors
        raise InputFileError(_unreadable(path, error)) from None


def _unreadable(path: Path, error: Exception) -> str:
    return f"{path}: {error}; remove it to read files for themselves"


def write_loose_ends(path: Path, source: str, lefts: Sequence[LeftBehind]) -> None:
    """Keep them beside those of other files; InputFileError if that cannot be written."""
    if not lefts:
        return
    # By the last records, too: several pieces of a log may end within one second.
    by_end: dict[tuple[int, tuple[str, ...]], list[LeftBehind]] = {}
    for each in (*lefts, *read_loose_ends(path, source)):
        of_end = by_end.setdefault((each.ends_at, each.last), [])
        if len(of_end) < _SENDINGS and all(each.delivery != other.delivery for other in of_end):
            of_end.append(each)
    kept = [each for end in sorted(by_end)[-MOST_FILES:] for each in by_end[end]]
    _write(path, _Kept(_VERSION, source, tuple(kept)))


def _write(path: Path, kept: _Kept) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, msgspec.json.encode(kept))
    except OSError as error:
        raise InputFileError(f"cannot write {path}: {error.strerror}") from None
