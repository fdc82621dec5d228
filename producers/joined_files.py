"""Several files of one source, read as if they were one: a rotated log, a year of months.

Rule 1: they are read in the order of their content, whatever they are called. Files that cannot say when
they begin come last, in the order in which they were named.
Rule 2: each goes on where the one before ended (`FinishedFile.left_behind`), so that it does not matter where a
log was cut.
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from msgspec.structs import replace

from producers.contract import DetailedLeg, FileItem, FinishedFile, LeftBehind, Refused
from producers.input_file import InputFileError
from producers.progress import Progress
from schemas.calls import FinishedLeg, Queued

MOST_FILES = (
    10  # of one source whose ends are kept: an older piece that is sent again is read for itself
)


class JoinedFiles(FinishedFile):
    """At least one file, all of one platform and source."""

    def __init__(self, files: Sequence[FinishedFile]) -> None:
        begins = {id(file): file.begins_at() for file in files}
        self.files = _in_order(files, begins)
        first = self.files[0]
        super().__init__(first.file, first.source, first.key, is_checked=True)
        self.unit, self.time_zone = first.unit, first.time_zone
        self._begins_at = begins[id(first)]
        self._lefts: deque[LeftBehind] = deque(maxlen=MOST_FILES)

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)

    def read(self, now: int, progress: Progress) -> Iterator[FileItem]:
        done = 0
        left: LeftBehind | None = None
        self._lefts.clear()
        going_on: list[
            tuple[FileItem, int, str]
        ] = []  # at the end of the file before, with its place
        for file in self.files:
            if left is None or not go_on_after(file, left):
                yield from self._placed(going_on)
            going_on = []
            for item in file.read(now, progress.after(done)):
                self.position, self.reading = file.position, file.file.name
                if isinstance(item, Refused):
                    yield item if item.origin else replace(item, origin=file.file.name)
                elif goes_on(item):
                    going_on.append((item, self.position, self.reading))
                else:
                    yield item
            left = file.left_behind()
            if left is not None:
                self._lefts.append(left)
            done += file.size
        yield from self._placed(going_on)

    def _placed(self, items: Iterable[tuple[FileItem, int, str]]) -> Iterator[FileItem]:
        """Items that were kept back, each where it was read: a collision names that line."""
        for item, self.position, self.reading in items:
            yield item

    def notes(self) -> tuple[str, ...]:
        """What several files say alike once; counts with their file: two files of 3 rows each have not 3 of them."""
        told = [(note, file.file.name) for file in self.files for note in file.notes()]
        alike = dict.fromkeys(note for note, _ in told if not note[0].isdigit())
        return (*alike, *(f"{name}: {note}" for note, name in told if note[0].isdigit()))

    def begins_at(self) -> int | None:
        return self._begins_at

    def begins_with(self) -> str:
        return self.files[0].begins_with()

    def go_on(self, left: LeftBehind) -> None:
        self.files[0].go_on(left)

    def left_behind(self) -> LeftBehind | None:
        return self.files[-1].left_behind()

    def left_by_each(self) -> tuple[LeftBehind, ...]:
        return tuple(self._lefts)


def _in_order(
    files: Sequence[FinishedFile], begins: Mapping[int, int | None]
) -> list[FinishedFile]:
    """By the times of their first records; of files that begin in one moment the one that ends in it is first.

    InputFileError if two end in it: whatever their order is, calls may hang on it.
    """
    timed = [file for file in files if begins[id(file)] is not None]
    untimed = [
        file for file in files if begins[id(file)] is None
    ]  # last: the others go on without a gap
    several = Counter(begins.values())

    def times_of(file: FinishedFile) -> tuple[int, int]:
        begins_at = begins[id(file)] or 0
        return begins_at, (file.ends_at() or 0) if several[begins_at] > 1 else 0

    ordered = sorted(timed, key=times_of)
    for one, other in pairwise(ordered):
        begins_at, ends_at = times_of(one)
        if begins_at == ends_at and times_of(other) == (begins_at, ends_at):
            if one.begins_with() == other.begins_with():
                continue  # one of them is a copy
            raise InputFileError(
                f"{other.file.path}: all of it is of one second, as all of {one.file.name} is: nothing says which"
                " comes first; join them in their order (cat) and send that"
            )
    return ordered + untimed


def go_on_after(file: FinishedFile, *lefts: LeftBehind) -> bool:
    """Let the file go on with what the newest of those files left that ended before it begins.

    False if there is none: then it is read for itself. A file that repeats the last records of another one
    overlaps with it. Of two that end in one moment the one with more records of it is the newest.
    """
    begins_at = file.begins_at()
    if begins_at is None:
        return False
    first = file.begins_with()
    ended = [
        left
        for left in lefts
        if left.ends_at < begins_at or (left.ends_at == begins_at and first not in left.last)
    ]
    if not ended:
        return False
    file.go_on(max(ended, key=lambda left: (left.ends_at, len(left.last))))
    return True


def goes_on(item: FileItem) -> bool:
    """Whether it is a leg that the end of its file cut off."""
    whole = item.whole if isinstance(item, DetailedLeg) else item
    return isinstance(whole, Queued) or (isinstance(whole, FinishedLeg) and whole.goes_on)
