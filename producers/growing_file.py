"""A log that grows and is rotated, as an endless sequence of lines.

Rule 1: a file is finished when the next one contains a line and this one was then read to its end. It
stays open for LINGER_MS after that, because its writer may not have switched to the next file yet.
Rule 2: after a truncation the rest is read from the copy, if there is one, and then the truncated file
from its beginning.
Rule 3: after a pause all files that were written in between are read, in order.
"""

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from producers.generations import FilePosition, Generation, Lines, opened, rotated
from schemas.millis import SECOND

LINGER_MS = 30 * SECOND
_DONE = 16  # files that were read to their end and may still lie there


class LogPosition(Struct, frozen=True):
    """The position in a log: the open files in their order, and those that were read to their end."""

    places: tuple[FilePosition, ...] = ()
    done: tuple[FilePosition, ...] = ()


class GrowingFile:
    """Reads `path` from `position` on; from an empty one, from the beginning of the file.

    `fingerprint` is a keyed hash; `warn` is called with one line if something was lost.
    """

    def __init__(
        self,
        path: Path,
        position: LogPosition,
        fingerprint: Callable[[bytes], str],
        warn: Callable[[str], None],
    ) -> None:
        self.path = path
        self.problem = ""  # one line: why nothing can be read now; empty while it can
        self._places = position.places  # not found yet
        self._done = list(position.done)
        self._open: list[Generation] = []
        self._fingerprint, self._warn = fingerprint, warn

    def begin(self) -> bool:
        """Open the file the first time; True if its position must be written before it is read."""
        return not self._places and not self._open and self._go_on(0)

    def read(self, now: int) -> Lines | None:
        """The next lines; None at the end."""
        if self._places:
            self._find(now)
        while True:
            for generation in list(self._open):
                lines = generation.read()
                if not generation.is_whole():
                    self._was_truncated(generation, now)
                    break
                if lines is None and generation.left_at is not None:
                    lines = self._leave(generation, now)
                elif lines is not None:
                    generation.offset += sum(map(len, lines.lines))
                if lines is not None:
                    return lines
            else:
                if not self._go_on(now):
                    return None

    def position(self) -> LogPosition:
        places = self._places or tuple(each.place(self._fingerprint) for each in self._open)
        return LogPosition(places, tuple(self._done))

    @property
    def read_to(self) -> int:
        """Bytes read of the newest file."""
        return self._open[-1].offset if self._open else 0

    @property
    def unread_bytes(self) -> int:
        return sum(each.unread_bytes for each in self._open)

    @property
    def inodes(self) -> tuple[int, ...]:
        """Inodes of the open files; empty while no file was found."""
        return tuple(each.inode for each in self._open)

    def close(self) -> None:
        for generation in self._open:
            generation.close()
        self._open = []

    def _leave(self, generation: Generation, now: int) -> Lines | None:
        """After LINGER_MS: close the file for good; returns what follows its last line end."""
        if generation is self._open[-1] or now - (generation.left_at or 0) < LINGER_MS:
            return None
        rest = generation.rest()
        self._done = [*self._done, generation.place(self._fingerprint)][-_DONE:]
        self._drop(generation)
        return rest

    def _drop(self, generation: Generation) -> None:
        self._open.remove(generation)
        generation.close()

    def _go_on(self, now: int) -> bool:
        """Open the next file if there is one with a line in it; True if so."""
        if not self._open:
            first = None if self._places else self._current()
            if first is not None:
                self._open = [first]
            return first is not None
        last = self._open[-1]
        current = self._current()
        if current is not None and current.inode == last.inode:
            current.close()
            return False
        if current is not None and self._is_the_same(current, last):
            current.offset = last.offset
            self._open[-1] = current
            last.close()
            return True
        following = self._following(last.began_at or last.made_at, current)
        if following is None:
            return False
        last.left_at = now
        self._open.append(following)
        return True

    def _is_the_same(self, current: Generation, last: Generation) -> bool:
        """Whether the file was replaced by a longer copy of itself, as rsync does."""
        place = last.place(self._fingerprint)
        return place.head_bytes > 0 and current.begins_like(place, self._fingerprint)

    def _following(self, began_at: int, current: Generation | None) -> Generation | None:
        """The oldest unknown file that began at or after `began_at`."""
        known = (*self._done, *self._places, *(g.place(self._fingerprint) for g in self._open))
        inodes = {each.inode for each in self._open}
        found = [] if current is None else [current]
        fits = []
        for path in rotated(self.path) if began_at else ():
            generation = opened(path)
            if generation is None:
                continue
            found.append(generation)
            if (
                generation.inode not in inodes
                and generation.has_a_line
                and generation.began_at >= began_at
                and not any(
                    place.head_bytes and generation.begins_like(place, self._fingerprint)
                    for place in known
                )
            ):
                fits.append(generation)
        fits.sort(key=lambda each: (each.began_at, each.mtime_ns))
        if not fits and current is not None and current.has_a_line:
            fits = [current]
        for generation in found:
            if generation not in fits[:1]:
                generation.close()
        return fits[0] if fits else None

    def _current(self) -> Generation | None:
        try:
            current = Generation(self.path)
        except FileNotFoundError:
            self.problem = "" if self._open else f"{self.path} is not there yet"
        except OSError as error:
            self.problem = f"{self.path}: {error.strerror or error}"
        else:
            self.problem = ""
            return current
        return None

    def _find(self, now: int) -> None:
        """Open the files of the position that was noted."""
        current = self._current()
        if current is not None:
            current.close()
        places, newest = self._places, self._places[-1]
        for place in places:
            generation = self._at(place)
            if generation is not None:
                generation.left_at = None if place is newest else now
                self._open.append(generation)
            elif place is newest:
                if current is None:  # perhaps a folder that is not mounted yet: wait
                    self.close()
                    return
                self._lost(newest, now)
        self._places = ()

    def _lost(self, place: FilePosition, now: int) -> None:
        self._warn(
            f"{self.path}: the file that was read up to byte {place.offset:,} is gone, and with it"
            " what was written to it since; goes on with the next one"
        )
        self._done.append(place)
        for generation in self._open:
            generation.left_at = now
        following = self._following(place.began_at, self._current())
        if following is not None:
            self._open.append(following)

    def _at(self, place: FilePosition, *, but: int = 0) -> Generation | None:
        """The file of a position, by inode or as a copy, set to its offset; never the one with inode `but`."""
        found = [each for path in (self.path, *rotated(self.path)) if (each := opened(path))]
        fits = [
            each
            for each in found
            if each.inode != but
            and each.begins_like(place, self._fingerprint)
            and (place.head_bytes or each.inode == place.inode)
        ]
        fits.sort(key=lambda each: (each.inode != place.inode, each.is_packed))
        for each in found:
            if each not in fits[:1]:
                each.close()
        if not fits:
            return None
        fits[0].offset = place.offset
        return fits[0]

    def _was_truncated(self, generation: Generation, now: int) -> None:
        place = generation.place(self._fingerprint)
        is_newest = generation is self._open[-1]
        self._drop(generation)
        if not is_newest:
            return
        copy = self._at(place, but=generation.inode)
        if copy is not None:
            copy.left_at = now
            self._open.append(copy)
            return
        self._warn(
            f"{self.path} was truncated and no copy of it is there: what was not read yet, behind"
            f" byte {place.offset:,}, is lost"
        )
        current = self._current()
        if current is not None:
            self._open.append(current)
