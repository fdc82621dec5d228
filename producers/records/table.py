"""What a file of call records is to its reader, whatever its shape: a header, and rows of cells below it."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

from producers.input_file import InputFile
from producers.progress import Progress
from producers.records.csv_rows import Row
from producers.records.header_line import HeaderLine


class Table(ABC):
    """Made from a file that was read to its end once, so that nothing is sent of a damaged one.

    Making one raises InputFileError, or HeaderError where it is no table of call records.
    """

    file: InputFile
    found: HeaderLine

    @abstractmethod
    def rows(self, progress: Progress) -> Iterator[Row]:
        """The rows below the header, and the calls above it; `Row.line` is their number as a person sees it, from 1."""

    def may_be_cut(self) -> bool:
        """Whether the last row would look the same if the file went on within its last cell."""
        return False

    def notes(self) -> tuple[str, ...]:
        """What the summary says of the way in which the file was read."""
        return ()
