"""Several files of one source, read as if they were one: a rotated log, a year of months.

Rule 1: they are read in the order of their content, whatever they are called. Files that cannot say when
they begin keep the order in which they were named.
Rule 2: each goes on where the one before ended (`FinishedFile.left_behind`), so that it does not matter where a
log was cut.
"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from producers.contract import DetailedLeg, FileItem, FinishedFile, LeftBehind, Refused
from producers.progress import Progress
from schemas.calls import FinishedLeg, Queued


class JoinedFiles(FinishedFile):
    """At least one file, all of one platform and source."""

    def __init__(self, files: Sequence[FinishedFile]) -> None:
        begins = {id(file): file.begins_at() for file in files}
        self.files = sorted(files, key=lambda file: begins[id(file)] or 0)
        first = self.files[0]
        super().__init__(first.file, first.source, first.key, is_checked=True)
        self.unit, self.time_zone = first.unit, first.time_zone
        self._begins_at = begins[id(first)]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)

    def read(self, now: int, progress: Progress) -> Iterator[FileItem]:
        done = 0
        left: LeftBehind | None = None
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
            done += file.size
        yield from self._placed(going_on)

    def _placed(self, items: Iterable[tuple[FileItem, int, str]]) -> Iterator[FileItem]:
        """Items that were kept back, each where it was read: a collision names that line."""
        for item, self.position, self.reading in items:
            yield item

    def notes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(note for file in self.files for note in file.notes()))

    def begins_at(self) -> int | None:
        return self._begins_at

    def begins_with(self) -> str:
        return self.files[0].begins_with()

    def go_on(self, left: LeftBehind) -> None:
        self.files[0].go_on(left)

    def left_behind(self) -> LeftBehind | None:
        return self.files[-1].left_behind()


def go_on_after(file: FinishedFile, *lefts: LeftBehind) -> bool:
    """Let the file go on with what the newest of those files left that ended before it begins.

    False if there is none: then it is read for itself. A file that repeats the last records of another one
    overlaps with it.
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
    file.go_on(max(ended, key=lambda left: left.ends_at))
    return True


def goes_on(item: FileItem) -> bool:
    """Whether it is a leg that the end of its file cut off."""
    whole = item.whole if isinstance(item, DetailedLeg) else item
    return isinstance(whole, Queued) or (isinstance(whole, FinishedLeg) and whole.goes_on)
