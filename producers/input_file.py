"""A text file of a platform: plain or gzipped, in any encoding, checked before use.

Rule 1: whether a file is gzipped is decided by its bytes, not by its name.
Rule 2: the whole file is decoded once before the first row is sent. Otherwise a damaged end would be
found only after half of the file was sent and counted.
"""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from producers.progress import Progress

_GZIP = b"\x1f\x8b"
_PACKED_OTHERWISE = {
    "xz": b"\xfd7zXZ\x00",
    "bzip2": b"BZh",
    "zstd": b"\x28\xb5\x2f\xfd",
    "7-Zip": b"7z\xbc\xaf\x27\x1c",
}
_CUT_LOG = "\0" * 8  # not fewer: text in UTF-16 may begin with one
_UNNAMED = "utf-8"
_MARK = "\ufeff"
_CHUNK = 1024 * 1024
_LINES_A_MOVE = 1_000
_LOOKED_AT_END = 1_000  # bytes


class InputFileError(Exception):
    """The file cannot be used: one line with its name."""


class NotTextError(InputFileError):
    """It is no text in this encoding."""


class InputFile(Struct, frozen=True):
    """`encoding`: empty if nobody named one; then it is read as utf-8.

    `errors` is Python's decoding policy: `strict`, or `backslashreplace` if no byte may be an error.
    """

    path: Path
    encoding: str = ""
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
        """Bytes on disk; `lines` reports its progress in them."""
        return self.path.stat().st_size

    @contextmanager
    def unpacked(self) -> Iterator[BinaryIO]:
        """Its bytes, unpacked; for files that are no text."""
        with self._open() as raw, closing(_unpacked(raw)) as unpacked:
            yield unpacked

    def start(self, n: int) -> bytes:
        """The first bytes, unpacked; fewer if the file is shorter or cannot be read (`check` says why)."""
        try:
            with self.unpacked() as raw:
                return raw.read(n)
        except (OSError, EOFError, zlib.error):  # BadGzipFile is an OSError
            return b""

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
                # files that were joined have a byte order mark at each seam
                yield number, (line[1:] if line[0] == _MARK else line).removesuffix("\n")
                if number % _LINES_A_MOVE == 0:
                    progress.move_to(raw.tell())
            progress.move_to(raw.tell())

    def ends_a_line(self) -> bool:
        """Whether there is a line end behind its last text; True for a gzipped file, whose checksum shows that it is whole.

        A file that was cut off has none, and neither have the files of some programs.
        """
        with self._open() as raw:
            if raw.read(len(_GZIP)) == _GZIP:
                return True
            raw.seek(max(0, self.size - _LOOKED_AT_END))
            end = raw.read().rstrip(b"\0 \t")  # NUL: of UTF-16
            return end.endswith((b"\n", b"\r"))

    def _open(self) -> BinaryIO:
        return self.path.open("rb")

    def _codec(self) -> str:
        # A byte order mark would become part of the first column's name.
        named = self.encoding or _UNNAMED
        return "utf-8-sig" if codecs.lookup(named).name == "utf-8" else named

    def _check_text(self, stream: BinaryIO) -> None:
        decoder = codecs.getincrementaldecoder(self._codec())(self.errors)
        lines, empty = 0, True
        while chunk := stream.read(_CHUNK):
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError as error:
                line = lines + chunk.count(b"\n", 0, error.start) + 1
                raise self._not_text(line) from None
            except UnicodeError:  # such as UTF-16 without its mark
                raise self._not_text(lines + 1) from None
            if lines == 0 and empty and text.startswith(_CUT_LOG):
                raise NotTextError(
                    f"{self.path}: begins with NUL bytes: a log that was cut while somebody wrote it (copytruncate)?"
                    " `tr -d '\\000' <FILE >NEW` takes them out"
                )
            if empty and _is_binary(text):
                raise self._not_text(1)
            empty = empty and not text.strip()
            lines += text.count("\n")
        if empty:
            raise InputFileError(f"{self.path}: the file is empty")
        try:
            decoder.decode(b"", final=True)
        except UnicodeError:
            raise self._not_text(lines + 1) from None

    def _not_text(self, line: int) -> InputFileError:
        start = self.start(len(_PACKED_OTHERWISE["7-Zip"]))
        for name, magic in _PACKED_OTHERWISE.items():
            if start.startswith(magic):
                return InputFileError(
                    f"{self.path}: packed with {name}: unpack it first (only gzip is unpacked here)"
                )
        return NotTextError(
            f"{self.path}: line {line} is not {self.encoding or _UNNAMED} text: a binary file, or another"
            " encoding? (--encoding names it)"
        )


def _unpacked(raw: BinaryIO) -> BinaryIO:
    start = raw.read(len(_GZIP))
    raw.seek(0)
    return gzip.GzipFile(fileobj=raw) if start == _GZIP else raw  # type: ignore[return-value]


def _is_binary(text: str) -> bool:
    """Control characters in the first line: neither a header nor a log line has them."""
    first = text.split("\n", 1)[0]
    return any(sign < " " and sign not in "\t\r" for sign in first)
