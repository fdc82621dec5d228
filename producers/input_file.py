"""A text file as it comes from a platform: plain or gzipped, any encoding, checked before use.

Rule 1: what a file is, its bytes say, not its name.
Rule 2: the whole file is decoded once before the first row is sent, so that a damaged end cannot
leave half a day in the books.
"""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from producers.progress import Progress

_GZIP = b"\x1f\x8b"
_CHUNK = 1024 * 1024
_LINES_A_MOVE = 1_000


class InputFileError(Exception):
    """The file is not what it claims: one line with its name."""


class InputFile(Struct, frozen=True):
    """`errors` is Python's decoding policy: `strict`, or `backslashreplace` where no line may stop us."""

    path: Path
    encoding: str = "utf-8"
    errors: str = "strict"

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def stem(self) -> str:
        """The name without `.csv`, `.gz` and the like."""
        return self.path.name.split(".")[0] or self.path.name

    @property
    def size(self) -> int:
        """Bytes on disk; what `lines` reports progress in."""
        return self.path.stat().st_size

    def check(self) -> None:
        """Read it to its end; InputFileError when it is missing, empty, damaged or not text."""
        try:
            with self._open() as raw:
                self._check_text(_unpacked(raw))
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise InputFileError(f"{self.path}: damaged gzip: {error}") from None
        except OSError as error:
            raise InputFileError(f"{self.path}: {error.strerror or error}") from None

    def lines(self, progress: Progress) -> Iterator[tuple[int, str]]:
        """(line number from 1, text without its line end)."""
        with self._open() as raw:
            text = io.TextIOWrapper(_unpacked(raw), self._codec(), self.errors, newline=None)
            for number, line in enumerate(text, 1):
                yield number, line.removesuffix("\n")
                if number % _LINES_A_MOVE == 0:
                    progress.move_to(raw.tell())
            progress.move_to(raw.tell())

    def _open(self) -> BinaryIO:
        return self.path.open("rb")

    def _codec(self) -> str:
        # A byte order mark would become part of the first column's name.
        return "utf-8-sig" if codecs.lookup(self.encoding).name == "utf-8" else self.encoding

    def _check_text(self, stream: BinaryIO) -> None:
        decoder = codecs.getincrementaldecoder(self._codec())(self.errors)
        lines, empty = 0, True
        while chunk := stream.read(_CHUNK):
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError as error:
                line = lines + chunk.count(b"\n", 0, error.start) + 1
                raise self._not_text(line) from None
            if empty and _is_binary(text):
                raise self._not_text(1)
            empty = empty and not text.strip()
            lines += text.count("\n")
        if empty:
            raise InputFileError(f"{self.path}: the file is empty")
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            raise self._not_text(lines + 1) from None

    def _not_text(self, line: int) -> InputFileError:
        return InputFileError(
            f"{self.path}: line {line} is not {self.encoding} text: a binary file, or another encoding?"
            " (a --mapping names it)"
        )


def _unpacked(raw: BinaryIO) -> BinaryIO:
    start = raw.read(len(_GZIP))
    raw.seek(0)
    return gzip.GzipFile(fileobj=raw) if start == _GZIP else raw  # type: ignore[return-value]


def _is_binary(text: str) -> bool:
    """A first line with control characters is no header and no log line."""
    first = text.split("\n", 1)[0]
    return any(sign < " " and sign not in "\t\r" for sign in first)
