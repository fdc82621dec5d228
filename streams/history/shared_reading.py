"""One reading of the archive for everything that a paper says, and for whether it may be published: what is asked twice is answered
once, and alike.
"""

from streams.sinks.clickhouse.database import Answer, Reader


class SharedReading:
    """A reader for the time of one paper. While it is made new calls come; figures of two moments would not add up."""

    def __init__(self, reader: Reader) -> None:
        self.source = reader
        self._answers: dict[str, Answer] = {}

    @classmethod
    def of(cls, reader: Reader) -> "SharedReading":
        """That one itself if whoever hands it in shares it already."""
        return reader if isinstance(reader, cls) else cls(reader)

    def execute(self, sql: str) -> Answer:
        if sql not in self._answers:
            self._answers[sql] = self.source.execute(sql)
        return self._answers[sql]

    def close(self) -> None:
        self.source.close()


def unshared(reader: Reader) -> Reader:
    """For what must be known as it is now, also while a paper is made."""
    return reader.source if isinstance(reader, SharedReading) else reader
